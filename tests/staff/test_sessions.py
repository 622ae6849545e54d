"""Signing in and out: who gets in, who does not, and what is left when a session ends."""

import re
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from ivr.people import trail
from ivr.people.attempts import TRIES
from ivr.people.persons import Person, Role
from ivr.staff import console
from tests.support.clock import MOMENT
from tests.support.town import GREETING, PASSWORD, Town

pytestmark = pytest.mark.clock

OPEN = (
    "staff.static",
    "staff.sign_in",
    "staff.signing_in",
    "staff.set_up",
    "staff.setting_up",
    "staff.choose_language",
    "staff.signing_in_by_passkey",
    "staff.sso",
    "staff.leave_for_sso",
    "staff.sso_return",
)


IN_ADDRESSES = {"key": GREETING, "code": "ja", "table": "desk", "name": "city", "speed": "normal", "filename": "x"}


def test_nobody_comes_in_without_signing_in(town: Town) -> None:
    visitor = town.visitor()
    for rule in town.app.url_map.iter_rules():
        if rule.endpoint.startswith("staff.") and rule.endpoint not in OPEN:
            path = re.sub(r"<(?:[^:<>]+:)?(\w+)>", lambda found: IN_ADDRESSES.get(found[1], "1"), rule.rule)
            if "GET" in (rule.methods or ()):
                assert "サインイン" in visitor.get(path), path
            else:
                answer = visitor.client.post(path)
                assert answer.status_code in (400, 401), path


def test_signing_in_takes_name_password_and_code(town: Town) -> None:
    visitor = town.visitor()
    assert "いま、電話で聞こえること" in visitor.sign_in("eto")
    assert "江藤" in visitor.html
    cookie = visitor.client.get_cookie("staff", path="/staff", domain="localhost")
    assert cookie and cookie.http_only and cookie.same_site == "Lax" and cookie.path == "/staff"


@pytest.mark.parametrize(
    ("login", "password", "code"),
    [("eto", "wrong password", None), ("eto", PASSWORD, "000000"), ("nobody", PASSWORD, "123456"), ("eto", "", "")],
)
def test_whatever_is_wrong_is_answered_alike(town: Town, login: str, password: str, code: str | None) -> None:
    visitor = town.visitor()
    assert "サインインできませんでした" in visitor.sign_in(login, password, code)
    assert visitor.status == 401


def test_a_code_is_good_once(town: Town) -> None:
    code = pyotp.TOTP(town.secrets["eto"]).at(MOMENT)
    assert town.visitor().sign_in("eto", code=code).startswith("いま")
    assert "サインインできませんでした" in town.visitor().sign_in("eto", code=code)


def test_wrong_tries_lock_the_account_for_a_while(town: Town) -> None:
    visitor = town.visitor()
    for _ in range(TRIES):
        visitor.sign_in("eto", "wrong password", "000000")
    assert "サインインできませんでした" in visitor.sign_in("eto")
    assert "いま、" in visitor.later(minutes=16).sign_in("eto")
    assert [entry.act.act for entry in trail.search(town.office.database, act="account.last")] == ["account.last_try"]


def test_wrong_codes_count_as_much_as_wrong_passwords(town: Town) -> None:
    accounts = town.accounts
    for _ in range(TRIES):
        assert accounts.sign_in("eto", PASSWORD, "000000", MOMENT) is None
    assert accounts.sign_in("eto", PASSWORD, pyotp.TOTP(town.secrets["eto"]).at(MOMENT), MOMENT) is None


def test_one_address_may_not_try_for_ever(town: Town) -> None:
    for limiter in town.app.extensions["limiter"]:
        limiter.enabled = True
    visitor = town.visitor()
    visitor.get("/staff/sign-in")
    said = [visitor.send("/sign-in", login=f"nobody{n}", password="x", code="1") for n in range(20)]
    assert all("サインインできませんでした" in each for each in said)
    target, fields = "/staff/sign-in", {"csrf_token": "x"}
    assert visitor.client.post(target, data=fields).status_code in (400, 429)


def test_a_session_ends_when_nothing_is_done_in_it(town: Town) -> None:
    visitor = town.who("eto")
    assert "サインイン" not in visitor.later(minutes=29).get("/staff/drafts")
    assert "サインイン" in visitor.later(minutes=60).get("/staff/drafts")


def test_a_session_ends_after_the_day(town: Town) -> None:
    visitor = town.who("eto")
    for minutes in range(20, 600, 20):
        assert "サインイン" not in visitor.later(minutes=minutes).get("/staff/drafts")
    assert "サインイン" in visitor.later(minutes=600).get("/staff/drafts")


def test_signing_out_ends_stolen_sessions_too(town: Town) -> None:
    visitor = town.who("eto")
    thief = town.app.test_client()
    cookie = visitor.client.get_cookie("staff", path="/staff")
    assert cookie
    thief.set_cookie("staff", cookie.value, path="/staff")
    assert thief.get("/staff").status_code == 200
    visitor.get("/staff")
    visitor.client.post("/staff/sign-out", data={"csrf_token": _token(visitor.html)})
    assert "/staff/sign-in" in thief.get("/staff").location


def test_no_form_without_its_token(town: Town) -> None:
    visitor = town.who("eto")
    answer = visitor.client.post("/staff/drafts", data={"title": "x"})
    assert answer.status_code == 400
    assert "何も変わっていません" in answer.get_data(as_text=True)
    assert town.office.drafts.all() == ()


def test_what_was_typed_survives_the_end_of_a_session(town: Town) -> None:
    visitor = town.who("eto")
    draft = town.office.drafts.start("Change", next(iter(_people(town, "eto"))), MOMENT)
    visitor.get(f"/staff/drafts/{draft.id}/prompts/{GREETING}")
    late = visitor.later(hours=2)
    late.page = visitor.page
    assert "入力した内容は残してあります" in late.send(**{"text-ja": "新しいあいさつです。"})
    assert late.status == 401
    page = late.send("/sign-in", login="eto", password=PASSWORD, code=late.code("eto"))
    assert "新しいあいさつです。" in page and "まだ保存されていません" in page
    late.send()
    assert "下書きに保存しました" in late.text
    assert "新しいあいさつです。" in {word.text for word in town.office.drafts.words(draft.id).values()}


def test_strangers_cannot_send_people_elsewhere(town: Town) -> None:
    paths = ("https://evil.example/staff", "//evil.example", "/staff\\@evil", "javascript:alert(1)", "/phone")
    for hours, path in enumerate(paths):
        visitor = town.visitor().later(hours=hours)
        visitor.get("/staff/sign-in?next=" + path)
        visitor.send("/sign-in", login="eto", password=PASSWORD, code=visitor.code("eto"))
        assert visitor.page is not None and visitor.page.request.path == "/staff", path


def test_the_first_account_is_made_on_the_terminal_and_its_secret_shown_there_alone(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    runner = town.app.test_cli_runner()
    words = f"管理者\n{PASSWORD}\n{PASSWORD}\n"
    made = runner.invoke(args=["staff", "add", "kanri", "--role", "administrator"], input=words)
    assert made.exit_code == 0, made.output
    assert "otpauth://totp/" in made.output and PASSWORD not in made.output
    secret = pyotp.parse_uri(made.output.split()[-1]).secret
    assert secret not in caplog.text
    entries = trail.search(town.office.database)
    assert not any(secret in str(entry) or PASSWORD in str(entry) for entry in entries)
    assert town.accounts.sign_in("kanri", PASSWORD, pyotp.TOTP(secret).at(MOMENT), MOMENT)


def test_once_somebody_looks_after_accounts_the_terminal_prints_links(town: Town) -> None:
    runner = town.app.test_cli_runner()
    assert town.accounts.first()
    town.accounts.add("kanri", "管理", [Role.ADMINISTRATOR], PASSWORD, MOMENT)
    assert not town.accounts.first()
    made = runner.invoke(args=["staff", "add", "ＮＥＷ", "--name", "新", "--role", "editor"])
    assert made.exit_code == 0 and "otpauth" not in made.output, made.output
    link = made.output.split()[-1]
    assert link.startswith("http://localhost/staff/set-up/")
    renewed = runner.invoke(args=["staff", "renew", "new"]).output.split()[-1]
    assert renewed.startswith("http://localhost/staff/set-up/") and renewed != link
    here = runner.invoke(args=["staff", "renew", "new", "--here"], input=f"{PASSWORD}\n{PASSWORD}\n")
    assert "otpauth://totp/" in here.output
    assert "new\t新\teditor" in runner.invoke(args=["staff", "list"]).output


def test_commands_refuse_in_words(town: Town) -> None:
    runner = town.app.test_cli_runner()
    again = runner.invoke(args=["staff", "add", "eto", "--name", "x", "--role", "editor", "--password", PASSWORD])
    assert again.exit_code == 1 and "There is an account eto already." in again.output
    short = runner.invoke(args=["staff", "add", "new", "--name", "x", "--role", "editor", "--password", "short"])
    assert short.exit_code == 1 and "12 to 200" in short.output
    assert "eto\t江藤\teditor" in runner.invoke(args=["staff", "list"]).output


def test_a_stopped_account_is_out_at_once_and_a_renewed_one_in_again(town: Town) -> None:
    visitor, runner = town.who("eto"), town.app.test_cli_runner()
    assert runner.invoke(args=["staff", "stop", "eto"]).exit_code == 0
    assert "サインイン" in visitor.get("/staff")
    renewed = runner.invoke(args=["staff", "renew", "eto", "--password", PASSWORD + "新"])
    secret = pyotp.parse_uri(renewed.output.split()[-1]).secret
    later = MOMENT + timedelta(minutes=5)
    accounts = town.accounts
    assert accounts.sign_in("eto", PASSWORD, pyotp.TOTP(secret).at(later), later) is None
    assert accounts.sign_in("eto", PASSWORD + "新", pyotp.TOTP(secret).at(later), later)


def test_the_console_speaks_english_to_those_who_choose_it(town: Town) -> None:
    visitor = town.who("eto")
    visitor.get("/staff")
    token = _token(visitor.html)
    visitor.client.post("/staff/language", data={"csrf_token": token, "language": "en"})
    assert visitor.get("/staff").startswith("What callers hear now")
    assert 'lang="en"' in visitor.html


def test_pages_are_kept_nowhere_and_run_no_script_of_others(town: Town) -> None:
    visitor = town.who("eto")
    visitor.get("/staff")
    assert visitor.page is not None
    assert visitor.page.headers["Cache-Control"] == "no-store"
    assert "script-src 'self'" in visitor.page.headers["Content-Security-Policy"]
    assert "<script>" not in visitor.html and "style=" not in visitor.html and "onclick" not in visitor.html


def test_public_pages_and_webhooks_know_nothing_of_sessions(town: Town) -> None:
    for path in ("/", "/phone", "/healthz"):
        answer = town.app.test_client().get(path)
        assert "Set-Cookie" not in answer.headers and "Cookie" not in answer.headers.get("Vary", ""), path


def test_every_sentence_of_the_console_is_translated_and_compiled() -> None:
    folder = Path(console.__file__).parent / "translations" / "ja" / "LC_MESSAGES"
    with (folder / "messages.po").open("rb") as written, (folder / "messages.mo").open("rb") as compiled:
        catalog, made = read_po(written), read_mo(compiled)
    assert [message.id for message in catalog if message.id and not message.string] == []
    assert {m.id: m.string for m in catalog if m.id} == {m.id: m.string for m in made if m.id}


def test_a_form_that_came_too_late_is_sent_after_signing_in(town: Town) -> None:
    editor = town.who("eto")
    editor.get("/staff/alerts?from=0")
    target, fields = editor.form("/alerts/look")
    late = editor.later(minutes=31)
    same = {"Sec-Fetch-Site": "same-origin"}
    sent = {**fields, "words-ja": "長い時間をかけて書いた文です。", "end": "2026-11-24T15:00"}
    late.page = late.client.post(target, data=sent, headers=same)
    assert late.status == 401 and "入力した内容は残してあります" in late.text
    page = late.send("/sign-in", login="eto", password=PASSWORD, code=late.code("eto"))
    assert "入力した内容を送りますか" in page and "長い時間をかけて書いた文です。" in page
    assert "長い時間をかけて書いた文です。" in late.send("/alerts/look")
    assert "このお知らせを、電話に流しますか" in late.text


def test_a_wrong_code_on_the_way_loses_nothing(town: Town) -> None:
    editor = town.who("eto")
    editor.get("/staff/drafts")
    target, fields = editor.form("/drafts")
    late = editor.later(minutes=31)
    late.page = late.client.post(
        target,
        data={**fields, "title": "長い題名"},
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    late.send("/sign-in", login="eto", password=PASSWORD, code="000000")
    assert "長い題名" in late.send("/sign-in", login="eto", password=PASSWORD, code=late.code("eto"))


@pytest.mark.parametrize("site", ["cross-site", "same-site", None])
def test_what_another_site_has_filled_in_is_not_carried(town: Town, site: str | None) -> None:
    visitor = town.visitor()
    answer = visitor.client.post(
        "/staff/drafts", data={"title": "someone else's words"}, headers={"Sec-Fetch-Site": site} if site else {}
    )
    assert answer.status_code == 401 and "someone else" not in answer.text


def test_passwords_are_not_carried(town: Town) -> None:
    visitor = town.visitor()
    answer = visitor.client.post(
        "/staff/me",
        data={"current-password": "secret-1", "code": "123456", "name": "蛯名"},
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    assert answer.status_code == 401 and "secret-1" not in answer.text and "123456" not in answer.text


def test_a_file_that_came_too_late_is_not_read(town: Town) -> None:
    visitor = town.visitor()
    answer = visitor.client.post(
        f"/staff/drafts/1/take/ja/{GREETING}", data={"words": "x" * 70_000}, headers={"Sec-Fetch-Site": "same-origin"}
    )
    assert answer.status_code == 401 and "サインイン" in answer.text


def _token(html: str) -> str:
    return html.partition('name="csrf_token" value="')[2].partition('"')[0]


def _people(town: Town, *logins: str) -> list[Person]:
    known = {account.login: account.person for account in town.accounts.all()}
    return [known[login] for login in logins]

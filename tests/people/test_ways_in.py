"""Ways in beside password and authenticator app: passkeys, recovery codes; from where; and who must show it again."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest

from ivr.people import recovery, trail
from ivr.people.attempts import TRIES
from tests.people.conftest import secret_of
from tests.support.authenticator import Authenticator
from tests.support.clock import MOMENT
from tests.support.town import PASSWORD, Town, Visitor, open_town

pytestmark = pytest.mark.clock


def inside(hall: Town, login: str) -> Visitor:
    """Somebody signed in, at a page that is soon made."""
    visitor = hall.visitor()
    visitor.get("/staff/sign-in?next=/staff/me")
    visitor.send("/sign-in", login=login, password=PASSWORD, code=visitor.code(login))
    assert visitor.path == "/staff/me", visitor.text
    return visitor


def options(visitor: Visitor, action: str) -> str:
    """What the browser is asked with by the form that leads to `action`."""
    for form in re.findall(r"<form[^>]*>", visitor.html):
        if f'{action}"' in form and (found := re.search(r'data-options="([^"]*)"', form)):
            return unescape(found[1])
    raise AssertionError(f"no passkey is asked for: {visitor.text}")


def with_passkey(visitor: Visitor, key: Authenticator, name: str = "庁舎のパソコン") -> str:
    """Somebody signed in who adds a passkey."""
    visitor.get("/staff/me")
    return visitor.send("/me/passkeys", name=name, answer=key.create(options(visitor, "/me/passkeys")))


def by_passkey(visitor: Visitor, key: Authenticator) -> str:
    """Somebody who signs in by it alone."""
    visitor.get("/staff/sign-in")
    return visitor.send("/sign-in/passkey", answer=key.get(options(visitor, "/sign-in/passkey")))


# --- passkeys -------------------------------------------------------------------------------


@pytest.mark.timeless
def test_a_passkey_alone_lets_its_owner_in(hall: Town) -> None:
    key = Authenticator()
    assert "パスキー「庁舎のパソコン」を追加しました" in with_passkey(inside(hall, "eto"), key)
    visitor = hall.visitor().later(hours=2)
    assert "いま、電話で聞こえること" in by_passkey(visitor, key) and "江藤" in visitor.html
    assert "最後に使ったのは2026年11月24日（火）13:00" in visitor.get("/staff/me")
    acts = trail.search(hall.office.database, act="account.")
    assert [(each.act.act, each.act.after) for each in acts[:2]] == [
        ("account.sign_in", "passkey"),
        ("account.passkey", "庁舎のパソコン"),
    ]


@pytest.mark.timeless
def test_alone_it_must_have_seen_a_finger_and_beside_a_password_it_need_not(hall: Town) -> None:
    stick = Authenticator(verifies=False)
    with_passkey(inside(hall, "eto"), stick)
    visitor = hall.visitor()
    assert "このパスキーではサインインできませんでした" in by_passkey(visitor, stick) and visitor.status == 401
    visitor.get("/staff/sign-in")
    beside = unescape(re.findall(r'data-beside="([^"]*)"', visitor.html)[0])
    sent = {"login": "eto", "code": "", "answer": stick.get(beside)}
    assert "サインインできませんでした" in visitor.send("/sign-in", password="wrong password", **sent)
    beside = unescape(re.findall(r'data-beside="([^"]*)"', visitor.html)[0])
    sent["answer"] = stick.get(beside)
    assert "いま、電話で聞こえること" in visitor.send("/sign-in", password=PASSWORD, **sent)


@pytest.mark.timeless
def test_a_passkey_of_somebody_else_is_no_second_factor(hall: Town) -> None:
    stick = Authenticator()
    with_passkey(inside(hall, "eto"), stick)
    visitor = hall.visitor()
    visitor.get("/staff/sign-in")
    answer = stick.get(unescape(re.findall(r'data-beside="([^"]*)"', visitor.html)[0]))
    page = visitor.send("/sign-in", login="abe", password=PASSWORD, code="", answer=answer)
    assert "サインインできませんでした" in page


def test_an_answer_counts_once_and_for_a_while(hall: Town) -> None:
    key = Authenticator()
    with_passkey(inside(hall, "eto"), key)
    visitor = hall.visitor()
    visitor.get("/staff/sign-in")
    target, fields = visitor.form("/sign-in/passkey")
    sent = {**fields, "answer": key.get(options(visitor, "/sign-in/passkey"))}
    assert visitor.client.post(target, data=sent).status_code == 303
    thief = hall.visitor()
    thief.get("/staff/sign-in")
    _, theirs = thief.form("/sign-in/passkey")
    assert thief.client.post(target, data={**sent, "csrf_token": theirs["csrf_token"]}).status_code == 401
    late = hall.visitor()
    late.get("/staff/sign-in")
    answer = key.get(options(late, "/sign-in/passkey"))
    later = late.later(minutes=11)
    assert "このパスキーではサインインできませんでした" in later.send("/sign-in/passkey", answer=answer)


@pytest.mark.timeless
@pytest.mark.parametrize("spoilt", ["{}", "[]", "x", '{"rawId": 1}', '{"rawId": "AAAA", "id": "AAAA"}', "9" * 30_000])
def test_what_is_no_answer_lets_nobody_in(hall: Town, spoilt: str) -> None:
    visitor = hall.visitor()
    visitor.get("/staff/sign-in")
    assert "このパスキーではサインインできませんでした" in visitor.send("/sign-in/passkey", answer=spoilt)
    assert visitor.send("/sign-in/passkey", answer=spoilt, challenge="forged") and visitor.status == 401


@pytest.mark.timeless
def test_another_site_or_key_or_an_old_count_signs_for_nobody(hall: Town) -> None:
    key = Authenticator(count=5)
    with_passkey(inside(hall, "eto"), key)
    false = Authenticator(origin="https://localhost.evil.example", credential=key.credential, key=key.key, count=9)
    assert "できませんでした" in by_passkey(hall.visitor(), false)
    other = Authenticator(credential=key.credential, count=9)
    assert "できませんでした" in by_passkey(hall.visitor(), other)
    copied = Authenticator(credential=key.credential, key=key.key, count=2)
    assert "できませんでした" in by_passkey(hall.visitor(), copied)
    assert "いま、" in by_passkey(hall.visitor(), key)


@pytest.mark.timeless
def test_passkeys_are_several_named_and_removable(hall: Town) -> None:
    visitor, first, second = inside(hall, "eto"), Authenticator(), Authenticator()
    with_passkey(visitor, first)
    assert "すでに登録されています" in with_passkey(visitor, first)
    assert "名前を付けてください" in with_passkey(visitor, second, " ")
    with_passkey(visitor, second, "自分のスマートフォン")
    assert visitor.text.count("最後に使った") + visitor.text.count("まだ使っていません") == 2
    link = re.findall(r'href="(/staff/me/passkeys/\w+/remove)"', visitor.html)[0]
    assert "パスキー「庁舎のパソコン」を取り外しますか" in visitor.get(link)
    assert "取り外しました" in visitor.send()
    assert "できませんでした" in by_passkey(hall.visitor(), first)
    assert "いま、" in by_passkey(hall.visitor(), second)
    other = re.findall(r'href="(/staff/me/passkeys/\w+/remove)"', visitor.html)[0]
    assert "そのパスキーはありません" in inside(hall, "abe").get(other), "of somebody else"


@pytest.mark.timeless
def test_a_stopped_or_renewed_account_has_no_passkey_and_no_code(hall: Town) -> None:
    key = Authenticator()
    visitor = inside(hall, "eto")
    with_passkey(visitor, key)
    visitor.get("/staff/me/codes")
    visitor.send()
    hall.accounts.stop("eto", MOMENT)
    assert "できませんでした" in by_passkey(hall.visitor(), key)
    hall.secrets["eto"] = secret_of(hall.accounts.renew("eto", PASSWORD, MOMENT))
    assert "できませんでした" in by_passkey(hall.visitor(), key)
    with hall.office.database.reading() as connection:
        assert recovery.left(connection, hall.accounts.get("eto").id) is None


def test_a_form_that_came_too_late_is_sent_after_a_passkey(hall: Town) -> None:
    key, editor = Authenticator(), inside(hall, "eto")
    with_passkey(editor, key)
    editor.get("/staff/drafts")
    target, fields = editor.form("/drafts")
    late = editor.later(minutes=31)
    late.page = late.client.post(
        target, data={**fields, "title": "長い題名"}, headers={"Sec-Fetch-Site": "same-origin"}
    )
    page = late.send("/sign-in/passkey", answer=key.get(options(late, "/sign-in/passkey")))
    assert "入力した内容を送りますか" in page and "長い題名" in page


# --- recovery codes -------------------------------------------------------------------------


def codes_of(visitor: Visitor) -> list[str]:
    visitor.get("/staff/me/codes")
    visitor.send()
    return re.findall(r"<li>([0-9A-Z]{4}(?:-[0-9A-Z]{4}){3})</li>", visitor.html)


def test_a_recovery_code_stands_in_for_the_app_once(hall: Town) -> None:
    codes = codes_of(inside(hall, "eto"))
    assert len(set(codes)) == recovery.MANY
    assert "いま、" in hall.visitor().sign_in("eto", code=codes[0])
    assert "サインインできませんでした" in hall.visitor().sign_in("eto", code=codes[0])
    assert hall.accounts.sign_in("eto", PASSWORD, f" {codes[1].lower().replace('-', ' ')} ", MOMENT)
    assert hall.accounts.sign_in("abe", PASSWORD, codes[2], MOMENT) is None
    assert hall.accounts.sign_in("eto", "wrong password", codes[2], MOMENT) is None
    assert [entry.act.who for entry in trail.search(hall.office.database, act="account.recovery")]
    with hall.office.database.reading() as connection:
        kept = str(connection.exec_driver_sql("SELECT * FROM recovery_code").all())
    assert not any(code in kept or code.replace("-", "") in kept for code in codes)
    assert not any(code in str(trail.search(hall.office.database)) for code in codes)


@pytest.mark.timeless
def test_few_codes_are_told_and_new_ones_void_the_old(hall: Town) -> None:
    codes = codes_of(inside(hall, "eto"))
    for code in codes[: recovery.MANY - recovery.FEW - 2]:
        assert hall.accounts.sign_in("eto", PASSWORD, code, MOMENT)
    assert "残りが少なくなりました" not in hall.visitor().sign_in("eto", code=codes[-3])
    visitor = hall.visitor()
    assert "残りが少なくなりました" in visitor.sign_in("eto", code=codes[-1])
    assert "残りが少なくなりました（3個）" in visitor.get("/staff/me")
    new = codes_of(visitor)
    assert hall.accounts.sign_in("eto", PASSWORD, codes[-2], MOMENT) is None
    assert hall.accounts.sign_in("eto", PASSWORD, new[0], MOMENT)


@pytest.mark.timeless
def test_codes_that_are_guessed_lock_as_passwords_do(hall: Town) -> None:
    codes = codes_of(inside(hall, "eto"))
    for _ in range(TRIES):
        hall.accounts.sign_in("eto", PASSWORD, "AAAA-AAAA-AAAA-AAAA", MOMENT)
    assert hall.accounts.sign_in("eto", PASSWORD, codes[0], MOMENT) is None


# --- showing it again -----------------------------------------------------------------------


def test_acts_on_accounts_ask_again_who_it_is_and_lose_nothing(hall: Town) -> None:
    admin = inside(hall, "kanri")
    admin.get("/staff/accounts")
    target, fields = admin.form()
    late = admin.later(minutes=11)
    typed = {**fields, "login": "ueda", "name": "上田", "role-editor": "on"}
    late.page = late.client.post(target, data=typed, headers={"Sec-Fetch-Site": "same-origin"})
    assert "ご本人の確認" in late.text and late.status == 401
    assert [account.login for account in hall.accounts.all() if account.login == "ueda"] == []
    assert "確かめられませんでした" in late.send("/prove", password="wrong password")
    assert "上田" in late.send("/prove", password=PASSWORD), "what was typed is shown, to be sent"
    assert "一度しか表示しません" in late.send("/accounts")
    assert "eto" in late.later(minutes=9).get("/staff/accounts/eto/roles")
    assert "ご本人の確認" in late.later(minutes=12).get("/staff/accounts/eto/roles")


def test_it_is_shown_again_by_a_passkey_of_ones_own(hall: Town) -> None:
    key, other = Authenticator(), Authenticator()
    admin = inside(hall, "kanri")
    with_passkey(admin, key)
    with_passkey(inside(hall, "eto"), other)
    late = admin.later(minutes=11)
    late.get("/staff/accounts/eto/stop")
    page = late.send("/prove", answer=other.get(options(late, "/prove")))
    assert "確かめられませんでした" in page
    late.send("/prove", answer=key.get(options(late, "/prove")))
    assert late.path == "/staff/accounts/eto/stop"


def test_whoever_guesses_there_is_locked_out_as_at_the_door(hall: Town) -> None:
    late = inside(hall, "kanri").later(minutes=11)
    late.get("/staff/accounts/eto/stop")
    for _ in range(TRIES):
        late.send("/prove", password="wrong password")
    assert "確かめられませんでした" in late.send("/prove", password=PASSWORD)


@pytest.mark.timeless
def test_without_its_token_nothing_is_carried(hall: Town) -> None:
    late = inside(hall, "kanri").later(minutes=11)
    answer = late.client.post("/staff/accounts", data={"name": "strange words"})
    assert answer.status_code == 400 and "strange words" not in answer.get_data(as_text=True)


# --- from where -----------------------------------------------------------------------------


@pytest.fixture(name="house")
def hall_with_a_network(tmp_path: Path) -> Iterator[Town]:
    with open_town(tmp_path, STAFF_ADDRESSES="10.1.0.0/16, 2001:db8::/48", PROXIES="1") as town:
        yield town


FROM = {
    "10.1.2.3": True,
    "::ffff:10.1.2.3": True,
    "2001:db8::5": True,
    "10.2.0.1": False,
    "203.0.113.9": False,
    "10.1.2.3, 203.0.113.9": False,  # what a client says of itself, before what the proxy saw
    "": False,
    "unknown": False,
}


@pytest.mark.timeless
def test_the_console_opens_from_the_networks_that_are_set(house: Town) -> None:
    client = house.app.test_client()
    for seen, comes_in in FROM.items():
        headers = {"X-Forwarded-For": seen} if seen else {}
        for path in ("/staff/sign-in", "/staff/drafts", "/staff/set-up/x"):
            answer = client.get(path, headers=headers)
            assert (answer.status_code == 403) is not comes_in, (seen, path)
            assert comes_in or "庁内のネットワーク" in answer.get_data(as_text=True)
        assert client.get("/", headers=headers).status_code == 200, "callers and readers are not staff"


@pytest.mark.timeless
def test_a_session_does_not_leave_the_house(house: Town) -> None:
    visitor = house.visitor()
    visitor.client.environ_base["HTTP_X_FORWARDED_FOR"] = "10.1.2.3"
    assert "いま、" in visitor.sign_in("eto")
    visitor.client.environ_base["HTTP_X_FORWARDED_FOR"] = "203.0.113.9"
    assert "庁内のネットワーク" in visitor.get("/staff") and visitor.status == 403

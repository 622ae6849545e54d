"""Accounts looked after at the console, and one's own password: who may, and what stays secret."""

import re

import pyotp
import pytest
from sqlalchemy import select

from ivr.clock import NOW
from ivr.people.accounts import Account, Accounts
from ivr.people.attempts import TRIES
from ivr.people.persons import Person, Role
from ivr.people.refusals import NotAllowed, Refused
from ivr.people.trail import search
from ivr.store.tables import account as account_table
from tests.support.clock import MOMENT
from tests.support.town import PASSWORD, Town, Visitor

NEW = "もっと長くて覚えやすい言葉"
SECRET = re.compile(r"[A-Z2-7]{32}")


@pytest.fixture(name="hall")
def hall_with_an_administrator(town: Town) -> Town:
    """The city hall, and somebody who looks after its accounts."""
    made(town, "kanri", "管理", Role.ADMINISTRATOR)
    return town


def made(town: Town, login: str, name: str, *roles: Role) -> Account:
    account, address = town.accounts.add(login, name, roles, PASSWORD, MOMENT)
    town.secrets[login] = address.partition("secret=")[2].partition("&")[0]
    return account


def account(town: Town, login: str) -> Account:
    return town.accounts.get(login)


def shown(visitor: Visitor) -> str:
    """The secret that stands on the page, in groups of four letters."""
    return "".join(re.findall(r"<span>([A-Z2-7]{4})</span>", visitor.html))


def trail(town: Town, act: str) -> list[tuple[str, str, str, str]]:
    entries = search(town.office.database, act=act)
    return [(each.act.name, each.act.what, each.act.before, each.act.after) for each in reversed(entries)]


def added(admin: Visitor, **values: str) -> str:
    admin.get("/staff/accounts")
    return admin.send(**{"login": "ueda", "name": "上田", "role-editor": "on", **values})


def link_on(page: Visitor) -> str:
    """The one-time link that is shown."""
    found = re.search(r"http://localhost(/staff/set-up/[\w-]+)", page.html)
    assert found, page.text
    return found[1]


def set_up(visitor: Visitor, link: str, **values: str) -> str:
    """Go to the link, scan what is there and send the form; what the page says then."""
    visitor.get(link)
    secret = shown(visitor)
    code = pyotp.TOTP(secret).at(visitor.now)
    said = visitor.send(**{"password": NEW, "again": NEW, "code": code, **values})
    visitor.town.secrets["ueda"] = secret
    return said


def test_an_account_is_made_and_its_owner_sets_it_up(hall: Town) -> None:
    admin = hall.who("kanri")
    page = added(admin, login=" Ｕｅｄａ ")
    assert "この画面は、一度しか表示しません" in page and "上田" in page
    assert "本人の設定待ち（リンクは2026年11月27日（金）11:00まで）" in admin.get("/staff/accounts")
    admin.page = None
    page = added(admin, login="x1") and link_on(admin)
    owner = hall.visitor()
    assert "アカウントを設定し、サインインしました" in set_up(owner, page)
    assert "編集者" in owner.get("/staff/me") and "管理者" not in owner.text.partition("パスワードを変える")[0]
    assert trail(hall, "account.add")[-1] == ("管理", "x1: editor", "", "")
    assert trail(hall, "account.set_up") == [("上田", "x1", "", "")]
    later = hall.visitor().later(minutes=5)
    hall.secrets["x1"] = hall.secrets["ueda"]
    assert "いま、電話で聞こえること" in later.sign_in("x1", NEW)


def test_the_page_of_a_link_is_drawn_without_scripts_and_goes_nowhere(hall: Town) -> None:
    admin, owner = hall.who("kanri"), hall.visitor()
    added(admin)
    owner.get(link_on(admin))
    assert "<svg" in owner.html and 'role="img"' in owner.html and "style=" not in owner.html
    assert owner.page is not None
    assert owner.page.headers["Cache-Control"] == "no-store" and owner.page.headers["Referrer-Policy"] == "no-referrer"


def test_a_link_is_good_once_for_three_days_until_it_is_replaced(hall: Town) -> None:
    admin = hall.who("kanri")
    added(admin)
    link = link_on(admin)
    gone = "このリンクは、すでに使われたか"
    assert gone in hall.visitor().later(hours=72).get(link)
    assert "アカウントを設定する" in hall.visitor().later(hours=71).get(link), "looking does not use it up"
    admin.get("/staff/accounts/ueda/renew")
    admin.send("/renew")
    newer = link_on(admin)
    assert gone in hall.visitor().get(link)
    late = hall.visitor()
    late.get(newer)
    assert "サインインしました" in set_up(hall.visitor(), newer)
    code = pyotp.TOTP(shown(late)).at(MOMENT)
    assert gone in late.send(password=NEW, again=NEW, code=code) and late.status == 404
    assert gone in hall.visitor().get(newer)
    assert gone in hall.visitor().get("/staff/set-up/" + "x" * 43)


def test_who_looked_at_a_link_before_does_not_know_the_second_factor(hall: Town) -> None:
    """An administrator may open what they hand on: each time it offers another second factor."""
    admin, owner = hall.who("kanri"), hall.visitor()
    added(admin)
    link, curious = link_on(admin), hall.visitor()
    curious.get(link)
    seen = shown(curious)
    set_up(owner, link)
    assert hall.secrets["ueda"] != seen


def test_another_link_s_second_factor_is_not_taken(hall: Town) -> None:
    admin, owner = hall.who("kanri"), hall.visitor()
    added(admin, login="other")
    other = hall.visitor()
    other.get(link_on(admin))
    _, fields = other.form()
    added(admin)
    known = pyotp.TOTP(shown(other)).at(MOMENT)
    assert "コードが違います" in set_up(owner, link_on(admin), sealed=fields["sealed"], code=known)


def test_what_is_wrong_while_setting_up_is_said_and_the_app_need_not_scan_again(hall: Town) -> None:
    admin, owner = hall.who("kanri"), hall.visitor()
    added(admin)
    owner.get(link_on(admin))
    secret = shown(owner)
    code = pyotp.TOTP(secret).at(MOMENT)
    right = {"password": NEW, "again": NEW, "code": code}
    for wrong, said in (
        ({"again": PASSWORD}, "二つとも同じではありません"),
        ({"password": "short", "again": "short"}, "12文字から200文字です"),
        ({"password": "password1234", "again": "password1234"}, "多くの人が使っているパスワードが入っています"),
        ({"code": "000000"}, "コードが違います"),
    ):
        assert said in owner.send(**{**right, **wrong}), said
        assert owner.status == 409 and shown(owner) == secret
        assert NEW not in owner.html and "password1234" not in owner.html
    assert "サインインしました" in owner.send(**{**right, "code": f"{code[:3]} － {code[3:]}"})
    assert trail(hall, "account.set_up") == [("上田", "ueda", "", "")]


def test_the_code_that_set_it_up_is_used_up(hall: Town) -> None:
    admin, owner = hall.who("kanri"), hall.visitor()
    added(admin)
    set_up(owner, link_on(admin))
    code = pyotp.TOTP(hall.secrets["ueda"]).at(MOMENT)
    assert "サインインできませんでした" in hall.visitor().sign_in("ueda", NEW, code)


def test_an_account_that_is_not_set_up_lets_nobody_in(hall: Town) -> None:
    added(hall.who("kanri"))
    for password, code in (("", ""), ("", "000000"), (NEW, "123456")):
        assert hall.accounts.sign_in("ueda", password, code, MOMENT) is None


def test_link_password_and_secret_are_nowhere_but_on_their_pages(hall: Town, caplog: pytest.LogCaptureFixture) -> None:
    admin, owner = hall.who("kanri"), hall.visitor()
    added(admin)
    assert admin.page is not None and admin.page.headers["Cache-Control"] == "no-store"
    link = link_on(admin)
    cookies = [admin.page.headers.get("Set-Cookie", "")]
    set_up(owner, link)
    secret = hall.secrets["ueda"]
    assert SECRET.fullmatch(secret)
    later = [admin.get(path) and admin.html for path in ("/staff/accounts", "/staff/audit", "/staff")]
    kept = [str(each) for each in search(hall.office.database)]
    with hall.office.database.reading() as connection:
        kept += [str(row) for row in connection.execute(select(account_table))]
    for secret_text in (secret, NEW, link.rpartition("/")[2]):
        assert not any(secret_text in text for text in (*cookies, *later, *kept, caplog.text))
    cookie = owner.client.get_cookie("staff", path="/staff")
    assert cookie and len(cookie.value) < 500, "nothing travels in it but who it is"


def test_what_is_wrong_is_said_and_what_was_typed_stays(hall: Town) -> None:
    admin = hall.who("kanri")
    for values, said in (
        ({"login": "上田"}, "サインイン名は"),
        ({"login": "ＥＴＯ"}, "eto というアカウントは、すでにあります"),
        ({"name": " "}, "氏名を入れてください"),
        ({"name": "\x00\u200b"}, "氏名を入れてください"),
        ({"name": "上" * 201}, "氏名は200文字までです"),
        ({"role-administrator": "on", "role-approver": "on"}, "一人で兼ねることはできません"),
    ):
        assert said in added(admin, **values), said
        assert admin.status == 409
        _, fields = admin.form()
        wanted = {"login": "ueda", "name": "上田", "role-editor": "on", **values}
        assert {name: fields[name] for name in ("login", "role-editor")} == {
            name: wanted[name] for name in ("login", "role-editor")
        }
    admin.get("/staff/accounts")
    page = admin.send(login="ueda", name="上田")
    assert "役割を、一つは選んでください" in page
    assert "ueda" not in [each.login for each in hall.accounts.all()]


def test_renewing_ends_sessions_opens_locks_and_lets_stopped_ones_in(hall: Town) -> None:
    admin, editor = hall.who("kanri"), hall.who("eto")
    thief = hall.visitor()
    for _ in range(TRIES):
        thief.sign_in("eto", "wrong password", "000000")
    assert "その場所からは一時停止（2026年11月24日（火）11:15まで）" in admin.get("/staff/accounts")
    hall.accounts.stop("eto", MOMENT)
    assert "停止（2026年11月24日（火）11:00から）" in admin.get("/staff/accounts")
    assert "再発行しますか" in admin.get("/staff/accounts/eto/renew")
    admin.send("/renew")
    assert "サインイン" in editor.get("/staff")
    assert "サインインできませんでした" in hall.visitor().sign_in("eto")
    assert "サインインしました" in set_up(hall.visitor(), link_on(admin))
    hall.secrets["eto"] = hall.secrets["ueda"]
    later = hall.visitor().later(minutes=2)
    assert "いま、" in later.sign_in("eto", NEW)
    assert trail(hall, "account.renew") == [("管理", "eto", "", "")]


def test_stopping_signs_out_at_once(hall: Town) -> None:
    admin, editor = hall.who("kanri"), hall.who("eto")
    admin.get("/staff/accounts/eto/stop")
    assert "江藤さんのアカウントを停止しますか" in admin.text
    assert "etoを停止しました" in admin.send("/stop")
    assert "サインイン" in editor.get("/staff")
    assert "サインインできませんでした" in hall.visitor().sign_in("eto")
    assert trail(hall, "account.stop") == [("管理", "eto", "", "")]


def test_roles_are_looked_at_changed_and_hold_at_once(hall: Town) -> None:
    admin, editor = hall.who("kanri"), hall.who("eto")
    admin.get("/staff/accounts/eto/roles")
    assert "下書きを書き、承認を申請します" in admin.text
    page = admin.send("/roles/look", **{"role-approver": "on"})
    assert "これまでの役割 編集者 これからの役割 編集者、承認者" in page
    assert account(hall, "eto").roles == {Role.EDITOR}, "looking changes nothing"
    assert "etoの役割を変えました" in admin.send("/roles")
    assert account(hall, "eto").roles == {Role.EDITOR, Role.APPROVER}
    assert "管理者" not in editor.get("/staff/me").partition("パスワードを変える")[0] and "承認者" in editor.text
    hall.accounts.change_roles("eto", [Role.APPROVER], MOMENT, account(hall, "kanri").person)
    assert "下書きを始める" not in editor.get("/staff/drafts"), "no session has to end for it"
    assert trail(hall, "account.roles") == [
        ("管理", "eto", "editor", "approver, editor"),
        ("管理", "eto", "approver, editor", "approver"),
    ]


def test_no_role_at_all_is_refused(hall: Town) -> None:
    admin = hall.who("kanri")
    admin.get("/staff/accounts/eto/roles")
    target, fields = admin.form("/look")
    del fields["role-editor"]
    admin.page = admin.client.post(target, data=fields, environ_overrides={NOW: MOMENT})
    assert "役割を、一つは選んでください" in admin.send("/roles") and admin.status == 409


def test_nobody_changes_their_own_account(hall: Town) -> None:
    """A session that somebody found must not become theirs for good, nor more than it was."""
    admin = hall.who("kanri")
    assert "/staff/accounts/kanri/" not in (admin.get("/staff/accounts") and admin.html)
    admin.get("/staff/accounts/kanri/stop")
    assert "自分のアカウントは停止できません" in admin.send("/stop") and admin.status == 409
    admin.get("/staff/accounts/kanri/renew")
    assert "自分のアカウントは再発行できません" in admin.send("/renew") and admin.status == 409
    admin.get("/staff/accounts/kanri/roles")
    admin.send("/look", **{"role-editor": "on"})
    assert "自分の役割は変えられません" in admin.send("/roles") and admin.status == 409
    assert account(hall, "kanri").roles == {Role.ADMINISTRATOR}


def test_somebody_is_always_left_to_look_after_the_accounts(hall: Town) -> None:
    runner = hall.app.test_cli_runner()
    stopped = runner.invoke(args=["staff", "stop", "kanri"])
    assert stopped.exit_code == 1 and "last administrator" in stopped.output
    first = account(hall, "kanri")
    pending, _ = hall.accounts.invite("kanri2", "管理二", [Role.ADMINISTRATOR], MOMENT)
    with pytest.raises(Refused, match="last administrator"):
        hall.accounts.stop("kanri", MOMENT, pending.person)
    second = made(hall, "kanri3", "管理三", Role.ADMINISTRATOR, Role.EDITOR)
    hall.accounts.stop("kanri", MOMENT, second.person)
    with pytest.raises(Refused, match="last administrator"):
        hall.accounts.change_roles("kanri3", [Role.EDITOR], MOMENT)
    with pytest.raises(Refused, match="last administrator"):
        hall.accounts.stop("kanri3", MOMENT, first.person)


def test_who_looks_after_accounts_approves_nothing_unless_the_city_says_so(hall: Town) -> None:
    both = [Role.ADMINISTRATOR, Role.APPROVER]
    with pytest.raises(Refused, match="both administrator and approver"):
        hall.accounts.change_roles("eto", both, MOMENT)
    together = Accounts(hall.office.database, "x", roles_together=True)
    together.invite("both", "兼務", both, MOMENT)
    assert together.get("both").roles == set(both)
    assert account(hall, "both").roles == {Role.ADMINISTRATOR}, "one who was given both before is no approver"


def test_approvers_are_told_of_new_and_renewed_accounts(hall: Town) -> None:
    admin, approver = hall.who("kanri"), hall.who("abe")
    added(admin)
    assert "新しいアカウント ：上田（ueda）。編集者。 管理、" in approver.get("/staff")
    admin.get("/staff/accounts/eto/renew")
    admin.send("/renew")
    assert "再発行したアカウント ：江藤（eto）" in approver.get("/staff")
    hall.accounts.change_roles("ueda", [Role.APPROVER], MOMENT, account(hall, "kanri").person)
    assert "役割の変更 ：上田（ueda）。承認者" in approver.get("/staff")
    assert "新しいアカウントと、再発行したアカウント" not in hall.who("ebina").get("/staff")
    assert "上田（ueda）" not in hall.visitor().later(days=15).sign_in("abe")


def test_everything_about_accounts_is_for_administrators_alone(hall: Town) -> None:
    everybody = [hall.who(login) for login in ("eto", "abe", "baba")]
    paths = ["/staff/accounts", *(f"/staff/accounts/eto/{act}" for act in ("renew", "stop", "roles"))]
    sent = {"login": "x1", "name": "x", "role-administrator": "on"}
    for visitor in everybody:
        assert "アカウント" not in visitor.html.partition("<nav")[2].partition("</nav>")[0]
        token = visitor.html.partition('name="csrf_token" value="')[2].partition('"')[0]
        for path in paths:
            assert "管理者だけができます" in visitor.get(path) and visitor.status == 403, path
        for path in (*paths, "/staff/accounts/eto/roles/look"):
            for more in ({}, {"name": ""}, {"login": "eto"}):
                data = {**sent, **more, "csrf_token": token}
                answer = visitor.client.post(path, data=data, environ_overrides={NOW: MOMENT})
                assert answer.status_code == 403, path
                assert "kanri" not in answer.get_data(as_text=True)
    editor = account(hall, "eto")
    for act in (
        lambda by: hall.accounts.invite("x1", "x", [Role.EDITOR], MOMENT, by),
        lambda by: hall.accounts.invite_again("abe", MOMENT, by),
        lambda by: hall.accounts.stop("abe", MOMENT, by),
        lambda by: hall.accounts.change_roles("abe", [Role.EDITOR], MOMENT, by),
    ):
        with pytest.raises(NotAllowed):
            act(Person(editor.id, editor.name, editor.roles))


def test_an_administrator_changes_nothing_that_callers_hear(hall: Town) -> None:
    admin = hall.who("kanri")
    admin.get("/staff")
    assert "アカウント" in admin.html.partition("<nav")[2].partition("</nav>")[0]
    draft = hall.office.drafts.start("x", account(hall, "eto").person, MOMENT).id
    token = admin.html.partition('name="csrf_token" value="')[2].partition('"')[0]
    base = f"/staff/drafts/{draft}"
    for path in (
        "/staff/drafts",
        f"{base}/facts/words/ja",
        f"{base}/facts/readings/ja",
        f"{base}/texts/mail/passages/1/insert",
        f"{base}/texts/mail/passages/1/remove",
        f"{base}/submit",
        f"{base}/approve",
        f"{base}/discard",
        "/staff/alerts",
        "/staff/desks",
        "/staff/editions/roll-back",
    ):
        data = {
            "csrf_token": token,
            "title": "x",
            "reason": "x",
            "desk": "city",
            "end": "2026-11-24T12:00",
            "words-ja": "x",
            "words-en": "x",
            "words.help": "x",
            "seen-words.help": "0.x",
            "ja.188": "x",
            "seen-ja.188": "0.x",
        }
        answer = admin.client.post(path, data=data, environ_overrides={NOW: MOMENT})
        assert answer.status_code in (403, 409), path
        assert re.search("(編集者|承認者)だけができます", answer.get_data(as_text=True)), path


def test_accounts_that_are_not_there_are_no_pages(hall: Town) -> None:
    admin = hall.who("kanri")
    for act in ("renew", "stop", "roles"):
        assert "nobody というアカウントはありません" in admin.get(f"/staff/accounts/nobody/{act}")
        assert admin.status == 404


# --- one's own password -----------------------------------------------------------------------


def test_another_password_ends_all_other_sessions_and_not_this_one(town: Town) -> None:
    here, elsewhere = town.who("eto"), town.who("eto")
    here.get("/staff/me")
    page = here.send("/me", password=PASSWORD, code=here.code("eto"), new=NEW, again=NEW)
    assert "パスワードを変えました" in page and here.status == 200
    assert "いま、" in here.get("/staff")
    assert "サインイン名" in elsewhere.get("/staff")
    later = town.visitor().later(minutes=5)
    assert "サインインできませんでした" in later.sign_in("eto", PASSWORD)
    assert "いま、" in later.sign_in("eto", NEW)
    assert trail(town, "account.password") == [("江藤", "eto", "", "")]


def test_another_password_takes_the_one_before_and_a_fresh_code(town: Town) -> None:
    visitor = town.who("eto")
    used = visitor.code("eto")
    town.accounts.sign_in("eto", PASSWORD, used, MOMENT)
    right = {"password": PASSWORD, "code": visitor.code("eto"), "new": NEW, "again": NEW}
    for wrong, said in (
        ({"password": "wrong"}, "パスワードかコードが違うか"),
        ({"code": "000000"}, "パスワードかコードが違うか"),
        ({"code": used}, "パスワードかコードが違うか"),
        ({"again": "x"}, "二つとも同じではありません"),
        ({"new": "short", "again": "short"}, "12文字から200文字です"),
    ):
        visitor.get("/staff/me")
        assert said in visitor.send("/me", **{**right, **wrong}), wrong
        assert visitor.status == 409
        assert not any(text in visitor.html for text in (PASSWORD, NEW))
    assert trail(town, "account.password") == []
    assert "パスワードを変えました" in visitor.send("/me", **right)


def test_a_found_session_cannot_try_passwords_for_ever(town: Town) -> None:
    visitor = town.who("eto")
    for _ in range(TRIES):
        visitor.get("/staff/me")
        visitor.send("/me", password="wrong", code="000000", new=NEW, again=NEW)
    visitor.get("/staff/me")
    assert "パスワードかコードが違うか" in visitor.send(
        "/me", password=PASSWORD, code=visitor.code("eto"), new=NEW, again=NEW
    )
    assert trail(town, "account.last_try") == [("江藤", "eto, from 127.0.0.1 (known browser)", "", "")]


def test_the_name_in_the_header_leads_to_ones_own_page(town: Town) -> None:
    visitor = town.who("abe")
    visitor.get("/staff")
    assert 'href="/staff/me"' in visitor.html
    assert "安部" in visitor.get("/staff/me") and "承認者" in visitor.text

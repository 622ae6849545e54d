"""Strangers who guess: they lock out themselves, never staff, and all of it is in the trail."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from ivr.people import passwords, trail
from ivr.people.accounts import Accounts
from ivr.people.attempts import KNOWN, LOCKED, STRANGERS, TRIES, Origin
from tests.support.clock import MOMENT
from tests.support.town import PASSWORD, Town, Visitor

WRONG = "サインインできませんでした"
HOME = "いま、電話で聞こえること"


class Elsewhere(Visitor):
    """A visitor from another address."""

    address = "203.0.113.7"

    def get(self, path: str) -> str:
        self.page = self.client.get(path, environ_overrides={"REMOTE_ADDR": self.address})
        return self._follow()

    def send(self, action: str = "", **values: str) -> str:  # type: ignore[override]
        target, fields = self.form(action)
        environ = {"REMOTE_ADDR": self.address}
        self.page = self.client.post(target, data={**fields, **values}, environ_overrides=environ)
        return self._follow()


def from_address(town: Town, address: str) -> Elsewhere:
    visitor = Elsewhere(town, town.app.test_client())
    visitor.address = address
    return visitor


def guess(town: Town, address: str, times: int = TRIES, login: str = "eto") -> None:
    stranger = from_address(town, address)
    for _ in range(times):
        assert WRONG in stranger.sign_in(login, "wrong password", "000000")


def origins(count: int) -> Iterator[Origin]:
    return (Origin(f"198.51.100.{number}") for number in range(count))


def botnet(accounts: Accounts, at: int = STRANGERS) -> None:
    for number, origin in enumerate(origins(STRANGERS // TRIES)):
        for _ in range(min(TRIES, at - number * TRIES)):
            accounts.sign_in("eto", "wrong", "000000", MOMENT, origin)


def test_a_stranger_locks_out_the_stranger_alone(town: Town) -> None:
    guess(town, "203.0.113.7")
    assert WRONG in from_address(town, "203.0.113.7").sign_in("eto")
    assert HOME in from_address(town, "192.0.2.1").sign_in("eto")
    stranger = from_address(town, "203.0.113.7")
    stranger.now += LOCKED
    assert HOME in stranger.sign_in("eto"), "after a while they may try again"


def test_a_neighbour_does_not_lock_out_a_browser_that_signed_in_before(town: Town) -> None:
    """At a city hall everybody has one address."""
    browser = from_address(town, "192.0.2.1")
    browser.sign_in("eto")
    browser.get("/staff")
    browser.client.delete_cookie("staff", path="/staff")
    guess(town, "192.0.2.1")
    assert WRONG in from_address(town, "192.0.2.1").sign_in("eto")
    assert HOME in browser.sign_in("eto")


def test_a_known_browser_has_tries_of_its_own_and_no_more(town: Town) -> None:
    browser = town.who("eto")
    browser.client.delete_cookie("staff", path="/staff")
    for _ in range(TRIES):
        browser.sign_in("eto", "wrong password", "000000")
    assert WRONG in browser.sign_in("eto")
    assert HOME in town.visitor().sign_in("eto"), "it locks itself out, not others"


def test_a_browser_is_known_to_the_accounts_that_signed_in_with_it_alone(town: Town) -> None:
    browser = from_address(town, "192.0.2.1")
    browser.sign_in("eto")
    browser.client.delete_cookie("staff", path="/staff")
    guess(town, "192.0.2.1", login="ebina")
    assert WRONG in browser.sign_in("ebina")


def test_the_cookie_of_a_browser_is_signed_and_opens_nothing(town: Town) -> None:
    browser = town.who("eto")
    cookie = browser.client.get_cookie("staff-browser", path="/staff")
    assert cookie and cookie.http_only and cookie.same_site == "Lax" and "eto" not in cookie.value
    thief = town.visitor()
    thief.client.set_cookie("staff-browser", cookie.value, path="/staff")
    assert "サインイン" in thief.get("/staff")
    forged = from_address(town, "203.0.113.7")
    guess(town, "203.0.113.7")
    for value in (cookie.value[:-3] + "xxx", "x", "", "." * 3, "é"):
        forged.client.set_cookie("staff-browser", value, path="/staff")
        assert WRONG in forged.sign_in("eto")


@pytest.mark.parametrize(("days", "known"), [(179, True), (181, False)])
def test_a_browser_is_forgotten_in_time(town: Town, days: int, known: bool) -> None:
    account = town.accounts.get("eto")
    now = MOMENT + timedelta(days=days)
    assert Origin("x", "b", {account.id: MOMENT}).knows(account.id, account.set_up_at, now) is known
    assert not Origin("x", "b", {account.id: now + KNOWN}).knows(account.id, None, now), "nor known before its time"


def test_a_renewed_account_knows_no_browser_from_before(town: Town) -> None:
    account = town.accounts.get("eto")
    later = MOMENT + timedelta(minutes=1)
    town.accounts.renew("eto", PASSWORD, later)
    assert not Origin("x", "b", {account.id: MOMENT}).knows(account.id, town.accounts.get("eto").set_up_at, later)


def test_a_botnet_holds_up_strangers_but_no_known_browser(town: Town) -> None:
    browser = town.who("eto")
    botnet(town.accounts)
    browser.client.delete_cookie("staff", path="/staff")
    assert WRONG in town.visitor().sign_in("eto")
    assert HOME in browser.sign_in("eto")
    assert HOME in town.visitor().later(minutes=15).sign_in("eto"), "once it stops, strangers may try again"
    assert [entry.act.act for entry in trail.search(town.office.database, act="account.strangers")] == [
        "account.strangers"
    ]


def test_a_botnet_may_not_try_more_often(town: Town) -> None:
    botnet(town.accounts)
    code = town.visitor().code("eto")
    assert town.accounts.sign_in("eto", PASSWORD, code, MOMENT, Origin("192.0.2.200")) is None


def test_who_holds_a_64_counts_as_one(town: Town) -> None:
    for number in range(TRIES):
        guess(town, f"2001:db8:1:2::{number + 1:x}", times=1)
    assert WRONG in from_address(town, "2001:db8:1:2:ffff::9").sign_in("eto")
    assert HOME in from_address(town, "2001:db8:1:3::1").sign_in("eto")


def test_failed_tries_are_in_the_trail_with_where_they_came_from(town: Town) -> None:
    guess(town, "203.0.113.7", times=7)
    guess(town, "2001:db8:1:2::5", times=1)
    failed = [entry.act.what for entry in trail.search(town.office.database, act="account.failed")]
    assert failed == ["eto, from 2001:db8:1:2::/64", *["eto, from 203.0.113.7"] * TRIES], (
        "not one for each that is locked out"
    )
    (last,) = trail.search(town.office.database, act="account.last_try")
    assert last.act.what == "eto, from 203.0.113.7"


def test_what_was_typed_as_the_name_of_nobody_is_not_kept(town: Town) -> None:
    """It may be a password."""
    for login in (PASSWORD, "password", "\x00", "x" * 300):
        assert town.accounts.sign_in(login, "x", "1", MOMENT, Origin("203.0.113.7")) is None
    entries = trail.search(town.office.database, act="account.failed")
    assert [(entry.act.name, entry.act.what) for entry in entries] == [("?", "?, from 203.0.113.7")] * 4


@pytest.mark.parametrize("case", ["right", "wrong password", "nobody", "no name", "locked", "stopped", "pending"])
def test_every_try_costs_the_same_work(town: Town, case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The time of an answer tells nobody which names there are: argon2 takes nearly all of it."""
    looked: list[str] = []
    verified = passwords._verified

    def noting(kept: str, typed: str) -> bool:
        looked.append(kept)
        return verified(kept, typed)

    monkeypatch.setattr(passwords, "_verified", noting)
    if case == "locked":
        for _ in range(TRIES):
            town.accounts.sign_in("eto", "wrong", "000000", MOMENT)
    if case == "stopped":
        town.accounts.stop("eto", MOMENT)
    if case == "pending":
        town.accounts.invite_again("eto", MOMENT)
    looked.clear()
    login = {"nobody": "nobody", "no name": "\x00"}.get(case, "eto")
    password = "wrong" if case == "wrong password" else PASSWORD
    found = town.accounts.sign_in(login, password, town.visitor().code("eto"), MOMENT)
    assert bool(found) is (case == "right")
    assert len(looked) == 1 and looked[0].startswith("$argon2")


def test_strangers_cannot_fill_the_trail(town: Town) -> None:
    for number in range(3 * STRANGERS):
        town.accounts.sign_in(f"nobody{number}", "x", "1", MOMENT, Origin(f"198.51.100.{number}"))
    assert len(trail.search(town.office.database, act="account.failed")) == STRANGERS


def test_a_neighbour_cannot_use_up_the_requests_of_a_known_browser(town: Town) -> None:
    browser, neighbour = town.who("eto"), town.visitor()
    browser.client.delete_cookie("staff", path="/staff")
    neighbour.get("/staff/sign-in")
    _, fields = neighbour.form("/sign-in")
    for limiter in town.app.extensions["limiter"]:
        limiter.enabled = True
    answers = {neighbour.client.post("/staff/sign-in", data=fields).status_code for _ in range(25)}
    assert 429 in answers
    assert HOME in browser.sign_in("eto")


@pytest.mark.parametrize("login", ["ｅｔｏ", "ETO", " Ｅｔｏ　", "e\u200bto"])
def test_a_sign_in_name_may_be_typed_in_any_width(town: Town, login: str) -> None:
    visitor = town.visitor()
    visitor.get("/staff/sign-in")
    assert HOME in visitor.send("/sign-in", login=login, password=PASSWORD, code=visitor.code("eto"))


@pytest.mark.parametrize(
    "write", ["{0}-{1}", "{0} {1}", "{0}　{1}", "{0}－{1}", "{0}‐{1}", "{0}ー{1}", "{0}−{1}\u200b"]
)
@pytest.mark.parametrize("wide", [False, True])
def test_a_code_may_be_typed_in_full_width_with_blanks_and_hyphens(town: Town, write: str, wide: bool) -> None:
    visitor = town.visitor()
    code = visitor.code("eto")
    if wide:
        code = code.translate({ord("0") + digit: ord("０") + digit for digit in range(10)})
    assert HOME in visitor.sign_in("eto", code=write.format(code[:3], code[3:]))


@pytest.mark.parametrize("code", ["", "-", "12345", "1234567", "٣٣٣٣٣٣", "\x00", "１２３４５６７", "x" * 10_000])
def test_what_is_no_code_is_refused_like_a_wrong_one(town: Town, code: str) -> None:
    assert town.accounts.sign_in("eto", PASSWORD, code, MOMENT) is None

"""Notices and ways in, in both kinds of database."""

from datetime import timedelta

import pytest

from ivr.notices import outbox
from ivr.notices.kinds import Kind, Way
from ivr.notices.postman import LEASE, has_turn
from ivr.notices.wishes import WishBook, Wishes
from ivr.people.accounts import Accounts
from ivr.people.entrance import Entrance
from ivr.people.passkeys import ADD, USE, Answer
from ivr.people.persons import Role
from ivr.people.provider import Provider
from ivr.people.refusals import Refused
from ivr.people.telling import told
from ivr.store.database import Database
from tests.support.authenticator import Authenticator
from tests.support.clock import MOMENT
from tests.support.town import PASSWORD

KEY = "a key of thirty-two characters, or more"
MINUTE = timedelta(minutes=1)


def test_a_notice_is_written_once_and_tried_until_it_is_sent(database: Database) -> None:
    person = Accounts(database, KEY).add("abe", "安部", [Role.APPROVER], PASSWORD, MOMENT)[0].person
    book, chosen = WishBook(database, KEY), frozenset({(Kind.ALERT, Way.MAIL), (Kind.ALERT, Way.CHAT)})
    book.choose(person, Wishes("abe@city.example.jp", "https://chat.example.jp/x", "en", chosen), MOMENT)
    assert book.of(person.id).chat == "https://chat.example.jp/x" and book.of(person.id).chosen == chosen
    for _ in range(2):
        with database.writing() as connection:
            outbox.notify(connection, Kind.ALERT, told("x %(at)s", at=MOMENT), "/staff", MOMENT, key="alert:1")
    first, second = outbox.waiting(database, MOMENT, 9)
    assert {first.way, second.way} == set(Way) and first.told == ("x %(at)s", {"at": MOMENT})
    with database.writing() as connection:
        outbox.try_begins(connection, first, MOMENT)
        outbox.failed(connection, first, told("no"), for_good=False)
        outbox.sent(connection, second, MOMENT)
    assert outbox.waiting(database, MOMENT, 9) == ()
    (again,) = outbox.waiting(database, MOMENT + MINUTE, 9)
    assert (again.id, again.tries, again.problem) == (first.id, 1, ("no", {}))
    with database.writing() as connection:
        outbox.forget(connection, MOMENT + outbox.KEPT + MINUTE)
    assert outbox.of_account(database, person.id) == ()


def test_one_has_the_turn_until_it_ends(database: Database) -> None:
    with database.writing() as connection:
        assert has_turn(connection, "one", MOMENT) and has_turn(connection, "one", MOMENT + MINUTE)
        assert not has_turn(connection, "two", MOMENT + LEASE)
        assert has_turn(connection, "two", MOMENT + MINUTE + LEASE)
        assert has_turn(connection, "one", MOMENT - timedelta(days=1)), "a clock was set back"


def test_passkeys_codes_and_identities_are_kept(database: Database) -> None:
    accounts = Accounts(database, KEY, origin="http://localhost")
    entrance, key = Entrance(accounts), Authenticator()
    account, _ = accounts.add("eto", "江藤", [Role.EDITOR], PASSWORD, MOMENT)
    asked = accounts.site.challenge(ADD, MOMENT)
    entrance.add_passkey(account, "鍵", Answer(key.create(entrance.options_to_add(account, asked)), asked), MOMENT)
    asked = accounts.site.challenge(USE, MOMENT)
    answer = Answer(key.get(accounts.site.options_to_use(asked, verified=True)), asked)
    found = entrance.by_passkey(answer, MOMENT)
    assert found and found.login == "eto" and entrance.by_passkey(answer, MOMENT) is None
    assert len(entrance.new_codes(account, MOMENT)) == entrance.ways(account.id).codes
    city = Provider("https://login.example.jp", "line", "secret")
    claims = {"sub": "1", "email": "eto@city.example.jp", "email_verified": True}
    with pytest.raises(Refused):
        entrance.by_identity(city, claims, MOMENT)
    entrance.invite_as("eto", "eto@city.example.jp", MOMENT)
    assert entrance.by_identity(city, claims, MOMENT).tied
    accounts.renew("eto", PASSWORD, MOMENT)
    assert entrance.ways(account.id).passkeys == () and not accounts.get("eto").tied

"""One-time codes: for one person, one piece, ten minutes, once; and guessing gets nowhere."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from ivr.editions import codes
from ivr.editions.codes import Errand, WrongCode
from ivr.editions.edition import Piece
from ivr.people import trail
from ivr.people.refusals import NotAllowed
from ivr.store.tables import code as code_table
from tests.support.stores import APPROVER, EDITOR, WRITER, City

PIECE = Piece("ja", "say.greeting")


@pytest.fixture(name="give")
def giving(city: City) -> Callable[[], str]:
    draft = city.draft()
    return lambda: city.office.codes.give(draft.id, PIECE, EDITOR, city.now)


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**8:08}"


def test_a_code_opens_its_errand_once(city: City, give: Callable[[], str]) -> None:
    code = give()
    assert len(code) == 8
    assert code.isdecimal()
    assert city.office.codes.redeem(code, "call", city.now) == Errand("e1", "江藤", 1, PIECE)
    with pytest.raises(WrongCode, match="not right, or too old"):
        city.office.codes.redeem(code, "other call", city.now)


def test_a_code_is_stored_and_told_nowhere(city: City, give: Callable[[], str]) -> None:
    code = give()
    with city.office.database.reading() as connection:
        row = connection.execute(select(code_table)).one()
    assert code not in str(row)
    assert not any(code in str(entry) for entry in trail.search(city.office.database))


def test_a_code_lives_ten_minutes(city: City, give: Callable[[], str]) -> None:
    first = give()
    with pytest.raises(WrongCode):
        city.office.codes.redeem(first, "call", city.now + timedelta(minutes=10))
    assert city.office.codes.redeem(first, "call", city.now + timedelta(minutes=9, seconds=59))


def test_a_new_code_replaces_the_old_one_of_that_person(town: City) -> None:
    draft = town.draft()
    first = town.office.codes.give(draft.id, PIECE, EDITOR, town.now)
    other = town.office.codes.give(draft.id, PIECE, WRITER, town.now)
    second = town.office.codes.give(draft.id, PIECE, EDITOR, town.now)
    with pytest.raises(WrongCode):
        town.office.codes.redeem(first, "call", town.now)
    assert town.office.codes.redeem(second, "call", town.now).person == "e1"
    assert town.office.codes.redeem(other, "call", town.now).person == "e2"
    with pytest.raises(NotAllowed):
        town.office.codes.give(draft.id, PIECE, APPROVER, town.now)


def test_a_call_has_three_tries_and_then_even_the_right_code_opens_nothing(town: City) -> None:
    code = town.office.codes.give(town.draft().id, PIECE, EDITOR, town.now)
    finals = []
    for _ in range(codes.CALL_GUESSES):
        with pytest.raises(WrongCode) as refused:
            town.office.codes.redeem(wrong(code), "call", town.now)
        finals.append(refused.value.final)
    assert finals == [False, False, True]
    with pytest.raises(WrongCode, match="in this call"):
        town.office.codes.redeem(code, "call", town.now)
    assert town.office.codes.redeem(code, "another call", town.now)


def test_a_thousand_guesses_get_nowhere(town: City, monkeypatch: pytest.MonkeyPatch) -> None:
    """A thousand guesses within the life of a code, in as many calls as one likes: the codes
    that are looked at are few, so that even the right one among the rest opens nothing."""
    code = town.office.codes.give(town.draft().id, PIECE, EDITOR, town.now)
    looked_at = []
    spend = type(town.office.codes)._spend

    def counted(self, connection, code, now):  # type: ignore[no-untyped-def]
        looked_at.append(code)
        return spend(self, connection, code, now)

    monkeypatch.setattr(type(town.office.codes), "_spend", counted)
    for number in range(1000):
        guess = code if number == 500 else f"{number:08}"
        with pytest.raises(WrongCode):
            town.office.codes.redeem(guess, f"call {number // 3}", town.now + timedelta(milliseconds=number))
    assert len(looked_at) == codes.GUESSES


def test_after_the_window_codes_open_again(town: City) -> None:
    for number in range(codes.GUESSES):
        with pytest.raises(WrongCode):
            town.office.codes.redeem("0", f"call {number}", town.now)
    later = town.later(minutes=11)
    code = later.office.codes.give(later.draft().id, PIECE, EDITOR, later.now)
    assert later.office.codes.redeem(code, "call", later.now)

"""Random callers who say and key numbers: nothing of what they say, and no number, is ever in journal or tables."""

import random
import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from operator import itemgetter
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from ivr.call.acts import Key, Ring
from ivr.call.conversation import step
from ivr.call.meanings import meaning
from ivr.handset.handset import Handset
from ivr.handset.line_faults import NotNow
from ivr.handset.transport import Reply, Wsgi
from ivr.line.values import Line
from ivr.records.kept import Between, faults, singles
from ivr.records.steps import MOST_KEYS_TOLD, step_of
from ivr.store.tables import journal, record, record_count
from ivr.wiring import create_app
from tests.support.clock import MOMENT
from tests.support.given import ORIGIN, SIGNER, settings_for

NUMBER = "987604531298"
CALLER = "+81312349876"
SAID = [
    "わたしの番号は9876、0453、1298です",
    "きゅうはちななろくぜろよんごーさんいちにーきゅうはち",
    "九八七六〇四五三一二九八",
    "nine eight seven six zero four five three one two nine eight",
    "山田花子です、カードをなくしました",
    "詐欺のメールが来ました、090-1234-5678からです",
    "けいさつにつないでください",
    "はい",
    "英語でお願いします",
    "口座は1234567です",
]
NAMES = re.compile(r"[a-z_]+(:[a-z_]+)?( [a-z_]+| [0-9*#])?")
"""What may stand for what was heard: words of ours, and one key."""


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    folder = tmp_path_factory.mktemp("data")
    return create_app(settings_for(folder, SPEECH_INPUT="on", LINE_NUMBER="+815012345678"))


class Counting(Wsgi):
    """A carrier that counts its webhooks."""

    asked = 0

    def post(self, url: str, form: Mapping[str, str], now: datetime | None = None) -> Reply:
        self.asked += 1
        return super().post(url, form, now)


def does_anything(caller: Handset, chance: random.Random) -> None:
    """One act of a caller who does whatever a telephone lets one do."""
    with suppress(NotNow):
        match chance.randrange(8):
            case 0:
                caller.press(NUMBER)
            case 1:
                caller.press(NUMBER[: chance.randrange(1, 12)])
            case 2 | 3:
                caller.press(chance.choice("0123456789*#"))
            case 4 | 5 | 6:
                caller.say(chance.choice(SAID))
            case _:
                caller.transfer(chance.choice(["busy", "no-answer", "failed"])) if caller.ringing else caller.wait()


def everything(app: Flask) -> str:
    """All that stands in the tables and in the journals."""
    folder, database = app.extensions["ivr.records"].journal.folder, app.extensions["ivr.office"].database
    with database.reading() as connection:
        rows = [
            str(tuple(row)) for table in (record, record_count, journal) for row in connection.execute(select(table))
        ]
    return "\n".join([*rows, *(path.read_text() for path in folder.glob("*.journal"))])


def keys_in_a_row(app: Flask) -> str:
    """The keys of all calls, with something between those that were not keyed one after the other."""
    rows = sorted(singles(app.extensions["ivr.office"].database, Between()), key=itemgetter("call", "at"))
    return "".join(row["heard"].removeprefix("key ") if row["heard"].startswith("key ") else "|" for row in rows)


@pytest.mark.parametrize("seed", range(3))
def test_nothing_of_a_caller_is_kept(app: Flask, seed: int) -> None:
    chance = random.Random(seed)
    carrier = Counting(app, SIGNER, ORIGIN)
    caller = Handset(carrier, caller=CALLER, at=MOMENT)
    before = len(list(singles(app.extensions["ivr.office"].database, Between())))
    caller.dial()
    for _ in range(40):
        does_anything(caller, chance)
    caller.hang_up()
    recorder, database = app.extensions["ivr.records"], app.extensions["ivr.office"].database
    recorder.take_all()
    kept = everything(app)
    for secret in (NUMBER, caller.call_sid, CALLER.lstrip("+"), "815012345678", *SAID):
        assert secret not in kept
    assert not re.search(r"[^\x00-\x7f]", kept), "no word of a caller"
    assert len(list(singles(database, Between()))) - before == carrier.asked, "each webhook is a record"
    for row in singles(database, Between()):
        assert NAMES.fullmatch(row["heard"]), row["heard"]
    assert faults(database, {}) == ()
    assert not re.search(r"[0-9]{4}", keys_in_a_row(app)), "no number is there key by key"


@settings(max_examples=20, deadline=None)
@given(
    number=st.text("0123456789", min_size=12, max_size=12), gaps=st.lists(st.integers(0, 9), min_size=12, max_size=12)
)
def test_no_number_is_kept_key_by_key_whatever_its_digits_choose(line: Line, number: str, gaps: list[int]) -> None:
    """Without a silence at most three of its digits are told, also where each leads somewhere."""
    now = MOMENT
    position, told = step(line, None, Ring(), now).position, ""
    for digit, gap in zip(number, gaps, strict=True):
        now += timedelta(seconds=gap)
        heard = meaning(line, position, Key(digit), now)
        turn = step(line, position, Key(digit), now)
        told += step_of(line, position, heard, turn, now).heard.removeprefix("key")
        position = turn.position
    assert sum(each.isdecimal() for each in told) <= MOST_KEYS_TOLD


def test_a_number_that_got_into_a_table_is_found(tmp_path: Path) -> None:
    app = create_app(settings_for(tmp_path))
    caller = Handset(Wsgi(app, SIGNER, ORIGIN), at=MOMENT)
    caller.dial()
    app.extensions["ivr.records"].take_all()
    database = app.extensions["ivr.office"].database
    with database.writing() as connection:
        connection.execute(record.update().values(place="text.123456789018"))
    assert faults(database, {}) == ("Table record holds a place that has not the form of one.",)

"""The lines of a journal: what is written is read again, and nothing else is."""

from dataclasses import fields, replace
from datetime import UTC, datetime
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.records.day_keys import Names
from ivr.records.entries import ENDS, MOST_SECONDS, UNFIT, Entry, end_line, entries, step_line
from ivr.records.steps import Step

pytestmark = pytest.mark.timeless

NAMES = Names("ab" * 16, "cd" * 16, "ef" * 8)
STEP = Step("0a1b2c3d4e", "", "ja", "fraud.0", "words:place fraud", "", "goes on")
AT = datetime(2026, 11, 24, 2, 0, 0, 123000, tzinfo=UTC)

HEARD = ["ring", "key 1", "key #", "key *", "silence", "dial:no_answer", "words:place fraud", "words:language pt-BR"]
HEARD += ["number refused", "no match", "key", "words:key 5", "words:key", "words:nothing", "words:desk police"]
PLACES = ["main", "fraud.0", "fraud.end", "police.join", "language.pt-BR", "pause.9"]


@given(
    st.sampled_from(HEARD),
    st.sampled_from(PLACES),
    st.sampled_from(["", "7", "7,12"]),
    st.sampled_from(["ja", "zh-Hant", "pt-BR"]),
)
def test_what_is_written_is_read_again(heard: str, place: str, alert: str, language: str) -> None:
    step = replace(STEP, heard=heard, place=place, alert=alert, language=language)
    assert list(entries(step_line(AT.timestamp(), NAMES, step))) == [Entry(AT, NAMES, step)]


@given(st.sampled_from(ENDS), st.none() | st.integers(0, MOST_SECONDS))
def test_the_end_of_a_call_is_read_again(status: str, seconds: int | None) -> None:
    (found,) = entries(end_line(AT.timestamp(), NAMES, status, seconds))
    assert found and (found.step.outcome, found.seconds, found.step.place) == (status, seconds, "")


@pytest.mark.parametrize(("status", "seconds"), [("ringing", 1), ("completed 090-1234-5678", 1), ("", 1)])
def test_what_is_no_end_is_not_written(status: str, seconds: int) -> None:
    with pytest.raises(ValueError, match="ends no call"):
        end_line(AT.timestamp(), NAMES, status, seconds)


NUMBERS = ["123456", "a123456"]
"""An edition alone may look like one: it is named by a hash."""

SAID = ["わたしの番号は123456789018です", "1234 5678 9018", "key 12", "090-1234-5678", "a\nb", 'a"b', "x" * 300]
FIELDS = [field.name for field in fields(Step)]


@pytest.mark.parametrize(
    ("name", "value"), [*product(FIELDS, SAID), *product([name for name in FIELDS if name != "edition"], NUMBERS)]
)
def test_no_number_and_no_words_are_written_whoever_hands_them_in(name: str, value: str) -> None:
    line = step_line(AT.timestamp(), NAMES, replace(STEP, **{name: value}))
    assert value.encode() not in line and line.count(b"\n") == 1
    (found,) = entries(line)
    assert found and getattr(found.step, name) == UNFIT


@given(st.data())
def test_a_torn_line_is_left_out_and_no_other(data: st.DataObject) -> None:
    lines = [step_line(AT.timestamp(), NAMES, STEP), end_line(AT.timestamp(), NAMES, "completed", 61)]
    torn = data.draw(st.sampled_from(lines))
    cut = torn[: data.draw(st.integers(1, len(torn) - 2))]
    found = list(entries(lines[0] + cut + b"\n" + lines[1]))
    assert [bool(each) for each in found] == [True, False, True]


@settings(max_examples=30)
@given(st.binary(max_size=100))
def test_whatever_a_disk_made_of_a_line_stops_nothing(rubbish: bytes) -> None:
    whole = step_line(AT.timestamp(), NAMES, STEP)
    found = list(entries(rubbish + b"\n" + whole))
    assert found[-1] == Entry(AT, NAMES, STEP)
    assert all(each is None or each == found[-1] for each in found)


@pytest.mark.parametrize(
    "line",
    [
        b"[]",
        b"{}",
        b"null",
        b"[1,2,3,4,5,6]",
        b'["x","%s","","","completed",1]' % NAMES.call.encode(),
        b'[1,"CA1","","","completed",1]',
        b'[1,"%s","","","completed",-1]' % NAMES.call.encode(),
        b'[1,"%s","","","completed","1"]' % NAMES.call.encode(),
        b'[1e99,"%s","","","completed",1]' % NAMES.call.encode(),
        b'[1,"%s","","","0123456789","","ja","main","090 1234","","goes on"]' % NAMES.call.encode(),
        b'[1,"%s","","","0123456789",1,"ja","main","ring","","goes on"]' % NAMES.call.encode(),
    ],
)
def test_a_line_of_another_form_is_none(line: bytes) -> None:
    assert list(entries(line + b"\n")) == [None]

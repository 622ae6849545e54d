"""`flask line check`: every rule finds what it is there to find, and the shipped line passes."""

from collections.abc import Callable, Iterator
from datetime import date
from itertools import islice
from pathlib import Path

import pytest
from flask import Flask

from ivr.call import rules
from ivr.call.acts import Key, NoInput
from ivr.call.conversation import step
from ivr.call.walking import SILENCE, walk
from ivr.checking import measured
from ivr.line.loading import load
from ivr.line.values import Line
from ivr.voice.audio import Audio
from ivr.voice.store import Store
from ivr.voice.voices import DEFAULT_CHOICE
from tests.support.given import PROMPTS, SUNDAY_NIGHT, TUESDAY_11, moment

TODAY = date(2026, 11, 24)
SECONDS = Audio(Store(Path("no such folder")), DEFAULT_CHOICE).seconds


def survey(line: Line, states: int | None = None) -> rules.Survey:
    """What callers meet on a working day, or in the `states` nearest to the greeting."""
    now = moment(TUESDAY_11, line)
    visits = tuple((now, visit) for visit in islice(walk(line, tuple(line.languages), now), states))
    return rules.Survey(line, measured(line, SECONDS), visits)


def years(of: rules.Survey) -> Iterator[rules.Finding]:
    """Hours that have ended."""
    return rules.ending_hours(of.line, TODAY)


def changed(name: str, before: str, after: str) -> Line:
    files = {path.name: path.read_text() for path in PROMPTS.glob("*.toml")}
    assert before in files[name]
    files[name] = files[name].replace(before, after, 1)
    return load({name: text.encode() for name, text in files.items()})


def lengthened(name: str, start: str, more: str) -> Line:
    """The line with `more` put at the head of the string that begins after `start`."""
    return changed(name, start, start + more)


OWN_HOURS = (
    '[desk.police]\nhours = "月曜日から金曜日の、午前8時30分から午後5時までです。祝日と年末年始は、お休みです。"\n'
)
LONG = "とても長い文が、いつまでも、いつまでも、終わることなく、続いていきます、" * 4


@pytest.mark.slow(2)
@pytest.mark.parametrize(
    ("spoilt", "rule", "place"),
    [
        (lambda: lengthened("ja.toml", 'greeting = "', LONG), rules.lengths, "ja: say.greeting"),
        (lambda: lengthened("ja.toml", 'choose = "', LONG), rules.lengths, "ja: menu.main"),
        (
            lambda: changed("ja.toml", "[text.mail]\n", "[text.mail]\nextra = '使われない'\n"),
            rules.nothing_is_unreachable,
            "text.mail.extra",
        ),
        (
            lambda: changed("en.toml", 'goodbye = "', 'goodbye = "ありがとう'),
            rules.one_language_at_a_time,
            "en.toml: say.goodbye",
        ),
        (
            lambda: changed("ja.toml", "[desk.police]\n", OWN_HOURS),
            rules.hours_match_words,
            "ja.toml: desk.police.hours",
        ),
        (lambda: changed("line.toml", '"Mo-Fr 08:45', '"2025 Mo-Fr 08:45'), years, "line.toml: desk.city.hours"),
        (
            lambda: changed("line.toml", 'options = ["number", "linkage"', 'options = ["tricks", "linkage"'),
            rules.nothing_is_unreachable,
            "number",
        ),
    ],
    ids=["greeting", "menu", "stray", "script", "hours", "years", "unreached"],
)
def test_a_rule_finds_its_fault(
    spoilt: Callable[[], Line], rule: Callable[[rules.Survey], Iterator[rules.Finding]], place: str
) -> None:
    """One hour is enough: these faults are there at any, and most of them at the greeting."""
    everywhere = rule is rules.nothing_is_unreachable
    found = [finding for finding in rule(survey(spoilt(), None if everywhere else 60)) if finding.error]
    assert any(place in finding.place for finding in found), found
    assert everywhere or len(found) <= 4, "the others are as they should be"


@pytest.mark.parametrize("at", [TUESDAY_11, SUNDAY_NIGHT])
def test_a_walk_tells_what_each_step_by_itself_says(line: Line, at: str) -> None:
    """What a walk has found at a place once, it does not find again: that is what would be found."""
    now = moment(at, line)
    for visit in islice(walk(line, ("ja", "en"), now), 0, 150, 6):
        for key, turn in visit.answers.items():
            alone = step(line, visit.turn.position, NoInput() if key == SILENCE else Key(key), now)
            assert (alone.acts, alone.position.trail) == (turn.acts, turn.position.trail), f"{visit}, then {key}"


def test_a_fact_that_was_confirmed_tomorrow_is_an_error(line: Line) -> None:
    """The loader reads no clock; whoever checks or publishes has one."""
    early = [finding for finding in rules.confirmations(line, date(2026, 11, 22)) if finding.error]
    assert "line.toml: desk.ppc.confirmed" in {finding.place for finding in early}
    assert all("2026-11-23 is still to come: write the day" in finding.message for finding in early)
    assert not any(finding.error for finding in rules.confirmations(line, date(2026, 11, 23)))


def test_facts_are_listed_when_they_grow_stale_or_were_never_confirmed(line: Line) -> None:
    fresh = {finding.place for finding in rules.confirmations(line, TODAY)}
    stale = {finding.place for finding in rules.confirmations(line, date(2027, 8, 1))}
    assert "line.toml: desk.consumer" in fresh
    assert "line.toml: desk.ppc" in stale - fresh


@pytest.mark.slow
def test_the_shipped_line_has_no_errors(app: Flask) -> None:
    """By day and by night, in every language."""
    result = app.test_cli_runner().invoke(args=["line", "check", "--today", "2026-11-24"])
    assert "states checked: 0 errors" in result.output
    assert result.exit_code == 0


def broken(line: Line, monkeypatch: pytest.MonkeyPatch, where: str, instead: object, rule: str) -> list[rules.Finding]:
    """What a rule finds where a part of the conversation is as it must not be."""
    monkeypatch.setattr(where, instead)
    now = moment(TUESDAY_11, line)
    nearest = islice(walk(line, ("ja",), now), 250)
    survey = rules.Survey(line, measured(line, SECONDS), tuple((now, visit) for visit in nearest))
    return list(getattr(rules, rule)(survey))


@pytest.mark.slow(12)
@pytest.mark.parametrize(
    ("where", "instead", "rule", "message"),
    [
        ("ivr.call.keypad.named", lambda _call, _place: True, "only_named_keys_ring", "nothing has said so"),
        ("ivr.call.keypad.standing_still", lambda call: call, "pauses", "by itself behind a pause"),
        ("ivr.call.arrival.languages_told", lambda _call: (), "help_offers_languages", "in their own voices"),
        ("ivr.call.digits_in_a_row.MOST_DIGITS", 1, "numbers_ring_nothing", "its digits are obeyed"),
        ("ivr.call.repetition.MORE_AFTER_WARNING", 999, "calls_end", "keeps the call for more than"),
        (
            "ivr.call.options._routine",
            lambda call: call.words("say.routine"),
            "routine_keys_once",
            "the keys that always work twice",
        ),
    ],
    ids=["named", "pause", "languages", "number", "ends", "routine"],
)
def test_a_rule_of_the_keys_finds_its_fault(
    line: Line, monkeypatch: pytest.MonkeyPatch, where: str, instead: object, rule: str, message: str
) -> None:
    found = broken(line, monkeypatch, where, instead, rule)
    assert any(message in finding.message for finding in found)

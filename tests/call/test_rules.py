"""`flask line check`: every rule finds what it is there to find, and the shipped line passes."""

from collections.abc import Callable
from datetime import date
from itertools import islice
from pathlib import Path

import pytest
from flask import Flask

from ivr.call import rules
from ivr.call.walking import walk
from ivr.checking import measured
from ivr.line.loading import load
from ivr.line.values import Line
from ivr.voice.audio import Audio
from ivr.voice.store import Store
from ivr.voice.voices import DEFAULT_CHOICE
from tests.support.given import PROMPTS, SUNDAY_NIGHT, TUESDAY_11, moment

TODAY = date(2026, 11, 24)
SECONDS = Audio(Store(Path("no such folder")), DEFAULT_CHOICE).seconds


def findings(line: Line, *hours: str) -> list[rules.Finding]:
    survey = rules.Survey.of(line, (moment(hour, line) for hour in hours), measured(line, SECONDS))
    return rules.findings(survey, TODAY)


def changed(name: str, before: str, after: str) -> Line:
    files = {path.name: path.read_text() for path in PROMPTS.glob("*.toml")}
    assert before in files[name]
    files[name] = files[name].replace(before, after, 1)
    return load({name: text.encode() for name, text in files.items()})


def lengthened(name: str, start: str, more: str) -> Line:
    """The line with `more` put at the head of the string that begins after `start`."""
    return changed(name, start, start + more)


@pytest.mark.slow
def test_the_shipped_line_has_no_errors(line: Line) -> None:
    assert [str(finding) for finding in findings(line, TUESDAY_11, SUNDAY_NIGHT) if finding.error] == []


OWN_HOURS = (
    '[desk.police]\nhours = "月曜日から金曜日の、午前8時30分から午後5時までです。祝日と年末年始は、お休みです。"\n'
)
LONG = "とても長い文が、いつまでも、いつまでも、終わることなく、続いていきます、" * 4


@pytest.mark.slow
@pytest.mark.parametrize(
    ("spoilt", "rule", "place"),
    [
        (lambda: lengthened("ja.toml", 'greeting = "', LONG), "R13", "ja: say.greeting"),
        (lambda: lengthened("ja.toml", 'choose = "', LONG), "R13", "ja: menu.main"),
        (lambda: changed("ja.toml", "[text.mail]\n", "[text.mail]\nextra = '使われない'\n"), "tree", "text.mail.extra"),
        (lambda: changed("en.toml", 'goodbye = "', 'goodbye = "ありがとう'), "R16", "en.toml: say.goodbye"),
        (lambda: changed("ja.toml", "[desk.police]\n", OWN_HOURS), "R15", "ja.toml: desk.police.hours"),
        (lambda: changed("line.toml", '"Mo-Fr 08:45', '"2025 Mo-Fr 08:45'), "R15", "line.toml: desk.city.hours"),
        (
            lambda: changed("line.toml", 'options = ["number", "linkage"', 'options = ["tricks", "linkage"'),
            "tree",
            "number",
        ),
    ],
    ids=["greeting", "menu", "stray", "script", "hours", "years", "unreached"],
)
def test_a_rule_finds_its_fault(spoilt: Callable[[], Line], rule: str, place: str) -> None:
    """One hour is enough: these faults are there at any."""
    found = [finding for finding in findings(spoilt(), TUESDAY_11) if finding.error and finding.rule == rule]
    assert any(place in finding.place for finding in found), found


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
def test_the_command_ends_with_one_where_there_is_an_error(app: Flask) -> None:
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

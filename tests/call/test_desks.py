"""Whom a caller reaches, at any hour of a week and on holidays, in each language: desks that fit, that are open,
that speak their language; else help at any hour, and when the first opens."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product

import pytest

from ivr.call import rules
from ivr.call.acts import Ask, Dial, DialEnded, Heard, Key, NoInput, Ring, Turn, words_of
from ivr.call.conversation import step
from ivr.call.positions import Position, start
from ivr.call.walking import walk
from ivr.line.loading import load, ringing_itself
from ivr.line.tree import Place, branches, standing_at
from ivr.line.values import Kind, Line
from ivr.line.words import Chunk
from tests.support.given import PROMPTS, SUNDAY_NIGHT, TUESDAY_11, moment

NIGHT_EARLY = "2026-11-24 09:10"
"""A Tuesday on which the city is open and the multilingual desk is not yet."""

FOURTH_SATURDAY = "2026-11-28 11:00"
SUNDAY = "2026-11-29 11:00"

WEEK = tuple(f"2026-11-{day} {hour:02}:10" for day in range(23, 30) for hour in range(24))
HOLIDAYS = tuple(
    f"{day} {hour}:40"
    for day, hour in product(
        (
            "2026-01-01",
            "2026-05-04",
            "2026-07-20",
            "2026-09-22",
            "2026-11-03",
            "2026-12-29",
            "2027-01-03",
            "2027-03-22",
        ),
        ("03", "10", "16"),
    )
)
URGENT = ("fraud", "tricks", "mail", "call", "paid", "trick_mail", "police", "consumer")


_PRESSED: Mapping[str, Heard] = {">": NoInput(), "!": DialEnded("busy")}


def call(line: Line, at: str, language: str, keys: str) -> Turn:
    """A call in a language: these keys, > for silence, ! for a desk that is busy."""
    now = moment(at, line)
    turn = step(line, start(line, language), Ring(), now)
    for key in keys:
        turn = step(line, turn.position, _PRESSED[key] if key in _PRESSED else Key(key), now)
    return turn


def heard(turn: Turn) -> str:
    return "".join(part.written for say in words_of(turn.acts) for part in say.parts if isinstance(part, Chunk))


def read_on(line: Line, at: str, language: str, keys: str, passages: int) -> str:
    """What is heard behind these keys in so many passages, each after a silence."""
    return "".join(heard(call(line, at, language, keys + ">" * more)) for more in range(passages))


def rung(turn: Turn) -> str | None:
    return next((act.desk for act in turn.acts if isinstance(act, Dial)), None)


def shipped() -> dict[str, str]:
    return {path.name: path.read_text() for path in PROMPTS.glob("*.toml")}


def made(**changes: Mapping[str, str]) -> Line:
    """The shipped line with some words of its files changed: line={"before": "after"}."""
    files = shipped()
    for name, pairs in changes.items():
        for before, after in pairs.items():
            assert before in files[f"{name}.toml"], before
            files[f"{name}.toml"] = files[f"{name}.toml"].replace(before, after, 1)
    return load({name: text.encode() for name, text in files.items()})


# --- at any hour --------------------------------------------------------------------------------


def everywhere(line: Line, language: str) -> Iterator[Position]:
    """Every menu, text and desk, come to by its menus, at its beginning and behind it; and help and pause."""
    begun = start(line, language)
    for _, nodes in branches(line):
        for node in nodes:
            for step_there in ("", *(("end",) if node not in line.menus else ())):
                yield replace(begun, trail=standing_at(line, Place(node, step_there)))
    for node in (Kind.HELP, Kind.PAUSE):
        yield begun.into(Place("fraud")).into(Place(node, "0"))


@pytest.mark.parametrize("language", ["ja", "en"])
def test_from_everywhere_zero_finds_who_is_open_or_says_when_and_where_help_is_now(line: Line, language: str) -> None:
    """At every hour of a week, and on holidays."""
    for at in (*WEEK, *HOLIDAYS):
        assert_reached(line, language, at)


def assert_reached(line: Line, language: str, at: str) -> None:
    now = moment(at, line)
    for position in everywhere(line, language):
        turn = step(line, position, Key("0"), now)
        place, where = turn.position.place, f"{at} {language}: {'-'.join(map(str, turn.position.trail))}"
        desk = line.desks[place.node].heard_in(language)
        if dialled := rung(turn):
            assert line.desks[dialled].heard_in(language).hours.is_open(now), where
        elif not desk.hours.is_open(now):
            said = heard(turn)
            assert "次は" in said or "It opens" in said, where
            if any(each.node in URGENT for each in turn.position.trail):
                assert "110" in said.partition("。" if language == "ja" else ".")[0], where


# --- at night -----------------------------------------------------------------------------------


@pytest.mark.parametrize("keys", ["130", "331", "13", "10"])
@pytest.mark.parametrize(("language", "danger"), [("ja", "危険"), ("en", "danger")])
def test_who_has_paid_hears_first_where_help_is_now(line: Line, language: str, danger: str, keys: str) -> None:
    said = heard(call(line, SUNDAY_NIGHT, language, keys))
    assert danger in said and said.index("110") < 70
    assert ("お近くの警察署" if language == "ja" else "nearest police station") in said


def test_the_closed_police_page_says_who_answers_there_now(line: Line) -> None:
    """Where the number is read, so that what is closed and when it opens takes 20 s at most (R9)."""
    assert heard(call(line, SUNDAY_NIGHT, "ja", "331>")).startswith("いまは、当直の人か、録音")
    assert "duty officer or a recording" in heard(call(line, SUNDAY_NIGHT, "en", "331>"))
    assert "当直" not in read_on(line, TUESDAY_11, "ja", "331", 8)
    assert read_on(line, SUNDAY_NIGHT, "ja", "331", 8).count("当直") == 1


@pytest.mark.parametrize("keys", ["20", "210"])
@pytest.mark.parametrize(
    ("language", "number", "not_this"), [("ja", "0120-95-0178", "0178-27"), ("en", "0120-0178-27", "95-0178")]
)
def test_a_lost_card_is_stopped_at_night(line: Line, language: str, number: str, not_this: str, keys: str) -> None:
    page = call(line, SUNDAY_NIGHT, language, keys)
    assert page.position.place.node == "card_stop" and rung(page) is None
    assert "24" in heard(page) and "受け付けていません" not in heard(page) and "closed" not in heard(page)
    read = read_on(line, SUNDAY_NIGHT, language, keys, 5)
    assert read.count(number) == 2 and not_this not in read
    assert ("区役所" if language == "ja" else "ward office") in read


def test_a_leaked_number_is_no_lost_card(line: Line) -> None:
    assert call(line, SUNDAY_NIGHT, "ja", "220").position.place.node == "ppc"


@pytest.mark.parametrize(
    ("at", "keys", "said"),
    [
        (TUESDAY_11, "311>>>>>", "人と話すには0番"),
        (SUNDAY_NIGHT, "311>>>>>", "窓口が次に開く時間を聞くには0番"),
        (SUNDAY, "311>>>>>", "いま開いている窓口の番号を聞くには0番"),
        (SUNDAY_NIGHT, "21>>>>>>>>>", "いま開いている窓口の番号を聞くには0番"),
        (SUNDAY_NIGHT, ">", "窓口が次に開く時間は0番"),
        (SUNDAY, ">", "いま開いている窓口の番号は0番"),
    ],
)
def test_a_person_is_promised_only_where_one_answers(line: Line, at: str, keys: str, said: str) -> None:
    assert said in heard(call(line, at, "ja", keys))


# --- in place of another ------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "number"), [("ja", "0120-95-0178"), ("en", "0120-0178-26")])
def test_on_a_sunday_the_national_line_is_told_and_not_the_consumer_centre(
    line: Line, language: str, number: str
) -> None:
    page = call(line, SUNDAY, language, "0")
    assert page.position.place.node == "national"
    assert "消費" not in heard(page) and "Consumer" not in heard(page)
    assert read_on(line, SUNDAY, language, "0", 3).count(number) == 2


def test_after_busy_the_choices_come_first_and_only_desks_that_fit(line: Line) -> None:
    busy = heard(call(line, TUESDAY_11, "ja", "10!"))
    assert "045" not in busy and busy.index("1番を") < busy.index("電話番号を聞くには")
    assert "消費生活" in busy and "マイナンバー担当" not in busy, "the city does not help against frauds"
    assert "045" not in heard(call(line, TUESDAY_11, "ja", "10!>")), "nor at a silence"
    assert read_on(line, TUESDAY_11, "ja", "10!3", 3).count("045-664-9110") == 2


# --- in the caller's language -------------------------------------------------------------------


@pytest.mark.parametrize("keys", ["0", "10", "110", "310"])
@pytest.mark.parametrize("at", [TUESDAY_11, FOURTH_SATURDAY])
def test_who_speaks_the_callers_language_comes_first(line: Line, at: str, keys: str) -> None:
    assert rung(call(line, at, "en", keys)) == "yoke"
    assert rung(call(line, at, "ja", keys)) != "yoke"


@pytest.mark.parametrize(("code", "answered"), [("pt-BR", True), ("zh-Hant", True), ("pa", False), ("ja-JP", True)])
def test_a_desk_answers_in_every_form_of_a_language_that_it_speaks(line: Line, code: str, answered: bool) -> None:
    assert line.desks["yoke"].answers_in(code) == answered


def test_where_nobody_does_that_is_said_before_joining(line: Line) -> None:
    """And who only wanted a person is asked back."""
    asked = call(line, NIGHT_EARLY, "en", "0")
    assert rung(asked) is None and "answers in Japanese only" in heard(asked)
    for again in "10":
        joined = call(line, NIGHT_EARLY, "en", f"0{again}")
        assert rung(joined) == "city"
        assert heard(joined).index("Japanese only") < heard(joined).index("To stop")
    assert rung(call(line, NIGHT_EARLY, "en", "0>>")) is None
    assert rung(call(line, NIGHT_EARLY, "ja", "0")) == "city", "whose language it speaks is joined at once"


def test_any_desk_that_speaks_it_comes_first(line: Line) -> None:
    """The languages of desks are data."""
    fluent = replace(line.desks["consumer"], languages=("ja", "en"))
    other = replace(line, desks={**line.desks, "consumer": fluent})
    assert rung(call(other, "2026-11-28 15:00", "en", "10")) == "consumer"
    assert rung(call(other, NIGHT_EARLY, "en", "10")) == "consumer"


@pytest.mark.parametrize(("language", "number"), [("ja", "0120-95-0178"), ("en", "0120-0178-26")])
def test_numbers_are_those_of_the_language(line: Line, language: str, number: str) -> None:
    place = next(at for at, desk in enumerate(line.texts["number"].choices, 1) if desk == "national")
    behind = "6" * len(line.passages("number", language))
    assert read_on(line, TUESDAY_11, language, f"311{behind}{place}", 3).count(number) == 2


def test_hours_and_a_number_to_dial_may_be_those_of_a_language() -> None:
    other = made(
        line={
            "[desk.ppc]": '[desk.city.in.en]\nnumbers = ["045-000-1111"]\ndial = "045-671-3792"\n'
            'hours = "Sa 10:00-12:00"\n\n[desk.ppc]'
        }
    )
    english, japanese = other.desks["city"].heard_in("en"), other.desks["city"].heard_in("ja")
    assert english.numbers == ("045-000-1111",) and japanese.numbers == ("045-671-3792",)
    assert rung(call(other, FOURTH_SATURDAY, "en", "0")) == "city"
    assert rung(call(other, FOURTH_SATURDAY, "ja", "0")) is None
    assert "en" in english.languages, "who has a number for it speaks it"


def test_a_closure_and_a_number_never_to_be_rung_hold_in_every_language() -> None:
    other = made(line={"[desk.ppc]": '[desk.city.in.en]\nhours = "Mo-Su 08:00-20:00"\n\n[desk.ppc]'})
    city = other.ringing_none_of({"+81456713792"}).desks["city"]
    assert [each.dial for each in city.versions] == [None, None]


def test_a_number_for_one_language_that_is_the_lines_own_is_told_with_its_place() -> None:
    table = '[desk.city.in.en]\nnumbers = ["050-1234-5678"]\ndial = "050-1234-5678"\n\n[desk.ppc]'
    problems = ringing_itself(made(line={"[desk.ppc]": table}), {"+815012345678"})
    assert [problem.key for problem in problems] == ["desk.city.in.en.dial"]


# --- joined, and the way back -------------------------------------------------------------------


def test_an_open_desk_can_be_joined_behind_its_numbers_too(line: Line) -> None:
    """With time for the key, for who has missed the first offer; a closed one offers nothing."""
    pages = [call(line, TUESDAY_11, "ja", "331" + ">" * more) for more in range(5)]
    offering = [turn for turn in pages if "つなぐには" in heard(turn)]
    assert offering == [pages[0], pages[4]]
    assert [act.wait for turn in offering for act in turn.acts if isinstance(act, Ask)] == [5, 5]
    assert "つなぐには" not in read_on(line, SUNDAY_NIGHT, "ja", "331", 5)


@pytest.mark.parametrize("keys", ["2", "3", "14"])
def test_a_menu_names_the_way_back_once(line: Line, keys: str) -> None:
    for silences in range(2):
        assert heard(call(line, TUESDAY_11, "ja", keys + ">" * silences)).count("一つ前に戻る") == 1
    assert "一つ前に戻る" not in heard(call(line, TUESDAY_11, "ja", ""))


def test_the_first_menu_says_where_the_police_are(line: Line) -> None:
    assert "警察も、1番です" in heard(call(line, TUESDAY_11, "ja", ""))
    assert rung(call(line, TUESDAY_11, "ja", "10")) == "police"


@pytest.mark.parametrize(
    ("language", "keys", "first"),
    [
        ("ja", ">", "For English,press 4"),
        ("en", ">", "日本語は、4番"),
        ("ja", "1>", "For English, press 9"),
    ],
)
def test_a_silence_in_a_menu_is_met_with_the_other_languages(line: Line, language: str, keys: str, first: str) -> None:
    """By their key, or by the one of help, which begins with them, where a language has words for that."""
    turn = call(line, TUESDAY_11, language, keys)
    assert heard(turn).startswith(first)
    there = call(line, TUESDAY_11, language, keys + ("91" if "9" in first else "4"))
    assert there.position.language != language


def test_a_language_without_words_for_it_is_not_told(line: Line) -> None:
    assert heard(call(line, TUESDAY_11, "en", "31>")).startswith("There is no hurry")


# --- at the end of a call -----------------------------------------------------------------------


@pytest.mark.parametrize(("at", "name"), [(TUESDAY_11, "YOKE"), (SUNDAY, "national"), (SUNDAY_NIGHT, "YOKE")])
def test_a_silent_caller_hears_last_who_speaks_their_language(line: Line, at: str, name: str) -> None:
    """And is not joined to a desk that does not."""
    ended = call(line, at, "en", ">>>")
    assert rung(ended) is None and name in heard(ended) and "045-671-3792" not in heard(ended)
    assert "I will soon read you a number" in heard(call(line, at, "en", ">>"))


def test_where_nobody_is_open_that_does_the_city_is_rung_for_a_silent_caller(line: Line) -> None:
    assert rung(call(line, NIGHT_EARLY, "en", ">>>")) == rung(call(line, TUESDAY_11, "ja", ">>>")) == "city"


@pytest.mark.parametrize(("language", "number"), [("ja", "0120-95-0178"), ("en", "0120-0178-27")])
def test_a_silent_caller_about_a_card_hears_at_night_the_number_that_stops_it_alone(
    line: Line, language: str, number: str
) -> None:
    ended = heard(call(line, SUNDAY_NIGHT, language, "2>>>"))
    assert ended.count(number) == 2 and "045" not in ended


# --- the rules find it --------------------------------------------------------------------------


def findings(line: Line, *hours: str) -> list[rules.Finding]:
    survey = rules.Survey.of(line, (moment(hour, line) for hour in hours), lambda _: 1.0)
    found = (rules.own_language_first, rules.answered_in_every_language, rules.help_at_any_hour)
    return [finding for rule in (*found, rules.offers_what_is_open) for finding in rule(survey)]


@pytest.mark.parametrize(
    ("changes", "rule", "message"),
    [
        ({"line": {'languages = ["ja", "en", "zh", ': 'languages = ["ja", "zh", ',
                   'languages = ["ja", "en"]            # inter': 'languages = ["ja"]  # inter',
                   '[desk.card_stop.in.en]\nnumbers = ["0120-0178-27"]': "",
                   '[desk.national.in.en]\nnumbers = ["0120-0178-26"]': ""}}, "R23", "no desk answers in en"),
        ({"line": {"[desk.national.in.en]": "[desk.national.in.fr]"}}, "R23", "fr is no language of the line"),
        ({"line": {'help_now = ["emergency"]': 'help_now = ["national"]'}}, "R15", "'national' closes"),
    ],
    ids=["nobody speaks it", "in no language", "not at any hour"],
)  # fmt: skip
def test_a_rule_finds_its_fault(changes: Mapping[str, Mapping[str, str]], rule: str, message: str) -> None:
    found = findings(made(**changes), TUESDAY_11)
    assert [each for each in found if each.rule == rule and message in each.message], found


def spoilt(line: Line, at: str, keys: str, language: str, wrong: Turn) -> list[rules.Finding]:
    """What the rules find where the line answers 0 wrongly behind these keys."""
    now = moment(at, line)
    visit = next(each for each in walk(line, (language,), now) if each.keys == keys)
    survey = rules.Survey(line, lambda _: 1.0, ((now, replace(visit, answers={**visit.answers, "0": wrong})),))
    return list(rules.own_language_first(survey))


def test_a_rule_finds_who_does_not_speak_the_language(line: Line) -> None:
    city = call(line, NIGHT_EARLY, "en", "01")
    assert not spoilt(line, NIGHT_EARLY, "", "en", city)
    found = spoilt(line, TUESDAY_11, "", "en", city)
    assert [each.message for each in found] == ["0 rings city, though a desk is open that speaks en"]


def test_a_rule_finds_that_the_language_is_not_said(line: Line) -> None:
    silent = call(line, NIGHT_EARLY, "ja", "0")  # the same transfer, without a word of the language
    found = spoilt(line, NIGHT_EARLY, "", "en", silent)
    assert [each.message for each in found] == ["city is rung, and that it does not speak en is not said"]


def test_a_rule_finds_a_closed_page_without_help(line: Line) -> None:
    now = moment(SUNDAY_NIGHT, line)
    visit = next(each for each in walk(line, ("ja",), now) if each.place.node == "police")
    mute = replace(visit, turn=replace(visit.turn, acts=call(line, SUNDAY_NIGHT, "ja", "30").acts))
    found = list(rules.help_at_any_hour(rules.Survey(line, lambda _: 1.0, ((now, visit), (now, mute)))))
    assert [each.message for each in found] == ["is closed, and does not begin with emergency, which never is"]


def test_a_rule_finds_a_desk_that_is_offered_and_closed(line: Line) -> None:
    now = moment(TUESDAY_11, line)
    visit = next(each for each in walk(line, ("ja",), now) if each.place.step == "busy" or each.place.node == "police")
    position = call(line, TUESDAY_11, "ja", "10!").position
    night: datetime = moment(SUNDAY_NIGHT, line) + timedelta(minutes=1)
    late = replace(visit, turn=replace(visit.turn, position=position))
    found = list(rules.offers_what_is_open(rules.Survey(line, lambda _: 1.0, ((now, late), (night, late)))))
    assert [each.message for each in found] == ["offers consumer in place of police, which is no help"]


def test_help_at_any_hour_is_named_by_menus_and_desks(line: Line) -> None:
    assert {line.menus["fraud"].help_now, line.desks["police"].help_now} == {("emergency",)}
    assert line.desks["emergency"].hours.always and line.desks["emergency"].dial is None

"""When something is broken: whatever part of the line it is, the caller still hears the other desks."""

import dataclasses
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from types import MappingProxyType
from typing import Any
from unittest.mock import Mock, patch
from xml.etree import ElementTree

import pytest
from flask import Flask
from twilio.request_validator import RequestValidator

from ivr.carrier import fallback, webhooks
from ivr.carrier.front import Front
from ivr.carrier.metrics import Metrics
from ivr.carrier.twilio.twilio_carrier import twilio
from ivr.editions.shelf import Shelf
from ivr.line.values import Language, Line
from ivr.line.words import Chunk, Prompt, Slot, Span
from ivr.voice.sounds import Played
from tests.support.given import ORIGIN, TOKEN

DESKS = ("045-664-9110", "045-845-6666", "03-6457-9585", "045-671-3792", "045-222-1209")
BY_LANGUAGE = {"ja": ("110", "0120-95-0178"), "en": ("110", "0120-0178-26", "0120-0178-27")}
"""Numbers of desks that are told in both languages, and those of one."""
ODD: tuple[Any, ...] = (None, "", (), 7, object())


def with_desk(line: Line, **changes: Any) -> Line:
    desk = dataclasses.replace(line.desks["city"], **changes)
    return dataclasses.replace(line, desks=MappingProxyType({**line.desks, "city": desk}))


def with_prompts(line: Line, change: Callable[[Mapping[str, Prompt]], Mapping[str, Prompt]]) -> Line:
    languages = {
        code: dataclasses.replace(language, prompts=MappingProxyType(dict(change(language.prompts))))
        for code, language in line.languages.items()
    }
    return dataclasses.replace(line, languages=MappingProxyType(languages))


def desks_heard(document: str) -> set[str]:
    """The numbers that are told, by their digits."""
    root = ElementTree.fromstring(document)
    text = "".join(root.itertext()).replace(" ", "")
    return {number for number in DESKS if number.replace("-", "") in text.replace("-", "")}


def begins_with_help(document: str, code: str) -> bool:
    """Whether 110 and the number that stops a card are told in one language before any other desk."""
    text = "".join(ElementTree.fromstring(document).itertext()).replace(" ", "")
    stop = "0120-95-0178" if code == "ja" else "0120-0178-27"
    return text.index("110") < text.index(stop) < text.index("045")


@pytest.mark.parametrize("code", ["ja", "en"])
def test_help_at_any_hour_comes_first_also_where_little_fits(line: Line, code: str) -> None:
    for document in (fallback.document(line, [code]), fallback.in_a_call(line, [code])):
        assert begins_with_help(document, code)
    for code_first in (["ja", "en"], ["en", "ja"]):
        assert begins_with_help(fallback.document(line, code_first), code_first[0])
        assert "0120-95-0178" in "".join(ElementTree.fromstring(fallback.document(line, code_first)).itertext())


@pytest.mark.parametrize("codes", [("ja", "en"), ("en", "ja")])
def test_nobody_waits_for_help_through_the_desks_of_another_language(line: Line, codes: tuple[str, str]) -> None:
    for document in (fallback.document(line, codes), fallback.in_a_call(line, codes)):
        text = "".join(ElementTree.fromstring(document).itertext())
        helped = [text.index(words) for words in ("危険", "in danger", "0120-95-0178", "0120-0178-27")]
        assert max(helped) < text.index("045-")


def test_whoever_speaks_the_language_comes_first(line: Line) -> None:
    text = "".join(ElementTree.fromstring(fallback.document(line, ["en"])).itertext())
    assert text.index("045-222-1209") < text.index("045-664-9110")


@pytest.mark.parametrize("code", ["ja", "en"])
def test_it_tells_the_numbers_of_the_language(line: Line, code: str) -> None:
    text = "".join(ElementTree.fromstring(fallback.in_a_call(line, [code])).itertext())
    assert all(number in text for number in BY_LANGUAGE[code])
    assert not set(BY_LANGUAGE["en" if code == "ja" else "ja"]) - {"110"} & set(text.split())


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: type(odd).__name__)
@pytest.mark.parametrize("part", ["numbers", "hours", "dial", "key", "languages", "confirmation"])
def test_a_broken_desk_costs_no_other_desk(line: Line, part: str, odd: Any) -> None:
    heard = desks_heard(fallback.in_a_call(with_desk(line, **{part: odd}), tuple(line.languages)))
    assert heard >= {*DESKS} - {"045-671-3792"}


@pytest.mark.parametrize("numbers", [("０４５－６７１－３７９２",), ("(045)671-3792",), ("city hall",), ("\ufffe",)])
def test_odd_numbers_of_a_desk_cost_no_other_desk(line: Line, numbers: tuple[str, ...]) -> None:
    assert desks_heard(fallback.in_a_call(with_desk(line, numbers=numbers), ["ja", "en"])) >= {*DESKS} - {
        "045-671-3792"
    }


HOURS = ("hours.always", "hours.whole_day", "hours.closed")

BREAKS: dict[str, Callable[[Prompt], Prompt | None]] = {
    "missing": lambda _: None,
    "with a slot that nothing fills": lambda prompt: Prompt(prompt.key, (Slot("nothing"),)),
    "empty": lambda prompt: Prompt(prompt.key, ()),
    "with what XML does not know": lambda prompt: Prompt(prompt.key, (Chunk(prompt.key, (Span("\ufffe\x00\ud800"),)),)),
    "of no words at all": lambda prompt: Prompt(prompt.key, (Chunk(prompt.key, (None,)),)),  # type: ignore[arg-type]
}


def broken(key: str, how: Callable[[Prompt], Prompt | None], prompts: Mapping[str, Prompt]) -> dict[str, Prompt]:
    """The prompts, one of them broken."""
    return {each: found for each, prompt in prompts.items() if (found := how(prompt) if each == key else prompt)}


@pytest.mark.parametrize("how", BREAKS)
def test_each_prompt_broken_in_turn_leaves_the_other_desks(line: Line, how: str) -> None:
    said = ("say.greeting", "fallback.sorry", "say.goodbye", "number.this", "number.or", "status.usual", "digits.4")
    for key in (*said, "desk.city.name", *HOURS):
        spoilt = with_prompts(line, partial(broken, key, BREAKS[how]))
        for codes in (["ja"], ["en"], ["ja", "en"]):
            assert desks_heard(fallback.in_a_call(spoilt, codes)) >= {*DESKS} - {"045-671-3792"}, (key, codes)


@pytest.mark.parametrize("codes", [("ja", "xx"), ("xx", "ja"), ("ja", "ja")])
def test_a_language_that_is_none_costs_no_other(line: Line, codes: tuple[str, ...]) -> None:
    assert desks_heard(fallback.in_a_call(line, codes)) == {*DESKS}


@pytest.mark.parametrize("field", [each.name for each in dataclasses.fields(Language)])
def test_a_broken_language_costs_no_other(line: Line, field: str) -> None:
    ja = dataclasses.replace(line.languages["ja"], **{field: None})  # type: ignore[arg-type]  # that is what is broken
    spoilt = dataclasses.replace(line, languages=MappingProxyType({"ja": ja, "en": line.languages["en"]}))
    assert desks_heard(fallback.in_a_call(spoilt, ["ja", "en"])) == {*DESKS}


def test_with_nothing_left_it_is_still_a_document(line: Line) -> None:
    spoilt = with_prompts(line, lambda _: {})
    assert ElementTree.fromstring(fallback.in_a_call(spoilt, ["ja"]))[-1].tag == "Hangup"
    assert ElementTree.fromstring(fallback.in_a_call(line, []))[-1].tag == "Hangup"


def test_in_a_call_all_desks_are_heard_however_long_it_takes(line: Line) -> None:
    assert desks_heard(fallback.in_a_call(line, ["ja", "en"] * 4)) == {*DESKS}


# --- webhooks -------------------------------------------------------------------------------


def ring(hooks: webhooks.Webhooks) -> tuple[int, str]:
    app = Flask("line")
    webhooks.install(app, hooks)
    signature = RequestValidator(TOKEN).compute_signature(ORIGIN + "/voice", {"To": "+815012345678"})
    answer = app.test_client().post("/voice", data={"To": "+815012345678"}, headers={"X-Twilio-Signature": signature})
    return answer.status_code, answer.text


def hooks_of(lookup: Callable[[str, datetime], Line], metrics: Any = None) -> webhooks.Webhooks:
    front = Front(twilio(TOKEN), ORIGIN, metrics or Metrics(lambda: True), lambda line, _own_voice: Played(line, ()))
    last_words = "<Response><Say>last words</Say></Response>"
    return webhooks.Webhooks(front, lookup, lookup, last_words)


def test_a_fault_of_the_line_is_answered_with_the_desks(line: Line) -> None:
    spoilt = with_prompts(line, lambda prompts: {k: p for k, p in prompts.items() if k != "say.choose"})
    status, answer = ring(hooks_of(lambda _edition, _now: spoilt))
    assert status == 200 and desks_heard(answer) == {*DESKS}


@pytest.mark.parametrize("fault", [RuntimeError("no shelf"), KeyError("x"), OSError(28, "disk full"), RecursionError()])
def test_even_without_a_line_the_caller_hears_the_last_words(fault: Exception) -> None:
    status, answer = ring(hooks_of(Mock(side_effect=fault)))
    assert (status, answer) == (200, "<Response><Say>last words</Say></Response>")


def test_figures_that_cannot_be_counted_cost_no_call(line: Line) -> None:
    metrics = Mock(fault=Mock(side_effect=OSError), count=Mock(side_effect=OSError))
    status, answer = ring(hooks_of(lambda _edition, _now: line, metrics))
    assert status == 200 and "<Gather" in answer


def test_the_number_that_was_rung_is_never_rung_back(line: Line) -> None:
    spoilt = with_desk(line, dial="+815012345678")
    assert spoilt.ringing_none_of({"+815012345678", None}).desks["city"].dial is None
    assert line.ringing_none_of({"+815012345678", None}) is line


def test_the_application_has_last_words_of_its_own(standing: Flask) -> None:
    form = {"To": "+815012345678"}
    signature = RequestValidator(TOKEN).compute_signature(ORIGIN + "/voice", form)
    with patch.object(Shelf, "_look", side_effect=OSError("the shelf is gone")):
        answer = standing.test_client().post("/voice", data=form, headers={"X-Twilio-Signature": signature})
    assert answer.status_code == 200 and desks_heard(answer.text) == {*DESKS}

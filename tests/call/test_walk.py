"""A foreign telephone walks the whole line over its webhooks, in every language, by day and night.

It knows TwiML and nothing of the line: it presses every key wherever somebody listens, keeps
silent, takes every outcome of a transfer, and holds each document against the schema.
"""

import re
from collections import deque
from collections.abc import Iterator
from urllib.parse import urljoin
from xml.etree import ElementTree

import pytest
from flask import Flask

from ivr.carrier.handset import Wsgi
from ivr.line.values import Line
from tests.support.given import ORIGIN, SUNDAY_NIGHT, TOKEN, TUESDAY_11, moment
from tests.support.schema import problems

FORM = {"CallSid": "CA" + "1" * 32, "From": "+81312345678", "To": "+815012345678", "CallStatus": "in-progress"}
JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
LATIN_SENTENCE = re.compile(r"[A-Za-z]+ [A-Za-z]+ [A-Za-z]+")


def documents(app: Flask, line: Line, at: str) -> Iterator[tuple[str, str, int]]:
    """Every document that a caller can come to (URL, XML, keys pressed), told apart by words."""
    carrier = Wsgi(app, TOKEN, ORIGIN)
    now = moment(at, line)
    waiting = deque([(ORIGIN + "/voice", {}, 0)])
    seen: set[tuple[str, ...]] = set()
    asked: set[tuple[str, str]] = set()
    while waiting:
        url, more, keys = waiting.popleft()
        answer = carrier.post(url, {**FORM, **more}, now)
        assert (answer.status, answer.content_type.split(";")[0]) == (200, "text/xml"), url
        root = ElementTree.fromstring(answer.body)
        words = tuple("".join(say.itertext()) for say in root.iter("Say")), len(root.findall(".//Dial"))
        place = re.sub(r"[-/](\w+)(\.\w+)?/\w+(\?.*)?$", r"\1", url.rsplit("/voice/1/", 1)[-1])[-12:]
        if (state := (*words[0], str(words[1]), place)) in seen:
            continue
        seen.add(state)
        body = answer.body if isinstance(answer.body, str) else answer.body.decode()
        yield url, body, keys
        for target, form in ways_on(root):
            absolute = urljoin(url, target)
            if (step := (re.sub(r"run=\d+&?", "", absolute).rstrip("?&"), str(form))) not in asked:
                asked.add(step)
                waiting.append((absolute, form, keys + ("Digits" in form)))


def ways_on(root: ElementTree.Element) -> Iterator[tuple[str, dict[str, str]]]:
    for verb in root:
        if verb.tag == "Gather":
            yield from ((verb.get("action", ""), {"Digits": key}) for key in "0123456*#9")
        if verb.tag == "Redirect":
            yield verb.text or "", {}
        if verb.tag == "Dial":
            yield from ((verb.get("action", ""), {"DialCallStatus": status}) for status in ("completed", "busy"))


@pytest.mark.slow
@pytest.mark.parametrize("at", [TUESDAY_11, SUNDAY_NIGHT])
def test_no_document_is_at_fault(app: Flask, line: Line, at: str) -> None:
    rung: dict[str, int] = {}
    count = 0
    for url, xml, keys in documents(app, line, at):
        count += 1
        assert problems(xml) == [], (url, xml)
        root = ElementTree.fromstring(xml)
        assert len(xml.encode()) < 64 * 1024
        for say in root.iter("Say"):
            text = "".join(say.itertext())
            if say.get("language") == "ja-JP":
                assert not LATIN_SENTENCE.search(text), text
            else:
                assert not JAPANESE.search(text), text
        verbs = [verb.tag for verb in root]
        assert verbs[-1] in ("Redirect", "Dial", "Hangup"), "a dead end"
        for number, verb in enumerate(root):
            if verb.tag == "Gather":
                assert verb.find("Say") is not None, "silence before listening"
                assert number + 1 < len(verbs), "nothing follows silence"
            if verb.tag == "Dial":
                number_rung = verb.findtext("Number") or ""
                rung[number_rung] = min(rung.get(number_rung, 99), keys)
    assert count > 300
    dials = {desk.dial for desk in line.desks.values()}
    if at == TUESDAY_11:
        assert len(rung) >= 4 and set(rung) <= dials
        assert rung["+81456649110"] <= 3
    else:
        assert rung == {}

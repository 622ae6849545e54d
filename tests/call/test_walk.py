"""A foreign telephone walks the whole line over its webhooks, in every language, by day and night.

It knows TwiML and nothing of the line: it presses every key wherever somebody listens, keeps
silent, takes every outcome of a transfer, and holds each document against the schema.
"""

import re
from collections import deque
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit
from xml.etree import ElementTree

import pytest

from ivr.config import from_environment
from ivr.handset.transport import Transport, Wsgi
from ivr.line.values import Line
from ivr.wiring import create_app
from tests.support.carriers import CASES
from tests.support.given import ORIGIN, SUNDAY_NIGHT, TUESDAY_11, moment
from tests.support.schema import problems

FORM = {"CallSid": "CA" + "1" * 32, "From": "+81312345678", "To": "+815012345678", "CallStatus": "in-progress"}
COUNTED = ("run", "typed", "keyed", "from", "heard", "repeats", "began", "unbroken")
"""The parts of an address that only count keys and remember places."""

JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
LATIN_SENTENCE = re.compile(r"[A-Za-z]+ [A-Za-z]+ [A-Za-z]+")


def documents(transport: Transport, at: datetime) -> Iterator[tuple[str, str, int]]:
    """Every document that a caller can come to (URL, XML, keys pressed), told apart by what it says:
    the way by which a caller came to the same words is walked once."""
    waiting: deque[tuple[str, dict[str, str], int]] = deque([(ORIGIN + "/voice", {}, 0)])
    seen: set[tuple[str, ...]] = set()
    asked: set[tuple[str, str]] = set()
    while waiting:
        url, more, keys = waiting.popleft()
        answer = transport.post(url, {**FORM, **more}, at)
        assert (answer.status, answer.content_type.split(";")[0]) == (200, "text/xml"), url
        root = ElementTree.fromstring(answer.body)
        state = (*("".join(say.itertext()) for say in root.iter("Say")), str(len(root.findall(".//Dial"))))
        if state in seen:
            continue
        seen.add(state)
        yield url, answer.body.decode(), keys
        for target, form in ways_on(root):
            absolute = urljoin(url, target)
            if (step := (what_matters(absolute), str(form))) not in asked:
                asked.add(step)
                waiting.append((absolute, form, keys + ("Digits" in form)))


def what_matters(address: str) -> str:
    """An address without what a call only counts and remembers: what is said next seldom depends on it, and a
    walk that told every count apart would not end."""
    parts = urlsplit(address)
    return f"{parts.path}?{urlencode([(name, value) for name, value in parse_qsl(parts.query) if name not in COUNTED])}"


def ways_on(root: ElementTree.Element) -> Iterator[tuple[str, dict[str, str]]]:
    for verb in root:
        if verb.tag == "Gather":
            yield from ((verb.get("action", ""), {"Digits": key}) for key in "0123456*#9")
        if verb.tag == "Redirect":
            yield verb.text or "", {}
        if verb.tag == "Dial":
            yield from ((verb.get("action", ""), {"DialCallStatus": status}) for status in ("completed", "busy"))
            yield from ((noun.get("url", ""), {}) for noun in verb if noun.get("url"))


@pytest.mark.slow(30)
@pytest.mark.parametrize(
    ("carrier", "at", "most"),
    [
        ("twilio", TUESDAY_11, None),
        ("signalwire", SUNDAY_NIGHT, None),
        ("telnyx", SUNDAY_NIGHT, 400),  # the same as by the one before, in another dialect
    ],
)
def test_no_document_is_at_fault(tmp_path: Path, line: Line, carrier: str, at: str, most: int | None) -> None:
    """Whoever carries the call: all of them hear the same line, in documents of each one's dialect."""
    case = CASES[carrier]
    app = create_app(from_environment({"DATA_DIR": str(tmp_path), "PUBLIC_URL": ORIGIN, **case.environ}))
    rung: dict[str, int] = {}
    count = 0
    for url, xml, keys in islice(documents(Wsgi(app, case.signer, ORIGIN), moment(at, line)), most):
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
        if url.endswith("/whisper"):
            assert verbs == ["Say"], "the desk hears words alone, and is joined"
            continue
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

"""What each verb of a document comes to, its defaults filled in. `url` is the document's own."""

from typing import NoReturn
from urllib.parse import urldefrag, urljoin
from xml.etree.ElementTree import Element

from ivr.handset.documents import too_long
from ivr.handset.hearing import HeardSound, WordsOfPlay, recorded, speech
from ivr.handset.line_faults import AGAINST_SCHEMA, NOT_DIALLABLE, LineFault
from ivr.handset.moments import OpenGather, OpenRecord, Transfer
from ivr.handset.timing import TONE_SECONDS

ENDLESS_LOOP = 1000  # what loop="0" comes to; Say, Play
END_OF_DOCUMENT = Element("Hangup")  # with nothing left to do the carrier hangs up


def fail(url: str, reason: str, code: int | None = None) -> NoReturn:
    """This document is at fault."""
    raise LineFault(url, reason, code)


def gather(url: str, verb: Element) -> OpenGather:
    """Gather, but for what it says."""
    inputs = verb.get("input", "dtmf").split()
    digits = verb.get("numDigits")
    return OpenGather(
        url=address(url, verb.get("action", "")),
        method=method(url, verb),
        timeout=_number(url, verb, "timeout", 5),
        num_digits=None if digits is None else int(_number(url, verb, "numDigits", 0)),
        finish_on_key=verb.get("finishOnKey", "#"),
        takes_keys="dtmf" in inputs,
        takes_speech="speech" in inputs,
        action_on_empty_result=verb.get("actionOnEmptyResult") == "true",
        language=verb.get("language", "en-US"),
    )


def transfer(url: str, verb: Element, caller: str) -> Transfer:
    """Dial: text or nouns; the caller's own number is shown unless another is set."""
    kind, numbers = _numbers(url, verb)
    action = verb.get("action")
    noun = next(iter(verb), None)
    told = None if noun is None else noun.get("url")
    return Transfer(
        kind=kind,
        numbers=numbers,
        caller_id=verb.get("callerId", caller),
        url=address(url, action) if action else None,
        method=method(url, verb),
        timeout=_number(url, verb, "timeout", 30),
        time_limit=_number(url, verb, "timeLimit", 14400),
        attributes=dict(verb.attrib),
        told=address(url, told) if told else None,
        told_method="POST" if noun is None else method(url, noun),
    )


def _numbers(url: str, verb: Element) -> tuple[str, tuple[str, ...]]:
    nouns = list(verb)
    for noun in nouns:
        if noun.tag not in ("Number", "Client", "Sip"):
            fail(url, f"this telephone cannot ring a <{noun.tag}>")
    texts = [(noun.text or "").strip() for noun in nouns] or [(verb.text or "").strip()]
    if not all(texts):
        fail(url, "<Dial> rings nobody", NOT_DIALLABLE)
    return (nouns[0].tag if nouns else "Number"), tuple(texts)


def record(url: str, verb: Element) -> OpenRecord:
    """Record, but for its beep."""
    return OpenRecord(
        url=address(url, verb.get("action", "")),
        method=method(url, verb),
        timeout=_number(url, verb, "timeout", 5),
        max_length=_number(url, verb, "maxLength", 3600),
        finish_on_key=verb.get("finishOnKey", "1234567890*#"),
    )


def sounds(url: str, verb: Element, words_of_play: WordsOfPlay | None, *, in_gather: bool) -> list[HeardSound]:
    """Say, Play and Pause, by themselves or within a Gather."""
    match verb.tag:
        case "Say":
            if reason := too_long(verb):
                fail(url, reason)
            return speech(verb, _loops(url, verb), in_gather)
        case "Play" if (tones := verb.get("digits")) is not None:
            seconds = TONE_SECONDS * len(tones) * _loops(url, verb)
            return [HeardSound("tones", text=tones, in_gather=in_gather, seconds=seconds)]
        case "Play":
            played = address(url, (verb.text or "").strip())
            words = words_of_play(played) if words_of_play else None
            return [recorded(played, words, _loops(url, verb), in_gather)]
        case "Pause":
            return [HeardSound("pause", in_gather=in_gather, seconds=_number(url, verb, "length", 1))]
    return fail(url, f"<{verb.tag}> is not for a Gather", AGAINST_SCHEMA)


def _loops(url: str, verb: Element) -> int:
    """Say, Play: once by default; 0 is until the call ends or a thousand times."""
    return int(_number(url, verb, "loop", 1)) or ENDLESS_LOOP


def _number(url: str, verb: Element, name: str, default: int) -> float:
    value = verb.get(name, str(default))
    if not value.isascii() or not value.isdigit():
        fail(url, f"<{verb.tag} {name}={value!r}> is no whole number")
    return float(value)


def method(url: str, verb: Element) -> str:
    """How a verb's address is asked."""
    asked = verb.get("method", "POST").upper()
    if asked not in ("GET", "POST"):
        fail(url, f"<{verb.tag} method={asked!r}> is neither GET nor POST")
    return asked


def address(url: str, relative: str) -> str:
    """Relative to the document, which is also what an empty address means."""
    return urldefrag(urljoin(url, relative)).url

"""Holds a voice answer against Twilio's documentation: ``problems(xml)`` lists what is wrong.

It covers the part of TwiML that an information line may use, page by page under
https://www.twilio.com/docs/voice/twiml: the verbs Say, Play, Pause, Gather, Redirect, Dial
(with Number, Client and Sip), Record, Reject and Hangup, and the SSML that Say takes. Any other
verb is a problem, for no answer of the line should hold one. It shares nothing with the
program, so that a mistake in one shows up against the other.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

LARGEST_DOCUMENT = 64 * 1024  # bytes, error 11750
LONGEST_SAY = 4096  # characters of text, Say
LONGEST_POLLY = 3000  # characters of text, Amazon Polly's own limit
LONGEST_GOOGLE = 5000  # bytes with tags, Google's own limit
LONGEST_ENCODED_SAY = 4500  # characters once URL-encoded, tags included
MOST_NUMBERS = 10  # that ring at once, Number
LONGEST_DAY = 86400  # seconds: no call is longer
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"

Check = Callable[[str], str | None]
"""Takes an attribute's value; says what it should have been, or nothing."""


def _like(pattern: str, description: str) -> Check:
    return lambda value: None if re.fullmatch(pattern, value) else description


def _one_of(*values: str) -> Check:
    return lambda value: None if value in values else "one of " + ", ".join(values)


def _whole(least: int, most: int) -> Check:
    def check(value: str) -> str | None:
        fits = re.fullmatch(r"[0-9]{1,9}", value) and least <= int(value) <= most
        return None if fits else f"a whole number from {least} to {most}"

    return check


def _words(*words: str) -> Check:
    """Some of these words, each at most once, with blanks between."""

    def check(value: str) -> str | None:
        said = value.split()
        fits = said and set(said) <= set(words) and len(said) == len(set(said))
        return None if fits else "one or more of " + ", ".join(words)

    return check


def _address(value: str) -> str | None:
    """Tell whether Twilio can ask this address: relative, or absolute over HTTP."""
    if re.search(r"[^\x21-\x7e]|[<>\"{}|\\^`]", value):
        return "an address without blanks or other characters that need encoding"
    scheme = urlsplit(value).scheme
    return None if scheme in ("", "http", "https") else "an address over http or https"


def _anything(_: str) -> str | None:
    return None


METHOD = _one_of("GET", "POST")
BOOLEAN = _one_of("true", "false")
TIMES = _whole(0, 1000)
LANGUAGE = _like(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?", "a language tag")
VOICE = _like(
    r"man|woman|alice|Polly\.[A-Z]\w+(-Neural|-Generative)?"
    r"|Google\.[a-z]{2,3}-[A-Z]{2}-[A-Za-z0-9]+(-[A-Za-z0-9]+)*",
    "a voice of Twilio's: man, woman, alice, Polly.Name, Polly.Name-Neural, Google.xx-XX-Name-X",
)
EVENTS = _words("initiated", "ringing", "answered", "completed")
RECORDING_EVENTS = _words("in-progress", "completed", "absent")
PHONE_NUMBER = r"\+[1-9][0-9]{6,14}"
CALLER_ID = _like(PHONE_NUMBER + "|client:[^ ]+", "a number in E.164 or a client")
RECORDING_CALLBACK = {
    "recordingStatusCallback": _address,
    "recordingStatusCallbackMethod": METHOD,
    "recordingStatusCallbackEvent": RECORDING_EVENTS,
}
STATUS_CALLBACK = {
    "statusCallback": _address,
    "statusCallbackMethod": METHOD,
    "statusCallbackEvent": EVENTS,
}


@dataclass(frozen=True)
class Rule:
    """What an element may carry. ``text`` checks its words; None means it takes none."""

    attributes: Mapping[str, Check] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    children: frozenset[str] = frozenset()
    text: Check | None = None


INLINE = frozenset({"break", "emphasis", "phoneme", "prosody", "say-as", "sub"})
SENTENCE = INLINE | {"lang", "w"}
SPEECH = SENTENCE | {"p", "s"}

RULES: Mapping[str, Rule] = {
    "Response": Rule(
        children=frozenset({"Say", "Play", "Pause", "Gather", "Redirect", "Dial", "Record", "Reject", "Hangup"})
    ),
    "Say": Rule({"voice": VOICE, "language": LANGUAGE, "loop": TIMES}, children=SPEECH, text=_anything),
    "Play": Rule({"loop": TIMES, "digits": _like(r"[0-9*#wW]+", "digits, *, # and w")}, text=_address),
    "Pause": Rule({"length": _whole(1, LONGEST_DAY)}),
    "Gather": Rule(
        {
            "action": _address,
            "method": METHOD,
            "input": _words("dtmf", "speech"),
            "timeout": _whole(0, LONGEST_DAY),
            "finishOnKey": _like(r"[0-9*#]?", "one key, or nothing"),
            "numDigits": _whole(1, 1000),
            "actionOnEmptyResult": BOOLEAN,
            "language": LANGUAGE,
            "hints": _like(r"(?s).{0,10000}", "at most 10,000 characters"),
            "speechTimeout": _like(r"auto|[1-9][0-9]*", "auto or a whole number"),
            "maxSpeechTime": _whole(1, 60),
            "speechModel": _anything,
            "enhanced": BOOLEAN,
            "profanityFilter": BOOLEAN,
            "bargeIn": BOOLEAN,
            "partialResultCallback": _address,
            "partialResultCallbackMethod": METHOD,
        },
        children=frozenset({"Say", "Play", "Pause"}),
    ),
    "Redirect": Rule({"method": METHOD}, text=_address),
    "Dial": Rule(
        {
            "action": _address,
            "method": METHOD,
            "timeout": _whole(1, 600),
            "timeLimit": _whole(1, LONGEST_DAY),
            "callerId": CALLER_ID,
            "answerOnBridge": BOOLEAN,
            "hangupOnStar": BOOLEAN,
            "ringTone": _anything,
            "record": _like("do-not-record|record-from-(answer|ringing)(-dual)?", "a way of recording"),
            "trim": _one_of("trim-silence", "do-not-trim"),
            "sequential": BOOLEAN,
            **RECORDING_CALLBACK,
        },
        children=frozenset({"Number", "Client", "Sip"}),
        text=_like(f"({PHONE_NUMBER})?", "a number in E.164"),
    ),
    "Number": Rule(
        {
            "sendDigits": _like(r"[0-9*#wW]+", "digits, *, # and w"),
            "url": _address,
            "method": METHOD,
            **STATUS_CALLBACK,
        },
        text=_like(PHONE_NUMBER, "a number in E.164"),
    ),
    "Client": Rule(
        {"url": _address, "method": METHOD, **STATUS_CALLBACK},
        text=_like(r"[^\s]{1,256}", "a client identifier without blanks"),
    ),
    "Sip": Rule(
        {
            "username": _anything,
            "password": _anything,
            "url": _address,
            "method": METHOD,
            **STATUS_CALLBACK,
        },
        text=_like(r"sips?:[^\s]+", "a SIP address"),
    ),
    "Record": Rule(
        {
            "action": _address,
            "method": METHOD,
            "timeout": _whole(0, LONGEST_DAY),
            "maxLength": _whole(2, LONGEST_DAY),
            "finishOnKey": _like(r"[0-9*#]*", "keys"),
            "playBeep": BOOLEAN,
            "trim": _one_of("trim-silence", "do-not-trim"),
            "transcribe": BOOLEAN,
            "transcribeCallback": _address,
            **RECORDING_CALLBACK,
        }
    ),
    "Reject": Rule({"reason": _one_of("rejected", "busy")}),
    "Hangup": Rule(),
    # SSML: https://www.twilio.com/docs/voice/twiml/say/text-speech
    "break": Rule(
        {
            "strength": _one_of("none", "x-weak", "weak", "medium", "strong", "x-strong"),
            "time": _like(r"(10|[0-9](\.[0-9]+)?)s|(10000|[0-9]{1,4})ms", "at most 10 s"),
        }
    ),
    "emphasis": Rule(
        {"level": _one_of("strong", "moderate", "reduced")},
        children=SENTENCE,
        text=_anything,
    ),
    "lang": Rule({XML_LANG: LANGUAGE}, frozenset({XML_LANG}), SPEECH, _anything),
    "p": Rule(children=SENTENCE | {"s"}, text=_anything),
    "s": Rule(children=SENTENCE, text=_anything),
    "w": Rule(
        {"role": _like(r"[a-z]+:[A-Z_]+[0-9]?", "a part of speech")},
        frozenset({"role"}),
        INLINE,
        _anything,
    ),
    "phoneme": Rule(
        {
            "alphabet": _like("ipa|x-sampa|x-amazon-[a-z-]+", "a phonetic alphabet"),
            "ph": _like("(?s).+", "the sounds"),
        },
        frozenset({"ph"}),
        text=_anything,
    ),
    "prosody": Rule(
        {
            "volume": _like(r"default|silent|x-soft|soft|medium|loud|x-loud|[+-][0-9]+(\.[0-9]+)?dB", "a volume"),
            "rate": _like(
                r"default|x-slow|slow|medium|fast|x-fast|(2[0-9]|[3-9][0-9]|1[0-9]{2}|200)%",
                "a speed from 20% to 200%",
            ),
            "pitch": _like(r"default|x-low|low|medium|high|x-high|[+-][0-9]+%", "a pitch"),
        },
        children=SPEECH,
        text=_anything,
    ),
    "say-as": Rule(
        {
            "interpret-as": _one_of(
                "address",
                "cardinal",
                "characters",
                "date",
                "digits",
                "expletive",
                "fraction",
                "number",
                "ordinal",
                "spell-out",
                "telephone",
                "time",
                "unit",
            ),
            "format": _like("[a-z0-9]+", "a format"),
        },
        frozenset({"interpret-as"}),
        text=_anything,
    ),
    "sub": Rule({"alias": _like(r"(?s).*\S.*", "words")}, frozenset({"alias"}), text=_anything),
}


def problems(xml: str | bytes) -> list[str]:
    """List every problem of a voice answer with its place; an empty list is a good answer."""
    body = xml.encode() if isinstance(xml, str) else xml
    too_large = [f"{len(body)} bytes, at most {LARGEST_DOCUMENT}"]
    try:
        root = ElementTree.fromstring(body)
    except ElementTree.ParseError as error:
        return [f"not XML: {error}"]
    if root.tag != "Response":
        return [f"the root is <{root.tag}>, not <Response>"]
    return too_large * (len(body) > LARGEST_DOCUMENT) + list(_element(root, "/Response"))


def _element(element: Element, place: str) -> Iterator[str]:
    """Check one element and all below it."""
    rule = RULES[element.tag]
    yield from _attributes(element, rule, place)
    yield from _text(element, rule, place)
    if limits := LIMITS.get(element.tag):
        yield from limits(element, place)
    for number, child in enumerate(element, start=1):
        where = f"{place}/{child.tag}[{number}]"
        if child.tag in rule.children:
            yield from _element(child, where)
        else:
            yield f"{where}: does not belong there"


def _attributes(element: Element, rule: Rule, place: str) -> Iterator[str]:
    for name in sorted(rule.required.difference(element.keys())):
        yield f"{place}: lacks {name}"
    for name, value in element.items():
        check = rule.attributes.get(name)
        if check is None:
            yield f"{place}: knows no attribute {name}"
        elif expected := check(value):
            yield f"{place}: {name}={value!r} is not {expected}"


def _text(element: Element, rule: Rule, place: str) -> Iterator[str]:
    words = (element.text or "") + "".join(child.tail or "" for child in element)
    if rule.text is None:
        if words.strip():
            yield f"{place}: takes no text, has {words.strip()!r}"
    elif expected := rule.text(words.strip()):
        yield f"{place}: {words.strip()!r} is not {expected}"


def _say_limits(say: Element, place: str) -> Iterator[str]:
    """Check Twilio's and the voice's own limits, and what neural voices cannot do."""
    text = "".join(say.itertext())
    markup = (say.text or "") + "".join(ElementTree.tostring(child, "unicode") for child in say)
    if not text.strip() and say.find(".//break") is None and say.find(".//sub") is None:
        yield f"{place}: says nothing"
    sizes = [
        ("", len(text), LONGEST_SAY, "characters"),
        ("", len(quote(markup)), LONGEST_ENCODED_SAY, "characters URL-encoded"),
        ("Polly.", len(text), LONGEST_POLLY, "characters for Polly"),
        ("Google.", len(markup.encode()), LONGEST_GOOGLE, "bytes for Google"),
    ]
    voice = say.get("voice", "")
    for engine, size, most, unit in sizes:
        if voice.startswith(engine) and size > most:
            yield f"{place}: {size} {unit}, at most {most}"
    yield from _neural_limits(say, voice, place)


def _neural_limits(say: Element, voice: str, place: str) -> Iterator[str]:
    """Refuse emphasis and pitch: https://docs.aws.amazon.com/polly/latest/dg/supportedtags.html."""
    if voice.startswith("Polly.") and voice.endswith("-Neural"):
        if say.find(".//emphasis") is not None:
            yield f"{place}: {voice} has no emphasis"
        if say.find(".//prosody[@pitch]") is not None:
            yield f"{place}: {voice} has no pitch"


def _play_limits(play: Element, place: str) -> Iterator[str]:
    if not (play.text or "").strip() and play.get("digits") is None:
        yield f"{place}: plays nothing"


def _dial_limits(dial: Element, place: str) -> Iterator[str]:
    if not (dial.text or "").strip() and len(dial) == 0:
        yield f"{place}: rings nobody"
    if len(dial) > MOST_NUMBERS:
        yield f"{place}: rings {len(dial)} at once, at most {MOST_NUMBERS}"


def _break_limits(pause: Element, place: str) -> Iterator[str]:
    if {"strength", "time"} <= set(pause.keys()):
        yield f"{place}: has both strength and time"


LIMITS: Mapping[str, Callable[[Element, str], Iterator[str]]] = {
    "Say": _say_limits,
    "Play": _play_limits,
    "Dial": _dial_limits,
    "break": _break_limits,
}

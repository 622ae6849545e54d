"""Acts as TwiML, and TwiML as text: the last net for what no XML document may hold.

Limits are Twilio's: a document 64 kB; a `<Say>` 4096 characters, of which Amazon Polly takes
3000, and 4500 once URL-encoded, where a kanji counts nine.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from urllib.parse import quote
from xml.etree import ElementTree

from twilio.twiml import TwiML
from twilio.twiml.voice_response import Dial as DialVerb
from twilio.twiml.voice_response import Gather, VoiceResponse
from twilio.twiml.voice_response import Play as PlayVerb
from twilio.twiml.voice_response import Say as SayVerb

from ivr.call.acts import Act, Ask, Dial, HangUp, Say, Turn
from ivr.call.positions import Position
from ivr.carrier import addresses
from ivr.line.chunks import NUMBER
from ivr.line.speeds import Speed, relative
from ivr.line.text import in_xml
from ivr.line.values import Line
from ivr.line.words import Break, Chunk, Part

MOST_ENCODED = 4000
"""URL-encoded characters put into one `<Say>`: Twilio's 4500 less room for tags."""

BETWEEN_GROUPS = 500
"""Milliseconds between the groups of a telephone number (R14)."""

MOST_HINTS = 500
"""Hints in a Gather, words or phrases of at most 100 characters each, says Twilio."""

RING_SECONDS = 30
"""How long a desk is rung; an office that has not answered by then is busy [own value]."""

LONGEST_TRANSFER = 3600
"""Seconds of a transfer: an hour, more than a consultation takes [own value]."""


Play = Callable[[str, Chunk | Break, Speed], str | None]
"""The address of a sound in a language at a speed; None where it has not been made."""


@dataclass(frozen=True, slots=True)
class Carriage:
    """How the carrier is to carry a turn: which words it expects where it listens to speech at
    all, what number the desks see as the caller's (E.164), the line's own, and which sounds it
    plays instead of speaking itself."""

    hints: tuple[str, ...] | None = None
    caller_id: str | None = None
    play: Play | None = None


def document(line: Line, turn: Turn, carriage: Carriage) -> str:
    """The turn as a TwiML document."""
    response = VoiceResponse()
    for act in turn.acts:
        for verb in _verbs(line, act, turn.position, carriage):
            response.append(verb)
    if isinstance(turn.acts[-1], Ask):
        response.redirect(addresses.address(turn.position, addresses.SILENCE), method="POST")
    return written(response)


def written(response: TwiML) -> str:
    """A TwiML document as text. Characters that XML does not know are left out: with one of them
    the carrier takes the whole document for none (Twilio's error 12100) and the call is lost."""
    root = response.xml()
    for element in root.iter():
        element.text, element.tail = in_xml(element.text or ""), in_xml(element.tail or "")
        for name, value in element.attrib.items():
            element.set(name, in_xml(value))
    return '<?xml version="1.0" encoding="UTF-8"?>' + ElementTree.tostring(root, encoding="unicode")


def empty() -> str:
    """A document that does nothing: the answer to a mere notice."""
    return written(VoiceResponse())


def _verbs(line: Line, act: Act, position: Position, carriage: Carriage) -> Iterator[TwiML]:
    match act:
        case Say():
            yield from spoken(line, (act,), carriage)
        case Ask():
            yield _gather(line, act, position, carriage)
        case Dial():
            yield _dial(act, position, carriage)
        case HangUp():
            hang_up = VoiceResponse()
            yield hang_up.hangup()


def _gather(line: Line, ask: Ask, position: Position, carriage: Carriage) -> Gather:
    speech = {}
    if carriage.hints is not None:
        speech = {"language": line.languages[position.language].locale, "speech_timeout": "auto"}
        speech["hints"] = ",".join(carriage.hints[:MOST_HINTS])
    gather = Gather(
        input="dtmf" if carriage.hints is None else "dtmf speech",
        num_digits=1,
        finish_on_key="",
        timeout=ask.wait,
        action=addresses.address(position, addresses.KEY),
        method="POST",
        action_on_empty_result=False,
        **speech,
    )
    for verb in spoken(line, ask.says, carriage):
        gather.append(verb)
    return gather


def _dial(dial: Dial, position: Position, carriage: Carriage) -> DialVerb:
    verb = DialVerb(
        action=addresses.address(position, addresses.DIALLED),
        method="POST",
        answer_on_bridge=True,
        timeout=RING_SECONDS,
        time_limit=LONGEST_TRANSFER,
        caller_id=carriage.caller_id,
    )
    verb.number(dial.number)
    return verb


def spoken(line: Line, says: Iterable[Say], carriage: Carriage) -> Iterator[TwiML]:
    """Speech, played where there are sounds of it and said where there are none."""
    for (code, speed), group in groupby(says, key=lambda say: (say.language, say.speed)):
        parts = tuple(part for say in group for part in say.parts)
        yield from (
            _played(line, code, speed, parts, carriage.play) if carriage.play else _said(line, code, speed, parts)
        )


def _said(line: Line, code: str, speed: Speed, parts: tuple[Part, ...]) -> Iterator[TwiML]:
    """`<Say>`: neighbours of one language and speed are one, for one melody."""
    for piece in _within_limits(parts):
        yield _say(line, code, speed, piece)


def _played(line: Line, code: str, speed: Speed, parts: tuple[Part, ...], play: Play) -> Iterator[TwiML]:
    """`<Play>` for every chunk that has a sound, and for the pauses after it; what has none is
    said, never lost."""
    for missing, run in groupby(_sounding(code, speed, parts, play), key=lambda found: found[1] is None):
        if missing:
            yield from _said(line, code, speed, tuple(part for part, _ in run))
        else:
            yield from (PlayVerb(url) for _, url in run)


def _sounding(code: str, speed: Speed, parts: tuple[Part, ...], play: Play) -> Iterator[tuple[Part, str | None]]:
    """Each part with its sound. A pause goes with the words before it (those after it, where it
    comes first), and so does a mere comma, which only a text needs: within a `<Say>` they stay."""
    found = {part: play(code, part, speed) for part in parts if isinstance(part, Break) or not part.mute}
    played = next((url is not None for part, url in found.items() if isinstance(part, Chunk)), True)
    for part in parts:
        if isinstance(part, Chunk) and not part.mute:
            played = found[part] is not None
        if part in found or not played:
            yield part, found.get(part) if played else None


def _within_limits(parts: tuple[Part, ...]) -> Iterator[tuple[Part, ...]]:
    piece: list[Part] = []
    length = 0
    for part in parts:
        size = _encoded_length(part)
        if piece and length + size > MOST_ENCODED:
            yield tuple(piece)
            piece, length = [], 0
        piece.append(part)
        length += size
    if any(isinstance(part, Chunk) for part in piece):
        yield tuple(piece)


def _encoded_length(part: Part) -> int:
    if isinstance(part, Break):
        return len(quote('<break time="1000ms"/>'))
    tags = len(quote('<sub alias=""></sub>')) * len(part.spans)
    return tags + len(quote(part.written)) + sum(len(quote(span.reading or "")) for span in part.spans)


def _say(line: Line, code: str, speed: Speed, parts: tuple[Part, ...]) -> SayVerb:
    language = line.languages[code]
    verb = SayVerb(language=language.locale, voice=language.voice)
    inner: TwiML = verb if speed is Speed.NORMAL else verb.prosody(rate=f"{relative(code, speed):.0%}")
    for item in _ssml(parts, language.joint):
        inner.append(item)
    return verb


def _ssml(parts: Iterable[Part], joint: str) -> Iterator[TwiML | str]:
    """Text and SSML elements in order; twilio-python keeps only the last of two strings in a
    row, so runs of text are joined first."""
    text = ""
    for part in parts:
        if isinstance(part, Break):
            yield from _flushed(text and text + joint)  # for whoever reads it as one text
            text = ""
            yield _element("break", time=f"{part.milliseconds}ms")
            continue
        text += joint if text else ""
        for number, span in enumerate(part.spans):
            if number and part.key.startswith(NUMBER):
                yield _element("break", time=f"{BETWEEN_GROUPS}ms")
            if span.reading is None:
                text += span.written
                continue
            yield from _flushed(text)
            text = ""
            yield _element("sub", span.written, alias=span.reading)
    yield from _flushed(text)


def _flushed(text: str) -> Iterator[str]:
    if text:
        yield text


def _element(name: str, text: str | None = None, **attributes: str) -> TwiML:
    return VoiceResponse().add_child(name, text, **attributes)

"""Acts as TwiML, and TwiML as text: the last net for what no XML document may hold. No other module
writes any: callers, staff who record, and the document that needs no server are all answered from here.

Limits are Twilio's: a document 64 kB; a `<Say>` 4096 characters, of which Amazon Polly takes
3000, and 4500 once URL-encoded, where a kanji counts nine.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from urllib.parse import quote
from xml.etree import ElementTree

from twilio.twiml import TwiML
from twilio.twiml.voice_response import Dial as DialVerb
from twilio.twiml.voice_response import Gather, VoiceResponse
from twilio.twiml.voice_response import Play as PlayVerb
from twilio.twiml.voice_response import Record as RecordVerb
from twilio.twiml.voice_response import Say as SayVerb

from ivr.call.acts import Act, Ask, Dial, HangUp, Play, Record, Say, Turn
from ivr.carrier import addresses
from ivr.carrier.faults import log_fault
from ivr.line.named_numbers import NUMBER
from ivr.line.speeds import Speed
from ivr.line.text import in_xml
from ivr.line.values import Line
from ivr.line.words import Break, Chunk, Part

log = logging.getLogger(__name__)

MOST_ENCODED = 4000
"""URL-encoded characters put into one `<Say>`: Twilio's 4500 less room for tags."""

_ENCODED_BREAK, _ENCODED_SUB = (len(quote(tag)) for tag in ('<break time="1000ms"/>', '<sub alias=""></sub>'))

BETWEEN_GROUPS = 500
"""Milliseconds between the groups of a telephone number (R14)."""

MOST_HINTS = 500
"""Hints in a Gather, words or phrases of at most 100 characters each, says Twilio."""

RING_SECONDS = 30
"""How long a desk is rung; an office that has not answered by then is busy [own value]."""

LONGEST_TRANSFER = 3600
"""Seconds of a transfer: an hour, more than a consultation takes [own value]."""


SoundAt = Callable[[str, Chunk | Break, Speed], str | None]
"""The address of a sound in a language at a speed; None where it has not been made."""


@dataclass(frozen=True, slots=True)
class Carriage:
    """How the carrier is to carry a turn: which words it expects where it listens to speech at
    all, what number the desks see as the caller's (E.164), the line's own, and which sounds it
    plays instead of speaking itself."""

    hints: tuple[str, ...] | None = None
    caller_id: str | None = None
    play: SoundAt | None = None


Way = Callable[[str], str]
"""The address that the carrier calls when something happens, one of the events of `addresses`."""


def document(line: Line, turn: Turn, carriage: Carriage) -> str:
    """A turn of a caller's call as a TwiML document."""
    return acts_written(line, turn.acts, partial(addresses.address, turn.position), carriage, turn.position.language)


def acts_written(line: Line, acts: Sequence[Act], way: Way, carriage: Carriage, language: str) -> str:
    """Acts as a TwiML document. `language`: in which words are listened for, where they are at all."""
    response = VoiceResponse()
    for act in acts:
        for verb in _verbs(line, act, way, carriage, language):
            response.append(verb)
    if acts and isinstance(acts[-1], Ask | Record):
        response.redirect(way(addresses.SILENCE), method="POST")
    return written(response)


def said_and_ended(line: Line, says: Iterable[Say]) -> str:
    """A document that says this and hangs up: all of one that needs no server."""
    response = VoiceResponse()
    for verb in spoken(line, says, Carriage()):
        response.append(verb)
    response.hangup()
    return written(response)


def said_to_a_desk(line: Line, says: Iterable[Say], carriage: Carriage) -> str:
    """A document for a desk that has answered: says this, and then they are joined."""
    response = VoiceResponse()
    for verb in spoken(line, says, carriage):
        response.append(verb)
    return written(response)


def elsewhere(address: str) -> str:
    """A document that has the call go on at another address."""
    response = VoiceResponse()
    response.redirect(address, method="POST")
    return written(response)


def sayable(line: Line, say: Say) -> bool:
    """Whether it can be written down. Never raises."""
    try:
        said_and_ended(line, (say,))
    except Exception as error:
        log_fault(log, "something that was to be said cannot be written down", error)
        return False
    return True


def written(response: TwiML) -> str:
    """A TwiML document as text. Characters that XML does not know are left out: with one of them
    the carrier takes the whole document for none (Twilio's error 12100) and the call is lost."""
    document = ElementTree.tostring(response.xml(), encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>{in_xml(document)}'


def empty() -> str:
    """A document that does nothing: the answer to a mere notice."""
    return written(VoiceResponse())


def _verbs(line: Line, act: Act, way: Way, carriage: Carriage, language: str) -> Iterator[TwiML]:
    match act:
        case Say() | Play():
            yield from spoken(line, (act,), carriage)
        case Ask():
            yield _gather(line, act, way, carriage, language)
        case Dial():
            yield _dial(line, act, way, carriage, language)
        case Record():
            yield _record(act, way)
        case HangUp():
            hang_up = VoiceResponse()
            yield hang_up.hangup()


def _gather(line: Line, ask: Ask, way: Way, carriage: Carriage, language: str) -> Gather:
    speech = {}
    if carriage.hints is not None:
        speech = {"language": line.languages[language].recogniser, "speech_timeout": "auto"}
        speech["hints"] = ",".join(carriage.hints[:MOST_HINTS])
    gather = Gather(
        input="dtmf" if carriage.hints is None else "dtmf speech",
        num_digits=ask.digits,
        finish_on_key="" if ask.digits == 1 else "#",
        timeout=ask.wait,
        action=way(addresses.KEY),
        method="POST",
        action_on_empty_result=False,
        **speech,
    )
    for verb in spoken(line, ask.says, carriage):
        gather.append(verb)
    return gather


def _dial(line: Line, dial: Dial, way: Way, carriage: Carriage, language: str) -> DialVerb:
    """`answer_on_bridge`: the caller hears ringing until they are joined, while the desk is told of the call."""
    verb = DialVerb(
        action=way(addresses.DIALLED),
        method="POST",
        answer_on_bridge=True,
        timeout=RING_SECONDS,
        time_limit=LONGEST_TRANSFER,
        caller_id=carriage.caller_id,
    )
    told = {}
    if dial.about is not None:
        told = {"url": addresses.whisper_address(line.edition, language, dial.about), "method": "POST"}
    verb.number(dial.number, **told)
    return verb


def _record(record: Record, way: Way) -> TwiML:
    """`trim` is left off, since a take is trimmed here, with its own measure."""
    return RecordVerb(
        action=way(addresses.RECORDED),
        method="POST",
        timeout=record.silence,
        max_length=record.longest,
        finish_on_key=record.end,
        play_beep=True,
        trim="do-not-trim",
    )


def spoken(line: Line, says: Iterable[Say | Play], carriage: Carriage) -> Iterator[TwiML]:
    """Speech, played where there are sounds of it and said where there are none."""
    for manner, group in groupby(says, key=_manner):
        if manner is None:
            yield from (PlayVerb(each.url) for each in group if isinstance(each, Play))
            continue
        parts = tuple(part for each in group if isinstance(each, Say) for part in each.parts)
        sounds = carriage.play
        yield from _played(line, *manner, parts, sounds) if sounds else _said(line, *manner, parts)


def _manner(each: Say | Play) -> tuple[str, Speed] | None:
    """The language and speed of speech; None of a sound."""
    return (each.language, each.speed) if isinstance(each, Say) else None


def _said(line: Line, code: str, speed: Speed, parts: tuple[Part, ...]) -> Iterator[TwiML]:
    """`<Say>`: neighbours of one language and speed are one, for one melody."""
    for piece in _within_limits(parts):
        yield _say(line, code, speed, piece)


def _played(line: Line, code: str, speed: Speed, parts: tuple[Part, ...], play: SoundAt) -> Iterator[TwiML]:
    """`<Play>` for every chunk that has a sound, and for the pauses after it; what has none is
    said, never lost."""
    for missing, run in groupby(_sounding(code, speed, parts, play), key=lambda found: found[1] is None):
        if missing:
            yield from _said(line, code, speed, tuple(part for part, _ in run))
        else:
            yield from (PlayVerb(url) for _, url in run)


def _sounding(code: str, speed: Speed, parts: tuple[Part, ...], play: SoundAt) -> Iterator[tuple[Part, str | None]]:
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
        return _ENCODED_BREAK
    words = "".join([f"{span.written}{span.reading or ''}" for span in part.spans])
    return _ENCODED_SUB * len(part.spans) + len(quote(words))


def _say(line: Line, code: str, speed: Speed, parts: tuple[Part, ...]) -> SayVerb:
    language = line.languages[code]
    verb = SayVerb(language=language.locale, voice=language.voice)
    inner: TwiML = verb if speed is Speed.NORMAL else verb.prosody(rate=f"{language.pace.relative(speed):.0%}")
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

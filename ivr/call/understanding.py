"""Which forms stand in what a caller said: the part of understanding that knows no place of the call.

Speech comes written down by the carrier, in kanji or in kana as it happens, with particles and
politeness around the words that count. So both sides are compared without case, width, marks and kana
kind, and with one spelling of what is spelled in several ways (`spellings`). In languages written with
spaces forms are whole words.

A form of a language's file may hold two marks. ``~`` stands for an ending by which something has been
done (``払っ~`` is 払った, 払ってしまい ..., by the list `done`), ``…`` for any words between its two sides. An ending
of `done` that ends with ``…`` counts only where what negates follows at once, as 「てい」 in 払っていません, so that
it is heard that nothing has been done.
Where forms lie over one another the longer one counts and hides the other, so that 「教えてください」,
a mere politeness, hides 「教えて」. A form is negated by a word of `not_after` that follows closely
upon it, or by one of `not_before` in the same clause before it; so are forms that are parts of it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ivr.line.text import one_width
from ivr.line.vocabulary import CONNECT, DONE, FILLERS, NOT_AFTER, NOT_BEFORE, SPELLINGS
from ivr.line.words import spans_of

DONE_MARK, GAP_MARK = "~", "…"

PERSON = "person"
"""The command whose forms overlap with wishes to be joined, and hold beside them: 人と話したい."""

CLOSE = 4
"""Letters between a word and what negates it after it, as 「てい」 in 払っていません [own value]."""

WORDS_BEFORE = 4
"""Words between what negates and the word that is negated [own value]."""

_KATAKANA_TO_HIRAGANA = {code: code - 0x60 for code in range(ord("ァ"), ord("ヶ") + 1)}
_APOSTROPHES = re.compile(r"['’ʼ]")
_CLAUSE_ENDS = re.compile(r"[.,;:!?]+")
_NOT_A_WORD = re.compile(r"[^\w|]+")
_CLAUSE = "|"


@dataclass(frozen=True, slots=True)
class Term:
    """A form as it is looked for: its pieces in order, each with whether an ending of `done` follows.
    `meaning` is what it stands for, `weight` how much it counts, `written` how staff wrote it."""

    meaning: str
    pieces: tuple[tuple[str, bool], ...]
    weight: float
    written: str


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A term found in what was said; where each piece stands, and whether it is negated."""

    term: Term
    spans: tuple[tuple[int, int], ...]
    negated: bool = False

    @property
    def size(self) -> int:
        """Letters that it covers."""
        return sum(end - start for start, end in self.spans)

    @property
    def end(self) -> int:
        """Where its last piece ends."""
        return self.spans[-1][1]


@dataclass(frozen=True, slots=True)
class Listener:
    """All that is listened for in one language."""

    spaces: bool
    spellings: tuple[tuple[str, str], ...]
    done: tuple[str, ...]
    undone: tuple[tuple[str, str], ...]
    """Endings by which something has not been done, each with what negates it."""
    terms: tuple[Term, ...]
    beginnings: Mapping[str, tuple[int, ...]]
    """The first pieces of the terms, each with the places in `terms` of those that begin with it."""
    lengths: tuple[int, ...]
    """How long these are."""

    def normal(self, said: str) -> str:
        """What was said as it is compared; in languages with spaces, with one around every word."""
        text = normal(said, self.spaces)
        for written, instead in self.spellings:
            text = text.replace(written, instead)
        return text

    def found(self, text: str) -> tuple[Occurrence, ...]:
        """The terms in a normal text, in order; of those that lie over one another the longest."""
        kept: list[Occurrence] = []
        taken: dict[int, tuple[int, int]] = {}
        hits = [hit for term in self._begun(text) for hit in self._occurrences(text, term)]
        joins = [hit for hit in hits if hit.term.meaning == CONNECT]
        for hit in sorted(hits, key=lambda each: (each.term.meaning != PERSON, -each.size, each.spans)):
            cells = {cell: span for span in hit.spans for cell in range(*span)}
            if all(taken.get(cell, span) == span for cell, span in cells.items()) and not _within(hit, joins):
                kept.append(hit)
                taken.update(cells)
        kept += [hit for hit in joins if hit not in kept and _stands(hit, kept)]
        return tuple(sorted(self._with_negation(text, kept), key=lambda each: each.spans))

    def _begun(self, text: str) -> Iterator[Term]:
        """The terms whose first piece stands in a text, in order: far fewer than there are."""
        pieces = {text[at : at + length] for length in self.lengths for at in range(len(text) - length + 1)}
        return (self.terms[at] for at in sorted({at for piece in pieces for at in self.beginnings.get(piece, ())}))

    def _occurrences(self, text: str, term: Term) -> Iterator[Occurrence]:
        """Where a term stands. The spaces around words belong to nobody."""
        margin = 1 if self.spaces else 0
        (first, _), *_ = term.pieces
        begin = self._find(text, first, 0)
        while begin >= 0:
            spans: list[tuple[int, int]] = []
            at = begin
            for piece, done in term.pieces:
                at = self._find(text, piece, at)
                end = self._end(text, at + len(piece), done) if at >= 0 else -1
                if end < 0:
                    break
                spans.append((at + margin, end - margin))
                at = end - margin
            if len(spans) == len(term.pieces):
                yield Occurrence(term, tuple(spans))
            begin = self._find(text, first, begin + 1)

    def _find(self, text: str, piece: str, at: int) -> int:
        """Where a piece stands from here on; one in Latin letters is no part of a longer such word, also
        where there are no spaces: ATM does not stand in "that means"."""
        at = text.find(piece, at)
        while at >= 0 and not self.spaces and (_in_a_word(text, at) or _in_a_word(text, at + len(piece))):
            at = text.find(piece, at + 1)
        return at

    def _end(self, text: str, end: int, done: bool) -> int:
        if not done:
            return end
        undone = next((stem for stem, negated in self.undone if text.startswith(stem + negated, end)), None)
        if undone is not None:
            return end + len(undone)
        return next((end + len(ending) for ending in self.done if text.startswith(ending, end)), -1)

    def _with_negation(self, text: str, kept: Iterable[Occurrence]) -> Iterator[Occurrence]:
        kept = tuple(kept)
        after = [each.spans[0][0] for each in kept if each.term.meaning == NOT_AFTER]
        before = [each.end for each in kept if each.term.meaning == NOT_BEFORE]
        denied = {each for each in kept if self._is_negated(text, each, after, before)}
        parts = {span for each in denied for span in each.spans}
        for each in kept:
            yield Occurrence(each.term, each.spans, each in denied or parts.issuperset(each.spans))

    @staticmethod
    def _is_negated(text: str, each: Occurrence, after: Iterable[int], before: Iterable[int]) -> bool:
        return any(0 <= start - each.end <= CLOSE for start in after) or any(
            end <= each.spans[0][0] and _in_one_clause(text[end : each.spans[0][0]]) for end in before
        )


def _in_a_word(text: str, at: int) -> bool:
    """Whether a word in Latin letters goes on here."""
    around = text[max(0, at - 1) : at + 1]
    return len(around) == 2 and around.isascii() and around.isalpha()


def _within(hit: Occurrence, joins: Iterable[Occurrence]) -> bool:
    """Whether it is but a part of a wish to be joined, as 話し~ of 話したい. A person who is asked for by such
    a wish, as in 人と話したい, is none."""
    (start, *_), (*_, end) = hit.spans[0], hit.spans[-1]
    return any(
        hit.size < join.size and join.spans[0][0] <= start and end <= join.end
        for join in joins
        if hit.term.meaning != CONNECT
    )


def _stands(hit: Occurrence, kept: Iterable[Occurrence]) -> bool:
    """Whether a wish to be joined holds beside what it lies over: a person asked for, or a politeness that
    is not all of it, as 回して and してください."""
    cells = {cell for span in hit.spans for cell in range(*span)}
    for each in kept:
        other = {cell for span in each.spans for cell in range(*span)}
        allowed = each.term.meaning == PERSON or (each.term.meaning == FILLERS and not cells <= other)
        if cells & other and not allowed:
            return False
    return True


def _in_one_clause(between: str) -> bool:
    return _CLAUSE not in between and len(between.split()) <= WORDS_BEFORE


def normal(text: str, spaces: bool) -> str:
    """A text as it is compared, before the spellings of its language."""
    plain = one_width(text).casefold().translate(_KATAKANA_TO_HIRAGANA)
    if not spaces:
        return _NOT_A_WORD.sub("", plain).replace(_CLAUSE, "")
    plain = _CLAUSE_ENDS.sub(f" {_CLAUSE} ", _APOSTROPHES.sub("", plain.replace(_CLAUSE, " ")))
    return f" {_NOT_A_WORD.sub(' ', plain).strip(' |')} "


def spellings_of(words: Mapping[str, tuple[str, ...]], spaces: bool) -> tuple[tuple[str, str], ...]:
    """What is written otherwise before it is compared, ``written=instead``, the longest first. A comma
    instead of a word ends the clause."""
    pairs = (form.partition("=") for form in words.get(SPELLINGS, ()))
    end = f" {_CLAUSE} "
    found = ((normal(one, spaces), end if other == "," else normal(other, spaces)) for one, _, other in pairs)
    return tuple(sorted(found, key=lambda pair: -len(pair[0])))


def listener(words: Mapping[str, tuple[str, ...]], spaces: bool, terms: Iterable[tuple[str, str, float]]) -> Listener:
    """What listens for these terms: meaning, form and how much it counts beside its length."""
    bare = Listener(spaces, spellings_of(words, spaces), (), (), (), {}, ())
    endings = words.get(DONE, ())
    done = _compared(bare, (form for form in endings if not form.endswith(GAP_MARK)))
    stems = _compared(bare, (form for form in endings if form.endswith(GAP_MARK)))
    undone = tuple((stem, negated) for stem in (*stems, "") for negated in _compared(bare, words.get(NOT_AFTER, ())))
    found = {
        (meaning, pieces): Term(meaning, pieces, share * _weight(pieces, spaces), plain(form))
        for meaning, form, share in terms
        for pieces in _pieces(bare, form)
    }
    beginnings: dict[str, tuple[int, ...]] = {}
    for at, (_, ((first, _), *_)) in enumerate(found):
        beginnings[first] = (*beginnings.get(first, ()), at)
    lengths = tuple({len(first) for first in beginnings})
    return Listener(spaces, bare.spellings, done, undone, tuple(found.values()), beginnings, lengths)


def _compared(bare: Listener, forms: Iterable[str]) -> tuple[str, ...]:
    """These as compared, the longest first."""
    return tuple(sorted({bare.normal(form).strip() for form in forms}, key=lambda form: (-len(form), form)))


def _pieces(bare: Listener, form: str) -> Iterator[tuple[tuple[str, bool], ...]]:
    """The pieces of a form in both spellings of ``{警察|けいさつ}``."""
    spans = spans_of(form)
    for text in dict.fromkeys(("".join(s.written for s in spans), "".join(s.spoken for s in spans))):
        parts = [part.strip() for part in text.split(GAP_MARK)]
        pieces = tuple((bare.normal(part.rstrip(DONE_MARK)), part.endswith(DONE_MARK)) for part in parts)
        if all(piece.strip() for piece, _ in pieces):
            yield pieces


def _weight(pieces: tuple[tuple[str, bool], ...], spaces: bool) -> float:
    """What is long is said for a purpose: a letter of Japanese counts as much as two of an alphabet. At
    most 4 [own values, tuned on sayings]."""
    letters = sum(len(piece.strip()) + 2 * done for piece, done in pieces)
    return min(4.0, 1 + (letters / 2 if spaces else letters) / 4)


def forms_of(forms: Iterable[str], spaces: bool) -> set[str]:
    """The forms as compared; ``{警察|けいさつ}`` counts in both spellings."""
    found = set()
    for form in forms:
        spans = spans_of(form)
        found.add(normal("".join(span.written for span in spans), spaces))
        found.add(normal("".join(span.spoken for span in spans), spaces))
    return found


def plain(form: str) -> str:
    """A form as one writes it, without its reading."""
    return "".join(span.written for span in spans_of(form))


def hintable(form: str) -> tuple[str, ...]:
    """The words of a form that a recogniser can be told to expect."""
    parts = (part.strip(DONE_MARK + " ") for part in plain(form).split(GAP_MARK))
    return tuple(part for part in parts if part)

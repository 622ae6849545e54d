"""Two texts side by side: what stays, what goes, what comes."""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

FINE = 250_000
"""Pieces of one text times those of the other, up to which they are compared [own value]: 15 ms at worst, for
texts of two times the longest passage. Beyond, one text is shown as gone and the other as new."""

ALIKE = 0.4
"""Texts of which fewer words than that stay, of 1, which is all, are shown as one that goes and one that comes [own
value]: single words that stay by chance help nobody."""

FIRST = 200
"""So many differences of a page are compared in detail [own value], that no page takes more than seconds."""

_TOKEN = re.compile(r"[A-Za-z0-9'’-]+|\s+|.", re.DOTALL)


def marked(before: str, after: str) -> tuple[tuple[str, str], ...]:
    """Stretches of the two texts: ("same" | "gone" | "new", words), in reading order."""
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    if len(old) * len(new) > FINE:
        return whole(before, after)
    found: list[tuple[str, str]] = []
    for _, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if old[a:b] == new[c:d]:
            found.append(("same", "".join(old[a:b])))
            continue
        if b > a:
            found.append(("gone", "".join(old[a:b])))
        if d > c:
            found.append(("new", "".join(new[c:d])))
    return tuple(found)


def differing_words(
    before: Sequence[str], after: Sequence[str]
) -> tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]:
    """Two texts in their words: the one with what goes, the other with what comes, each in stretches as `marked`
    has them."""
    if len(before) * len(after) > FINE:
        return _run("gone", before), _run("new", after)
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    if before != after and matcher.ratio() < ALIKE:
        return _run("gone", before), _run("new", after)
    gone: list[tuple[str, str]] = []
    come: list[tuple[str, str]] = []
    for kind, a, b, c, d in matcher.get_opcodes():
        same = kind == "equal" and ("".join(before[a:b]).strip() or len(before) == b - a)
        gone += _run("same" if same else "gone", before[a:b])
        come += _run("same" if same else "new", after[c:d])
    return tuple(gone), tuple(come)


def _run(kind: str, words: Sequence[str]) -> tuple[tuple[str, str], ...]:
    return ((kind, "".join(words)),) if words else ()


def whole(before: str, after: str) -> tuple[tuple[str, str], ...]:
    """The same for texts that are not compared: one goes, the other comes."""
    if before == after:
        return (("same", before),)
    return (*((("gone", before),) if before else ()), *((("new", after),) if after else ()))

"""Two texts side by side: what stays, what goes, what comes."""

import re
from difflib import SequenceMatcher

FINE = 250_000
"""Pieces of one text times those of the other, up to which they are compared [own value]: 15 ms at worst, for
texts of two times the longest passage. Beyond, one text is shown as gone and the other as new."""

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


def whole(before: str, after: str) -> tuple[tuple[str, str], ...]:
    """The same for texts that are not compared: one goes, the other comes."""
    if before == after:
        return (("same", before),)
    return (*((("gone", before),) if before else ()), *((("new", after),) if after else ()))

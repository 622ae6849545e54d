"""Two texts side by side: what stays, what goes, what comes."""

import re
from difflib import SequenceMatcher

_TOKEN = re.compile(r"[A-Za-z0-9'’-]+|\s+|.", re.DOTALL)


def marked(before: str, after: str) -> tuple[tuple[str, str], ...]:
    """Stretches of the two texts: ("same" | "gone" | "new", words), in reading order."""
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
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

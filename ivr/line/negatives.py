"""Double negatives of a language, as its file names them.

    double_negatives = ["(not|never) … (without|un*able)"]

`(a|b)` is one of several, `…` some words within the sentence, `*` the letters of one word. They are
found as whole words where the language has blanks between its words.
"""

import re

from ivr.line.sentences import sentence

LONGEST = 300
"""Characters of a pattern [own value]."""

_WITHIN = {True: 24, False: 6}
"""So many characters at most stand for `…`, in languages with and without blanks [own values]."""

_TOKEN = re.compile(r"\((?P<choice>[^()…]+)\)|(?P<gap>\s*…\s*)|(?P<words>[^()|…]+)")
_STOPS = ".;,!?。、！？"


def pattern(written: str, spaces: bool) -> re.Pattern[str]:
    """What finds this double negative. ValueError where it is written wrongly."""
    parts: list[str] = []
    end = 0
    while end < len(written):
        token = _TOKEN.match(written, end)
        if token is None:
            break
        parts.append(_expression(token, spaces))
        end = token.end()
    empty = not re.search(r"\w", written) or re.search(r"[(|]\s*[|)]", written)
    if end < len(written) or empty or len(written) > LONGEST:
        raise ValueError(
            sentence("%(written)r is no such pattern: write it like (not|never) … without", written=written)
        )
    edge = r"\b" if spaces else ""
    return re.compile(edge + "".join(parts) + edge, re.IGNORECASE)


def _expression(token: re.Match[str], spaces: bool) -> str:
    if token["gap"]:
        edge = r"\b" if spaces else ""
        return f"{edge}[^{re.escape(_STOPS)}]{{0,{_WITHIN[spaces]}}}{edge}"
    if token["choice"] is not None:
        return f"(?:{'|'.join(map(_literal, token['choice'].split('|')))})"
    return _literal(token["words"])


def _literal(words: str) -> str:
    """Words as they stand; `*` is for letters."""
    return r"\w{1,30}".join(map(re.escape, words.split("*")))

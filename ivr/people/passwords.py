"""Passwords: how they are hashed, and which are too easy to guess.

Long rather than full of signs, and none that many people use (NIST SP 800-63B-4, 3.1.1.2).
zxcvbn guesses as an attacker would; before it is asked, the words of the line are taken out,
since whoever attacks this console tries those first. They are folded (NFKC), so that full width
and half width, which look alike on a Japanese keyboard, are the same password.
"""

import re
import secrets
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from ivr.line.text import one_width
from ivr.people.refusals import Refused
from ivr.people.telling import Told, told

SHORTEST, LONGEST = 12, 200
"""Characters of a password."""

STRONG = 3
"""zxcvbn's score (0 to 4) that a password must have without the words of the line: 3 stands for
10^8 guesses or more, "safely unguessable" [zxcvbn's own scale]."""

_LOOKED_AT = 72  # characters; zxcvbn takes no more, and its work grows with the square
_NAMED = 2  # characters of a name or sign-in name that may stand in no password; in ASCII one more
_WORD = re.compile(r"[a-z]{4,}|[ァ-ヺー]{3,}|[가-힣]{2,}")
_KANJI = re.compile(r"[㐀-鿿々]{2,}")

_hasher = PasswordHasher()


class Weak(Refused):
    """A password that is easy to guess; `advice`: what to do better, for whoever chose it."""

    def __init__(self, advice: Sequence[Told]):
        self.advice = tuple(advice)
        super().__init__("This password is easy to guess: choose another one.")


def hashed(password: str, login: str, name: str, words: Iterable[str] = ()) -> str:
    """The hash to keep. Refused where the password is too short or long, or holds the sign-in name
    or the name; Weak where it is easy to guess for whoever knows `words`."""
    folded = one_width(password)
    if not SHORTEST <= len(folded) <= LONGEST:
        raise Refused("A password has %(least)s to %(most)s characters.", least=SHORTEST, most=LONGEST)
    plain = _plain(folded)
    if any(part in plain for part in _names(login, name)):
        raise Refused("A password must not hold your sign-in name or your name.")
    _refuse_weak(folded, words)
    return _hasher.hash(_bytes(folded))


def right(kept: str, password: str) -> bool:
    """Whether it is the password of that hash; hashes from before passwords were folded count."""
    tries = dict.fromkeys(each[: LONGEST + 1] for each in (one_width(password), password))
    found = [_verified(kept, each) for each in tries]  # all of them, so that each answer takes as long
    return any(found)


@cache
def nobodys() -> str:
    """A hash to look at where there is no account, so that the answer takes as long."""
    return _hasher.hash(secrets.token_hex(16))


def words_of(texts: Iterable[str]) -> frozenset[str]:
    """The words of these texts, folded: names and terms. Of kanji, which stand without blanks
    between words, every pair that stands side by side."""
    found: set[str] = set()
    for text in map(str.casefold, map(one_width, texts)):
        found.update(_WORD.findall(text))
        for run in _KANJI.findall(text):
            found.update(run[at : at + 2] for at in range(len(run) - 1))
    return frozenset(found)


def _refuse_weak(folded: str, words: Iterable[str]) -> None:
    # here, since it reads long lists of words, which no webhook needs
    from zxcvbn import zxcvbn  # type: ignore[import-untyped]

    rest = _without(folded.casefold(), words)
    judged = zxcvbn(rest[:_LOOKED_AT]) if rest else None
    if judged and judged["score"] >= STRONG:
        return
    kinds = {_kind(match) for match in judged["sequence"]} if judged else set()
    advice = [sentence for kind, sentence in _advice().items() if kind in kinds]
    if rest != folded.casefold():
        advice.append(told("Words that the line says, and the names of the city and its desks, do not count."))
    raise Weak([*advice, told("Put in a few more words that have nothing to do with each other, or with this work.")])


def _kind(match: dict[str, str]) -> str:
    common = match["pattern"] == "dictionary" and match.get("dictionary_name") == "passwords"
    return "common" if common else match["pattern"]


def _advice() -> dict[str, Told]:
    """What is easy to guess, by zxcvbn's kinds."""
    dates = told("Years and dates are easy to guess.")
    return {
        "common": told("It holds a password that many people use."),
        "dictionary": told("It holds words and names that stand in every list."),
        "spatial": told("Keys that lie side by side are easy to guess."),
        "repeat": told("Characters and words that are repeated are easy to guess."),
        "sequence": told("Rows such as abc or 6543 are easy to guess."),
        "date": dates,
        "regex": dates,
    }


def _without(text: str, words: Iterable[str]) -> str:
    ordered = sorted(words, key=len, reverse=True)
    return re.sub("|".join(map(re.escape, ordered)), "", text) if ordered else text


def _names(login: str, name: str) -> Iterator[str]:
    """The sign-in name and what stands before its @, the name and its parts."""
    for part in {login, login.partition("@")[0], name, *name.split()}:
        plain = _plain(one_width(part))
        if len(plain) >= _NAMED + plain.isascii():
            yield plain


def _plain(text: str) -> str:
    """Only letters and digits, so that no hyphen or blank hides a name."""
    return "".join(character for character in text.casefold() if character.isalnum())


def _verified(kept: str, password: str) -> bool:
    try:
        return _hasher.verify(kept, _bytes(password))
    except (VerificationError, InvalidHashError):
        return False


def _bytes(password: str) -> bytes:
    return password.encode("utf-8", "surrogatepass")  # a terminal may hand over any bytes

"""Nobody's number gets past the edge.

About one in ten random 12-digit strings passes the check digit of a My Number, and a caller may
mistype, so every run of twelve digits or more counts as one, however it is written or said:
spaced, in other scripts, in kanji with their places, in kana as people count on the telephone, in
English by pairs or with "double", with a "well" or "dash" between.

The text becomes a stream: digits, places (十百千万億兆), a blank for what may stand within a number,
a bar for what may not. Then the digits between two bars are counted. All steps are linear.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping

MY_NUMBER_DIGITS = 12
"""My Number Act (行政手続における特定の個人を識別するための番号の利用等に関する法律): 12 digits."""

_WITHIN, _END = " ", "|"
_MARKS_AROUND = " 、。，．,.!?"
_FIGURES = re.compile("[0-9][ -]?[0-9]")
_REPEATS = {"double": "D", "triple": "T", "treble": "T", "quadruple": "Q"}
_TIMES = {"D": 2, "T": 3, "Q": 4}
_BLANKS_AFTER_REPEATS = re.compile(r"(?<=[DTQ]) +")
_SMALL = {"十": 1, "百": 2, "千": 3}
_LARGE = {"万": 4, "億": 8, "兆": 12}
"""Places by their zeros."""


def has_number(text: str) -> bool:
    """Whether twelve digits or more in a row stand in `text`, however they are written."""
    return most_digits(text) >= MY_NUMBER_DIGITS


def most_digits(text: str) -> int:
    """How many digits in a row stand in `text` at most, however they are written."""
    return max(map(_digits, "".join(_stream(_plain(text))).split(_END)))


def digits_told(text: str) -> int:
    """How many digits in a row somebody tells piece by piece: of figures, or where nothing but digits is said.
    Words are full of syllables that are digits too (すみません, 千), so that a few such words were a number."""
    plain = _plain(text).strip(_MARKS_AROUND)
    told = _FIGURES.search(plain) or _END not in "".join(_stream(plain))
    return most_digits(text) if told else 0


def _plain(text: str) -> str:
    """One form of each character: small letters without accents, hiragana, digits of ASCII."""
    text = unicodedata.normalize("NFKD", text).casefold()
    kept = (mark for mark in text if not ("\u0300" <= mark <= "\u036f" or unicodedata.category(mark) in ("Me", "Cf")))
    text = unicodedata.normalize("NFC", "".join(mark for mark in kept if not "\ufe00" <= mark <= "\ufe0f"))
    return "".join(map(_plain_mark, text))


def _plain_mark(mark: str) -> str:
    if "ァ" <= mark <= "ヶ":
        return chr(ord(mark) - ord("ァ") + ord("ぁ"))
    digit = unicodedata.digit(mark, None)
    return mark if digit is None else str(digit)


def _digits(stretch: str) -> int:
    """How many digits a stretch holds; a number with places as many as when it is written out."""
    parts = _BLANKS_AFTER_REPEATS.sub("", stretch).split(_WITHIN)
    return sum(len(number) for part in parts for number in _written_out(part))


# --- words to digits ------------------------------------------------------------------------

_KANJI = {
    **dict(zip("〇一二三四五六七八九", "0123456789", strict=True)),
    **dict(zip("零壱弐参肆伍陸漆捌玖", "0123456789", strict=True)),
    **dict.fromkeys("○◯", "0"),
    **{
        "壹": "1",
        "幺": "1",
        "貳": "2",
        "两": "2",
        "兩": "2",
        "參": "3",
        "拾": "十",
        "萬": "万",
        "仟": "千",
        "佰": "百",
    },
    **{place: place for place in (*_SMALL, *_LARGE)},
}
_KANA = {
    "0": "ぜろ ぜーろ れい れー れえ まる まーる おー おう おお",
    "1": "いち いーち いっ ひと ひー ひい わん",
    "2": "に にー にい にぃ ふた ふー ふう つー",
    "3": "さん さーん みー みい みっ すりー",
    "4": "し しー しい よん よーん よー よお よっ ふぉー",
    "5": "ご ごー ごう ごお いつ ふぁいぶ",
    "6": "ろく ろーく ろっ むー むう むっ しっくす",
    "7": "なな なーな しち ひち せぶん",
    "8": "はち はーち はっ やー やあ やっ えいと",
    "9": "く くー きゅう きゅー きゅ きゅうー ここの ないん",
    "十": "じゅう じゅー じゅっ じっ",
    "百": "ひゃく びゃく ぴゃく ひゃっ ぴゃっ",
    "千": "せん ぜん",
    "万": "まん",
    "億": "おく",
    "兆": "ちょう",
    _WITHIN: "ー っ の と で は が も ね か ん えー えーと えーっと えっと えと ええ ええと ええっと "
    "あー あの あのー あのう その そのー うー うーん うんと んー んーと まあ はい "
    "つぎ つぎに つぎが つぎは 次 次に 次が 次は 最後 最後に さいご さいごに それから そして あと 続けて つづけて "
    "です ですね でして はいふん だっしゅ ばー まいなす すぺーす 空白 くうはく てん 点 ぽつ ぽち こんま すらっしゅ "
    "もしもし もしもーし もし 番号 ばんごう ちょっと 待って まって ください 下さい ちょっと待って もう一度",
}
_SPOKEN: Mapping[str, str] = (
    _KANJI | {word: sign for sign, words in _KANA.items() for word in words.split()} | {" ": " "}
)
_LENGTHS: Mapping[str, tuple[int, ...]] = {
    first: tuple(sorted({len(word) for word in _SPOKEN if word[0] == first})) for first in {word[0] for word in _SPOKEN}
}

_DIGITS = "one two three four five six seven eight nine"
_JAPANESE_DIGITS = "ichi ni san yon go roku nana hachi kyu"
_FROM_TEN = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_BY_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_HESITATIONS = (
    "uh uhm um erm er ah eh hm hmm mm and then dash hyphen minus space blank point dot comma slash the number numbers "
    "is it it's its that's that next followed by so like well ok okay please sorry i mean wait again yes yeah you know "
    "my eto etto ano no"
)

_UNITS = {
    **dict(zip(_DIGITS.split(), range(1, 10), strict=True)),
    **dict(zip(_JAPANESE_DIGITS.split(), range(1, 10), strict=True)),
    **{"shi": 4, "shichi": 7, "kyuu": 9, "ku": 9, "niner": 9, "hito": 1, "futa": 2},
}
_TEENS = {**dict(zip(_FROM_TEN.split(), range(10, 20), strict=True)), "ju": 10, "juu": 10}
_TENS = {**dict(zip(_BY_TENS.split(), range(20, 100, 10), strict=True)), "fourty": 40}
_SCALES = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_ZEROS = ("zero", "oh", "o", "nought", "naught", "nil", "rei", "maru")
_SOUND_ALIKE = {"won": 1, "to": 2, "too": 2, "tree": 3, "for": 4, "fore": 4, "fife": 5, "ate": 8}
"""What a recogniser writes for digits; ordinary words elsewhere."""

_FILLERS = frozenset(_HESITATIONS.split())
_WORD = re.compile(r"[a-z]+(?:['’][a-z]+)*")


def _stream(text: str) -> Iterator[str]:
    """The text as digits, places, blanks and bars."""
    after = 0
    words = _NumberWords()
    for found in _WORD.finditer(text):
        between = text[after : found.start()]
        if between.strip(" -,.、"):
            yield from words.stop()
        yield from _spoken(between)
        yield from words.take(found[0].replace("’", "'"))
        after = found.end()
    yield from words.close()
    yield from _spoken(text[after:])


def _spoken(text: str) -> Iterator[str]:
    """Kana, kanji and figures: cut into known words so that as little as possible is left over."""
    costs = [0] * (len(text) + 1)
    cuts = [1] * len(text)
    for start in range(len(text) - 1, -1, -1):
        costs[start] = costs[start + 1] + (0 if _sign(text[start]) != _END else len(text))
        for length in _LENGTHS.get(text[start], ()):
            if start + length <= len(text) and text[start : start + length] in _SPOKEN:
                cost = costs[start + length] + 1
                if cost <= costs[start]:
                    costs[start], cuts[start] = cost, length
    start = 0
    while start < len(text):
        word = text[start : start + cuts[start]]
        yield _SPOKEN.get(word) or _sign(word)
        start += cuts[start]


def _sign(mark: str) -> str:
    """What one character is by itself."""
    if mark.isdigit() and mark.isascii():
        return mark
    return _END if mark.isalnum() else _WITHIN


class _NumberWords:
    """Words in Latin letters, put together to numbers as they come: "one hundred and twenty three"
    is three digits, "twelve thirty four" is four. `room` is what the next part of the number must
    be under: 10 after "twenty", 100 after "hundred"."""

    def __init__(self) -> None:
        self.whole = self.group = self.room = 0
        self.counting = False

    def take(self, word: str) -> Iterator[str]:
        """What the word adds to the stream, now that it is known whether a number has ended."""
        value = _UNITS.get(word) or _TEENS.get(word) or _TENS.get(word)
        value = value or (self.counting and _SOUND_ALIKE.get(word)) or 0
        if value:
            yield from self._add(value)
        elif word in _SCALES and 0 < self.group < _SCALES[word]:
            self._scale(_SCALES[word])
        elif not (word == "and" and self.room >= 100):
            yield from self._other(word)

    def close(self) -> Iterator[str]:
        """The number that was open, written out."""
        if self.whole or self.group:
            yield f"{_without_empty_groups(str(self.whole + self.group), 3)} "
        self.whole = self.group = self.room = 0

    def stop(self) -> Iterator[str]:
        """The number that was open, where something else follows than words."""
        yield from self.close()
        self.counting = False

    def _add(self, value: int) -> Iterator[str]:
        if value >= self.room:
            yield from self.close()
        self.group += value
        self.counting = True
        self.room = 10 if value in _TENS.values() else 0

    def _scale(self, scale: int) -> None:
        if scale == 100:
            self.group *= 100
        else:
            self.whole, self.group = self.whole + self.group * scale, 0
        self.room = scale

    def _other(self, word: str) -> Iterator[str]:
        yield from self.close()
        sign = "0" if word in _ZEROS else _REPEATS.get(word) or (_WITHIN if word in _FILLERS else _END)
        self.counting = sign != _END and (self.counting or sign != _WITHIN)
        yield sign


# --- digits and places ----------------------------------------------------------------------


def _written_out(part: str) -> Iterator[str]:
    """The numbers in a part of the stream without blanks, as digits: 千二百三十四五 is 1234 and 5."""
    repeat, digits = 1, ""
    number = _Number()
    for sign in part:
        if sign in _TIMES:
            repeat = _TIMES[sign]
        elif sign in _SMALL or sign in _LARGE:
            yield from number.place(digits, sign)
            digits = ""
        else:
            digits += sign * repeat
            repeat = 1
    yield from number.end(digits)


class _Number:
    """A number with places, while it is read."""

    def __init__(self) -> None:
        self.value, self.below, self.group, self.small = 0, 99, 0, 99

    def place(self, digits: str, sign: str) -> Iterator[str]:
        """Digits and the place that follows them; a place as high as the last one begins anew."""
        zeros = _SMALL.get(sign, 0)
        if zeros:
            before, digit = digits[:-1], digits[-1:] or "1"
            if before or zeros >= self.small:
                yield from self.end(before)
            self.group += int(digit) * 10**zeros
            self.small = zeros
            return
        zeros = _LARGE[sign]
        if not digits and not self.group:  # a part of an ordinary word
            return
        if zeros >= self.below:
            yield from self.end("")
        self.value += (self.group + int(digits[-4:] or "0")) * 10**zeros
        self.below, self.group, self.small = zeros, 0, 99
        if digits[:-4]:
            yield digits[:-4]

    def end(self, digits: str) -> Iterator[str]:
        """The number that was open with its last digits, and what is too many of them."""
        if self.below == 99 and self.small == 99:
            yield digits
            return
        own = min(self.small, self.below) if self.small != 99 else 4
        last = digits[: 1 if self.small != 99 else own]
        yield _without_empty_groups(str(self.value + self.group + int(last or "0")), 4)
        yield digits[len(last) :]
        self.value, self.below, self.group, self.small = 0, 99, 0, 99


def _without_empty_groups(number: str, size: int) -> str:
    """Without the zeros that nobody says: 一兆円 and "a million" are one digit and much money."""
    while len(number) > 2 * size - 1 and number.endswith("0" * size):
        number = number[:-size]
    return number

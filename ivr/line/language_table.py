"""The table `[language]` of a language's file: all that differs between languages beside the words.

    [language]
    name = "English"                    # in the language itself
    locale = "en-US"                    # as the carrier knows it
    voice = "Polly.Joanna-Neural"       # the carrier's, or a list of them, best first
    spaces = true                       # blanks between words

What else there is may be left out: `noon`, `reviewed`, `scripts`, `alert_characters`, `recogniser`,
`local_voices`, `letter_for_letter`, `level`, `double_negatives`, and the tables `pace` and `hear`.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from ivr.line import negatives
from ivr.line.problems import TomlTable
from ivr.line.pronunciation import USUAL, Pace, Pronunciation, Unit
from ivr.line.sentences import as_sentence, sentence
from ivr.line.speeds import Speed
from ivr.line.text import one_line, says_something
from ivr.line.values import COMPARED, USUAL_ALERT, Hearing, Language
from ivr.line.words import Prompt

FASTEST = 5000
"""Units a minute at most that a pace may have [own value]."""

LONGEST_ALERT = 1000
"""Characters at most that a language may give an alert: over a minute for every caller [own value]."""

HARDEST, EASIEST = 0.5, 6.5
"""The levels that jReadability knows, for learners of Japanese (Lee and Hasebe, https://jreadability.net)."""

_LOCALE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")
_VOICE = re.compile(r"[A-Za-z0-9_.:-]+")
_LOCAL_VOICE = re.compile(r"[a-z0-9_]+(:[A-Za-z0-9_+.-]+)?")
_SCRIPT = re.compile(r"[a-z][a-z -]*")
_RECOGNISED = re.compile(r"[a-z]{2,3}")


def language(
    code: str, head: TomlTable, prompts: Mapping[str, Prompt], words: Mapping[str, tuple[str, ...]]
) -> Language:
    """The language of this table, with these prompts and words that callers may say. What is wrong
    becomes a problem of the table."""
    spaces = head.get("spaces", bool, "true", True)
    name = _text(head, "name", "English")
    pronunciation = _pronunciation(code, head)
    found = Language(
        code=code,
        name=name,
        pronunciation=pronunciation,
        carrier_voices=_carrier_voices(head),
        recogniser=_optional(head, "recogniser", pronunciation.locale, _LOCALE),
        spaces=spaces,
        prompts=MappingProxyType(dict(prompts)),
        words=MappingProxyType(dict(words)),
        noon=_noon(head),
        hearing=_hearing(head, pronunciation, spaces),
        scripts=_forms(head, "scripts", '["latin"]', _SCRIPT),
        reviewed=head.get("reviewed", bool, "false", True),
        alert_characters=_whole(head, "alert_characters", USUAL_ALERT, LONGEST_ALERT),
        double_negatives=_double_negatives(head, spaces),
        level=_level(head),
    )
    head.refuse_strangers()
    return found


def with_lent(table: Mapping[str, Any], lent: Mapping[str, Any]) -> dict[str, Any]:
    """The table with what came later than its file: all that may be left out, as a later release of
    the same language says it."""
    later = {key: lent[key] for key in _CAME_LATER if key in lent and key not in table}
    return {**table, **later}


_CAME_LATER = (
    "pace",
    "hear",
    "scripts",
    "alert_characters",
    "local_voices",
    "letter_for_letter",
    "level",
    "double_negatives",
)


def _pronunciation(code: str, head: TomlTable) -> Pronunciation:
    return Pronunciation(
        code=code,
        locale=_text(head, "locale", "en-US", _LOCALE),
        pace=_pace(head),
        voices=_forms(head, "local_voices", '["espeak"]', _LOCAL_VOICE),
        letter_for_letter=head.get("letter_for_letter", bool, "true", False),
    )


def _pace(head: TomlTable) -> Pace:
    table = head.table("pace", "a table [language.pace]")
    if table is None:
        return USUAL
    written = table.get("unit", str, f'"{USUAL.unit}"') or USUAL.unit
    rates = {speed: _whole(table, speed, USUAL.rate(speed), FASTEST, required=True) for speed in Speed}
    table.refuse_strangers()
    if written not in tuple(Unit):
        table.fault("unit", sentence("%(written)r is none: write %(unit)s", written=written, unit=" or ".join(Unit)))
        return USUAL
    pace = Pace(Unit(written), *(rates[speed] for speed in Speed))
    if not pace.slow < pace.normal < pace.fast < pace.very_fast:
        table.fault(
            "normal", sentence("must lie between slow and fast, and very_fast above: write units a minute of each")
        )
    return pace


def _hearing(head: TomlTable, pronunciation: Pronunciation, spaces: bool) -> Hearing:
    primary, compare = pronunciation.locale.partition("-")[0].lower(), "words" if spaces else "characters"
    table = head.table("hear", "a table [language.hear]")
    if table is None:
        return Hearing(primary, 1.0, compare)
    gate = table.get("gate", (float, int), "0.15", 1.0)
    if isinstance(gate, bool) or not 0 < gate <= 1:
        table.fault("gate", sentence("is the share of what may be misheard: write it like gate = 0.15"))
        gate = 1.0
    chosen = table.get("compare", str, f'"{compare}"', compare)
    if chosen not in COMPARED:
        table.fault(
            "compare",
            sentence(
                "%(chosen)r cannot be compared: write %(compared)s", chosen=chosen, compared=" or ".join(COMPARED)
            ),
        )
    found = Hearing(_optional(table, "language", primary, _RECOGNISED), float(gate), chosen)
    table.refuse_strangers()
    return found


def _carrier_voices(head: TomlTable) -> tuple[str, ...]:
    """One voice, or a list of them, best first."""
    if isinstance(head.values.get("voice"), list):
        return _forms(head, "voice", '["Polly.Joanna-Neural"]', _VOICE) or ("",)
    return (_text(head, "voice", "Polly.Joanna-Neural", _VOICE),)


def _forms(head: TomlTable, key: str, example: str, form: re.Pattern[str]) -> tuple[str, ...]:
    found = head.strings(key, example, [])
    if wrong := next((each for each in found if not form.fullmatch(each)), None):
        head.fault(
            key,
            sentence(
                "cannot hold %(one_line)r: write it like %(key)s = %(example)s",
                one_line=one_line(wrong),
                key=key,
                example=example,
            ),
        )
        return ()
    if key in head.values and head.values[key] == []:
        head.fault(
            key, sentence("is empty: write it like %(key)s = %(example)s, or take it out", key=key, example=example)
        )
    return found


def _text(head: TomlTable, key: str, example: str, form: re.Pattern[str] | None = None) -> str:
    """A line of the table, which must say something, in this form."""
    text = head.get(key, str, f'"{example}"')
    if text is None:
        return ""
    text = one_line(text)
    if not says_something(text) or (form and not form.fullmatch(text)):
        head.fault(
            key,
            sentence('cannot be %(text)r: write it like %(key)s = "%(example)s"', text=text, key=key, example=example),
        )
    return text


def _optional(head: TomlTable, key: str, usual: str, form: re.Pattern[str]) -> str:
    return _text(head, key, usual, form) if key in head.values else usual


def _whole(head: TomlTable, key: str, usual: int, most: int, required: bool = False) -> int:
    number = head.get(key, int, str(usual)) if required else head.get(key, int, str(usual), usual)
    if number is None:
        return usual
    if not 0 < number <= most:
        head.fault(key, sentence("write a number from 1 to %(most)s, such as %(usual)s", most=most, usual=usual))
        return usual
    return int(number)


def _noon(head: TomlTable) -> int:
    noon: int = head.get("noon", int, "12", 12)
    if noon not in (0, 12):
        head.fault("noon", sentence("is the hour of half past noon: write 0 or 12"))
    return noon


def _level(head: TomlTable) -> float | None:
    """How easy a text must be at least (R20); None where no level is measured."""
    level = head.get("level", (float, int), "5.0", None) if "level" in head.values else None
    if level is not None and (isinstance(level, bool) or not HARDEST <= level <= EASIEST):
        head.fault(
            "level",
            sentence(
                "is how easy texts are: write a number from %(hardest)s (hard) to %(easiest)s (easy)",
                hardest=HARDEST,
                easiest=EASIEST,
            ),
        )
        return None
    return level


def _double_negatives(head: TomlTable, spaces: bool) -> tuple[re.Pattern[str], ...]:
    found = []
    for written in head.strings("double_negatives", '["(not|never) … without"]', []):
        try:
            found.append(negatives.pattern(written, spaces))
        except ValueError as error:
            head.fault("double_negatives", as_sentence(error))
    return tuple(found)

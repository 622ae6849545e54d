"""The skeleton of a line: all of it but its words. What a call does depends on this alone, so that an edition with the
skeleton of one that was held against the rules needs no walk: only what takes time or is read is judged again.

    skeleton(line, hours)   a name for it, at the hours of a survey
    timed(survey)           the states of which a rule asks how long they take; `Survey.again` visits them
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from hashlib import sha256

from ivr.call.rules.survey import Survey
from ivr.call.walking import Visit
from ivr.call.wishes import terms
from ivr.line.named_numbers import number_of
from ivr.line.tree import END, kind_of
from ivr.line.values import Kind, Line
from ivr.line.words import Chunk, Prompt, Slot

_UNHEARD = ("edition", "memory", "contacts", "confirmation")
"""What lines and their parts have that no call comes to."""


def skeleton(line: Line, hours: Iterable[datetime]) -> str:
    """A name that two lines share where their calls differ in nothing but words, at these hours."""
    parts = [repr(tuple(hours)), _told(line)]
    for language in line.languages.values():  # what callers are understood to mean, by words of prompts, too
        parts.append(repr(sorted(terms(line, language))))
    return sha256("\n".join(parts).encode()).hexdigest()


def timed(survey: Survey) -> Iterator[tuple[datetime, Visit]]:
    """The states of which a rule asks how long they take: greetings, menus, the beginning of the help, and what is
    behind a text, first."""
    line, texts = survey.line, 0
    for now, visit in survey.visits:
        behind_text = visit.place.node in line.texts and visit.place.step == END
        texts += behind_text
        help_begins = visit.place.node == Kind.HELP and visit.place.step == "0"
        is_menu = kind_of(line, visit.place.node) is Kind.MENU
        if visit.keys == "" or is_menu or help_begins or (behind_text and texts == 1):
            yield now, visit


def _told(value: object) -> str:
    """A value in full but for the words of prompts: which chunks and slots these have, and which numbers are read."""
    if isinstance(value, Prompt):
        return f"{value.key}: {tuple(_part(part) for part in value.parts)}"
    if isinstance(value, re.Pattern):
        return repr((value.pattern, value.flags))
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{key}: {_told(each)}' for key, each in value.items())}}}"
    if isinstance(value, tuple):
        return f"({', '.join(map(_told, value))})"
    if is_dataclass(value):
        names = (each.name for each in fields(value) if each.name not in _UNHEARD)
        return f"({', '.join(f'{name}={_told(getattr(value, name))}' for name in names)})"
    return repr(value)


def _part(part: Chunk | Slot) -> tuple[object, ...]:
    if isinstance(part, Slot):
        return (part.name,)
    return part.key, part.mute, number_of(part), tuple(span.named for span in part.spans)

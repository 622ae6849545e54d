"""Which prompts every language must have, and which slots each may hold.

The words are the city's; that there are such words, and what can be filled into them, is
the program's. A language file that lacks one, or that fills in what is not known there, is
refused when it is loaded.
"""

from collections.abc import Collection, Iterable, Mapping

from ivr.line import prompt_keys as keys

COMMANDS = (
    "person",
    "again",
    "back",
    "next",
    "previous",
    "slower",
    "faster",
    "speed",
    "pause",
    "help",
    "language",
    "languages",
    "yes",
    "no",
)
"""What a caller may say in every state, beside the words of the options."""

ANSWERS = ("yes", "no")
"""Those that mean something only where the line has asked."""

SPOKEN_KEYS = ("1", "2", "3", "4")
"""The keys that choose; a caller may also say them."""

KEYS_IN_WORDS = {**{digit: digit for digit in "1234567890"}, "star": "*", "hash": "#"}
"""All keys as a caller may say them, alone or with what is said beside a number."""

FILLERS, NUMBERS = "around.fillers", "around.numbers"
"""What is said for politeness, or while one thinks; what is said beside a number."""

NOT_AFTER, NOT_BEFORE = "around.not_after", "around.not_before"
"""What negates the word before it, and what negates the words after it."""

DONE, SPELLINGS = "around.done", "around.spellings"
"""Endings by which something has been done; what may be spelled in several ways."""

CONNECT, DETAILS = "around.connect", "around.details"
"""By what one asks to be joined to a desk; by what one asks for its number or hours."""

BESIDE_YES, BEFORE_YES = "around.beside_yes", "around.before_yes"
"""What may stand beside a yes to a transfer without changing it; what may do so where it does not end with it."""

AFTER_WISH, TO_A_DESK = "around.after_wish", "around.to_a_desk"
"""What may follow only upon a wish to be joined, as 「ください」; what ties the desk's name to a yes."""

QUESTIONS = "around.questions"
"""What makes a question of a yes that ends with it."""

AROUND_WISHES = (FILLERS, NUMBERS, NOT_AFTER, NOT_BEFORE, DONE, SPELLINGS, CONNECT, DETAILS)
"""What stands around the words that count."""

AROUND = (*AROUND_WISHES, BESIDE_YES, BEFORE_YES, AFTER_WISH, TO_A_DESK, QUESTIONS)
"""The same, with what stands around a yes. A language may do without any of them."""

_NO_SLOTS = (
    "say.greeting",
    "say.no_match",
    "say.not_understood",
    "say.no_number_needed",
    "say.at_start",
    "say.first_passage",
    "say.last_passage",
    "say.restarted",
    "say.routine",
    "say.routine_number",
    "say.routine_hours",
    "say.goodbye",
    "say.nothing_new",
    "say.call_ends",
    "speed.normal",
    "speed.slow",
    "speed.fast",
    "speed.very_fast",
    "speed.slowest",
    "speed.fastest",
    "pause.begin",
    "pause.still",
    "pause.end",
    "help.name",
    "help.passages.1",
    "help.end",
    "silence.explain",
    "silence.explain_number",
    "silence.explain_hours",
    "silence.warn_end",
    "choice.language",
    "where.languages",
    "join.language",
    "choice.number",
    "choice.yes",
    "join.answer",
    "join.stopped",
    "join.unanswered",
    "join.recorded",
    "join.cancel",
    "status.usual",
    "status.never",
    "status.instead",
    "number.ready",
    "number.again",
    "number.or",
    "fallback.sorry",
    "calendar.noon",
    "calendar.midnight",
    "hours.holidays",
    "hours.last",
    "hours.whole_day",
    "hours.always",
    "hours.closed_holidays",
    "hours.holidays_as_usual",
    "hours.holidays_as_sunday",
)

_SLOTS = {
    "say.choose": {"count"},
    "where.menu": {"place"},
    "where.passage": {"place", "count", "ordinal"},
    "where.end": {"place"},
    "silence.warn_join": {"desk"},
    "silence.join": {"desk"},
    "choice.join": {"desk"},
    "choice.desk": {"desk"},
    "choice.again": {"desk"},
    "join.now": {"desk"},
    "join.ask": {"desk"},
    "join.instead": {"closed", "desk"},
    "status.open": {"desk"},
    "status.until": {"time"},
    "status.until_tomorrow": {"time"},
    "status.until_later": {"date", "time"},
    "status.closed": {"desk"},
    "status.always": {"desk"},
    "status.today": {"time"},
    "status.tomorrow": {"date", "time"},
    "status.later": {"date", "time"},
    "number.this": {"desk"},
    "failed.busy": {"desk"},
    "failed.no_answer": {"desk"},
    "failed.failed": {"desk"},
    "failed.canceled": {"desk"},
    "calendar.date": {"day", "weekday"},
    "calendar.day": {"month", "day"},
    "calendar.am": {"hour", "minute"},
    "calendar.pm": {"hour", "minute"},
    "calendar.am_sharp": {"hour"},
    "calendar.pm_sharp": {"hour"},
    "hours.first": {"days", "times"},
    "hours.more": {"days", "times"},
    "hours.daily": {"times"},
    "hours.on_day": {"period", "times"},
    "hours.in_period": {"period", "hours"},
    "hours.range": {"first", "last"},
    "hours.comma": {"first", "last"},
    "hours.and": {"first", "last"},
    "hours.nth_weekday": {"nth", "weekday"},
    "hours.nth_weekdays": {"nth", "weekday"},
    "hours.span": {"start", "end"},
    "hours.overnight": {"start", "end"},
    "hours.spans_comma": {"first", "last"},
    "hours.spans_and": {"first", "last"},
    "hours.year": {"year"},
    "hours.in_year": {"year"},
    "hours.from_year": {"year"},
    "hours.until_year": {"year"},
    "hours.year_and_days": {"year", "days"},
    "hours.closed": {"closed"},
    "hours.closed_day": {"day"},
    "hours.closed_days": {"first", "last"},
    "hours.closed_month": {"month"},
}

_MAY_BE_LEFT_OUT: Mapping[str, Collection[str]] = {
    "whisper.about": {"place", "language"},
    "whisper.plain": {"language"},
    "whisper.other": set(),
    keys.SUSPENDED: {"desk"},
    keys.WORDS_TOO: set(),
    keys.ANY_PERSON: set(),
    keys.WAY_BACK: set(),
    keys.LANGUAGE_BY_HELP: set(),
    "say.routine_here": set(),
    "silence.explain_here": set(),
}
"""Slots of prompts that a language may do without."""

_NUMBERED = {
    "press": SPOKEN_KEYS,
    "count": tuple(str(n) for n in range(1, 10)),
    "ordinal": tuple(str(n) for n in range(1, 10)),
    "digits": (*"0123456789", "hash"),
    "calendar.months": tuple(str(n) for n in range(1, 13)),
    "calendar.days": tuple(str(n) for n in range(1, 32)),
    "calendar.weekdays": tuple(str(n) for n in range(1, 8)),
    "hours.weekdays": tuple(str(n) for n in range(1, 8)),
    "hours.nth": tuple(str(n) for n in range(1, 6)),
}

_OF_SPEECH = {
    ("choice", "yes"),
    ("join", "ask"),
    ("join", "answer"),
    ("join", "stopped"),
    ("join", "unanswered"),
    ("speed", "slowest"),
    ("speed", "fastest"),
}
_OF_LIMITS = {("say", "nothing_new"), ("say", "call_ends")}
_OF_THE_NIGHT = {
    ("say", "routine_number"),
    ("say", "routine_hours"),
    ("silence", "explain_number"),
    ("silence", "explain_hours"),
    ("status", "always"),
}
_LATER_WORDS = frozenset(("slower", "faster", "languages", "yes", "no", *KEYS_IN_WORDS)) - {*SPOKEN_KEYS}

MOST_PASSAGES = 9
"""As many passages as a language can count (`count`, `ordinal`)."""


_PARTS = {
    "menu": (keys.NAME, keys.OPTION),
    "text": (keys.NAME, keys.OPTION),
    "desk": (keys.NAME, keys.OPTION, keys.ABOUT, keys.CHARGE),
}
"""What is said of every menu, text and desk."""


def slots_of(key: str) -> frozenset[str]:
    """The slots that the prompt `key` may hold."""
    return frozenset(_SLOTS.get(key) or _MAY_BE_LEFT_OUT.get(key, ()))


def is_read_in_passages(key: str) -> bool:
    """Whether a prompt is read as a passage (R9). Telephone numbers of ten digits stand nowhere else: there is time
    for a pen and for reading them twice (R14)."""
    parts = keys.taken_apart(key)
    return parts.is_passage or (parts.family == "desk" and parts.part in (keys.ABOUT, keys.MORE, keys.NOW))


def required_prompts(menus: Iterable[str], texts: Iterable[str], desks: Iterable[str]) -> frozenset[str]:
    """Every prompt that a language needs for a line with these nodes. A desk's `hours` are not among
    them: they are made from the hours, unless a language has words of its own."""
    needed = {*_NO_SLOTS, *_SLOTS}
    needed.update(key for group, items in _NUMBERED.items() for key in keys.numbered(group, items))
    for kind, nodes in (("menu", menus), ("text", texts), ("desk", desks)):
        needed.update(keys.of_node(kind, node, part) for node in nodes for part in _PARTS[kind])
    needed.update(keys.passage(text, 1) for text in texts)
    return frozenset(needed)


def is_of_the_line(key: str) -> bool:
    """Whether a prompt belongs to no node: one that every language has, or may leave out."""
    return key in required_prompts((), (), ()) or key in _MAY_BE_LEFT_OUT or keys.called(key) is not None


def came_later(key: str) -> bool:
    """Whether a prompt is the program's own and no earlier release needed it, so that editions which
    were published before may lack it. Each release adds its own here."""
    parts = keys.taken_apart(key)
    return (
        parts.family in ("hours", keys.ALERT)
        or (parts.family == "calendar" and parts.part in ("noon", "midnight"))
        or (parts.family == "status" and parts.part.startswith("until_"))
        or (parts.family, parts.part) in _OF_SPEECH | _OF_LIMITS | _OF_THE_NIGHT
    )


def words_came_later(what: str) -> bool:
    """The same of what callers may say: `what` it means."""
    return what in _LATER_WORDS or what in AROUND


def required_words() -> frozenset[str]:
    """Every thing that a caller can say for which a language must give the forms. Those of a menu, text or
    desk are not among them: it is found by the words of its own prompts as well."""
    return frozenset((*COMMANDS, *KEYS_IN_WORDS))

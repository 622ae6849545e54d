"""What people call the prompts that belong to no menu, text or desk, and what callers mean in every state."""

from collections.abc import Mapping
from functools import lru_cache

from flask_babel import get_locale, gettext

from ivr.line import prompt_keys as keys
from ivr.line.prompt_keys import taken_apart
from ivr.line.vocabulary import (
    AFTER_WISH,
    BEFORE_YES,
    BESIDE_YES,
    CONNECT,
    DETAILS,
    DONE,
    FILLERS,
    KEYS_IN_WORDS,
    NOT_AFTER,
    NOT_BEFORE,
    NUMBERS,
    QUESTIONS,
    SPELLINGS,
    TO_A_DESK,
)


def _(message: str, **facts: object) -> str:
    return str(gettext(message, **facts))


def of(key: str) -> str:
    """A prompt of the line by its key."""
    return _of(key, str(get_locale()))


@lru_cache(maxsize=4096)  # a draft's page names every text, some 300 of them in each language [own value]
def _of(key: str, _locale: str) -> str:
    parts = taken_apart(key)
    if (called := keys.called(key)) is not None:
        return _("The name of the number %(number)s", number=called)
    if parts.is_passage:
        return _("Passage %(number)s of the help", number=parts.number)
    if parts.number is not None and parts.family == keys.PRESS:
        return _("Short: press key %(number)s", number=parts.number) if parts.part else _key_named(parts.number)
    if parts.names_closing:
        return _("The name of days that are closed every year")
    known = _numbered if parts.number is not None else _single
    name = known(parts.family).get(parts.part)
    if name is None:
        return group(parts.family)
    return name if parts.number is None else _("%(text)s: number %(number)s", text=name, number=parts.number)


def _key_named(number: int) -> str:
    return _("Press key %(number)s", number=number)


def group(family: str) -> str:
    """Prompts of one kind."""
    return {
        "say": _("Said anywhere"),
        "help": _("Help (key 9)"),
        "silence": _("When the caller is silent"),
        "status": _("Open or closed"),
        "number": _("Telephone numbers"),
        "join": _("Before connecting"),
        "failed": _("If the connection fails"),
        "whisper": _("What the desk hears before it is joined"),
        "speed": _("The speed"),
        "pause": _("The pause"),
        "where": _("Where the caller is"),
        "choice": _("Before a key"),
        "digits": _("A digit"),
        "calendar": _("Days and times"),
        "hours": _("The usual hours"),
    }.get(family) or _("Further words of the line")


def _numbered(family: str) -> Mapping[str, str]:
    return {
        "count": {"": _("So many of something")},
        "ordinal": {"": _("Which of several")},
        "digits": {"": _("A digit of a telephone number")},
        "calendar": {
            "months": _("The name of a month"),
            "days": _("The name of a day of the month"),
            "weekdays": _("The name of a weekday in a date"),
        },
        "hours": {
            "weekdays": _("The name of a weekday in usual hours"),
            "nth": _("Which week of the month"),
        },
    }.get(family, {})


def _single(family: str) -> Mapping[str, str]:
    found = {
        "say": _said,
        "speed": _speeds,
        "pause": _pauses,
        "where": _places,
        "silence": _silences,
        "help": _help,
        "status": _statuses,
        "number": _numbers,
        "choice": _choices,
        "join": _joining,
        "whisper": _whispers,
        "failed": _failures,
        "calendar": _calendar,
        "hours": _hours,
    }.get(family)
    return found() if found else {"sorry": _("When the line itself does not work")} if family == "fallback" else {}


def _said() -> Mapping[str, str]:
    return {
        "greeting": _("The greeting"),
        "choose": _("How many choices there are"),
        "routine": _("The keys that always work"),
        "routine_number": _("The keys that always work, where 0 tells a number"),
        "routine_hours": _("The keys that always work, where 0 tells when a desk opens"),
        "routine_here": _("The keys that always work, without key 0"),
        "no_match": _("When a key does nothing here"),
        "not_understood": _("When words were not understood"),
        "no_number_needed": _("When somebody tells their My Number"),
        "at_start": _("When nothing lies before"),
        "first_passage": _("When no passage lies before"),
        "last_passage": _("When no passage follows"),
        "restarted": _("When the call begins anew after a fault"),
        "nothing_new": _("Before a call that goes in circles is ended"),
        "call_ends": _("When a call that goes in circles is ended"),
        "goodbye": _("The goodbye"),
        "person": _("That 0 rings a person"),
        "way_back": _("That the star key leads back"),
        "words_too": _("That words do as well as keys"),
    }


def _speeds() -> Mapping[str, str]:
    return {
        "normal": _("When the speed is set to normal"),
        "slow": _("When the speed is set to slow"),
        "fast": _("When the speed is set to fast"),
        "very_fast": _("When the speed is set to very fast"),
        "slowest": _("When it goes no slower"),
        "fastest": _("When it goes no faster"),
    }


def _pauses() -> Mapping[str, str]:
    return {
        "begin": _("When a pause begins"),
        "still": _("While a pause lasts"),
        "end": _("When a pause ends"),
    }


def _places() -> Mapping[str, str]:
    return {
        "languages": _("Where the caller is: the choice of languages"),
        "menu": _("Where the caller is: a menu"),
        "passage": _("Where the caller is: a passage"),
        "end": _("Before a text is read again"),
    }


def _silences() -> Mapping[str, str]:
    return {
        "explain": _("First silence"),
        "explain_number": _("First silence, where 0 tells a number"),
        "explain_hours": _("First silence, where 0 tells when a desk opens"),
        "explain_here": _("First silence, without key 0"),
        "warn_join": _("Second silence, before a desk is called"),
        "warn_end": _("Second silence, before the call ends"),
        "join": _("When a silent caller is joined to a desk"),
        "language": _("First silence, the other language"),
    }


def _help() -> Mapping[str, str]:
    return {
        "name": _("The name of the help"),
        "end": _("When the help ends"),
        "passages": _("All passages of the help"),
    }


def _statuses() -> Mapping[str, str]:
    return {
        "open": _("A desk is open"),
        "until": _("Until when a desk is open today"),
        "until_tomorrow": _("Until when a desk is open, tomorrow"),
        "until_later": _("Until when a desk is open, on a later day"),
        "closed": _("A desk is closed"),
        "always": _("A desk never closes"),
        "today": _("When a desk opens today"),
        "tomorrow": _("When a desk opens tomorrow"),
        "later": _("When a desk opens on a later day"),
        "never": _("Nobody knows when a desk opens"),
        "usual": _("Before the usual hours"),
        "instead": _("That other desks are open"),
    }


def _numbers() -> Mapping[str, str]:
    return {
        "ready": _("Before a telephone number: pen and paper"),
        "this": _("Whose telephone number it is"),
        "or": _("Between two telephone numbers"),
        "again": _("Before a telephone number is read again"),
    }


def _choices() -> Mapping[str, str]:
    return {
        "language": _("Before the key of this language"),
        "languages": _("Before the key of the other languages"),
        "join": _("Before the key that connects"),
        "desk": _("Before the key of a desk's page"),
        "again": _("Before the key that calls a desk again"),
        "number": _("Before the key that tells the number"),
        "yes": _("Before the key that says yes to a connection"),
    }


def _joining() -> Mapping[str, str]:
    return {
        "ask": _("Whether to connect"),
        "answer": _("How to answer whether to connect"),
        "stopped": _("When nobody is connected after all"),
        "unanswered": _("When nobody answers whether to connect"),
        "now": _("When a caller is connected"),
        "instead": _("When another desk is rung instead"),
        "recorded": _("That the desk records calls"),
        "language": _("That the desk does not speak this language"),
        "cancel": _("How to stop the connection"),
    }


def _whispers() -> Mapping[str, str]:
    return {
        "about": _("What the desk hears: what it is about"),
        "plain": _("What the desk hears: only the language"),
        "other": _("What the desk hears: a language without a name"),
    }


def _failures() -> Mapping[str, str]:
    return {
        "busy": _("When the desk is busy"),
        "no_answer": _("When the desk does not answer"),
        "failed": _("When the connection fails"),
        "canceled": _("When the connection was given up"),
    }


def _calendar() -> Mapping[str, str]:
    return {
        "date": _("How a date is said"),
        "day": _("How a day of the year is said"),
        "am": _("How a time in the morning is said"),
        "pm": _("How a time in the afternoon is said"),
        "am_sharp": _("How a full hour in the morning is said"),
        "pm_sharp": _("How a full hour in the afternoon is said"),
        "midnight": _("How midnight is said"),
        "noon": _("How noon is said"),
    }


def _hours() -> Mapping[str, str]:
    return {
        "first": _("Usual hours: the first days and times"),
        "more": _("Usual hours: further days and times"),
        "daily": _("Usual hours: every day"),
        "always": _("Usual hours: always open"),
        "on_day": _("Usual hours: on one day"),
        "in_period": _("Usual hours: in a season"),
        "holidays": _("Usual hours: public holidays"),
        "last": _("Usual hours: the last week of the month"),
        "nth_weekday": _("Usual hours: a weekday of some weeks"),
        "nth_weekdays": _("Usual hours: weekdays of some weeks"),
        "range": _("Usual hours: from a day to another"),
        "comma": _("Usual hours: between days"),
        "and": _("Usual hours: before the last day"),
        "span": _("Usual hours: from a time to another"),
        "overnight": _("Usual hours: into the next day"),
        "whole_day": _("Usual hours: a whole day"),
        "spans_comma": _("Usual hours: between times"),
        "spans_and": _("Usual hours: before the last times"),
        "year": _("Usual hours: a year"),
        "in_year": _("Usual hours: in a year"),
        "from_year": _("Usual hours: from a year on"),
        "until_year": _("Usual hours: until a year"),
        "year_and_days": _("Usual hours: days of a year"),
        "closed": _("Usual hours: when it is closed"),
        "closed_holidays": _("Usual hours: closed on public holidays"),
        "closed_day": _("Usual hours: closed on a day"),
        "closed_days": _("Usual hours: closed from a day to another"),
        "closed_month": _("Usual hours: closed for a month"),
        "holidays_as_usual": _("Usual hours: public holidays as usual"),
        "holidays_as_sunday": _("Usual hours: public holidays as on Sundays"),
    }


def command(name: str) -> str:
    """What the line does when a caller says one of its forms; "" where it is no command of the line."""
    key = KEYS_IN_WORDS.get(name)
    return _commands().get(name) or (_("Key %(key)s", key=key) if key else "")


def _commands() -> Mapping[str, str]:
    return {
        "person": _("Be connected to a person (key 0)"),
        "again": _("Hear it again (key 5)"),
        "back": _("Go back one step (key *)"),
        "next": _("Go on to the next passage (key 6 or #)"),
        "previous": _("Go back to the passage before (key 4)"),
        "slower": _("Speak more slowly"),
        "faster": _("Speak faster"),
        "speed": _("Change the speed (key 7)"),
        "pause": _("Pause (key 8)"),
        "help": _("Hear how the line is used (key 9)"),
        "language": _("Change to this language"),
        "languages": _("Hear the other languages"),
        "yes": _("Yes, where the line has asked"),
        "no": _("No, where the line has asked or is about to connect"),
        FILLERS: _("Politeness and thinking aloud: changes nothing"),
        NUMBERS: _("Beside the number of a key"),
        NOT_AFTER: _("Negates the word before it"),
        NOT_BEFORE: _("Negates the words after it"),
        DONE: _("Endings for ~: it has been done"),
        SPELLINGS: _("Other spellings: written=compared as"),
        CONNECT: _("Asks to be connected to a desk"),
        DETAILS: _("Asks for a desk's number or hours"),
        BESIDE_YES: _("May stand beside a yes to a transfer"),
        BEFORE_YES: _("May stand before a yes to a transfer"),
        AFTER_WISH: _("May stand behind a wish to be connected"),
        TO_A_DESK: _("Ties a desk's name to the words around it"),
        QUESTIONS: _("Makes a question at the end"),
    }

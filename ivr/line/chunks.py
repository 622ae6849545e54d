"""Everything that a line can say: what a renderer makes audio of, and what a speaker records. Beside
the prompts of the files that is times of day, days, usual hours and telephone numbers.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from babel import Locale, UnknownLocaleError

from ivr.line import prompt_keys as keys
from ivr.line.dates import day_of_year, time_of_day
from ivr.line.hours_words import KEY as HOURS
from ivr.line.hours_words import said_hours
from ivr.line.tree import speaks_for_all
from ivr.line.values import Language, Line
from ivr.line.words import Chunk, Span


def said_by_itself(key: str) -> bool:
    """Whether a prompt is; times, days, hours and numbers are put together from others, and alerts that stand
    prepared are words from which staff begin."""
    parts = keys.taken_apart(key)
    if keys.called(key):
        return False
    if parts.family == "calendar":
        return parts.part in ("date", "weekdays")
    return parts.family not in ("digits", "hours", keys.ALERT)


FEWEST_LETTERS, FEWEST_WORDS = 6, 3
"""What a run of words between slots has at least if it is worth recording by itself, in languages written without
blanks and with them [own values]: nobody records です。 or " is" alone, which would sound like nothing said."""


def is_fragment(chunk: Chunk, spaces: bool) -> bool:
    """Whether nobody would record it alone: a few letters between places that the call fills. `spaces`: how its
    language is written."""
    if keys.of_chunk(chunk.key) == chunk.key:
        return False
    if spaces:
        return len(chunk.spoken.split()) < FEWEST_WORDS
    return sum(letter.isalnum() for letter in chunk.spoken) < FEWEST_LETTERS


def telephone_number(language: Language, number: str) -> Chunk:
    """A telephone number such as 045-671-3792, said digit by digit (R14)."""
    return language.number_words.alone(number)


def name_of_language(listener: Language, spoken: Language) -> Chunk | None:
    """What a language is called in another (Unicode's CLDR); None where that has no name for it."""
    try:
        name = Locale.parse(spoken.code, sep="-").get_language_name(Locale.parse(listener.code, sep="-"))
    except (ValueError, UnknownLocaleError):
        return None
    return Chunk(f"{keys.WHISPER}.language.{spoken.code}", (Span(name),)) if name else None


def all_chunks(line: Line, language: Language) -> Iterator[Chunk]:
    """Everything that the line can say in a language, each chunk once."""
    return (chunk for chunk in dict.fromkeys(_chunks(line, language)) if not chunk.mute)


def _chunks(line: Line, language: Language) -> Iterator[Chunk]:
    for key, prompt in language.prompts.items():
        if said_by_itself(key) and (key != keys.FOR_ALL_LANGUAGES or speaks_for_all(line)):
            yield from prompt.chunks()
    for alert in line.alerts:
        if language.code in alert.words:
            yield from alert.words[language.code].chunks()
    desks = [desk.heard_in(language.code) for desk in line.desks.values()]
    for moment in sorted({moment for desk in desks for moment in desk.hours.times()}):
        yield time_of_day(language, moment)
    for chunk in dict.fromkeys(chunk for desk in desks for chunk in said_hours(language, desk)):
        if chunk.key.startswith(HOURS):
            yield chunk
    for day in range(366):
        leap_day = date(2024, 1, 1) + timedelta(days=day)
        yield day_of_year(language, leap_day.month, leap_day.day)
    if language is line.first_language:
        yield from filter(None, (name_of_language(language, each) for each in line.languages.values()))
    for number in sorted({number for desk in desks for number in desk.numbers}):
        yield telephone_number(language, number)

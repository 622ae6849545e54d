"""Rules of telephone numbers: read twice, with time for a pen, and never typed into words (R14)."""

from collections.abc import Iterable, Iterator, Sequence

from ivr.call.acts import Say
from ivr.call.rules.survey import Finding, Survey, desks_read, places_read, read_at
from ivr.line import prompt_keys as keys
from ivr.line.named_numbers import number_of
from ivr.line.sentences import sentence
from ivr.line.speeds import Speed
from ivr.line.typed_numbers import digits_in_words, typed_numbers
from ivr.line.values import Kind
from ivr.line.words import Break

PEN_MILLISECONDS = 2000


def numbers_of_desks(survey: Survey) -> Iterator[Finding]:
    """R14: a desk's page reads each of its numbers twice, behind time for a pen, the second time slower."""
    line = survey.line
    for now, code, desk in desks_read(survey):
        says = tuple(say for place in places_read(line, code, desk) for say in read_at(line, code, place, now))
        yield from _read_well(f"{code}.toml: {Kind.DESK}.{desk}", says, line.desks[desk].numbers_in(code))


def numbers_in_texts(survey: Survey) -> Iterator[Finding]:
    """R14: so does a text that gives a number of ten digits."""
    line, now = survey.line, survey.visits[0][0]
    for code in line.languages:
        for text in line.texts:
            says = tuple(say for place in places_read(line, code, text) for say in read_at(line, code, place, now))
            yield from _read_well(f"{code}.toml: {keys.passages(text)}", says, ())


def _read_well(place: str, says: Sequence[Say], wanted: Iterable[str]) -> Iterator[Finding]:
    """Faults of how numbers are read in these; `wanted`: those that must be."""
    read: dict[str, list[Speed]] = {number: [] for number in wanted}
    ready = False
    for say in says:
        ready = ready or any(isinstance(part, Break) and part.milliseconds >= PEN_MILLISECONDS for part in say.parts)
        for number in filter(None, map(number_of, say.parts)):
            read.setdefault(number, []).append(say.speed)
            if not ready:
                yield Finding(
                    "R14", place, sentence("%(number)s is read before there was time to take a pen", number=number)
                )
    for number, speeds in read.items():
        if len(speeds) < 2 or any(speed is not speeds[0].slower for speed in speeds[1:]):
            yield Finding("R14", place, sentence("%(number)s is not read twice, the second time slower", number=number))


def typed_digits(survey: Survey) -> Iterator[Finding]:
    """R14: words give telephone numbers by their names, so that all are read well and stand in one place."""
    for code, language in survey.line.languages.items():
        spelled = digits_in_words(language.words, language.prompts)
        for key, prompt in language.prompts.items():
            if keys.called(key):
                continue
            for found in typed_numbers(prompt, language.named_numbers, spelled):
                message = sentence(
                    "the number %(number)r stands there in digits: %(mend)s", number=found.number, mend=found.mend
                )
                yield Finding("R14", f"{code}.toml: {key}", message)

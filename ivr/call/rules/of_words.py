"""Rules of the words: their order, their level, the same in every language, and what was made sure of."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from ivr.call.level import level
from ivr.call.rules.survey import Finding, Survey, key_named, says_of
from ivr.call.walking import Visit
from ivr.line import prompt_keys as keys
from ivr.line.contacts import CONTACTS
from ivr.line.scripts import foreign
from ivr.line.sentences import sentence
from ivr.line.tree import branches, has, help_now_at, submenus, with_facts
from ivr.line.values import MOST_LEVELS, MOST_OPTIONS, Confirmation, Kind, Language, Line
from ivr.line.vocabulary import MOST_PASSAGES, is_of_the_line, required_prompts
from ivr.line.words import Break, Chunk

LEVEL_MARGIN = 1.0
"""So far under the level that a language asks for a text may be published all the same: one step of the scale, such
as from "upper elementary" to "lower intermediate" [own value]."""


def options_before_keys(survey: Survey) -> Iterator[Finding]:
    """R2, R3: an option's words, a pause, its key; at most four, ascending from 1. Where keys of other languages are
    told in their own voices early as well, their order is that of their last mention."""
    for _, visit in survey.visits:
        said: list[int] = []
        for say in says_of(visit.turn):
            parts = say.parts
            for number, part in enumerate(parts):
                key = key_named(part)
                if key is None:
                    continue
                if say.language != visit.turn.position.language and key in said:
                    said.remove(key)
                said.append(key)
                before = parts[max(0, number - 2) : number]
                if len(before) < 2 or not isinstance(before[0], Chunk) or not isinstance(before[1], Break):
                    yield Finding(
                        "R2", str(visit), sentence("key %(key)s is not preceded by its words and a pause", key=key)
                    )
        in_order = said == sorted(said) or _urgent_first(survey.line, visit, said)
        if sorted(set(said)) != list(range(1, len(set(said)) + 1)) or not in_order:
            yield Finding("R3", str(visit), sentence("the keys are said in the order %(said)s", said=said))
        if len(set(said)) > MOST_OPTIONS:
            yield Finding(
                "R3",
                str(visit),
                sentence(
                    "offers %(said)s options, more than %(most_options)s",
                    said=len(set(said)),
                    most_options=MOST_OPTIONS,
                ),
            )


def _urgent_first(line: Line, visit: Visit, said: list[int]) -> bool:
    """Whether the keys are said in order behind the urgent one of a menu."""
    menu = line.menus.get(visit.place.node)
    if menu is None or menu.urgent is None:
        return False
    return said[0] == menu.options.index(menu.urgent) + 1 and said[1:] == sorted(said[1:])


def menus_are_shallow(survey: Survey) -> Iterator[Finding]:
    """R3: at most three levels of menus."""
    line = survey.line

    def below(key: str, path: tuple[str, ...]) -> Iterator[Finding]:
        if key in path:
            yield Finding("R3", f"{Kind.MENU}.{key}", sentence("leads back to itself: take one of the options out"))
            return
        if len(path) >= MOST_LEVELS:
            yield Finding(
                "R3",
                f"{Kind.MENU}.{key}",
                sentence(
                    "lies on level %(len)s: bring it up to %(most_levels)s", len=len(path) + 1, most_levels=MOST_LEVELS
                ),
            )
        for menu in submenus(line, key):
            yield from below(menu, (*path, key))

    yield from below(line.start, ())


def one_language_at_a_time(survey: Survey) -> Iterator[Finding]:
    """R16: words stand in the language that they are marked with."""
    for code, language in survey.line.languages.items():
        if not language.scripts:
            message = sentence(
                'is not told, so nobody knows which letters are its own: write scripts = ["latin"] or such'
            )
            yield Finding("R16", f"{code}.toml: language.scripts", message, error=False)
            continue
        for key, prompt in language.prompts.items():
            said = "".join(chunk.spoken for chunk in prompt.chunks())
            if strange := foreign(said, language.scripts):
                message = sentence(
                    "letters of another script, such as '%(strange)s': write how it sounds", strange=strange[0]
                )
                yield Finding("R16", f"{code}.toml: {key}", message)


def reviewed(survey: Survey) -> Iterator[Finding]:
    """Words that nobody has read who speaks the language are known as such."""
    for code, language in survey.line.languages.items():
        if not language.reviewed:
            message = sentence("the words are not reviewed yet: let somebody read them who speaks the language")
            yield Finding("text", f"{code}.toml: language.reviewed", message, error=False)


def plain_words(survey: Survey) -> Iterator[Finding]:
    """R20: every text, the help and what is said of a desk are as easy as the language's file asks. A little
    under it is a note: a formula must not hold up words that callers need today."""
    for language in survey.line.languages.values():
        if language.level is None:
            continue
        for place, text in _whole_texts(survey.line, language):
            if (found := level(text)) < language.level:
                message = sentence(
                    "has level %(found).2f, under %(level).1f: write shorter sentences, "
                    "fewer verbs, and everyday words for learned ones",
                    found=found,
                    level=language.level,
                )
                error = found < language.level - LEVEL_MARGIN
                yield Finding("R20", f"{language.code}.toml: {place}", message, error=error)


def _whole_texts(line: Line, language: Language) -> Iterator[tuple[str, str]]:
    """What is read in a row, with its place: texts, the help, what desks are for."""
    for text in (*line.texts, keys.HELP):
        numbers = range(1, MOST_PASSAGES + 1)
        yield keys.passages(text), _written(language, [keys.passage(text, number) for number in numbers])
    for desk in line.desks:
        places = [keys.of_node(Kind.DESK, desk, part) for part in (keys.ABOUT, keys.MORE)]
        yield places[0], _written(language, places)


def _written(language: Language, places: Iterable[str]) -> str:
    prompts = (language.prompts[place] for place in places if place in language.prompts)
    return "".join(chunk.written for prompt in prompts for chunk in prompt.chunks())


def same_in_every_language(survey: Survey) -> Iterator[Finding]:
    """Every language says the same things: as many passages, and no prompt that others lack."""
    line = survey.line
    first = line.first_language
    for language in line.languages.values():
        for text in line.texts:
            here, there = len(line.passages(text, language.code)), len(line.passages(text, first.code))
            place = f"{language.code}.toml: {keys.passages(text)}"
            if here != there:
                yield Finding(
                    "text",
                    place,
                    sentence(
                        "has %(here)s passages, %(code)s.toml has %(there)s", here=here, code=first.code, there=there
                    ),
                )
            if here > MOST_PASSAGES:
                yield Finding(
                    "text", place, sentence("has more than %(most_passages)s passages", most_passages=MOST_PASSAGES)
                )


def nothing_is_unreachable(survey: Survey) -> Iterator[Finding]:
    """Every menu, text and desk is reached, and every prompt is said somewhere."""
    line = survey.line
    reached = {visit.place.node for _, visit in survey.visits}
    told = {key for _, nodes in branches(line) for node in nodes for key in help_now_at(line, node)}
    for key in {node for _, nodes in branches(line) for node in nodes} - reached - told:
        yield Finding("tree", f"line.toml: {key}", sentence("is never reached: put it among a menu's options"))
    known = required_prompts(line.menus, line.texts, line.desks)
    for language in line.languages.values():
        for key in language.prompts.keys() - known:
            if not _belongs(line, key):
                yield Finding(
                    "tree", f"{language.code}.toml: {key}", sentence("is never said: take it out or mend its name")
                )


def _belongs(line: Line, key: str) -> bool:
    """Whether a prompt that a line may do without is said all the same."""
    parts = keys.taken_apart(key)
    if parts.is_passage:
        return parts.family == keys.HELP or has(line, Kind.TEXT, parts.node)
    if parts.family == keys.ALERT:
        return key in {part(alert) for alert in line.prepared_alerts for part in (keys.alert_title, keys.alert_words)}
    if number := keys.called(key):
        return number in line.first_language.named_numbers.values()
    if beside := _MAY_STAND_BESIDE.get(parts.family):
        return parts.part in beside and has(line, Kind(parts.family), parts.node)
    return parts.names_closing or key == keys.FOR_ALL_LANGUAGES or is_of_the_line(key) or parts.family == keys.PRESS


_MAY_STAND_BESIDE: Mapping[str, tuple[str, ...]] = {
    Kind.MENU: (keys.LEAD, keys.PERSON, keys.WHISPER),
    Kind.TEXT: (keys.WHISPER,),
    Kind.DESK: (keys.MORE, keys.HOURS, keys.NOW, keys.AFTER_HOURS),
}
"""Words of a menu, text or desk that it may do without."""


def confirmations(line: Line, today: date) -> Iterator[Finding]:
    """Facts that nobody has confirmed, not for longer than the line allows, or on a day to come."""
    for place, confirmation in _confirmed(line):
        age = confirmation.age_days(today)
        if age is not None and age < 0:
            yield Finding(
                "fact",
                f"{place}.confirmed",
                sentence(
                    "%(day)s is still to come: write the day on which somebody made sure of it, or leave it out",
                    day=confirmation.day,
                ),
            )
        elif age is None:
            yield Finding(
                "fact",
                place,
                sentence("is not confirmed yet; ask: %(source)s", source=confirmation.source),
                error=False,
            )
        elif age > line.confirm_within_days:
            yield Finding(
                "fact",
                place,
                sentence("was confirmed %(age)s days ago: %(source)s", age=age, source=confirmation.source),
                error=False,
            )


def _confirmed(line: Line) -> Iterator[tuple[str, Confirmation]]:
    """All that is to be confirmed, with its place."""
    for kind, nodes in with_facts(line):
        for key, node in nodes.items():
            yield f"line.toml: {kind}.{key}", node.confirmation
    for contact in line.contacts:
        yield f"{CONTACTS}: {contact.key}", contact.confirmation

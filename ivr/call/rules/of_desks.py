"""Rules of desks: who is reached, in which language and when (R1, R15, R21, R23, R24)."""

from collections.abc import Iterator
from datetime import date

from ivr.call.acts import Dial, Turn, Words
from ivr.call.reaching import help_now
from ivr.call.rules.survey import Finding, Survey, rings_somebody, said_in, says_of
from ivr.call.speaking import joinable
from ivr.call.state import CallState
from ivr.call.understanding import plain
from ivr.call.whispers import WHISPER_SECONDS, whispers
from ivr.line import prompt_keys as keys
from ivr.line.hours import Hours
from ivr.line.own_hours import faults
from ivr.line.sentences import sentence
from ivr.line.text import whole
from ivr.line.tree import ASK, JOIN, branches, desk_at, help_now_at, kind_of
from ivr.line.values import Kind, Language, Line
from ivr.line.vocabulary import CONNECT, SPOKEN_KEYS
from ivr.line.words import Chunk

JOINED_IN_ANOTHER_LANGUAGE = "join.language"


SOON_DAYS = 60
"""Hours that end within so many days are pointed out [own value]."""


_CLOSED = ("status.closed", keys.SUSPENDED)


def zero_keeps_its_word(survey: Survey) -> Iterator[Finding]:
    """R1: words of a menu that 0 rings its first desk are said only where it does, or asks back whether to."""
    for _, visit in survey.visits:
        place, there = visit.place, visit.answers["0"].position.place
        menu = survey.line.menus.get(place.node)
        if menu is None or not said_in(visit.turn, keys.of_node(Kind.MENU, place.node, keys.PERSON)):
            continue
        if there.node not in menu.desks[:1] or there.step not in (JOIN, ASK):
            yield Finding(
                "R1",
                str(visit),
                sentence("says that 0 rings the first desk, and it leads to %(node)s", node=there.node),
            )


def own_language_first(survey: Survey) -> Iterator[Finding]:
    """R23: 0 leads to a desk that speaks the caller's language, where one that fits can be rung, but from the
    page of another desk; and whom one is joined to without it, that is said before."""
    line = survey.line
    for now, visit in survey.visits:
        call = CallState(line, visit.turn.position, now)
        code, turn = call.language.code, visit.answers["0"]
        speaking = [key for key in call.fitting_desks() if call.desk_named(key).answers_in(code)]
        could = any(joinable(call.desk_named(key), now) for key in speaking)
        place, pages = turn.position.place, [each.node for each in call.position.trail[-2:]]
        if could and rings_somebody(turn) and place.node not in (*speaking, *pages):
            yield Finding(
                "R23",
                str(visit),
                sentence("0 rings %(node)s, though a desk is open that speaks %(code)s", node=place.node, code=code),
            )
        for each in (visit.turn, turn):
            rung = next((act.desk for act in each.acts if isinstance(act, Dial)), None)
            if rung is None or rung in speaking:
                continue
            if not said_in(each, JOINED_IN_ANOTHER_LANGUAGE):
                yield Finding(
                    "R23",
                    str(visit),
                    sentence("%(rung)s is rung, and that it does not speak %(code)s is not said", rung=rung, code=code),
                )


def answered_in_every_language(survey: Survey) -> Iterator[Finding]:
    """R23: somebody answers in each language of the line."""
    for code in survey.line.languages:
        if not any(desk.heard_in(code).answers_in(code) for desk in survey.line.desks.values()):
            message = sentence("no desk answers in %(code)s: put it into the languages of one that does", code=code)
            yield Finding("R23", "line.toml: desk", message, error=False)
    for desk in survey.line.desks.values():
        for code in desk.in_language.keys() - survey.line.languages.keys():
            message = sentence("%(code)s is no language of the line, so that nobody hears it", code=code)
            yield Finding("R23", f"line.toml: desk.{desk.key}.in.{code}", message, error=False)


def help_at_any_hour(survey: Survey) -> Iterator[Finding]:
    """R15: desks that are told of first where help is needed at once never close, and come before what is
    closed."""
    line = survey.line
    for kind, nodes in branches(line):
        for node in nodes:
            for key in help_now_at(line, node):
                if not all(each.hours.always for each in line.desks[key].versions):
                    place = f"line.toml: {keys.of_node(kind, node, 'help_now')}"
                    yield Finding(
                        "R15",
                        place,
                        sentence(
                            "'%(key)s' closes: name a desk of any hour (hours = \"24/7\"), or take it out", key=key
                        ),
                    )
    for now, visit in survey.visits:
        call = CallState(line, visit.turn.position, now)
        if call.desk is None or call.desk.hours.is_open(now) or not call.reading or call.place.step != "0":
            continue
        told = [key for key in help_now(call) if key != call.place.node and call.desk_named(key).hours.is_open(now)]
        if told and not _begins_with(visit.turn, call, told[0]):
            yield Finding(
                "R15", str(visit), sentence("is closed, and does not begin with %(told)s, which never is", told=told[0])
            )


def _begins_with(turn: Turn, call: CallState, desk: str) -> bool:
    """Whether the words of a desk of any hour come before those that tell of a closed one."""
    said = [part for say in says_of(turn) for part in say.parts if isinstance(part, Chunk)]
    wanted = [part for part in call.speaker.now(call.desk_named(desk)) if isinstance(part, Chunk)]
    closed = next((at for at, part in enumerate(said) if keys.of_chunk(part.key) in _CLOSED), len(said))
    return wanted[0] in said[:closed]


def offers_what_is_open(survey: Survey) -> Iterator[Finding]:
    """R1: in place of a desk that cannot be reached, only such are offered as are open and fit."""
    line = survey.line
    for now, visit in survey.visits:
        call = CallState(line, visit.turn.position, now)
        if call.desk is None:
            continue
        for place in visit.turn.position.offers:
            desk = call.desk_named(place.node)
            if place.node != call.desk.key and not (desk.hours.is_open(now) and desk.key in call.fitting_desks()):
                yield Finding(
                    "R1",
                    str(visit),
                    sentence("offers %(key)s in place of %(key2)s, which is no help", key=desk.key, key2=call.desk.key),
                )


def rings_only_open_desks(survey: Survey) -> Iterator[Finding]:
    """Nothing closed is rung, and only numbers of the line's own desks."""
    for now, visit in survey.visits:
        for act in visit.turn.acts:
            if not isinstance(act, Dial):
                continue
            found = desk_at(survey.line, act.desk)
            desk = found and found.heard_in(visit.turn.position.language)
            if desk is None or act.number != desk.dial or not desk.hours.is_open(now):
                yield Finding(
                    "dial", str(visit), sentence("%(number)s is rung, which is no open desk", number=act.number)
                )


def words_never_ring(survey: Survey) -> Iterator[Finding]:
    """R21: no desk is rung by words, whatever is asked for, but by a yes where that was asked back or
    announced; and a no, or what nobody understands, stops it."""
    seen = set()
    for now, visit in survey.visits:
        position = visit.turn.position
        here = (position.language, position.place, now)
        if here in seen or (whole(position.place.step) or 0) > 0:
            continue
        seen.add(here)
        for meaning, said in _said_anywhere(survey.line, position.language):
            agreed = meaning == "yes" and position.place.step in (ASK, JOIN)
            agreed |= meaning == "1" and position.place.step == ASK
            agreed |= meaning == _again(position.place.node) and position.place.step in (ASK, JOIN)
            if not agreed and rings_somebody(survey.step(visit.turn, Words(said), now)):
                yield Finding("R21", str(visit), sentence("%(said)r rings a desk that nobody agreed to", said=said))


def _again(desk: str) -> str:
    """The wish to be joined to a desk, which is a yes where just that is asked back."""
    return f"join {desk}"


def _said_anywhere(line: Line, language: str) -> Iterator[tuple[str, str]]:
    """What might ring: every desk and a person asked for, yes, no, the keys that choose, and nonsense."""
    words = line.languages[language].words
    connect, joint = plain(words.get(CONNECT, ("",))[0]), line.languages[language].joint
    for what in ("person", "yes", "no", *SPOKEN_KEYS, "0"):
        yield what, plain(words[what][0])
    for desk in line.desks:
        for form in words.get(desk, ())[:1]:
            yield desk, plain(form)
            yield _again(desk), plain(form) + joint + connect
    yield "", "xyzzy"


def desks_are_told(survey: Survey) -> Iterator[Finding]:
    """R24: what a desk hears before a caller is joined to it takes at most 4 s, of every text and menu and in every
    language of the caller."""
    line = survey.line
    if any(desk.whisper for desk in line.desks.values()) and not any(whispers(line)):
        place = f"{line.first_language.code}.toml: {keys.WHISPER}"
        yield Finding(
            "R24", place, sentence("is missing, so that desks are told nothing: write [whisper]"), error=False
        )
    for about, language, says in whispers(line):
        length = survey.length(says)
        if length > WHISPER_SECONDS:
            place = keys.of_node(kind_of(line, about), about, keys.WHISPER)
            message = sentence(
                "a desk is told of a caller of %(language)s for %(length).1f s, more than %(whisper_seconds)s s: "
                'write %(whisper)s = "...", a short name for desks',
                language=language,
                length=length,
                whisper_seconds=WHISPER_SECONDS,
                whisper=keys.WHISPER,
            )
            yield Finding("R24", f"{line.first_language.code}.toml: {place}", message)


def hours_match_words(survey: Survey) -> Iterator[Finding]:
    """R15: the usual hours are made from the hours. A language's own words for them name the hours
    that they stand for, and give every day its times, whole."""
    line = survey.line
    for code, language in line.languages.items():
        for desk in line.desks.values():
            place = f"{code}.toml: {keys.own_hours(desk.key)}"
            yield from (Finding("R15", place, fault) for fault in faults(language, desk))
        for key in language.hours_for.keys() - _told_in_own_words(line, language):
            place = f"{code}.toml: {keys.own_hours_for(key)}"
            yield Finding(
                "R15", place, sentence("goes with no words of one's own: take it out, or write hours beside it")
            )


def _told_in_own_words(line: Line, language: Language) -> set[str]:
    return {key for key in line.desks if keys.own_hours(key) in language.prompts}


def ending_hours(line: Line, today: date) -> Iterator[Finding]:
    """R15: hours of years that are over, or will be soon, close a desk for ever."""
    for place, hours in _hours_written(line):
        last, now = hours.last_opening(today), {"year": today.year, "hours": hours.week.text}
        if hours.last_year is not None and last is None:
            message = sentence(
                "ended with %(last_year)s, the desk never opens again: write the hours of %(year)s and later, "
                "or leave the year out (%(hours)s)",
                last_year=hours.last_year,
                **now,
            )
            yield Finding("R15", place, message)
        elif last is not None and (last - today).days < SOON_DAYS:
            message = sentence(
                "end on %(last)s, in %(days)s days: write the hours of %(year)s and later, "
                "or leave the year out (%(hours)s)",
                last=last,
                days=(last - today).days,
                **now,
            )
            yield Finding("R15", place, message, error=False)
        over = {last for rule in hours.week.rules for _, last in rule.years[-1:] if last < today.year}
        if over and (hours.last_year is None or hours.last_year >= today.year):
            years = ", ".join(map(str, sorted(over)))
            yield Finding(
                "R15", place, sentence("name %(years)s, which is over: take it out", years=years), error=False
            )


def _hours_written(line: Line) -> Iterator[tuple[str, Hours]]:
    """The hours of all desks, and those that callers in one language have, with their places."""
    for desk in line.desks.values():
        yield f"line.toml: {keys.of_node(Kind.DESK, desk.key, keys.HOURS)}", desk.hours
        for code, version in desk.in_language.items():
            if version.hours != desk.hours:
                yield f"line.toml: {keys.in_language(desk.key, code, keys.HOURS)}", version.hours

"""The tree of a line: what kind of node stands where, what its keys lead to, and how one gets there.

It is asked by the call, by the page with all words, the rules, the drawing and the console alike, so
that they cannot disagree. What depends on the hour, such as whether a desk can be rung, is the call's.
"""

import re
from collections import deque
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ivr.line import prompt_keys as keys
from ivr.line.remembering import remembered
from ivr.line.text import whole
from ivr.line.values import Desk, Kind, Line, Node, Text

END = "end"
"""The step of a text or desk behind its last passage, where its choices are told."""

JOIN = "join"
"""The step of a desk that is being rung."""

ASK = "ask"
"""The step of a desk that was asked for in words: whether to ring it is asked back."""

FAILURES = ("busy", "no_answer", "failed", "canceled")
"""How a transfer can fail, as steps of a desk's place."""

TRANSFER_STEPS = (ASK, JOIN, *FAILURES)

KEYPAD = (Kind.HELP, Kind.PAUSE, Kind.LANGUAGES)
"""Places that a key leads to from wherever one is, so that no call begins there."""

PAUSE_ROUNDS = 10
"""Minutes of a pause; at least five are asked for (R8)."""

STATUS, NUMBER, AGAIN, ABOUT, MORE, HOURS, CHARGE = "status", "number", "again", "about", "more", "hours", "charge"
"""What the passages of a desk's page are about; each of its numbers has one."""

LANGUAGES_A_PAGE = 4
"""Languages on a page of the language menu (R3: four options). Pages follow one another by themselves, so
that every language is two keys away, however many there are."""

MOST_INVITING = 1
"""Other languages that each say their own words where one key leads to all of them; of more, the first
speaks for all: a greeting has 8 seconds (R13), and with two invitations takes 10 [own value]."""

_PLACE = re.compile(r"([a-z][a-z0-9_]*)(?:\.([a-z0-9_]+))?")


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the call: a node of the line, or the keypad's help, pause and languages.

    `step` is where in it: the number of a passage from 0, END after the last one, JOIN while a desk
    is being rung, ASK before, how a transfer failed, minutes of a pause, a page of languages or one of them.
    """

    node: str
    step: str = ""

    def __str__(self) -> str:
        return f"{self.node}.{self.step}" if self.step else self.node

    @classmethod
    def parse(cls, text: str) -> "Place":
        """Read what `str` wrote; ValueError where it did not."""
        match = _PLACE.fullmatch(text)
        if not match:
            raise ValueError(f"{text!r} is no place")
        return cls(match[1], match[2] or "")

    @property
    def page(self) -> str:
        """What stays the same while one moves on within the place."""
        return f"{self.node}.{JOIN}" if self.step in TRANSFER_STEPS else self.node


# --- what stands where ------------------------------------------------------------------------


def kind_of(line: Line, node: str) -> Kind:
    """What kind of node that is. KeyError where the line has none of that name."""
    return _kinds(line)[node]


@remembered
def _kinds(line: Line) -> Mapping[str, Kind]:
    """The kind of every node."""
    found = {str(kind): kind for kind in KEYPAD}
    for kind, nodes in reversed(branches(line)):
        found |= dict.fromkeys(nodes, kind)
    return found


def has(line: Line, kind: Kind, node: str) -> bool:
    """Whether the line has a node of that kind and name."""
    return node in dict(branches(line)).get(kind, ())


def branches(line: Line) -> tuple[tuple[Kind, Mapping[str, Node]], ...]:
    """The menus, the texts and the desks of a line."""
    return (Kind.MENU, line.menus), (Kind.TEXT, line.texts), (Kind.DESK, line.desks)


def with_facts(line: Line) -> tuple[tuple[Kind, Mapping[str, Desk | Text]], ...]:
    """The nodes whose facts somebody must confirm: desks, then texts."""
    return (Kind.DESK, line.desks), (Kind.TEXT, line.texts)


def desk_at(line: Line, node: str) -> Desk | None:
    """The desk of that name; None where it is something else, or nothing."""
    return line.desks.get(node)


def desks_for(line: Line, node: str) -> tuple[str, ...]:
    """The desks that fit a node, best first; none at the keypad's own places."""
    if node in line.desks:
        return (node, *line.desks[node].desks)
    found = line.menus.get(node) or line.texts.get(node)
    return found.desks if found else ()


def help_now_at(line: Line, node: str) -> tuple[str, ...]:
    """The desks of any hour that are told of first at a node; none at the keypad's own places."""
    found = line.menus.get(node) or line.texts.get(node) or line.desks.get(node)
    return found.help_now if found else ()


def exists(line: Line, language: str, place: Place) -> bool:
    """Whether a call in that language can stand there."""
    try:
        kind = kind_of(line, place.node)
    except KeyError:
        return False
    return place.step in _named_steps(line, kind) or _numbered(place.step, _steps(line, language, place, kind))


def _named_steps(line: Line, kind: Kind) -> Collection[str]:
    named: Mapping[Kind, Collection[str]] = {
        Kind.MENU: ("",),
        Kind.TEXT: (END,),
        Kind.DESK: (END, *TRANSFER_STEPS),
        Kind.LANGUAGES: line.languages,
    }
    return named.get(kind, ())


def _steps(line: Line, language: str, place: Place, kind: Kind) -> int:
    """How many numbered steps there are: passages, minutes, pages."""
    match kind:
        case Kind.PAUSE:
            return PAUSE_ROUNDS
        case Kind.LANGUAGES:
            return len(_pages(line, language))
        case _:
            return passages_at(line, language, place)


def _numbered(step: str, among: int) -> bool:
    number = whole(step)
    return number is not None and number < among


# --- what is read there -----------------------------------------------------------------------


def passages_at(line: Line, language: str, place: Place) -> int:
    """How many passages are read at a place; 0 where nothing is read."""
    match kind_of(line, place.node):
        case Kind.HELP | Kind.TEXT:
            return _passages(line, language, place.node)
        case Kind.DESK if place.page == place.node:
            return len(desk_passages(line, language, place.node))
        case _:
            return 0


@remembered
def _passages(line: Line, language: str, text: str) -> int:
    return len(line.passages(text, language))


@remembered
def desk_passages(line: Line, language: str, desk: str) -> tuple[str, ...]:
    """What is read of a desk, in passages of at most 20 s (R9): open or closed, its numbers, all of them again, what
    it advises on, its usual hours, what a call costs. That it never closes was the first that was said of it."""
    numbers = line.desks[desk].numbers_in(language)
    prompts = line.languages[language].prompts
    more = (MORE,) if keys.of_node(Kind.DESK, desk, keys.MORE) in prompts else ()
    always = line.desks[desk].heard_in(language).hours.always and keys.own_hours(desk) not in prompts
    hours = () if always else (HOURS,)
    return (STATUS, *(NUMBER for _ in numbers), AGAIN, ABOUT, *more, *hours, CHARGE)


# --- what keys lead to ------------------------------------------------------------------------


def choices(line: Line, language: str, place: Place) -> tuple[Place, ...]:
    """The places that keys 1 to 4 lead to, in the order of the keys, at any hour. What a desk's page
    offers depends on the hour and is the call's."""
    if place.node == Kind.LANGUAGES:
        page = _pages(line, language)[whole(place.step) or 0]
        return tuple(Place(Kind.LANGUAGES, code) for code in page)
    return _choices(line, language, place.node)


@remembered
def _choices(line: Line, language: str, node: str) -> tuple[Place, ...]:
    match kind_of(line, node):
        case Kind.MENU:
            doors = language_doors(line, language) if node == line.start else ()
            return (*(_door(line, option) for option in line.menus[node].options), *doors)
        case Kind.TEXT:
            return tuple(_choice(line, choice) for choice in line.texts[node].choices)
        case Kind.HELP:
            return language_doors(line, language)
        case _:
            return ()


def ways_on(line: Line, node: str) -> tuple[str, ...]:
    """The nodes that keys lead to from a menu or text, in the order of the keys."""
    if node in line.menus:
        return line.menus[node].options
    return line.texts[node].choices if node in line.texts else ()


def _door(line: Line, node: str) -> Place:
    """A menu's option: texts and desks are read from the beginning."""
    return Place(node, first_step(line, node))


def _choice(line: Line, node: str) -> Place:
    """A text's choice: desks are rung."""
    return Place(node, JOIN if node in line.desks else "0")


# --- languages --------------------------------------------------------------------------------


def language_doors(line: Line, current: str) -> tuple[Place, ...]:
    """One other language is chosen at once; several have a menu of their own."""
    others = _others(line, current)
    if len(others) > 1:
        return (Place(Kind.LANGUAGES, "0"),)
    return tuple(Place(Kind.LANGUAGES, code) for code in others)


def languages_behind(line: Line, current: str, place: Place) -> tuple[str, ...]:
    """The languages that a place of the language menu leads to: one, or all."""
    return (place.step,) if whole(place.step) is None else _others(line, current)


def inviting(line: Line, current: str, place: Place) -> tuple[str, ...]:
    """The languages that say what a place of the language menu leads to, each in its own words: where
    there are many, the first of them for all."""
    behind = languages_behind(line, current, place)
    return behind if len(behind) <= MOST_INVITING else behind[:1]


def speaks_for_all(line: Line) -> bool:
    """Whether there are so many languages that one speaks for the others."""
    return len(line.languages) - 1 > MOST_INVITING


def page_after(line: Line, current: str, place: Place) -> Place | None:
    """The page of the language menu that follows this one; None after the last."""
    after = (whole(place.step) or 0) + 1
    return Place(place.node, str(after)) if after < len(_pages(line, current)) else None


def language_pages(line: Line, current: str) -> Iterator[tuple[Place, ...]]:
    """The pages of the language menu, each with what its keys lead to; none where there is no menu."""
    if any(whole(door.step) is not None for door in language_doors(line, current)):
        for page in range(len(_pages(line, current))):
            yield choices(line, current, Place(Kind.LANGUAGES, str(page)))


def _pages(line: Line, current: str) -> tuple[tuple[str, ...], ...]:
    others = _others(line, current)
    return tuple(others[first : first + LANGUAGES_A_PAGE] for first in range(0, len(others), LANGUAGES_A_PAGE))


def _others(line: Line, current: str) -> tuple[str, ...]:
    return tuple(code for code in line.languages if code != current)


# --- ways -------------------------------------------------------------------------------------


def key_paths(line: Line) -> Mapping[str, tuple[str, ...]]:
    """The fewest keys that lead from the greeting to each menu, text and desk that keys lead to: through
    menus, where these do. While a text is read, a key of its choices leads to them, and chooses there (R11)."""
    found: dict[str, tuple[str, ...]] = {line.start: ()}
    for through in (line.menus, line.texts):
        waiting = deque(found)
        while waiting:
            node = waiting.popleft()
            for key, there in enumerate(ways_on(line, node) if node in through else (), 1):
                if there not in found:
                    pressed = str(key) * (2 if node in line.texts else 1)
                    found[there] = (*found[node], *pressed)
                    waiting.append(there)
    return found


def way_to(line: Line, node: str) -> tuple[str, ...]:
    """The menus above a node, from the first one on, and the node itself; () where no menu has it."""
    waiting: deque[tuple[str, ...]] = deque([(line.start,)])
    while waiting:
        way = waiting.popleft()
        if way[-1] == node:
            return way
        if way[-1] in line.menus:
            waiting.extend((*way, option) for option in line.menus[way[-1]].options if option not in way)
    return ()


def first_step(line: Line, node: str) -> str:
    """Where in a node one comes in: texts and desks are read from the beginning."""
    return "" if node in line.menus else "0"


def standing_at(line: Line, place: Place) -> tuple[Place, ...]:
    """The places of a call that came to `place` by its menus. KeyError where the line has no such node."""
    kind_of(line, place.node)
    inner = place if place.step else Place(place.node, first_step(line, place.node))
    menus = way_to(line, place.node)[:-1] or ((line.start,) if place.node != line.start else ())
    return (*map(Place, menus), inner)


def submenus(line: Line, menu: str) -> tuple[str, ...]:
    """The menus among a menu's options."""
    return tuple(option for option in line.menus[menu].options if option in line.menus)


def in_order_told(line: Line, place: Place, places: Sequence[Place]) -> list[tuple[int, Place]]:
    """The options of a place with their keys, as they are told: by their keys, but the urgent one of a menu first."""
    menu = line.menus.get(place.node)
    urgent = menu.urgent if menu else None
    return sorted(enumerate(places, 1), key=lambda option: option[1].node != urgent)


def within(line: Line, place: Place) -> bool:
    """Whether a place is a menu behind the first one: its callers have chosen by a key before, and know how."""
    return place.node in line.menus and place.node != line.start

"""The line as a page: every word that it can say in one language, in the order of its menus.

Pure functions from a Line and a time to values that a template writes down (R17). The words
come from the prompts and from the `Speaker` that the telephone speaks with, so the page and
the telephone cannot disagree.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from ivr.call.positions import Place
from ivr.call.speaking import Speaker
from ivr.line.chunks import telephone_number
from ivr.line.numbers import tel
from ivr.line.speeds import Speed
from ivr.line.values import Desk, Language, Line
from ivr.line.words import Chunk, Part, Prompt, Span

ListenTo = Callable[[str, str], str | None]
"""Where one can listen to a text, or to the "help", in a language (code); None: nowhere."""

_IN_THE_TREE = ("menu", "text", "desk", "help", "hours")
"""First words of the keys of prompts that are told where the tree has them; of which hours are made."""

_TOLD_FIRST = "say.greeting"
_SLOT = "slot."


@dataclass(frozen=True, slots=True)
class Run:
    """Words under the key of their prompt. Where `slot` is true, `words` names what the line
    fills in."""

    key: str
    words: str
    slot: bool = False


@dataclass(frozen=True, slots=True)
class Speech:
    """Runs in one language; `joint` stands between them when they are written."""

    language: str
    joint: str
    runs: tuple[Run, ...]

    @property
    def words(self) -> str:
        """The words as one reads them."""
        return self.joint.join(run.words for run in self.runs)


@dataclass(frozen=True, slots=True)
class Option:
    """A key, the words that name it, and the part of the page that it leads to."""

    key: str
    speech: Speech
    target: str | None


@dataclass(frozen=True, slots=True)
class TextPart:
    """A text: its passages, where one can listen to them, and what one can choose then."""

    key: str
    name: Speech
    path: tuple[str, ...]
    passages: tuple[Speech, ...]
    audio: str | None
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class MenuPart:
    """A menu: what is said before its options, the options, and the parts behind them.

    A part that several menus lead to is told once, behind the first.
    """

    key: str
    name: Speech
    path: tuple[str, ...]
    lead: Speech | None
    count: Speech
    options: tuple[Option, ...]
    parts: tuple["MenuPart | TextPart", ...]


@dataclass(frozen=True, slots=True)
class Number:
    """A telephone number as the public knows it, and as a ``tel:`` address."""

    speech: Speech
    address: str


@dataclass(frozen=True, slots=True)
class DeskPart:
    """A desk: whether it is open now and until when, or when it opens next; numbers, what it
    advises on, usual hours, what a call costs, whether it is recorded, in which languages."""

    key: str
    name: Speech
    path: tuple[str, ...]
    is_open: bool
    status: Speech
    numbers: tuple[Number, ...]
    about: Speech
    hours: Speech
    charge: Speech
    recorded: Speech | None
    language: Speech | None


@dataclass(frozen=True, slots=True)
class Group:
    """Words of the line that belong to no part of the tree."""

    key: str
    speeches: tuple[Speech, ...]


@dataclass(frozen=True, slots=True)
class Transcript:
    """All that the line can say in one language at one time."""

    language: Language
    greeting: Speech
    alerts: tuple[Speech, ...]
    main: MenuPart
    more: tuple[TextPart, ...]
    languages: tuple[Option, ...]
    desks: tuple[DeskPart, ...]
    help: tuple[Speech, ...]
    help_audio: str | None
    others: tuple[Group, ...]


def transcript(line: Line, language: str, now: datetime, listen_to: ListenTo) -> Transcript:
    """The line in `language` as it is at `now` (aware). KeyError where it has no such language."""
    return _Writer(line, line.languages[language], now, listen_to).transcript()


def paths(line: Line) -> Mapping[str, tuple[str, ...]]:
    """The fewest keys that lead from the greeting to each menu, text and desk that keys lead to."""
    found: dict[str, tuple[str, ...]] = {line.start: ()}
    waiting = deque([line.start])
    while waiting:
        node = waiting.popleft()
        for key, there in enumerate(_ways_on(line, node), 1):
            if there not in found:
                found[there] = (*found[node], str(key))
                waiting.append(there)
    return found


def _ways_on(line: Line, node: str) -> tuple[str, ...]:
    if node in line.menus:
        return line.menus[node].options
    return line.texts[node].choices if node in line.texts else ()


@dataclass(frozen=True, slots=True)
class _Writer:
    line: Line
    language: Language
    now: datetime
    listen_to: ListenTo

    @property
    def speaker(self) -> Speaker:
        return Speaker(self.line, self.language, Speed.NORMAL)

    def transcript(self) -> Transcript:
        where = paths(self.line)
        told: set[str] = set()
        main = self._menu(self.line.start, where, told)
        more = tuple(self._text(key, where) for key in self.line.texts if key not in told and key in where)
        help_speeches = tuple(self._speech(prompt.chunks()) for prompt in self._numbered("help.passages"))
        return Transcript(
            language=self.language,
            greeting=self._prompt("say.greeting"),
            alerts=tuple(self._alerts()),
            main=main,
            more=more,
            languages=tuple(self._language_page()),
            desks=tuple(self._desk(desk, where.get(desk.key, ())) for desk in self.line.desks.values()),
            help=(self._prompt("help.name"), *help_speeches, self._prompt("help.end")),
            help_audio=self.listen_to(self.language.code, "help"),
            others=tuple(self._others()),
        )

    # --- the tree -------------------------------------------------------------------------

    def _menu(self, key: str, where: Mapping[str, tuple[str, ...]], told: set[str]) -> MenuPart:
        told.add(key)
        options = tuple(self._menu_options(key))
        lead = f"menu.{key}.lead"
        return MenuPart(
            key=key,
            name=self._prompt(f"menu.{key}.name"),
            path=where.get(key, ()),
            lead=self._prompt(lead) if lead in self.language.prompts else None,
            count=self._speech(self.speaker.prompt("say.choose", count=self._count(options))),
            options=options,
            parts=tuple(self._parts(self.line.menus[key].options, where, told)),
        )

    def _parts(
        self, keys: Iterable[str], where: Mapping[str, tuple[str, ...]], told: set[str]
    ) -> Iterator[MenuPart | TextPart]:
        for key in keys:
            if key in told or key in self.line.desks:
                continue
            if key in self.line.menus:
                yield self._menu(key, where, told)
            else:
                told.add(key)
                yield self._text(key, where)

    def _text(self, key: str, where: Mapping[str, tuple[str, ...]]) -> TextPart:
        passages = self.line.passages(key, self.language.code)
        choices = self.line.texts[key].choices
        return TextPart(
            key=key,
            name=self._prompt(f"text.{key}.name"),
            path=where.get(key, ()),
            passages=tuple(self._speech(passage.chunks()) for passage in passages),
            audio=self.listen_to(self.language.code, key),
            options=tuple(self._option(number, choice) for number, choice in enumerate(choices, 1)),
        )

    def _menu_options(self, menu: str) -> Iterator[Option]:
        options = self.line.menus[menu].options
        for number, key in enumerate(options, 1):
            speech = self._speech(self.speaker.option(number, self.speaker.offer(Place(key), self.now)))
            yield Option(str(number), speech, key)
        if menu == self.line.start:
            for other in self._other_languages():
                yield self._language_option(len(options) + 1, other)

    def _option(self, number: int, key: str) -> Option:
        """What a text offers: another text to be read, or a desk to be rung."""
        place = Place(key, "join" if key in self.line.desks else "")
        return Option(str(number), self._speech(self.speaker.option(number, self.speaker.offer(place, self.now))), key)

    def _language_option(self, number: int, other: Language) -> Option:
        speaker = Speaker(self.line, other, Speed.NORMAL)
        words = speaker.option(number, speaker.prompt("choice.language"))
        return Option(str(number), _speech(other, words), None)

    def _language_page(self) -> Iterator[Option]:
        """Languages are chosen on a page of their own where there are several, three at a time."""
        others = self._other_languages()
        if len(others) > 1:
            for index, other in enumerate(others):
                yield self._language_option((index if len(others) <= 4 else index % 3) + 1, other)

    def _other_languages(self) -> tuple[Language, ...]:
        return tuple(other for code, other in self.line.languages.items() if code != self.language.code)

    def _count(self, options: Iterable[Option]) -> tuple[Part, ...]:
        return self.speaker.prompt(f"count.{len({option.key for option in options})}")

    # --- desks and alerts -----------------------------------------------------------------

    def _desk(self, desk: Desk, path: tuple[str, ...]) -> DeskPart:
        answers = self.language.code in desk.languages
        return DeskPart(
            key=desk.key,
            name=self._prompt(f"desk.{desk.key}.name"),
            path=path,
            is_open=desk.hours.is_open(self.now),
            status=self._speech(self.speaker.status(desk, self.now)),
            numbers=tuple(self._number(number) for number in desk.numbers),
            about=self._prompt(f"desk.{desk.key}.about"),
            hours=self._speech(self.speaker.usual_hours(desk)),
            charge=self._prompt(f"desk.{desk.key}.charge"),
            recorded=self._prompt("join.recorded") if desk.recorded else None,
            language=None if answers else self._prompt("join.language"),
        )

    def _number(self, number: str) -> Number:
        return Number(self._speech((telephone_number(self.language, number),)), tel(number))

    def _alerts(self) -> Iterator[Speech]:
        for alert in self.line.alerts_at(self.now):
            if words := alert.words.get(self.language.code):
                yield self._speech(words.chunks())

    # --- the other words ------------------------------------------------------------------

    def _others(self) -> Iterator[Group]:
        """All prompts that the tree has not told, by the first word of their keys."""
        groups: dict[str, list[Speech]] = {}
        for key, prompt in self.language.prompts.items():
            group = key.partition(".")[0]
            if group not in _IN_THE_TREE and key != _TOLD_FIRST:
                groups.setdefault(group, []).append(self._pattern(prompt))
        for group, speeches in groups.items():
            yield Group(group, tuple(speeches))

    def _pattern(self, prompt: Prompt) -> Speech:
        """A prompt with its slots named rather than filled."""
        return self._speech(prompt.fill({name: (Chunk(_SLOT + name, (Span(name),)),) for name in prompt.slots}))

    # --- words ----------------------------------------------------------------------------

    def _numbered(self, prefix: str) -> tuple[Prompt, ...]:
        prompts = self.language.prompts
        return tuple(prompts[f"{prefix}.{n}"] for n in range(1, len(prompts)) if f"{prefix}.{n}" in prompts)

    def _prompt(self, key: str) -> Speech:
        return self._speech(self.speaker.prompt(key))

    def _speech(self, parts: Iterable[Part]) -> Speech:
        return _speech(self.language, parts)


def _speech(language: Language, parts: Iterable[Part]) -> Speech:
    runs = tuple(_run(part) for part in parts if isinstance(part, Chunk))
    return Speech(language.code, language.joint, runs)


def _run(chunk: Chunk) -> Run:
    if chunk.key.startswith(_SLOT):
        return Run(chunk.key, chunk.written, slot=True)
    return Run(chunk.key, chunk.written)

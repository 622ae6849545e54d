"""The line as a page: every word that it can say in one language, in the order of its menus.

Pure functions from a Line and a time to values that a template writes down (R17). The words
come from the prompts and from the `Speaker` that the telephone speaks with, so the page and
the telephone cannot disagree.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from ivr.call.positions import start
from ivr.call.reaching import person_told
from ivr.call.speaking import Speaker
from ivr.call.state import CallState
from ivr.line import prompt_keys as keys
from ivr.line import tree
from ivr.line.chunks import telephone_number
from ivr.line.named_numbers import number_of
from ivr.line.numbers import tel
from ivr.line.speeds import Speed
from ivr.line.tree import Place
from ivr.line.values import Desk, Kind, Language, Line
from ivr.line.words import Chunk, Part, Prompt, Span

ListenTo = Callable[[str, str], str | None]
"""Where one can listen to a text, or to the "help", in a language (code); None: nowhere."""

_IN_THE_TREE = (Kind.MENU, Kind.TEXT, Kind.DESK, keys.HELP, "hours", keys.ALERT)
"""First words of the keys of prompts that are told where the tree has them; of which hours are made; of alerts
that nobody hears until staff give them."""

_TOLD_FIRST = "say.greeting"
_SLOT = "slot."
_CLOSING = (".", ",", ";", ":", "!", "?")


@dataclass(frozen=True, slots=True)
class Run:
    """Words under the key of their prompt. Where `slot` is true, `words` names what the line
    fills in. `pieces` are the words, the telephone numbers among them with their ``tel:`` address."""

    key: str
    words: str
    slot: bool = False
    pieces: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Speech:
    """Runs in one language; `joint` stands between them when they are written, but before no mark that ends a
    sentence."""

    language: str
    joint: str
    runs: tuple[Run, ...]

    @property
    def words(self) -> str:
        """The words as one reads them."""
        return "".join(self.joint_before(run) + run.words for run in self.runs)

    def joint_before(self, run: Run) -> str:
        """What stands between a run and the one before it."""
        return "" if run is self.runs[0] or run.words.startswith(_CLOSING) else self.joint


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
    """A menu: its options, what is said before them (`person`) and behind them, and the parts they lead to.

    A part that several menus lead to is told once, behind the first.
    """

    key: str
    name: Speech
    path: tuple[str, ...]
    person: Speech | None
    lead: Speech | None
    count: Speech | None
    options: tuple[Option, ...]
    parts: tuple["MenuPart | TextPart", ...]


@dataclass(frozen=True, slots=True)
class Number:
    """A telephone number as the public knows it, and as a ``tel:`` address."""

    speech: Speech
    address: str


@dataclass(frozen=True, slots=True)
class DeskPart:
    """A desk: where help is at any hour, if it is closed or is just that (`now`); whether it is open now and
    until when, or when it opens next, and whether it is closed by hand alone (`suspended`); numbers, what it
    advises on, usual hours, what a call costs, whether it is recorded, in which languages."""

    key: str
    name: Speech
    path: tuple[str, ...]
    is_open: bool
    suspended: bool
    now: tuple[Speech, ...]
    status: Speech
    after_hours: Speech | None
    numbers: tuple[Number, ...]
    about: tuple[Speech, ...]
    hours: Speech
    charge: Speech
    recorded: Speech | None
    language: Speech | None


@dataclass(frozen=True, slots=True)
class ContactPart:
    """A way to ask without a telephone, in words of the page's language; `link` as a browser follows it."""

    key: str
    name: str
    about: str
    address: str
    link: str | None


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
    languages: tuple[tuple[Option, ...], ...]
    desks: tuple[DeskPart, ...]
    contacts: tuple[ContactPart, ...]
    help: tuple[Speech, ...]
    help_audio: str | None
    others: tuple[Group, ...]


def transcript(line: Line, language: str, now: datetime, listen_to: ListenTo) -> Transcript:
    """The line in `language` as it is at `now` (aware). KeyError where it has no such language."""
    return _Writer(line, line.languages[language], now, listen_to).transcript()


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
        where = tree.key_paths(self.line)
        told: set[str] = set()
        main = self._menu(self.line.start, where, told)
        more = tuple(self._text(key, where) for key in self.line.texts if key not in told and key in where)
        return Transcript(
            language=self.language,
            greeting=self._prompt("say.greeting"),
            alerts=tuple(self._alerts()),
            main=main,
            more=more,
            languages=tuple(self._language_pages()),
            desks=tuple(self._desk(desk, where.get(desk.key, ())) for desk in self.line.desks.values()),
            contacts=tuple(self._contacts()),
            help=(self._prompt("help.name"), *self._help(), self._prompt("help.end")),
            help_audio=self.listen_to(self.language.code, "help"),
            others=tuple(self._others()),
        )

    # --- the tree -------------------------------------------------------------------------

    def _menu(self, key: str, where: Mapping[str, tuple[str, ...]], told: set[str]) -> MenuPart:
        told.add(key)
        options = tuple(self._options(Place(key)))
        lead = keys.of_node(Kind.MENU, key, keys.LEAD)
        person = person_told(self._call_at(key))
        count = None if tree.within(self.line, Place(key)) else self._count(options)
        return MenuPart(
            key=key,
            name=self._name(key),
            path=where.get(key, ()),
            lead=self._if_any(lead),
            person=self._speech(person) if person else None,
            count=self._speech(self.speaker.prompt("say.choose", count=count)) if count else None,
            options=options,
            parts=tuple(self._parts(tree.ways_on(self.line, key), where, told)),
        )

    def _call_at(self, menu: str) -> CallState:
        """A call that has come to a menu."""
        begun = start(self.line, self.language.code)
        return CallState(self.line, replace(begun, trail=tree.standing_at(self.line, Place(menu))), self.now)

    def _parts(
        self, keys: Iterable[str], where: Mapping[str, tuple[str, ...]], told: set[str]
    ) -> Iterator[MenuPart | TextPart]:
        for key in keys:
            kind = tree.kind_of(self.line, key)
            if key in told or kind is Kind.DESK:
                continue
            if kind is Kind.MENU:
                yield self._menu(key, where, told)
            else:
                told.add(key)
                yield self._text(key, where)

    def _text(self, key: str, where: Mapping[str, tuple[str, ...]]) -> TextPart:
        return TextPart(
            key=key,
            name=self._name(key),
            path=where.get(key, ()),
            passages=self._passages(key),
            audio=self.listen_to(self.language.code, key),
            options=tuple(self._options(Place(key, tree.END))),
        )

    def _options(self, place: Place) -> Iterator[Option]:
        """What the keys lead to at a place, just as the telephone tells it."""
        choices = tree.choices(self.line, self.language.code, place)
        for at, (number, there) in enumerate(tree.in_order_told(self.line, place, choices)):
            if there.node == Kind.LANGUAGES:
                yield from self._language_options(number, there)
            else:
                short = at > 0 or tree.within(self.line, place)
                speech = self._speech(self.speaker.option(number, self.speaker.offer(there, self.now), short))
                yield Option(str(number), speech, there.node)

    def _language_options(self, number: int, place: Place) -> Iterator[Option]:
        for code in tree.inviting(self.line, self.language.code, place):
            other = self.line.languages[code]
            speaker = Speaker(self.line, other, Speed.NORMAL)
            words = speaker.option(number, speaker.invitation(self.language.code, place))
            yield Option(str(number), _speech(other, words), None)

    def _language_pages(self) -> Iterator[tuple[Option, ...]]:
        """The options of the menu of languages, page by page."""
        for page in tree.language_pages(self.line, self.language.code):
            numbered = enumerate(page, 1)
            yield tuple(option for number, place in numbered for option in self._language_options(number, place))

    def _count(self, options: Iterable[Option]) -> tuple[Part, ...]:
        return self.speaker.prompt(keys.count(len({option.key for option in options})))

    # --- desks, contacts and alerts -------------------------------------------------------

    def _desk(self, known: Desk, path: tuple[str, ...]) -> DeskPart:
        desk = known.heard_in(self.language.code)
        answers = desk.answers_in(self.language.code)
        return DeskPart(
            key=desk.key,
            name=self._name(desk.key),
            path=path,
            is_open=desk.hours.is_open(self.now),
            suspended=desk.hours.suspended(self.now),
            now=tuple(self._at_once(desk)),
            status=self._speech(self.speaker.status(desk, self.now)),
            numbers=tuple(self._number(number) for number in desk.numbers),
            about=tuple(self._about(desk)),
            after_hours=self._if_any(keys.of_node(Kind.DESK, desk.key, keys.AFTER_HOURS)),
            hours=self._speech(self.speaker.usual_hours(desk)),
            charge=self._prompt(keys.of_node(Kind.DESK, desk.key, keys.CHARGE)),
            recorded=self._prompt("join.recorded") if desk.recorded else None,
            language=None if answers else self._prompt("join.language"),
        )

    def _about(self, desk: Desk) -> Iterator[Speech]:
        for part in (keys.ABOUT, keys.MORE):
            if parts := self.speaker.optional(keys.of_node(Kind.DESK, desk.key, part)):
                yield self._speech(parts)

    def _at_once(self, desk: Desk) -> Iterator[Speech]:
        """What is said where help is needed at once: of a desk of any hour, and before one that is closed."""
        if desk.hours.always:
            yield self._speech(self.speaker.now(desk))
        elif not desk.hours.is_open(self.now):
            yield from self._help_now(desk.key)

    def _help_now(self, node: str) -> Iterator[Speech]:
        for key in tree.help_now_at(self.line, node):
            yield self._speech(self.speaker.now(self.line.desks[key].heard_in(self.language.code)))

    def _number(self, number: str) -> Number:
        return Number(self._speech((telephone_number(self.language, number),)), tel(number))

    def _contacts(self) -> Iterator[ContactPart]:
        for contact in self.line.contacts:
            if words := contact.words.get(self.language.code):
                yield ContactPart(contact.key, words.name, words.about, contact.shown, contact.link)

    def _alerts(self) -> Iterator[Speech]:
        for alert in self.line.alerts_at(self.now):
            if words := alert.words.get(self.language.code):
                yield self._speech(words.chunks())

    # --- the other words ------------------------------------------------------------------

    def _others(self) -> Iterator[Group]:
        """All prompts that the tree has not told, by the first word of their keys."""
        groups: dict[str, list[Speech]] = {}
        for key, prompt in self.language.prompts.items():
            parts = keys.taken_apart(key)
            group = keys.WHISPER if parts.part == keys.WHISPER else parts.family
            unused = key == keys.FOR_ALL_LANGUAGES and not tree.speaks_for_all(self.line)
            if group not in _IN_THE_TREE and key != _TOLD_FIRST and not unused:
                groups.setdefault(group, []).append(self._pattern(prompt))
        groups.setdefault("silence", []).extend(self._by_help())
        for group, speeches in groups.items():
            yield Group(group, tuple(speeches))

    def _by_help(self) -> Iterator[Speech]:
        """The ways into other languages by the help, each in its own words."""
        for code, language in self.line.languages.items():
            if code != self.language.code and keys.LANGUAGE_BY_HELP in language.prompts:
                yield _speech(language, language.prompts[keys.LANGUAGE_BY_HELP].chunks())

    def _pattern(self, prompt: Prompt) -> Speech:
        """A prompt with its slots named rather than filled."""
        return self._speech(prompt.fill({name: (Chunk(_SLOT + name, (Span(name),)),) for name in prompt.slots}))

    # --- words ----------------------------------------------------------------------------

    def _help(self) -> tuple[Speech, ...]:
        """The help, which begins with the other languages, each in its own words."""
        first, *others = self._passages(keys.HELP)
        return (first, *(option.speech for option in self._options(Place(Kind.HELP, "0"))), *others)

    def _passages(self, text: str) -> tuple[Speech, ...]:
        return tuple(self._speech(passage.chunks()) for passage in self.line.passages(text, self.language.code))

    def _name(self, node: str) -> Speech:
        return self._speech(self.speaker.name(node))

    def _if_any(self, key: str) -> Speech | None:
        return self._prompt(key) if key in self.language.prompts else None

    def _prompt(self, key: str) -> Speech:
        return self._speech(self.speaker.prompt(key))

    def _speech(self, parts: Iterable[Part]) -> Speech:
        return _speech(self.language, parts)


def written(language: Language, parts: Iterable[Part]) -> str:
    """What the line says, as one reads it."""
    return _speech(language, parts).words


def _speech(language: Language, parts: Iterable[Part]) -> Speech:
    runs = tuple(_run(part) for part in parts if isinstance(part, Chunk))
    return Speech(language.code, language.joint, runs)


def _run(chunk: Chunk) -> Run:
    number = number_of(chunk)
    spans = ((span.written, span.named) for span in chunk.spans) if number is None else ((chunk.written, number),)
    pieces = tuple((words, tel(named) if named else "") for words, named in spans)
    return Run(chunk.key, chunk.written, chunk.key.startswith(_SLOT), pieces)

"""From the files of `prompts/` to a Line, or to a list of all that is wrong with them."""

import hashlib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from difflib import get_close_matches
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from ivr.line import numbers, week
from ivr.line import prompt_keys as keys
from ivr.line.contacts import CONTACTS, contacts
from ivr.line.hours import Hours, OnHolidays, YearlyClosing
from ivr.line.hours_words import usual_hours
from ivr.line.language_files import READINGS, Beside, language_of, with_later
from ivr.line.named_numbers import directory
from ivr.line.problems import Problem, TomlTable
from ivr.line.sentences import Sentence, as_sentence, sentence
from ivr.line.toml_files import parsed, unspeakable
from ivr.line.usual import CannotSay
from ivr.line.values import (
    FEWEST_OPTIONS,
    MOST_CHOICES,
    MOST_FIRST_OPTIONS,
    MOST_OPTIONS,
    RESERVED,
    Confirmation,
    Desk,
    Kind,
    Language,
    Line,
    Menu,
    Text,
)
from ivr.line.vocabulary import (
    required_prompts,
    required_words,
)

STRUCTURE = "line.toml"
ALERTS = "alerts.toml"
NUMBERS = "numbers"
"""The table of telephone numbers that are no desk's."""

LONGEST_CONFIRMATION = 3660
"""Days after which facts may be asked for again at most: ten years [own value]."""

_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")  # it stands in addresses, of which a call has sixteen in one
_CODE = re.compile(r"(?=.{2,16}$)[a-z]{2,3}(-[A-Za-z0-9]{1,8})*")  # so long as tables of the store have room


class LineError(Exception):
    """The prompt files make no line. `problems` names every fault found, with its place."""

    def __init__(self, problems: Sequence[Problem]):
        self.problems = tuple(problems)
        super().__init__(_as_lines(self.problems))


def _as_lines(problems: Iterable[Problem]) -> str:
    return "\n".join(map(str, problems))


def read(folder: Path) -> Line:
    """The line in `folder`. LineError where the files are missing or wrong."""
    return load(read_files(folder))


def read_files(folder: Path) -> dict[str, bytes]:
    """The prompt files in `folder`, by name. LineError where there is no line among them."""
    files = {path.name: path.read_bytes() for path in sorted(folder.glob("*.toml"))}
    if STRUCTURE not in files:
        raise LineError(
            [Problem(STRUCTURE, str(folder), sentence("put the line's file here; the shipped one can be copied"))]
        )
    return files


def load(files: Mapping[str, bytes], lent: Mapping[str, bytes] = MappingProxyType({})) -> Line:
    """The line that these files make (name -> bytes). LineError lists all that is wrong.

    Prompts that came with a later release than the files are taken from `lent`, the files of the
    release that reads them: what was published before must go on to be heard."""
    return _loaded(frozenset(files.items()), frozenset(lent.items()))


@lru_cache(maxsize=4)
def _loaded(files: frozenset[tuple[str, bytes]], lent: frozenset[tuple[str, bytes]]) -> Line:
    """The same files make the same line, which nothing changes afterwards: what is on the line, in a draft, and
    asked for again by the next page is read once. A line takes some megabytes, hence a few only."""
    problems: list[Problem] = []
    tables = {name: parsed(name, content, problems) for name, content in sorted(files)}
    for name, table in tables.items():
        problems += unspeakable(name, table)
    if STRUCTURE not in tables:
        problems.append(Problem(STRUCTURE, "whole file", sentence("is missing; the shipped one can be copied")))
    if problems:
        raise LineError(problems)
    line = _Loader(tables, problems, dict(files), dict(lent)).line(edition_of(dict(files)))
    if problems or line is None:
        raise LineError(problems)
    return line


def ringing_itself(line: Line, own: Collection[str]) -> tuple[Problem, ...]:
    """What is wrong where a desk is reached by the numbers (E.164) by which the line itself is rung:
    such a transfer would come back to the line."""
    return tuple(
        Problem(STRUCTURE, place, as_sentence(numbers.NoNumber(numbers.OWN, dial)))
        for desk in line.desks.values()
        for place, dial in _dialled(desk)
        if dial in own
    )


def _dialled(desk: Desk) -> Iterator[tuple[str, str]]:
    """The numbers (E.164) by which a desk is rung, with their places; a language has one of its own where it
    differs."""
    if desk.dial is not None:
        yield keys.of_node(Kind.DESK, desk.key, "dial"), desk.dial
    for code, version in desk.in_language.items():
        if version.dial not in (None, desk.dial):
            yield keys.in_language(desk.key, code, "dial"), str(version.dial)


def edition_of(files: Mapping[str, bytes]) -> str:
    """The name of the edition that these bytes make: the first 10 hex digits of a SHA-256."""
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(name.encode() + b"\0" + hashlib.sha256(files[name]).digest())
    return digest.hexdigest()[:10]


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


class _Loader:
    def __init__(
        self,
        tables: Mapping[str, dict[str, Any]],
        problems: list[Problem],
        files: Mapping[str, bytes],
        lent: Mapping[str, bytes],
    ):
        self.tables = tables
        self.problems = problems
        self.files = files
        self.lent = lent

    def line(self, edition: str) -> Line | None:
        root = TomlTable(STRUCTURE, "line.toml", self.tables[STRUCTURE], self.problems)
        head = TomlTable(STRUCTURE, "line", root.get("line", dict, "a table [line]") or {}, self.problems)
        zone = self._zone(head)
        yearly = self._closings(head)
        codes = head.strings("languages", '["xx"], the first part of xx.toml')
        desks = {t.name: self._desk(t, str(zone), yearly) for t in self._nodes(root, Kind.DESK)}
        menus = {t.name: self._menu(t) for t in self._nodes(root, Kind.MENU)}
        texts = {t.name: self._text(t) for t in self._nodes(root, Kind.TEXT)}
        others = self._other_numbers(root, desks)
        root.refuse_strangers()
        start = head.get("start", str, '"main"')
        nearest = head.strings("nearest", '["city"]')
        silence_desk = head.get("silence_desk", str, '"city"')
        within = self._within(head)
        head.refuse_strangers()
        self._check_keys((*menus, *texts, *desks))
        self._check_links(menus, texts, desks, start, nearest, silence_desk, head)
        told = contacts(self._beside(CONTACTS), self.problems)
        languages = self._languages(codes, head, menus, texts, desks, others)
        prepared = self._prepared_alerts()
        if self.problems:
            return None
        return Line(
            edition=edition,
            start=start,
            zone=zone,
            languages=MappingProxyType(languages),
            menus=MappingProxyType(menus),
            texts=MappingProxyType(texts),
            desks=MappingProxyType(desks),
            nearest=nearest,
            silence_desk=silence_desk,
            confirm_within_days=within,
            prepared_alerts=prepared,
            contacts=told,
        )

    def _prepared_alerts(self) -> tuple[str, ...]:
        """The keys of alerts whose words stand ready."""
        table = TomlTable(ALERTS, ALERTS, dict(self._beside(ALERTS)), self.problems)
        alerts = table.strings("alerts", '["fake_calls"]', [])
        for alert in alerts:
            if not _KEY.fullmatch(alert):
                table.fault(
                    "alerts",
                    sentence("%(alert)r is no name: write at most 40 small letters, digits and _", alert=alert),
                )
        table.refuse_strangers()
        return alerts

    def _beside(self, file: str) -> Mapping[str, Any]:
        """What a file says that came later than the line's own; older files lack it, and are lent it."""
        if file in self.tables:
            return self.tables[file]
        return parsed(file, self.lent[file], []) if file in self.lent else {}

    def _nodes(self, root: TomlTable, kind: Kind) -> Iterator[TomlTable]:
        tables = root.get(kind, dict, f"tables such as [{kind}.name]") or {}
        for key, values in tables.items():
            if not isinstance(values, dict):
                self.problems.append(
                    Problem(
                        STRUCTURE,
                        f"{kind}.{key}",
                        sentence("write it as a table [%(kind)s.%(key)s]", kind=kind, key=key),
                    )
                )
                continue
            yield TomlTable(STRUCTURE, f"{kind}.{key}", values, self.problems)

    def _zone(self, head: TomlTable) -> ZoneInfo:
        name = head.get("timezone", str, '"Asia/Tokyo"')
        if name in _zones():
            return ZoneInfo(name)
        if name is not None:
            head.fault("timezone", sentence("%(name)r is no time zone: write one such as Asia/Tokyo", name=name))
        return ZoneInfo("Asia/Tokyo")

    def _within(self, head: TomlTable) -> int:
        days: int = head.get("confirm_within_days", int, "183", 183)
        if not 0 < days <= LONGEST_CONFIRMATION:
            head.fault(
                "confirm_within_days",
                sentence(
                    "write a number of days from 1 to %(longest_confirmation)s, such as 183",
                    longest_confirmation=LONGEST_CONFIRMATION,
                ),
            )
        return days

    def _closings(self, table: TomlTable) -> tuple[YearlyClosing, ...]:
        found = []
        for text in table.strings("closed", '["12-29/01-03"]', []):
            try:
                found.append(YearlyClosing.parse(text))
            except ValueError as error:
                table.fault("closed", as_sentence(error))
        return tuple(found)

    def _desk(self, table: TomlTable, zone: str, yearly: tuple[YearlyClosing, ...]) -> Desk:
        dial = table.get("dial", str, '"045-671-3792"', None)
        recorded = table.get("recorded", bool, "false", False)
        whisper = table.get("whisper", bool, "false", True)
        languages = table.strings("languages", '["xx"], a code for each that it answers in')
        desk = Desk(
            key=table.name,
            numbers=self._numbers(table),
            dial=self._dial(table, dial) if dial is not None else None,
            hours=self._hours(table, zone, yearly),
            recorded=recorded,
            languages=languages,
            confirmation=self._confirmation(table),
            whisper=whisper,
            desks=table.strings("desks", '["consumer"]', ()),
            help_now=table.strings("help_now", '["emergency"]', ()),
            multilingual=table.get("multilingual", bool, "false", False),
        )
        versions = dict(self._in_languages(table, desk))
        table.refuse_strangers()
        return replace(desk, in_language=MappingProxyType(versions))

    def _in_languages(self, table: TomlTable, desk: Desk) -> Iterator[tuple[str, Desk]]:
        """The desk as it is for callers in a language in which it has numbers or hours of its own."""
        tables = table.table("in", f"a table [desk.{desk.key}.in.xx]")
        for code in tables.values if tables else ():
            example = f"a table [desk.{desk.key}.in.{code}]"
            within = tables.table(code, example) if tables else None
            if within is None:
                continue
            if not _CODE.fullmatch(code):
                within.fault(
                    "", sentence("%(code)r is no language: write a code of BCP 47, such as two letters", code=code)
                )
            yield code, self._in_language(within, desk, code)

    def _in_language(self, table: TomlTable, desk: Desk, code: str) -> Desk:
        """What a desk's table for one language leaves out is as in all others; only a number to dial does
        not go with other numbers."""
        if not table.values.keys() & {"numbers", "hours", "holidays", "closed", "dial"}:
            table.fault(
                "", sentence('says nothing: write numbers = ["045-671-3792"] or hours of its own, or take it out')
            )
        dial = table.get("dial", str, '"045-671-3792"', None)
        rung = self._dial(table, dial) if dial is not None else None if "numbers" in table.values else desk.dial
        version = replace(
            desk,
            numbers=self._numbers(table) if "numbers" in table.values else desk.numbers,
            dial=rung,
            hours=self._hours(table, desk.hours.zone, desk.hours.closings, desk.hours),
            languages=tuple(dict.fromkeys((*desk.languages, code))) if "numbers" in table.values else desk.languages,
        )
        table.get("numbers", list, '["045-671-3792"]', None)
        table.refuse_strangers()
        return version

    def _hours(
        self, table: TomlTable, zone: str, yearly: tuple[YearlyClosing, ...], otherwise: Hours | None = None
    ) -> Hours:
        """The hours of a table; `otherwise`: those that hold where it is silent."""
        default = (otherwise.weekly,) if otherwise else ()
        weekly = table.get("hours", str, '"Mo-Fr 08:30-17:15"', *default) or "off"
        try:
            weekly = week.read(weekly).text
        except ValueError as error:
            table.fault("hours", as_sentence(error))
        behaviour = table.get("holidays", str, '"closed"', str(otherwise.on_holidays) if otherwise else "closed")
        try:
            on_holidays = OnHolidays(behaviour)
        except ValueError:
            known = " or ".join(f'"{choice}"' for choice in OnHolidays)
            table.fault(
                "holidays", sentence("%(behaviour)r is not known: write %(known)s", behaviour=behaviour, known=known)
            )
            on_holidays = OnHolidays.CLOSED
        closings = self._closings(table) if "closed" in table.values else yearly
        return Hours(weekly, on_holidays, closings, zone)

    def _numbers(self, table: TomlTable) -> tuple[str, ...]:
        written = table.strings("numbers", '["045-671-3792"]')
        if not written and table.values.get("numbers") == []:
            table.fault("numbers", sentence('give at least one: write numbers = ["045-671-3792"]'))
        found = []
        for number in written:
            try:
                found.append(numbers.announced(number))
            except numbers.NoNumber as error:
                table.fault("numbers", as_sentence(error))
        return tuple(found)

    def _other_numbers(self, root: TomlTable, desks: Mapping[str, Desk]) -> dict[str, str]:
        """The numbers that are no desk's, by name."""
        table = TomlTable(STRUCTURE, NUMBERS, root.get(NUMBERS, dict, "a table [numbers]", {}), self.problems)
        found = {}
        for name in table.values:
            written = table.get(name, str, '"110"')
            if not _KEY.fullmatch(name) or name in desks:
                table.fault(
                    name, sentence("choose another name: at most 40 small letters, digits and _, not that of a desk")
                )
            elif written is not None:
                try:
                    found[name] = numbers.announced(written)
                except numbers.NoNumber as error:
                    table.fault(name, as_sentence(error))
        return found

    def _dial(self, table: TomlTable, number: str) -> str | None:
        try:
            return numbers.rung(number)
        except numbers.NoNumber as error:
            table.fault("dial", as_sentence(error))
            return None

    def _confirmation(self, table: TomlTable) -> Confirmation:
        source = table.get("source", str, '"where the facts come from"')
        day = table.get("confirmed", date, "2026-11-23", None)
        return Confirmation(source or "", day)

    def _menu(self, table: TomlTable) -> Menu:
        menu = Menu(
            key=table.name,
            options=table.strings("options", '["mail", "telephone"]'),
            desks=table.strings("desks", '["police"]', ()),
            urgent=table.get("urgent", str, '"paid"', None) if "urgent" in table.values else None,
            help_now=table.strings("help_now", '["emergency"]', ()),
        )
        if menu.urgent is not None and menu.urgent not in menu.options:
            table.fault(
                "urgent",
                sentence("%(urgent)r is no option of this menu: write one of them, or take it out", urgent=menu.urgent),
            )
            menu = replace(menu, urgent=None)
        table.refuse_strangers()
        return menu

    def _text(self, table: TomlTable) -> Text:
        choices = table.strings("choices", '["police"]', ())
        text = Text(
            key=table.name,
            choices=choices,
            desks=table.strings("desks", '["police"]', ()),
            confirmation=self._confirmation(table),
            help_now=table.strings("help_now", '["emergency"]', ()),
        )
        if len(choices) > MOST_CHOICES:
            table.fault("choices", sentence("a text offers at most three (keys 1 to 3): leave the less wanted out"))
        table.refuse_strangers()
        return text

    def _check_keys(self, keys: Sequence[str]) -> None:
        for key in keys:
            if not _KEY.fullmatch(key) or key in RESERVED:
                fix = sentence("choose another name: at most 40 small letters, digits and _, none of the line's own")
                self.problems.append(Problem(STRUCTURE, key, fix))
            if keys.count(key) > 1:
                self.problems.append(
                    Problem(STRUCTURE, key, sentence("is used twice: menus, texts and desks share their names"))
                )

    def _check_links(
        self,
        menus: Mapping[str, Menu],
        texts: Mapping[str, Text],
        desks: Mapping[str, Desk],
        start: Any,
        nearest: tuple[str, ...],
        silence_desk: Any,
        head: TomlTable,
    ) -> None:
        nodes = {*menus, *texts, *desks}
        if start is not None and start not in menus:
            head.fault("start", sentence("%(start)r is no menu of this file", start=start))
        if silence_desk is not None and silence_desk not in desks:
            head.fault("silence_desk", sentence("%(silence_desk)r is no desk of this file", silence_desk=silence_desk))
        if not nearest:
            head.fault("nearest", sentence('name at least one desk that 0 may reach: write nearest = ["city"]'))
        self._unknown("line.nearest", nearest, desks)
        self._unknown_desks(menus, texts, desks)
        self._circles(menus)
        for menu in menus.values():
            self._unknown(keys.of_node(Kind.MENU, menu.key, "options"), menu.options, nodes)
            first = menu.key == start
            most = MOST_FIRST_OPTIONS if first else MOST_OPTIONS
            if not FEWEST_OPTIONS <= len(menu.options) <= most:
                fix = _count_of_options(most, first)
                self.problems.append(Problem(STRUCTURE, keys.of_node(Kind.MENU, menu.key, "options"), fix))
        for text in texts.values():
            self._unknown(keys.of_node(Kind.TEXT, text.key, "choices"), text.choices, {*texts, *desks})
            if text.key in text.choices:
                place = keys.of_node(Kind.TEXT, text.key, "choices")
                self.problems.append(Problem(STRUCTURE, place, sentence("offers itself: take it out")))

    def _unknown_desks(self, menus: Mapping[str, Menu], texts: Mapping[str, Text], desks: Mapping[str, Desk]) -> None:
        for kind, nodes in ((Kind.MENU, menus), (Kind.TEXT, texts), (Kind.DESK, desks)):
            for node in nodes.values():
                self._unknown(keys.of_node(kind, node.key, "desks"), node.desks, desks)
                self._unknown(keys.of_node(kind, node.key, "help_now"), node.help_now, desks)

    def _circles(self, menus: Mapping[str, Menu]) -> None:
        """Menus that hold themselves, directly or through others."""
        for key in menus:
            inside: set[str] = set()
            waiting = [key]
            while waiting:
                below = [option for option in menus[waiting.pop()].options if option in menus and option not in inside]
                inside.update(below)
                waiting += below
            if key in inside:
                fix = sentence("leads back to itself: take one of the options out")
                self.problems.append(Problem(STRUCTURE, keys.of_node(Kind.MENU, key, "options"), fix))

    def _unknown(self, place: str, names: Sequence[str], known: Mapping[str, Any] | set[str]) -> None:
        for name in names:
            if name not in known:
                self.problems.append(Problem(STRUCTURE, place, _unknown(name, known)))

    def _languages(
        self,
        codes: Sequence[str],
        head: TomlTable,
        menus: Mapping[str, Menu],
        texts: Mapping[str, Text],
        desks: Mapping[str, Desk],
        others: Mapping[str, str],
    ) -> dict[str, Language]:
        languages = {}
        if not codes:
            head.fault("languages", sentence('name at least one: write languages = ["xx"], the first part of xx.toml'))
        for code in codes:
            file = f"{code}.toml"
            if not _CODE.fullmatch(code) or file in (STRUCTURE, READINGS, ALERTS):
                head.fault(
                    "languages",
                    sentence("%(code)r is no language: write a code of BCP 47, such as two letters", code=code),
                )
                continue
            if file not in self.tables:
                self.problems.append(
                    Problem(
                        file, "whole file", sentence("is missing: add it, or take %(code)r out of languages", code=code)
                    )
                )
                continue
            named = directory({key: desk.numbers_in(code) for key, desk in desks.items()}, others)
            beside = Beside(self.lent.get(file), self.files.get(READINGS, b""), tuple(named.items()))
            language, problems = language_of(code, self.files[file], beside)
            self.problems += problems
            needed = required_prompts(menus, texts, desks)
            if (
                needed - language.prompts.keys()
                or required_words() - language.words.keys()
                or ALERTS not in self.tables
            ):
                # what a file of alerts lacks was left out
                language, problems = with_later(language, beside, alerts=ALERTS not in self.tables)
                self.problems += problems
            for key in sorted(needed - language.prompts.keys()):
                self.problems.append(Problem(file, key, sentence("is missing: write the words for it")))
            for what in sorted(required_words() - language.words.keys()):
                fix = sentence('is missing: write what a caller may say, %(what)s = ["...", "..."]', what=what)
                self.problems.append(Problem(file, keys.spoken(what), fix))
            languages[code] = language
            if needed <= language.prompts.keys():
                self._check_hours_can_be_said(language, desks)
        return languages

    def _check_hours_can_be_said(self, language: Language, desks: Mapping[str, Desk]) -> None:
        for desk in desks.values():
            key, hours = keys.own_hours(desk.key), desk.heard_in(language.code).hours
            if key in language.prompts or hours.week is week.NEVER:  # that was told already
                continue
            try:
                usual_hours(language, hours)
            except CannotSay as error:
                fix = sentence(
                    "the hours cannot be put into words. %(error)s Change them, or write words of your own here",
                    error=as_sentence(error),
                )
                self.problems.append(Problem(f"{language.code}.toml", key, fix))


def _count_of_options(most: int, first: bool) -> Sentence:
    """How many options a menu may have."""
    if first:
        return sentence("give two to %(most)s options: the fourth key of the first menu is for the language", most=most)
    return sentence("give two to %(most)s options: more cannot be remembered", most=most)


def _unknown(name: str, known: Collection[str]) -> Sentence:
    """A node that is led to and is none."""
    if close := get_close_matches(name, list(known), 1):
        return sentence("%(name)r does not exist; did you mean %(close)s?", name=name, close=close[0])
    return sentence("%(name)r does not exist; known: %(known)s", name=name, known=", ".join(sorted(known)))

"""From the files of `prompts/` to a Line, or to a list of all that is wrong with them."""

import hashlib
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from ivr.line import week
from ivr.line.hours import Hours, OnHolidays, YearlyClosing
from ivr.line.hours_words import own_words, usual_hours
from ivr.line.readings import Table, applied, checked
from ivr.line.usual import CannotSay
from ivr.line.values import RESERVED, Confirmation, Desk, Language, Line, Menu, Text
from ivr.line.vocabulary import required_prompts, required_words, slots_of
from ivr.line.words import Prompt, parse, spans_of

STRUCTURE = "line.toml"
READINGS = "readings.toml"
_KEY = re.compile(r"[a-z][a-z0-9_]*")
_HOURS_FOR = re.compile(r"desk\.([^.]+)\.hours_for")
_DATE_KEYS = ("source", "confirmed")
_NEVER_DIALLED = ("110", "118", "119", "171", "188", "189", "0570", "0120", "0800", "0990", "00")
_REQUIRED: Any = object()


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong in a prompt file: where it stands and how to mend it."""

    file: str
    key: str
    fix: str

    def __str__(self) -> str:
        return f"{self.file}: {self.key}: {self.fix}"


class LineError(Exception):
    """The prompt files make no line. `problems` names every fault found, with its place."""

    def __init__(self, problems: Sequence[Problem]):
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def read(folder: Path) -> Line:
    """The line in `folder`. LineError where the files are missing or wrong."""
    return load(read_files(folder))


def read_files(folder: Path) -> dict[str, bytes]:
    """The prompt files in `folder`, by name. LineError where there is no line among them."""
    files = {path.name: path.read_bytes() for path in sorted(folder.glob("*.toml"))}
    if STRUCTURE not in files:
        raise LineError([Problem(STRUCTURE, str(folder), "put the line's file here; the shipped one can be copied")])
    return files


def load(files: Mapping[str, bytes]) -> Line:
    """The line that these files make (name -> bytes). LineError lists all that is wrong."""
    problems: list[Problem] = []
    tables = {name: _parse_toml(name, content, problems) for name, content in files.items()}
    if problems:
        raise LineError(problems)
    line = _Loader(tables, problems).line(edition_of(files))
    if problems or line is None:
        raise LineError(problems)
    return line


def edition_of(files: Mapping[str, bytes]) -> str:
    """The name of the edition that these bytes make: the first 10 hex digits of a SHA-256."""
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(name.encode() + b"\0" + hashlib.sha256(files[name]).digest())
    return digest.hexdigest()[:10]


def _parse_toml(name: str, content: bytes, problems: list[Problem]) -> dict[str, Any]:
    try:
        return tomllib.loads(content.decode("utf-8"))
    except UnicodeDecodeError:
        problems.append(Problem(name, "whole file", "save it as UTF-8"))
    except tomllib.TOMLDecodeError as error:
        problems.append(Problem(name, "whole file", f"this is not TOML: {error}"))
    return {}


@dataclass
class _Table:
    """A TOML table that is asked for its keys and remembers which nobody asked for."""

    file: str
    path: str
    values: dict[str, Any]
    problems: list[Problem]
    asked: set[str] = field(default_factory=set)

    def fault(self, key: str, fix: str) -> None:
        self.problems.append(Problem(self.file, f"{self.path}.{key}" if key else self.path, fix))

    def get(self, key: str, kind: type | tuple[type, ...], example: str, default: Any = _REQUIRED) -> Any:
        self.asked.add(key)
        if key not in self.values:
            if default is _REQUIRED:
                self.fault(key, f"is missing: write {key} = {example}")
                return None
            return default
        value = self.values[key]
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is int):
            self.fault(key, f"has the wrong kind of value: write it like {key} = {example}")
            return None if default is _REQUIRED else default
        return value

    def strings(self, key: str, example: str, default: Any = _REQUIRED) -> tuple[str, ...]:
        value = self.get(key, list, example, default)
        if value is None:
            return ()
        if not all(isinstance(item, str) for item in value):
            self.fault(key, f"holds something that is no text: write it like {key} = {example}")
            return ()
        return tuple(value)

    def refuse_strangers(self) -> None:
        for key in self.values.keys() - self.asked:
            close = get_close_matches(key, self.asked, 1)
            hint = f"did you mean {close[0]}?" if close else f"known here: {', '.join(sorted(self.asked))}"
            self.fault(key, f"is not known; {hint}")


class _Loader:
    def __init__(self, tables: Mapping[str, dict[str, Any]], problems: list[Problem]):
        self.tables = tables
        self.problems = problems

    def line(self, edition: str) -> Line | None:
        root = _Table(STRUCTURE, "line.toml", self.tables[STRUCTURE], self.problems)
        head = _Table(STRUCTURE, "line", root.get("line", dict, "a table [line]") or {}, self.problems)
        zone = self._zone(head)
        yearly = self._closings(head)
        desks = {t.path.split(".")[1]: self._desk(t, str(zone), yearly) for t in self._nodes(root, "desk")}
        menus = {t.path.split(".")[1]: self._menu(t) for t in self._nodes(root, "menu")}
        texts = {t.path.split(".")[1]: self._text(t) for t in self._nodes(root, "text")}
        root.refuse_strangers()
        codes = head.strings("languages", '["ja", "en"]')
        start = head.get("start", str, '"main"')
        nearest = head.strings("nearest", '["city"]')
        silence_desk = head.get("silence_desk", str, '"city"')
        within = head.get("confirm_within_days", int, "183", 183)
        head.refuse_strangers()
        self._check_keys((*menus, *texts, *desks))
        self._check_links(menus, texts, desks, start, nearest, silence_desk, head)
        languages = self._languages(codes, head, menus, texts, desks)
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
        )

    def _nodes(self, root: _Table, kind: str) -> Iterator[_Table]:
        tables = root.get(kind, dict, f"tables such as [{kind}.name]") or {}
        for key, values in tables.items():
            if not isinstance(values, dict):
                self.problems.append(Problem(STRUCTURE, f"{kind}.{key}", f"write it as a table [{kind}.{key}]"))
                continue
            yield _Table(STRUCTURE, f"{kind}.{key}", values, self.problems)

    def _zone(self, head: _Table) -> ZoneInfo:
        name = head.get("timezone", str, '"Asia/Tokyo"') or "Asia/Tokyo"
        try:
            return ZoneInfo(name)
        except (KeyError, ValueError):
            head.fault("timezone", f"{name!r} is no time zone: write one such as Asia/Tokyo")
            return ZoneInfo("Asia/Tokyo")

    def _closings(self, table: _Table) -> tuple[YearlyClosing, ...]:
        found = []
        for text in table.strings("closed", '["12-29/01-03"]', []):
            try:
                found.append(YearlyClosing.parse(text))
            except ValueError as error:
                table.fault("closed", str(error))
        return tuple(found)

    def _desk(self, table: _Table, zone: str, yearly: tuple[YearlyClosing, ...]) -> Desk:
        numbers = table.strings("numbers", '["045-671-3792"]')
        dial = table.get("dial", str, '"045-671-3792"', None)
        recorded = table.get("recorded", bool, "false", False)
        languages = table.strings("languages", '["ja"]')
        desk = Desk(
            key=table.path.split(".")[1],
            numbers=numbers,
            dial=self._e164(table, dial) if dial is not None else None,
            hours=self._hours(table, zone, yearly),
            recorded=recorded,
            languages=languages,
            confirmation=self._confirmation(table),
        )
        table.refuse_strangers()
        return desk

    def _hours(self, table: _Table, zone: str, yearly: tuple[YearlyClosing, ...]) -> Hours:
        weekly = table.get("hours", str, '"Mo-Fr 08:30-17:15"') or "off"
        try:
            weekly = week.read(weekly).text
        except ValueError as error:
            table.fault("hours", str(error))
        behaviour = table.get("holidays", str, '"closed"', "closed")
        try:
            on_holidays = OnHolidays(behaviour)
        except ValueError:
            known = " or ".join(f'"{choice}"' for choice in OnHolidays)
            table.fault("holidays", f"{behaviour!r} is not known: write {known}")
            on_holidays = OnHolidays.CLOSED
        closings = self._closings(table) if "closed" in table.values else yearly
        return Hours(weekly, on_holidays, closings, zone)

    def _e164(self, table: _Table, number: str) -> str | None:
        digits = number.replace("-", "")
        if digits.startswith(_NEVER_DIALLED):
            table.fault("dial", f"{number} is never dialled by the line: give the desk's ordinary ten-digit number")
        elif not re.fullmatch(r"0\d{9}|050\d{8}", digits):
            table.fault("dial", f"{number!r} is no Japanese number: write ten digits such as 045-671-3792")
        else:
            return "+81" + digits[1:]
        return None

    def _confirmation(self, table: _Table) -> Confirmation:
        source = table.get("source", str, '"where the facts come from"')
        day = table.get("confirmed", date, "2026-11-23", None)
        return Confirmation(source or "", day)

    def _menu(self, table: _Table) -> Menu:
        menu = Menu(
            key=table.path.split(".")[1],
            options=table.strings("options", '["mail", "telephone"]'),
            desks=table.strings("desks", '["police"]', ()),
        )
        table.refuse_strangers()
        return menu

    def _text(self, table: _Table) -> Text:
        choices = table.strings("choices", '["police"]', ())
        text = Text(
            key=table.path.split(".")[1],
            choices=choices,
            desks=table.strings("desks", '["police"]', ()),
            confirmation=self._confirmation(table),
        )
        if len(choices) > 3:
            table.fault("choices", "a text offers at most three (keys 1 to 3): leave the less wanted out")
        table.refuse_strangers()
        return text

    def _check_keys(self, keys: Sequence[str]) -> None:
        for key in keys:
            if not _KEY.fullmatch(key) or key in RESERVED:
                self.problems.append(
                    Problem(STRUCTURE, key, "choose another name: small letters, digits and _, none of the line's own")
                )
            if keys.count(key) > 1:
                self.problems.append(Problem(STRUCTURE, key, "is used twice: menus, texts and desks share their names"))

    def _check_links(
        self,
        menus: Mapping[str, Menu],
        texts: Mapping[str, Text],
        desks: Mapping[str, Desk],
        start: Any,
        nearest: tuple[str, ...],
        silence_desk: Any,
        head: _Table,
    ) -> None:
        nodes = {*menus, *texts, *desks}
        if start not in menus:
            head.fault("start", f"{start!r} is no menu of this file")
        if silence_desk not in desks:
            head.fault("silence_desk", f"{silence_desk!r} is no desk of this file")
        if not nearest:
            head.fault("nearest", 'name at least one desk that 0 may reach: write nearest = ["city"]')
        self._unknown(f"line.{'nearest'}", nearest, desks)
        for menu in menus.values():
            self._unknown(f"menu.{menu.key}.options", menu.options, nodes)
            self._unknown(f"menu.{menu.key}.desks", menu.desks, desks)
            most = 3 if menu.key == start else 4
            if not 2 <= len(menu.options) <= most:
                why = (
                    "the fourth key of the first menu is for the language" if most == 3 else "more cannot be remembered"
                )
                fix = f"give two to {most} options: {why}"
                self.problems.append(Problem(STRUCTURE, f"menu.{menu.key}.options", fix))
        for text in texts.values():
            self._unknown(f"text.{text.key}.choices", text.choices, {*texts, *desks})
            self._unknown(f"text.{text.key}.desks", text.desks, desks)

    def _unknown(self, place: str, names: Sequence[str], known: Mapping[str, Any] | set[str]) -> None:
        for name in names:
            if name not in known:
                close = get_close_matches(name, list(known), 1)
                hint = f"did you mean {close[0]}?" if close else f"known: {', '.join(sorted(known))}"
                self.problems.append(Problem(STRUCTURE, place, f"{name!r} does not exist; {hint}"))

    def _languages(
        self,
        codes: Sequence[str],
        head: _Table,
        menus: Mapping[str, Menu],
        texts: Mapping[str, Text],
        desks: Mapping[str, Desk],
    ) -> dict[str, Language]:
        languages = {}
        if not codes:
            head.fault("languages", 'name at least one: write languages = ["ja"]')
        for code in codes:
            file = f"{code}.toml"
            if file not in self.tables:
                self.problems.append(
                    Problem(file, "whole file", f"is missing: add it, or take {code!r} out of languages")
                )
                continue
            language = self._language(code, file)
            needed = required_prompts(menus, texts, desks)
            for key in needed - language.prompts.keys():
                self.problems.append(Problem(file, key, "is missing: write the words for it"))
            for key in required_words(menus, texts, desks) - language.words.keys():
                fix = f'is missing: write what a caller may say, {key} = ["...", "..."]'
                self.problems.append(Problem(file, f"words.{key}", fix))
            languages[code] = language
            if needed <= language.prompts.keys():
                self._check_hours_can_be_said(language, desks)
        return languages

    def _check_hours_can_be_said(self, language: Language, desks: Mapping[str, Desk]) -> None:
        for desk in desks.values():
            key = own_words(desk.key)
            if key in language.prompts or desk.hours.week is week.NEVER:  # that was told already
                continue
            try:
                usual_hours(language, desk.hours)
            except CannotSay as error:
                fix = f"the hours cannot be put into words. {error} Change them, or write words of your own here"
                self.problems.append(Problem(f"{language.code}.toml", key, fix))

    def _language(self, code: str, file: str) -> Language:
        root = _Table(file, file, dict(self.tables[file]), self.problems)
        head = _Table(file, "language", root.get("language", dict, "a table [language]") or {}, self.problems)
        words = dict(self._words(file, root.values.get("words", {})))
        language = Language(
            code=code,
            name=head.get("name", str, '"日本語"') or code,
            locale=head.get("locale", str, '"ja-JP"') or code,
            voice=head.get("voice", str, '"Polly.Kazuha-Neural"') or "",
            spaces=head.get("spaces", bool, "true", True),
            prompts=MappingProxyType(self._prompts(file, root.values, self._readings(code))),
            words=MappingProxyType(words),
            noon=head.get("noon", int, "12", 12),
            hours_for=MappingProxyType(dict(self._hours_for(file, root.values))),
        )
        head.refuse_strangers()
        return language

    def _words(self, file: str, table: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, ...]]]:
        """What callers may say, by what it means. A mark that is wrong would stop every call that
        listens."""
        for key, forms in _flatten(table):
            if not isinstance(forms, list):
                continue
            try:
                for form in forms:
                    spans_of(str(form))
            except ValueError as error:
                self.problems.append(Problem(file, f"words.{key}", str(error)))
            yield key, tuple(forms)

    def _readings(self, code: str) -> Table:
        try:
            return checked(code, self.tables.get(READINGS, {}).get(code, {}))
        except ValueError as error:
            self.problems.append(Problem(READINGS, code, str(error)))
            return {}

    def _prompts(self, file: str, values: Mapping[str, Any], readings: Table) -> dict[str, Prompt]:
        found = {}
        tables = {name: table for name, table in values.items() if name not in ("language", "words")}
        for key, text in _flatten(tables):
            if _HOURS_FOR.fullmatch(key):
                continue
            try:
                for number, passage in enumerate(text if isinstance(text, list) else [text], 1):
                    place = f"{key}.{number}" if isinstance(text, list) else key
                    found[place] = self._prompt(place, passage).read_as(lambda spans: applied(readings, spans))
            except ValueError as error:
                self.problems.append(Problem(file, key, str(error)))
        return found

    def _hours_for(self, file: str, values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """Of which hours a language's own words for them are; no words that anybody says."""
        for key, text in _flatten({"desk": values.get("desk", {})}):
            if found := _HOURS_FOR.fullmatch(key):
                if isinstance(text, str):
                    yield found[1], text
                else:
                    self.problems.append(
                        Problem(file, key, 'is no text: write it between quotation marks, as in "..."')
                    )

    def _prompt(self, key: str, text: Any) -> Prompt:
        if not isinstance(text, str):
            raise ValueError('is no text: write it between quotation marks, as in "..."')
        prompt = parse(key, " ".join(text.split()))
        if strange := prompt.slots - slots_of(key):
            known = ", ".join(sorted(slots_of(key))) or "none"
            raise ValueError(f"{{{min(strange)}}} cannot be filled here; slots of this prompt: {known}")
        return prompt


def _flatten(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Nested tables as dotted keys."""
    for key, value in table.items():
        place = f"{prefix}.{key}" if prefix else key
        if isinstance(value, dict):
            yield from _flatten(value, place)
        else:
            yield place, value

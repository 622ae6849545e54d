"""Ways to ask without hearing or speaking on a telephone: a fax, an e-mail address, services on the web. The
public page shows them; the line itself says no more than that there are such.

`contacts.toml` has a table for each, in the order in which the page shows them:

    [fax]
    fax = "045-550-3610"        # or email = "...", or page = "https://..."
    source = "where the facts come from"
    confirmed = 2026-11-23      # left out until somebody has made sure of them
    [fax.ja]                    # and so on in each language; one without words does not show it
    name = "..."
    about = "..."
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

from ivr.line import numbers
from ivr.line.problems import Problem, TomlTable
from ivr.line.sentences import as_sentence, sentence
from ivr.line.text import one_line
from ivr.line.values import Confirmation, Contact, ContactWords

CONTACTS = "contacts.toml"

_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_PAGE = re.compile(r"https://[A-Za-z0-9.-]+(/[A-Za-z0-9._~%/#?=&-]*)?")


def contacts(values: Mapping[str, Any], problems: list[Problem]) -> tuple[Contact, ...]:
    """The contacts in these values of `contacts.toml`; what is wrong in them is added to `problems`."""
    return tuple(_contacts(values, problems))


def _contacts(values: Mapping[str, Any], problems: list[Problem]) -> Iterator[Contact]:
    for key, value in values.items():
        if not isinstance(value, dict):
            problems.append(Problem(CONTACTS, key, sentence("write it as a table [%(key)s]", key=key)))
        elif not _KEY.fullmatch(key):
            problems.append(
                Problem(CONTACTS, key, sentence("choose another name: at most 40 small letters, digits and _"))
            )
        elif found := _contact(key, TomlTable(CONTACTS, key, value, problems)):
            yield found


def _contact(key: str, table: TomlTable) -> Contact | None:
    source = table.get("source", str, '"where the facts come from"')
    confirmed = table.get("confirmed", date, "2026-11-23", None)
    written = {
        kind: table.get(kind, str, f'"{example}"') for kind, (example, _) in KINDS.items() if kind in table.values
    }
    words = MappingProxyType(dict(_words(table)))
    table.asked.update(KINDS)
    table.refuse_strangers()
    if len(written) != 1:
        table.fault("", sentence('write one way to reach it: fax = "...", email = "..." or page = "https://..."'))
        return None
    [(kind, address)] = written.items()
    if address is None:
        return None
    example, tidy = KINDS[kind]
    try:
        return Contact(key, kind, tidy(address), words, Confirmation(source or "", confirmed))
    except ValueError as error:
        table.fault(kind, sentence("%(error)s Write it like %(example)s", error=as_sentence(error), example=example))
        return None


def _words(table: TomlTable) -> Iterator[tuple[str, ContactWords]]:
    """A name and what it is for, by language. That a language is none of the line's any more is no fault."""
    for code, value in table.values.items():
        if isinstance(value, dict):
            table.asked.add(code)
            words = TomlTable(table.file, f"{table.path}.{code}", value, table.problems)
            name, about = (words.get(part, str, '"..."') for part in ("name", "about"))
            words.refuse_strangers()
            if name and about:
                yield code, ContactWords(one_line(name), one_line(about))


def _email(text: str) -> str:
    return _matching(_EMAIL, text, sentence("This is no e-mail address."))


def _page(text: str) -> str:
    return _matching(_PAGE, text, sentence("This is no address of a page."))


def _matching(pattern: re.Pattern[str], text: str, told: str) -> str:
    if not pattern.fullmatch(text.strip()):
        raise ValueError(told)
    return text.strip()


KINDS: Mapping[str, tuple[str, Callable[[str], str]]] = {
    "fax": ("045-550-3610", numbers.announced),
    "email": ("name@city.example", _email),
    "page": ("https://city.example/", _page),
}
"""The kinds of contacts, each with an example and what makes its address tidy (ValueError where it is none)."""

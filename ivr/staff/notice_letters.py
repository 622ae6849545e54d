"""Notices in words: in the language of the one who reads them, with the address of the page to go to."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.support import NullTranslations, Translations

from ivr.carrier.privacy import has_number
from ivr.line.text import one_line
from ivr.notices.kinds import Kind, Letter
from ivr.notices.outbox import Notice
from ivr.notices.wishes import Wishes
from ivr.people.telling import Told, told
from ivr.staff.context import LANGUAGES

_TRANSLATIONS = Path(__file__).parent / "translations"

_LINE = told("[My Number line] ")

LONGEST_SUBJECT = 120
"""Characters of the first line [own value]."""


@dataclass(frozen=True, slots=True)
class Letters:
    """Writes letters. `public_url`: before all addresses; `zone`: in which moments are told."""

    public_url: str
    zone: ZoneInfo

    def of(self, notice: Notice, wishes: Wishes) -> Letter:
        """A notice as its reader gets it."""
        code = wishes.language if wishes.language in LANGUAGES else next(iter(LANGUAGES))
        say = _sayer(code)
        sentence = self._said(notice.told, say, code)
        subject = f"{say(_LINE)}{say(subject_of(notice.kind))}"
        why = say(told("You get this since you chose so at “Notices” of the console."))
        text = "\n\n".join(
            (sentence, f"{self.public_url}{notice.path}", f"--\n{why}\n{self.public_url}/staff/me/notices")
        )
        return Letter(_same(notice), one_line(subject)[:LONGEST_SUBJECT], text, notice.at)

    def _said(self, sentence: Told, say: Callable[[Told], str], code: str) -> str:
        message, facts = sentence
        patterns = say(told("EEEE d MMMM y, HH:mm")), say(told("EEEE d MMMM y"))
        hidden = say(told("(a long number, which stands on the page)"))
        safe = {name: hidden if isinstance(fact, str) and has_number(fact) else fact for name, fact in facts.items()}
        return say((message, {name: self._fact(fact, *patterns, code) for name, fact in safe.items()}))

    def _fact(self, fact: object, moment: str, day: str, code: str) -> object:
        """A fact as a letter writes it; `moment` and `day` are the patterns of these."""
        if isinstance(fact, datetime):
            return format_datetime(fact.astimezone(self.zone), moment, locale=code)
        return format_date(fact, day, locale=code) if isinstance(fact, date) else fact


def _same(notice: Notice) -> str:
    """What tells this notice from all others."""
    return hashlib.sha256(f"{notice.key} {notice.account} {notice.way}".encode()).hexdigest()[:32]


def subject_of(kind: Kind) -> Told:
    """What a notice is about, in a few words."""
    return _subjects()[kind]


def _subjects() -> Mapping[Kind, Told]:
    return {
        Kind.SUBMITTED: told("A draft waits for approval"),
        Kind.SENT_BACK: told("A draft was sent back"),
        Kind.APPROVED: told("A draft was approved"),
        Kind.PUBLISHED: told("What callers hear has changed"),
        Kind.ALERT: told("An alert is on the line, or is to be approved"),
        Kind.FACTS_DUE: told("Facts are to be confirmed"),
        Kind.UNHEALTHY: told("Something of the line does not work, or works again"),
    }


@cache
def _sayer(code: str) -> Callable[[Told], str]:
    catalogue: NullTranslations = Translations.load(str(_TRANSLATIONS), [code])

    def say(sentence: Told) -> str:
        message, facts = sentence
        words = str(catalogue.gettext(message))
        return words % facts if facts else words

    return say

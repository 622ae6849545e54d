"""What all pages of the console share: who acts, when, in which language, and how it is shown."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from flask import Response, current_app, flash, g, has_request_context, make_response, render_template, request, session
from flask_babel import Domain, force_locale, gettext
from flask_login import current_user

from ivr import clock
from ivr.apart import Seats
from ivr.carrier.wire import Signer
from ivr.editions.edition import Piece, prompt_of
from ivr.editions.office import Office
from ivr.editions.structure import plain
from ivr.editions.texts import TextPlace, words_at
from ivr.handset.browser import BrowserTelephone
from ivr.line.loading import LineError
from ivr.line.prompt_keys import ALERT, NAME, alert_title, of_node
from ivr.line.sentences import Sentence
from ivr.line.speeds import Speed
from ivr.line.values import Language, Line
from ivr.line.words import Chunk
from ivr.notices.wishes import WishBook
from ivr.pages import catalogues
from ivr.paper.papers import Papers
from ivr.people.accounts import Accounts
from ivr.people.entrance import Entrance
from ivr.people.networks import Networks
from ivr.people.passwords import words_of
from ivr.people.persons import Person
from ivr.people.provider import Provider
from ivr.people.refusals import NotFound, Refusal, Refused
from ivr.people.telling import Told
from ivr.reports.report import Prices
from ivr.staff.practices import Practices
from ivr.staff.refused_fields import fields_of
from ivr.staff.text_names import TextNames
from ivr.staff.wording import Wording
from ivr.voice.booth import Booth
from ivr.voice.cutters import Cutter
from ivr.voice.intake import Unusable
from ivr.voice.sounds import Sounds

_TRANSLATIONS = Path(__file__).parent / "translations"

LANGUAGES = catalogues.languages(_TRANSLATIONS)
"""Those of the console, the first first (code -> its name)."""


MOST = 2**31 - 1
"""The largest number of a row: PostgreSQL's integer."""

SECRET = re.compile(r"password|code|csrf_token")
"""The names of fields that are secret: they are kept as they were typed, and carried nowhere."""

REFRESH = 3
"""Seconds between two looks at work that is under way [own value]."""

YEARS = range(1900, 2200)
"""Those of dates that people mean [own values]."""


@dataclass(frozen=True, slots=True)
class Console:
    """What the console needs: the rooms of the staff, `secret` (SECRET_KEY) for its sessions,
    `public_url`, and the `seats` of work on people's files;
    all `sounds`, the `booth` that makes them, the `cutter` of long recordings, the `papers` that
    were asked for, a `telephone` that rings a line by the `signer`, and the number by which staff
    record (E.164), None where they do not; whether one person may be administrator and approver;
    where `practices` are, and whether this console is itself one; the `wording` that cuts texts
    into words; and what the carrier takes for a minute. `mails`: a mail server is set;
    `chats_inside`: chats may be in the house's own network. Staff sign in by `passwords`, or at the
    `provider`, from these `networks` alone where there are any. `missing`: packages that are not
    installed yet, for which the console waits."""

    office: Office
    secret: str
    public_url: str
    seats: Seats
    sounds: Sounds
    booth: Booth
    cutter: Cutter
    papers: Papers
    telephone: Callable[[Callable[[], Line]], BrowserTelephone]
    signer: Signer
    staff_number: str | None
    roles_together: bool = False
    wording: Wording = field(default_factory=Wording)
    prices: Prices = field(default_factory=Prices)
    mails: bool = False
    chats_inside: bool = False
    provider: Provider | None = None
    passwords: bool = True
    networks: Networks = ()
    missing: tuple[str, ...] = ()

    @property
    def wishes(self) -> WishBook:
        """What people wish to be told."""
        return WishBook(self.office.database, self.secret)

    practices: Practices | None = None
    practising: bool = False

    @property
    def accounts(self) -> Accounts:
        """Who may sign in."""
        return Accounts(
            self.office.database,
            self.secret,
            words=lambda: words_of(texts_of(self.office.library.shipped.line)),
            roles_together=self.roles_together,
            passwords=self.passwords,
            origin=self.public_url,
        )

    @property
    def entrance(self) -> Entrance:
        """The ways in beside the password."""
        return Entrance(self.accounts)

    @property
    def https(self) -> bool:
        """Whether browsers may send its cookies over https alone."""
        return self.public_url.startswith("https://")

    def line(self) -> Line:
        """What a call hears now."""
        return self.office.shelf.line("", now())

    def draft_line(self, draft: int) -> Line:
        """The line that a draft makes; while it makes none, that which callers hear now."""
        try:
            return self.office.drafts.edition(draft).line
        except (LineError, Refused):
            return self.line()

    def language(self, code: str, draft: int | None = None) -> Language:
        """A language of the line, of the one that a draft makes first. NotFound where neither callers
        nor the program's files have it."""
        lines = [] if draft is None else [self.draft_line(draft)]
        for line in (*lines, self.line(), self.office.library.shipped.line):
            if code in line.languages:
                return line.languages[code]
        raise NotFound("There is no language %(code)s.", code=code)

    def spoken(self, language: Language, chunk: Chunk, speed: Speed) -> str | None:
        """The address of a chunk in the line's own voice, made now if it was not yet, at all speeds; None
        where no voice speaks it. apart.Busy."""
        return self.spoken_now(language, (chunk,), tuple(dict.fromkeys((speed, *Speed))))[0]

    def spoken_now(self, language: Language, chunks: Sequence[Chunk], speeds: Sequence[Speed]) -> list[str | None]:
        """The addresses of chunks at the first of these speeds, made now if they were not yet, at each of them;
        None where no voice speaks one. apart.Busy."""
        audio, told = self.sounds.audio, language.pronunciation
        if missing := [chunk for chunk in chunks if audio.url(told, chunk, speeds[0]) is None]:
            items = [audio.item(told, chunk, speed) for chunk in missing for speed in speeds]
            self.booth.speak(items, audio.store, audio.choice)
        return [audio.url(told, chunk, speeds[0]) for chunk in chunks]

    def begin_to_speak(self, chunks: Iterable[tuple[Language, Chunk]]) -> None:
        """Have the line's own voice say these chunks (with their languages) where it has not yet,
        beside all else: nobody waits for it."""
        audio = self.sounds.audio
        missing = [
            audio.item(language.pronunciation, chunk, speed)
            for language, chunk in chunks
            for speed in Speed
            if not audio.url(language.pronunciation, chunk, speed)
        ]
        if missing:
            self.booth.begin(missing, audio.store, audio.choice)

    @property
    def zone(self) -> ZoneInfo:
        """The line's own zone, in which all times are shown and typed."""
        return self.office.library.shipped.line.zone


def console() -> Console:
    """The console of the application that is asked."""
    found: Console = current_app.extensions["ivr.console"]
    return found


def office() -> Office:
    """The rooms that it works with."""
    return console().office


def texts_of(line: Line) -> Iterator[str]:
    """All that a line says, as it is written."""
    for language in line.languages.values():
        for prompt in language.prompts.values():
            yield "".join(chunk.written for chunk in prompt.chunks())


def changed(draft: int) -> Iterator[tuple[Language, Chunk]]:
    """The chunks of the texts that a draft changes, with their languages."""
    languages = console().draft_line(draft).languages
    places = {each.place for each in office().drafts.differences(draft)}
    for piece, chunk in office().recordings.chunks(draft).items():
        if prompt_of(piece) in places and piece.language in languages:
            yield languages[piece.language], chunk


def now() -> datetime:
    """The time of this request (aware)."""
    return clock.of_request()


def me() -> Person:
    """Who is signed in."""
    person: Person = current_user.account.person
    return person


def names() -> TextNames:
    """What the texts of the page's draft are called, or of the line that callers hear."""
    if "text_names" not in g:
        g.text_names = TextNames(_called())
    found: TextNames = g.text_names
    return found


def _called() -> Callable[[str, str], str]:
    """Names as the draft has them, else the line, else the program's files; in the visitor's language where the
    line speaks it."""
    draft = (request.view_args or {}).get("draft") if has_request_context() else None
    lines = (console().line(), office().library.shipped.line)
    code = catalogues.nearest(language(), lines[0].languages) or lines[0].first_language.code
    own = office().drafts.words(draft) if isinstance(draft, int) else {}

    def called(family: str, key: str) -> str:
        at = alert_title(key) if family == ALERT else of_node(family, key, NAME)
        word = own.get(words_at(code, at))
        if word is not None and word.text:
            return plain(word.text)
        prompts = (line.languages[code].prompts.get(at) for line in lines if code in line.languages)
        return next(("".join(chunk.written for chunk in each.chunks()) for each in prompts if each), "")

    return called


def asked_by_script() -> bool:
    """Whether a page's script asks, which shows the answer itself."""
    return request.accept_mimetypes.best == "application/json"


def language() -> str:
    """The language of the console for this visitor."""
    chosen = session.get("language")
    return str(chosen) if chosen in LANGUAGES else next(iter(LANGUAGES))


@cache
def words() -> Domain:
    """The console's catalogue of translations."""
    return Domain([str(_TRANSLATIONS)])


@contextmanager
def in_their_language() -> Iterator[None]:
    """In here words are those of the visitor's language."""
    with force_locale(language()):
        words().as_default()
        yield


def page(template: str, status: int = 200, **values: object) -> Response:
    """A page of the console in the visitor's language."""
    with in_their_language():
        body = render_template(f"staff/{template}", lang=language(), languages=LANGUAGES, now=now(), **values)
    response = make_response(body, status)
    response.headers["Content-Language"] = language()
    return response


def said(refused: Refusal) -> Told:
    """A refusal as templates take it. The fields of the form that it is about are told apart (`wrong`)."""
    sentence = refused.message, {name: _worded(fact) for name, fact in refused.facts.items()}
    if isinstance(refused, Refused):  # all others are no matter of what was typed, and their form was not read
        for field in fields_of(refused.message, {**request.form, **dict.fromkeys(request.files, "")}):
            tell_wrong(field, sentence)
    return sentence


def _worded(fact: object) -> str:
    if isinstance(fact, Sentence):
        return translated((fact.message, fact.facts))
    return name_of(fact) if isinstance(fact, TextPlace | Piece) else str(fact)


def name_of(place: TextPlace | Piece) -> str:
    """What a text or fact is called, in the visitor's language; templates have it of `labels.place`."""
    with in_their_language():
        return names().of(place)


def tell_wrong(field: str, sentence: Told) -> None:
    """Say beside a field of the page's form what is wrong in it."""
    wrong()[field] = sentence


def wrong() -> dict[str, Told]:
    """What is wrong in the fields of the page's form, by their names."""
    if "wrong_fields" not in g:
        g.wrong_fields = {}
    found: dict[str, Told] = g.wrong_fields
    return found


def unusable(error: Unusable) -> Told:
    """Why a recording cannot be used, as templates take it."""
    return error.message, {name: str(fact) for name, fact in error.facts.items()}


def translated(sentence: Told) -> str:
    """A sentence in the visitor's language."""
    message, facts = sentence
    with in_their_language():
        return str(gettext(message, **facts))


def today() -> date:
    """The day in the line's city."""
    return now().astimezone(console().zone).date()


def tell(message: str, **facts: object) -> None:
    """Say something on the next page; `message` is English and is translated there."""
    flash([message, facts])  # type: ignore[arg-type]  # sessions keep lists and dicts


def tell_saved(changed: bool) -> None:
    """Say on the next page whether anything was saved in the draft."""
    if changed:
        tell("Saved in the draft.")
    else:
        tell("Nothing was changed.")


def typed_moment(text: str, zone: ZoneInfo) -> datetime:
    """The moment in a field for date and time. Refused where it is none."""
    try:
        moment = datetime.fromisoformat(text).replace(tzinfo=zone)
    except ValueError as error:
        raise Refused("Write the date and the time, such as 2026-11-24 15:00.") from error
    if not YEARS.start <= moment.year < YEARS.stop:  # year 1 and 9999 do not go into every other zone
        raise Refused("Write the date and the time, such as 2026-11-24 15:00.")
    return moment

"""What the console calls things. English here; the other languages are in `translations/`."""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache

from flask_babel import format_datetime, format_time, get_locale, gettext

from ivr.editions.draft import Status
from ivr.editions.edition import Piece
from ivr.editions.reading_order import Wanted
from ivr.editions.texts import TextPlace
from ivr.line.ends import End
from ivr.line.prompt_keys import (
    ABOUT,
    AFTER_HOURS,
    CHARGE,
    LEAD,
    MORE,
    NAME,
    NOW,
    OPTION,
    PERSON,
    WHISPER,
    alert_title,
    spoken_of,
    taken_apart,
)
from ivr.line.values import Line
from ivr.notices.kinds import Kind, Way
from ivr.pages import catalogues
from ivr.people.telling import Told, told
from ivr.staff import edition_names, fact_names, fact_words, line_names
from ivr.staff.context import console, names
from ivr.staff.problem_words import place_of
from ivr.staff.text_names import language
from ivr.staff.voice_pages import PieceVoice
from ivr.store.health import Part, Trouble

OTHERS = "others"
GROUPS = ("say", "menu", "text", "desk", "help", "silence", "status", "number", "join", "failed", OTHERS)
"""The parts of a language file, those that staff change most first."""

FACTS = (
    "hours",
    "holidays",
    "closed",
    "numbers",
    "dial",
    "recorded",
    "whisper",
    "languages",
    "multilingual",
    "source",
    "confirmed",
)
"""The facts of a desk, in the order of its form."""

FOR_LANGUAGE = ("numbers", "dial", "hours")
"""Those that the form has for callers in one language as well."""

IN_LANGUAGE = "in a language"
"""The part of the form in which they stand."""

OWN_HOURS, OWN_WORDS, OWN_FOR = "own hours", "own words", "own for"
"""Words of one's own for a desk's hours: their part of the form, and its fields."""


def _(message: str, **facts: object) -> str:
    return str(gettext(message, **facts))


def status(of: Status) -> str:
    """Where a draft stands."""
    return {
        Status.OPEN: _("being written"),
        Status.SUBMITTED: _("waiting for approval"),
        Status.APPROVED: _("approved"),
        Status.PUBLISHED: _("published"),
        Status.DISCARDED: _("put away"),
    }[of]


def group(name: str) -> str:
    """A heading for prompts."""
    of_nodes = {"menu": _("Menus"), "text": _("Texts"), "desk": _("Desks")}
    if name == OTHERS:
        return _("Keys, speeds, numbers, days and the like")
    return of_nodes.get(name) or line_names.group(name)


def fact(name: str, code: str = "") -> str:
    """A field of a desk or text; `code`: of which language it is."""
    return _fact_names(language(code) if code else "").get(name) or fact_names.of(name)


def weekday(number: int) -> str:
    """A day of the week, 0 for Monday."""
    return str(get_locale().days["format"]["wide"][number])


def cell(fact_name: str, at: str) -> str:
    """A cell of a table of hours or days, by what follows the name of its field: the season, the row, the column."""
    *before, column = at.split("-")
    day = weekday(int(before[1])) if len(before) == 2 else _("Monday to Friday") if before == ["week"] else ""
    return " ".join(filter(None, (fact_name, day, _columns(str(get_locale())).get(column, ""))))


@lru_cache(maxsize=16)  # a form has some 200 cells, in one language [own value]
def _columns(_locale: str) -> Mapping[str, str]:
    """The columns of such a table."""
    return {
        "open": _("opens"),
        "close": _("closes"),
        "open2": _("opens again"),
        "close2": _("closes again"),
        "weeks": _("weeks"),
        "first": _("first day"),
        "last": _("last day"),
    }


def hint(name: str) -> str:
    """How a field is filled in."""
    return _fact_hints().get(name, "")


def end(of: End) -> str:
    """When something ends, as a button says it."""
    return {
        End.TODAY: _("Until the end of today"),
        End.HOUR: _("For an hour"),
        End.MORNING: _("Until tomorrow morning"),
        End.OPENING: _("Until it next opens"),
        End.WEEK: _("Until the end of this week"),
        End.SET: _("Until a set time"),
    }[of]


def way_to_ask(kind: str) -> str:
    """How one asks without a telephone."""
    return {"fax": _("by fax"), "email": _("by e-mail"), "page": _("on a web page")}.get(kind, kind)


def holiday(of: str) -> str:
    """What a desk does on public holidays."""
    return {"closed": _("closed"), "as usual": _("as usual"), "as Sunday": _("as on Sundays")}.get(of, of)


def _fact_names(of: str) -> Mapping[str, str]:
    """The fields of a desk's form that are not called as the facts are; `of`: the language."""
    return {
        OWN_WORDS: _("Hours in words of one's own: %(language)s", language=of),
        OWN_FOR: _("The words above are right for the hours that are saved now: %(language)s", language=of),
        f"{IN_LANGUAGE} numbers": _("Numbers for callers in %(language)s", language=of),
        f"{IN_LANGUAGE} dial": _("Number that the line rings for callers in %(language)s", language=of),
        f"{IN_LANGUAGE} hours": _("Opening hours for callers in %(language)s", language=of),
    }


def _fact_hints() -> Mapping[str, str]:
    return {
        OWN_WORDS: _("Leave it empty: then the words are made from the hours, and always keep them"),
        OWN_FOR: _("Only once the words are seen to keep exactly the hours that are saved now"),
        "numbers": _("One a line, with hyphens between the groups that are read together"),
        "dial": _("Leave it empty where the line only announces the number"),
        "whisper": _(
            "In at most 4 seconds, and in which language the caller speaks; nothing about the person. "
            "The caller hears ringing meanwhile."
        ),
        f"{IN_LANGUAGE} hours": _("Leave it empty where they are as for everybody"),
        f"{IN_LANGUAGE} numbers": _("Leave it empty where they are as for everybody"),
        f"{IN_LANGUAGE} dial": _("Leave it empty where the line only announces the number"),
        "languages": _("One language a line, by its name"),
        "source": _("The official page, its number and its date"),
        "confirmed": _("The day on which somebody last made sure of all this"),
    }


def place(of: TextPlace | Piece) -> str:
    """A text or fact by its place in the call."""
    return names().of(of)


def named(place: str) -> str:
    """A text or fact by its file and key, as a file of somebody's has it."""
    found = place_of(place)
    return names().of(found) if found else place


def edition(of: str | None) -> str:
    """An edition by its number, day and title."""
    return edition_names.of(of)


def value(place: TextPlace | Piece, text: str | None) -> str:
    """A text of the draft as people read it: facts in words."""
    return fact_words.of(place, text) if isinstance(place, TextPlace) else text or ""


def text(key: str) -> str:
    """A text in all its languages."""
    return names().text(key)


def unit(kind: str, name: str, called: str = "") -> str:
    """A menu, text or desk of that key, and what the line calls it; or a language of that code."""
    if kind == "language":
        return _("the language %(name)s", name=language(name))
    named = {"menu": _("the menu “%(name)s”"), "text": _("the text “%(name)s”"), "desk": _("the desk “%(name)s”")}
    return named[kind] % {"name": called or name}


def contested(at: TextPlace) -> str:
    """What both sides have changed: a text, or something whole."""
    return place(at) if at.key else unit("language", at.language or "")


def level(of: float) -> str:
    """How easy a text is to read, by the names of jReadability."""
    names = (
        (1.5, _("upper advanced")),
        (2.5, _("lower advanced")),
        (3.5, _("upper intermediate")),
        (4.5, _("lower intermediate")),
        (5.5, _("upper elementary")),
    )
    return next((name for most, name in names if of < most), _("lower elementary"))


def speed(name: str) -> str:
    """A speed of the line."""
    names = {"normal": _("normal"), "slow": _("slow"), "fast": _("fast"), "very_fast": _("very fast")}
    return names[name]


def source(name: str) -> str:
    """How a recording was made."""
    known = {
        "browser": _("recorded in the browser"),
        "upload": _("uploaded"),
        "cut": _("cut out of a long file"),
        "telephone": _("recorded by telephone"),
        "moved": _("moved along with its passage"),
        "brought back": _("brought back"),
    }
    return known.get(name, name)


def wanted(of: Wanted) -> str:
    """Which texts are to be recorded."""
    return {
        Wanted.MISSING: _("All without a recording"),
        Wanted.PASSAGES: _("Passages of texts without a recording"),
        Wanted.ALL: _("All, those with a recording too"),
    }[of]


def voice(of: PieceVoice) -> str:
    """Whose voice callers hear in a piece."""
    if of.matches:
        return _("Callers hear a recording.")
    if of.standing:
        return _("The recording says other words, so callers hear a voice made by machine.")
    return _("There is no recording: callers hear a voice made by machine.")


def telephone(number: str) -> str:
    """A number in E.164 as people of the country write it; those of eleven digits in their groups."""
    national = "0" + number.removeprefix("+81") if number.startswith("+81") else number
    return f"{national[:3]}-{national[3:7]}-{national[7:]}" if len(national) == 11 and national[0] == "0" else national


def change(act: str) -> str:
    """How a version of a text came about."""
    known = {
        "save": _("saved"),
        "confirm": _("confirmed as it stands"),
        "import": _("imported"),
        "rebase": _("brought up to date"),
        "bring back": _("brought back"),
        "release": _("brought by the program"),
        "take": _("taken from the program"),
        "keep": _("kept against the program"),
        "passages": _("passages moved"),
        "add": _("added to the tree"),
        "move": _("moved in the tree"),
        "take away": _("taken from the tree"),
        "name": _("named otherwise"),
        "key": _("another key"),
        "zero": _("key 0 changed"),
        "alert": _("prepared alerts changed"),
        "undo": _("undone"),
        "sure": _("confirmed by somebody, unchanged"),
        "replace": _("words replaced"),
        "contact": _("ways to ask and other numbers changed"),
    }
    return known.get(act, act)


def step(name: str) -> str:
    """A step of what was asked for by a press."""
    return {
        "walk": _("every moment of the call is walked through"),
        "states": _("keys, desks and ways are held against the rules"),
        "words": _("lengths and wording are held against the rules"),
        "submit": _("it is submitted for approval"),
        "approve": _("it is approved"),
        "publish": _("it is published"),
    }[name]


def step_state(name: str) -> str:
    """How such a step stands."""
    return {"done": _("done"), "now": _("going on now"), "later": _("not begun")}[name]


def kind(of: str) -> str:
    """A menu, text or desk."""
    return {"menu": _("menu"), "text": _("text"), "desk": _("desk")}.get(of, of)


def kinds(of: str) -> str:
    """Menus, texts or desks, as a heading."""
    return {"menu": _("Menus"), "text": _("Texts"), "desk": _("Desks")}.get(of, of)


def branch_part(of: TextPlace) -> str:
    """What a text of a menu, text or desk is to it."""
    parts = taken_apart(of.key)
    if of.language is None:
        return fact(parts.part)
    if spoken_of(of.key):
        return _("What callers may say for it")
    known = {
        NAME: _("Its name"),
        OPTION: _("Words before the key"),
        ABOUT: _("What it advises on"),
        CHARGE: _("Who pays for the call"),
        LEAD: _("Words before the choices"),
        PERSON: _("Words on key 0"),
        WHISPER: _("What the desk hears before it is joined"),
        MORE: _("What else is said of it"),
        NOW: _("What is said of it where help is needed at once"),
        AFTER_HOURS: _("What is said while it is closed"),
    }
    return _("Passage %(number)s", number=parts.number) if parts.text else known.get(parts.part) or text(of.key)


def part_of_branch(of: TextPlace) -> str:
    """The same, and in which language."""
    if of.language is None:
        return branch_part(of)
    return _("%(part)s (%(language)s)", part=branch_part(of), language=language(of.language))


def when(moment: datetime) -> str:
    """A moment (aware) in the line's own zone."""
    return str(format_datetime(moment.astimezone(console().zone), _("EEEE d MMMM y, HH:mm"), rebase=False))


def when_after(moment: datetime, before: datetime) -> str:
    """The same of the end of something: its time alone, where it is on the day of its beginning."""
    here, there = (each.astimezone(console().zone) for each in (moment, before))
    return str(format_time(here, _("HH:mm"), rebase=False)) if here.date() == there.date() else when(moment)


def as_read(text: str) -> str:
    """What a field holds, as people read it: a date with its time as the line's pages write it."""
    try:
        return when(datetime.strptime(text, "%Y-%m-%dT%H:%M").replace(tzinfo=console().zone))
    except ValueError:
        return text


def prepared(line: Line) -> tuple[tuple[str, str], ...]:
    """Alerts to start from: the title of each in the reader's language, or in the line's first that has
    one, with the language that it is in."""
    return tuple(_title(line, alert) for alert in line.prepared_alerts)


def _title(line: Line, alert: str) -> tuple[str, str]:
    key, mine = alert_title(alert), catalogues.nearest(str(get_locale()), line.languages)
    for code in (mine, *line.languages):
        if key in line.languages[code].prompts:
            return "".join(chunk.written for chunk in line.languages[code].prompts[key].chunks()), code
    return alert, line.first_language.code


def forged() -> Told:
    """A form came without the token of its session."""
    return told("This form was too old, or came from elsewhere. Nothing was changed. Load the page again.")


def ill(part: Part, trouble: Trouble) -> Told:
    """What is wrong with a part of the line, for people who cannot mend it themselves."""
    if trouble in (Trouble.FULL, Trouble.READ_ONLY) and part not in (Part.SNAPSHOT, Part.RECORDS):
        return _ills_of_disks()[trouble]
    return _ills_of_databases().get(trouble, gone()) if part is Part.DATABASE else _other_ills()[part]


def gone() -> Told:
    """The database does not answer."""
    return told("The database does not answer. What callers hear goes on; nothing was changed.")


def _ills_of_disks() -> Mapping[Trouble, Told]:
    return {
        Trouble.FULL: told(
            "The disk is full. What callers hear goes on, but nothing can be changed until there is room. "
            "Tell whoever runs the server."
        ),
        Trouble.READ_ONLY: told(
            "Nothing can be written to the disk. What callers hear goes on, but nothing can be changed. "
            "Tell whoever runs the server."
        ),
    }


def _ills_of_databases() -> Mapping[Trouble, Told]:
    lost = told(
        "The database is gone. What callers hear goes on; nothing was changed. "
        "Tell whoever runs the server: a backup must be put back."
    )
    return {
        Trouble.ABSENT: lost,
        Trouble.EMPTY: lost,
        Trouble.FOREIGN: lost,
        Trouble.DAMAGED: told(
            "The database is damaged. What callers hear goes on; nothing was changed. "
            "Tell whoever runs the server: a backup must be put back."
        ),
        Trouble.NEWER: told(
            "The database belongs to a newer release of this program. What callers hear goes on; "
            "nothing was changed. Tell whoever runs the server."
        ),
        Trouble.BUSY: told("The database is busy, and nothing was changed. Try again in a moment."),
    }


def _other_ills() -> Mapping[Part, Told]:
    kept = told(
        "What callers hear cannot be kept on the disk. It goes on, but after a restart they may hear older words. "
        "Tell whoever runs the server."
    )
    return {
        Part.LIVE: told(
            "What was published last cannot be read: callers hear the edition before it. Tell whoever runs the server."
        ),
        Part.SNAPSHOT: kept,
        Part.DISK: kept,
        Part.RECORDS: told(
            "What calls do is not recorded just now, or waits to be. Calls go on. Tell whoever runs the server."
        ),
    }


def not_storable() -> Told:
    """A form held what no database keeps."""
    return told("This holds characters or numbers that cannot be kept. Nothing was changed.")


def failure(code: int) -> Told:
    """An error of the web, in words."""
    match code:
        case 404:
            return told("There is no such page.")
        case 413:
            return told("The file is too large.")
        case 429:
            return told("Too many tries. Wait a minute, then try again.")
        case _:
            return told("This cannot be done here.")


def table(of: str, code: str) -> str:
    """A table of a language."""
    names = {
        "words": _("What callers may say: %(language)s", language=language(code)),
        "readings": _("Readings: %(language)s", language=language(code)),
    }
    return names[of]


ANYWHERE, CHOOSING, AROUND_WORDS = "anywhere", "choosing", "around"
"""The parts of what callers may say that are no nodes of the line."""


def part(name: str) -> str:
    """A heading of a table."""
    if name == ANYWHERE:
        return _("May be said anywhere")
    if name == IN_LANGUAGE:
        return _("For callers in one language")
    if name == OWN_HOURS:
        return _("Hours in words of one's own")
    if name == AROUND_WORDS:
        return _("Around the words that count")
    return _("Keys, said alone") if name == CHOOSING else group(name)


def command(name: str) -> str:
    """What the line does when a caller says one of its forms."""
    return line_names.command(name) or name


def role(name: str) -> str:
    """What a person is trusted with."""
    return {"editor": _("Editor"), "approver": _("Approver"), "administrator": _("Administrator")}[name]


def notice_kind(kind: Kind) -> str:
    """What one may be told of."""
    return {
        Kind.SUBMITTED: _("Somebody asks for approval of a draft"),
        Kind.SENT_BACK: _("A draft is sent back"),
        Kind.APPROVED: _("A draft is approved"),
        Kind.PUBLISHED: _("A change is published, or an edition brought back"),
        Kind.ALERT: _("An alert is put on the line, or nobody has approved one"),
        Kind.FACTS_DUE: _("Facts are to be confirmed (on Monday mornings)"),
        Kind.UNHEALTHY: _("Something of the line does not work, or works again"),
    }[kind]


def notice_way(way: Way) -> str:
    """By what one is told."""
    return {Way.MAIL: _("Mail"), Way.CHAT: _("Chat")}[way]


def account_act(act: str) -> str:
    """What became of an account."""
    return {
        "account.add": _("New account"),
        "account.renew": _("Renewed account"),
        "account.roles": _("Other roles"),
        "account.set_up": _("Set up by its owner"),
        "account.invite": _("Invited to sign in with the city's own account"),
        "account.tie": _("Tied to the city's own account"),
    }[act]


def trust(name: str) -> str:
    """What somebody with that role may do."""
    return {
        "editor": _("Writes drafts and submits them; starts and ends alerts; closes desks for a while."),
        "approver": _("Approves what others wrote, publishes and rolls back; starts and ends alerts; closes desks."),
        "administrator": _("Makes accounts, renews and stops them. May not change what callers hear."),
    }[name]

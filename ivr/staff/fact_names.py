"""What people call the facts of desks, texts, languages and the line itself."""

from collections.abc import Mapping

from flask_babel import gettext

from ivr.line.contacts import CONTACTS


def _(message: str, **facts: object) -> str:
    return str(gettext(message, **facts))


def of(fact: str) -> str:
    """A fact of a menu, text or desk."""
    return _facts().get(fact) or _("Another fact")


def of_language(key: str) -> str:
    """What a language is like; `key`: its place in the table of the language."""
    return _of_languages().get(key.removeprefix("language.")) or _("How this language is spoken")


def of_line(file: str, part: str) -> str:
    """A fact of the whole line, or of a way to ask in writing."""
    if file == CONTACTS:
        return _("Fax, mail and page for questions in writing")
    return _of_line().get(part) or _("Settings of the whole line")


def _facts() -> Mapping[str, str]:
    return {
        "hours": _("Opening hours"),
        "holidays": _("On public holidays"),
        "closed": _("Closed every year"),
        "numbers": _("Numbers, as they are read aloud"),
        "dial": _("Number that the line rings"),
        "recorded": _("The desk records calls"),
        "whisper": _("The desk hears what a call is about before it is joined"),
        "languages": _("Languages that it answers in"),
        "multilingual": _("In other languages, 0 leads here from anywhere"),
        "help_now": _("Desks of any hour that are told of first"),
        "source": _("Source"),
        "confirmed": _("Confirmed on"),
        "options": _("What its keys lead to"),
        "choices": _("What the keys after it lead to"),
        "desks": _("Desks that 0 reaches"),
        "urgent": _("What is told first because it cannot wait"),
    }


def _of_languages() -> Mapping[str, str]:
    return {
        "name": _("The language's own name"),
        "voice": _("The carrier's voice"),
        "local_voices": _("The line's own voice"),
        "level": _("How easy its texts must be"),
        "reviewed": _("Whether somebody has read its texts"),
        "scripts": _("Which letters it is written in"),
        "alert_characters": _("How long an alert may be"),
    }


def _of_line() -> Mapping[str, str]:
    return {
        "nearest": _("Desks that 0 reaches from anywhere"),
        "silence_desk": _("Who is called for a caller who stays silent"),
        "languages": _("The languages of the line"),
        "closed": _("Days on which all desks are closed every year"),
        "confirm_within_days": _("After how many days facts are to be confirmed again"),
        "start": _("The first menu"),
        "timezone": _("The time zone of the line"),
    }

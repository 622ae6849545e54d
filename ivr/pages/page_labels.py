"""What the pages call things, beside the words of the line itself. English here; the other
languages are in `translations/`."""

from collections.abc import Mapping

from flask_babel import gettext as _


def groups() -> Mapping[str, str]:
    """Headings of the words that belong to no part of the tree."""
    return {
        "say": _("Said anywhere"),
        "press": _("Keys"),
        "silence": _("If you say and press nothing"),
        "speed": _("When the speed changes (key 7)"),
        "pause": _("While the line waits for you (key 8)"),
        "where": _("Where you are (key 5)"),
        "choice": _("Before a choice"),
        "status": _("Open or closed"),
        "number": _("Telephone numbers"),
        "join": _("Before you are connected"),
        "failed": _("If the connection fails"),
        "count": _("Counting"),
        "ordinal": _("Order"),
        "digits": _("Digits"),
        "calendar": _("Days and times"),
        "whisper": _("Told to a desk before you are connected"),
        "fallback": _("If the line is out of order"),
    }


def slots() -> Mapping[str, str]:
    """What the line fills in where a prompt leaves a place open."""
    return {
        "closed": _("the closed desk"),
        "count": _("number"),
        "date": _("date"),
        "day": _("day"),
        "desk": _("desk"),
        "hour": _("hour"),
        "language": _("language"),
        "minute": _("minute"),
        "month": _("month"),
        "ordinal": _("which part"),
        "place": _("topic"),
        "time": _("time"),
        "weekday": _("weekday"),
    }


def keys() -> tuple[tuple[str, str, str, str], ...]:
    """The twelve keys in the order of a telephone: key, letters, in short what it does, and in full."""
    choose = _("Chooses what is told with this number.")
    return (
        ("1", "", _("choose"), choose),
        ("2", "ABC", _("choose"), choose),
        ("3", "DEF", _("choose"), choose),
        ("4", "GHI", _("choose, back"), _("In a menu: chooses. In a text: the part before.")),
        ("5", "JKL", _("again"), _("Says it again, and where you are. Behind a text: all of it.")),
        ("6", "MNO", _("onward"), _("In a text: the next part.")),
        ("7", "PQRS", _("speed"), _("Changes the speed: normal, slow, fast, very fast.")),
        ("8", "TUV", _("pause"), _("Pauses. Any key goes on.")),
        ("9", "WXYZ", _("help"), _("Explains how to use the line.")),
        ("*", "", _("go back"), _("Goes back one step.")),
        ("0", "", _("a person"), _("Connects you to a person, or says when one can be reached.")),
        ("#", "", _("onward"), _("In a text: the next part.")),
    )


def moments() -> Mapping[str, str]:
    """What the browser's telephone says of itself. Its script fills the places in `%(...)s`."""
    return {
        "idle": _("Not in a call"),
        "calling": _("Calling …"),
        "speaking": _("The line is speaking. You may press a key at any time."),
        "listening": _("It is your turn. Press a key."),
        "listening_words": _("It is your turn. Press a key or type what you would say."),
        "ringing": _("Calling %(number)s …"),
        "talking": _("Connected. You would now be talking to the desk."),
        "over": _("The call is over."),
        "lost": _("The call was lost. Please call again."),
        "fault": _("The line is out of order. Please read the text instead."),
        "refused": _("Too many calls at once. Please wait a minute and call again."),
        "offline": _("There is no connection to the line. Please try again."),
        "you_pressed": _("You pressed %(key)s"),
        "you_said": _("You said “%(words)s”"),
        "you_called": _("You call the line"),
        "you_hung_up": _("You hung up"),
        "outcome_completed": _("The desk answered, and the talk has ended"),
        "whispered": _("Before that, the desk was told: “%(words)s”"),
        "outcome_busy": _("The desk’s line was busy"),
        "outcome_no-answer": _("Nobody answered"),
        "outcome_failed": _("The connection failed"),
        "words_idle": _("You can type while the line listens for words."),
        "words_off": _("The line does not listen for words just now. Please use the keys."),
        "words_on": _("For example: “card”"),
    }


def error(code: int) -> tuple[str, str]:
    """What happened, and what to do."""
    match code:
        case 404:
            return _("This page does not exist"), _(
                "The address may be mistyped, or the page may have moved. "
                "All that the telephone line says is on its first page."
            )
        case 429:
            return _("Too many requests"), _("Please wait a minute, then load the page again.")
        case 400 | 403 | 405 | 413:
            return _("This cannot be done"), _("This page does not know that request. Please go back and try again.")
        case _:
            return _("Something went wrong here"), _(
                "The fault is ours. Please try again in a little while. The telephone line itself may still answer."
            )

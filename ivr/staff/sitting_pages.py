"""All texts of a language recorded in one sitting, in the order of the call.

A text after another is recorded in the browser, each held for whoever made it (`ivr.editions.recordings`) as
soon as it is over, so that one can leave at any moment and go on later. At the end they are heard in a row, and
put into the draft at once.
"""

from dataclasses import dataclass
from typing import Any

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from ivr.editions.draft import Held
from ivr.editions.edition import Piece
from ivr.editions.reading_order import ToRead, Wanted, those, to_read
from ivr.line.values import Language
from ivr.people.refusals import Refused
from ivr.people.rights import Right
from ivr.people.telling import Told
from ivr.staff.area import area, needs
from ivr.staff.context import console, me, now, office, page, said, tell
from ivr.staff.voice_pages import MICROPHONE
from ivr.voice.pace import estimated_seconds

PAUSE = 2.0
"""Seconds between two texts, for whoever reckons how long a sitting lasts [own value]."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A text as it is read in a sitting: what is held of it by whoever is signed in, and about how many
    seconds it takes."""

    text: ToRead
    held: Held | None
    seconds: float

    @property
    def done(self) -> bool:
        """Whether nothing is left to be recorded: callers hear a recording of it, or one is held."""
        return self.text.recorded or self.fits

    @property
    def fits(self) -> bool:
        """Whether a recording of exactly these words is held."""
        return self.held is not None and self.held.recording.matches(self.text.chunk.spoken)


def sheets(draft: int, language: Language, wanted: Wanted) -> tuple[Sheet, ...]:
    """The texts of a language that are wanted, and those of which a recording is held."""
    held = office().recordings.held(draft, me())
    every = all_texts(draft, language)
    chosen = {each.piece for each in those(wanted, every)} | held.keys()
    return tuple(
        Sheet(each, held.get(each.piece), estimated_seconds(each.chunk.spans, language.pace))
        for each in every
        if each.piece in chosen
    )


def all_texts(draft: int, language: Language) -> tuple[ToRead, ...]:
    """Everything that can be recorded in a language, in the order of the call."""
    recordings = office().recordings
    return to_read(console().draft_line(draft), recordings.chunks(draft), recordings.standing(draft), language.code)


@area.get("/drafts/<int:draft>/sitting/<code>")
def sitting(draft: int, code: str) -> ResponseReturnValue:
    wanted = asked()
    found = sheets(draft, console().language(code, draft), wanted)
    answer = page("sitting.html", **_shared(draft, code), wanted=wanted, sheets=found, **sums(found))
    answer.headers["Permissions-Policy"] = MICROPHONE
    return answer


@area.get("/drafts/<int:draft>/sitting/<code>/script")
def reading_script(draft: int, code: str) -> ResponseReturnValue:
    wanted = asked()
    found = sheets(draft, console().language(code, draft), wanted)
    return page("script.html", **_shared(draft, code), wanted=wanted, sheets=found, **sums(found))


@area.get("/drafts/<int:draft>/sitting/<code>/held")
def held_takes(draft: int, code: str) -> ResponseReturnValue:
    return _held(draft, code)


@area.post("/drafts/<int:draft>/sitting/<code>/held")
@needs(Right.RECORD)
def keep_takes(draft: int, code: str) -> ResponseReturnValue:
    """Put those that were chosen into the draft."""
    chosen, sure = (_pieces(code, name) for name in ("keep", "sure"))
    try:
        if not chosen:
            raise Refused("Choose the recordings that are to be put into the draft.")
        count = office().recordings.keep_all(draft, chosen, me(), now(), sure)
    except Refused as error:
        return _held(draft, code, said(error))
    tell("Recordings put into the draft: %(count)s.", count=count)
    if any(piece.language == code for piece in office().recordings.held(draft, me())):
        return redirect(url_for("staff.held_takes", draft=draft, code=code), 303)
    return redirect(url_for("staff.sitting", draft=draft, code=code), 303)


def _held(draft: int, code: str, problem: Told | None = None) -> Response:
    language = console().language(code, draft)
    found = [each for each in sheets(draft, language, Wanted.MISSING) if each.held]
    chosen = {each.chunk for each in _pieces(code, "keep")}
    values = {**_shared(draft, code), "sheets": found, "chosen_keys": chosen, "problem": problem}
    return page("held.html", 409 if problem else 200, **values)


def _pieces(code: str, field: str) -> set[Piece]:
    """The pieces whose boxes of that name are ticked."""
    return {Piece(code, key) for key in request.form.getlist(field)}


def asked() -> Wanted:
    """Which texts the address asks for."""
    name = request.args.get("which", "")
    return Wanted(name) if name in set(Wanted) else Wanted.MISSING


def _shared(draft: int, code: str) -> dict[str, Any]:
    return {"me": me(), "draft": office().drafts.get(draft), "code": code, "ways": tuple(Wanted)}


def sums(found: tuple[Sheet, ...]) -> dict[str, Any]:
    """How many of these are done, and about how many minutes the others take."""
    left = [each.seconds + PAUSE for each in found if not each.done]
    return {"done": len(found) - len(left), "minutes": max(1, round(sum(left) / 60)) if left else 0}

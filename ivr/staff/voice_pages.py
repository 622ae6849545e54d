"""The voice of one piece of a text: heard at every speed, and recorded in three ways.

Whatever way a recording comes by, it is held for whoever made it until they have listened to it
as callers will hear it, and only then goes into the draft (`ivr.editions.recordings`).
"""

import logging
from dataclasses import dataclass
from datetime import datetime

from flask import Response, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue

from ivr.apart import Busy
from ivr.editions.codes import LIFE
from ivr.editions.draft import Held, Take
from ivr.editions.edition import Piece, Recording, prompt_of
from ivr.editions.texts import words_at
from ivr.line.pronunciation import Pace
from ivr.line.speeds import Speed
from ivr.line.values import Language
from ivr.line.words import Chunk
from ivr.people.refusals import Later, NotFound, Refused
from ivr.people.rights import Right
from ivr.people.telling import Told, told
from ivr.staff.area import area, needs
from ivr.staff.context import asked_by_script, console, me, now, office, page, said, tell, translated, unusable
from ivr.voice import intake, recorded
from ivr.voice.booth import BoothFailed
from ivr.voice.intake import Unusable
from ivr.voice.pace import estimated_seconds

log = logging.getLogger(__name__)

MICROPHONE = "camera=(), display-capture=(), geolocation=(), microphone=(self), payment=(), usb=()"
"""What this page may use of the browser: the others may not even use the microphone."""

BROWSER, UPLOAD = "browser", "upload"

SITTING = "sitting"
"""The field of a recording that keys were pressed at the ends of, one text after another."""

BUSY = told("Much is being worked on just now. Try again in a moment.")[0]
"""For whoever found no seat: in words that are translated."""

LARGEST_FORM = intake.LARGEST + 100_000


@dataclass(frozen=True, slots=True)
class PieceVoice:
    """A piece as its page shows it. `standing` is the recording of the draft, if there is one,
    and `matches` whether it says the words of the draft; `takes`: all made here, the newest first."""

    piece: Piece
    chunk: Chunk
    pace: Pace
    standing: Recording | None
    takes: tuple[Take, ...]
    held: Held | None

    @property
    def matches(self) -> bool:
        """Whether callers hear the recording, rather than a voice."""
        return self.standing is not None and self.standing.matches(self.chunk.spoken)

    @property
    def seconds(self) -> dict[Speed, float]:
        """About how long it takes to say at each speed."""
        return {speed: estimated_seconds(self.chunk.spans, self.pace, speed) for speed in Speed}


def voices(draft: int, key: str, language: Language) -> tuple[PieceVoice, ...]:
    """The pieces of a prompt in a language, in order."""
    chunks, place = office().recordings.chunks(draft), words_at(language.code, key)
    wanted = {piece: chunk for piece, chunk in chunks.items() if prompt_of(piece) == place}
    standing = office().recordings.standing(draft)
    takes = office().recordings.takes(draft)
    held, pace = office().recordings.held(draft, me()), language.pace
    return tuple(
        PieceVoice(piece, chunk, pace, standing.get(piece), tuple(reversed(takes.get(piece, ()))), held.get(piece))
        for piece, chunk in wanted.items()
    )


@area.get("/drafts/<int:draft>/voice/<code>/<path:key>")
def voice(draft: int, code: str, key: str) -> ResponseReturnValue:
    return _page(draft, Piece(code, key))


@area.get("/drafts/<int:draft>/hear/<code>/<any(normal,slow,fast,very_fast):speed>/<path:key>")
def hear(draft: int, code: str, speed: str, key: str) -> ResponseReturnValue:
    """The sound of a piece as callers would hear it: the recording, or the line's own voice,
    which is made now if it was not yet."""
    found = _voice(draft, Piece(code, key))
    audio = found.standing.audio if found.matches and found.standing else None
    return to_sound(audio, console().language(code, draft), found.chunk, Speed(speed))


def to_sound(audio: str | None, language: Language, chunk: Chunk, speed: Speed) -> ResponseReturnValue:
    """To the sound of a chunk: the recording at this address, or else the line's own voice, which is made now if it
    was not yet. NotFound where none of its voices speaks it; Later."""
    if audio is not None:
        return redirect(recorded.url(audio, speed), 303)
    try:
        url = console().spoken(language, chunk, speed)
    except Busy as error:
        raise Later(BUSY) from error
    if url is None:
        raise NotFound("No voice of this line speaks these words: callers hear them from the carrier's.")
    return redirect(url, 303)


@area.post("/drafts/<int:draft>/take/<code>/<path:key>")
@needs(Right.RECORD, LARGEST_FORM)
def take_sound(draft: int, code: str, key: str) -> ResponseReturnValue:
    piece = Piece(code, key)
    found = _voice(draft, piece)
    try:
        content, source, name = _sent()
        expected = found.seconds[Speed.NORMAL]
        audio, doubts = console().booth.take(content, found.pace, expected, name, SITTING in request.form)
        words = request.form.get("words", "")
        told_doubts = [(doubt.message, doubt.facts) for doubt in doubts]
        office().recordings.hold(draft, piece, words, audio, source, me(), now(), told_doubts)
    except Unusable as error:
        return _refused(draft, piece, unusable(error))
    except Busy:
        return _refused(draft, piece, told(BUSY), 503)
    except BoothFailed as error:
        log.warning("a recording was not converted: %s", error)
        sentence = told("The recording could not be worked on. Please try again.")
        return _refused(draft, piece, sentence, 503)
    except Refused as error:
        return _refused(draft, piece, said(error))
    if asked_by_script():
        return jsonify(doubts=[translated(each) for each in told_doubts]) if doubts else Response(status=204)
    if doubts:
        tell("Your recording may not be right. Listen to it below, and read why.")
    else:
        tell("Here is your recording as callers will hear it. Keep it, or record it again.")
    return redirect(_address(draft, piece), 303)


@area.post("/drafts/<int:draft>/code/<code>/<path:key>")
@needs(Right.RECORD)
def give_code(draft: int, code: str, key: str) -> ResponseReturnValue:
    if console().staff_number is None:
        raise Refused("No number is set by which staff record.")
    piece = Piece(code, key)
    _voice(draft, piece)
    given = office().codes.give(draft, piece, me(), now())
    return _page(draft, piece, code=given, until=now() + LIFE)


@area.post("/drafts/<int:draft>/keep/<code>/<path:key>")
@needs(Right.RECORD)
def keep_take(draft: int, code: str, key: str) -> ResponseReturnValue:
    piece = Piece(code, key)
    office().recordings.keep_held(draft, piece, me(), now(), confirmed=request.form.get("sure") == "yes")
    tell("The recording is in the draft.")
    return redirect(_address(draft, piece), 303)


@area.post("/drafts/<int:draft>/let-go/<code>/<path:key>")
@needs(Right.RECORD)
def let_go(draft: int, code: str, key: str) -> ResponseReturnValue:
    piece = Piece(code, key)
    office().recordings.let_go(draft, piece, me())
    tell("The recording was thrown away.")
    return redirect(_address(draft, piece), 303)


@area.post("/drafts/<int:draft>/take-out/<code>/<path:key>")
@needs(Right.RECORD)
def take_out(draft: int, code: str, key: str) -> ResponseReturnValue:
    piece = Piece(code, key)
    office().recordings.drop(draft, piece, me(), now())
    tell("The recording was taken out of the draft: its words are spoken by a voice again.")
    return redirect(_address(draft, piece), 303)


def _page(
    draft: int,
    piece: Piece,
    problem: Told | None = None,
    code: str | None = None,
    until: datetime | None = None,
    status: int = 409,
) -> Response:
    key = prompt_of(piece).key
    pieces = voices(draft, key, console().language(piece.language, draft))
    response = page(
        "voice.html",
        status if problem else 200,
        me=me(),
        draft=office().drafts.get(draft),
        key=key,
        voice=_of(pieces, piece),
        pieces=pieces,
        after=_next(draft, piece),
        sound=recorded.url,
        speeds=tuple(Speed),
        staff_number=console().staff_number,
        code=code,
        until=until,
        problem=problem,
    )
    response.headers["Permissions-Policy"] = MICROPHONE
    return response


def _refused(draft: int, piece: Piece, problem: Told, status: int = 409) -> ResponseReturnValue:
    """Why it was not taken: for the script that sent it, or as a page. 503: the same may be taken later,
    and the script keeps it."""
    if asked_by_script():
        return jsonify(problem=translated(problem)), status
    return _page(draft, piece, problem, status=status)


def _sent() -> tuple[bytes, str, str]:
    """The file that was sent, how it was made, and what it is called. Unusable where there is none."""
    upload = request.files.get("file")
    if upload is None or (not upload.filename and not asked_by_script()):
        raise Unusable("Choose a file.", reason=intake.Reason.EMPTY)
    source = BROWSER if request.form.get("source") == BROWSER else UPLOAD
    return upload.read(intake.LARGEST + 1), source, upload.filename or ""


def _voice(draft: int, piece: Piece) -> PieceVoice:
    return _of(voices(draft, prompt_of(piece).key, console().language(piece.language, draft)), piece)


def _of(pieces: tuple[PieceVoice, ...], piece: Piece) -> PieceVoice:
    found = next((each for each in pieces if each.piece == piece), None)
    if found is None:
        raise NotFound("There is no text %(place)s.", place=str(prompt_of(piece)))
    return found


def _next(draft: int, piece: Piece) -> Piece | None:
    """The next piece of the language without a recording of its words, for whoever reads all."""
    chunks = office().recordings.chunks(draft)
    standing = office().recordings.standing(draft)
    mine = [each for each in chunks if each.language == piece.language]
    behind = mine[mine.index(piece) + 1 :] if piece in mine else []
    return next((p for p in behind if p not in standing or not standing[p].matches(chunks[p].spoken)), None)


def _address(draft: int, piece: Piece) -> str:
    return url_for("staff.voice", draft=draft, code=piece.language, key=piece.chunk)

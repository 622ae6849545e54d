"""Recording by telephone: staff ring the number that is theirs, and a code says who they are.

The console shows a one-time code for one piece of one draft. What happens in the call is decided by
`ivr.call.recording_call`; here is what it has looked up, fetched and kept. The number that a call comes
from opens nothing. As on the public line the call carries its own state: a signed token in the address,
good for this call alone.
"""

import hashlib
import hmac
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from flask import Blueprint, Flask, Response, current_app, request
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.exceptions import HTTPException

from ivr.call.acts import Lost, NoInput, Ring
from ivr.call.recording_call import mark_of, step
from ivr.call.recording_events import (
    CodeRedeemed,
    CodeRefused,
    Done,
    DropTake,
    FindTake,
    FindText,
    JudgeTake,
    KeepTake,
    Keyed,
    Order,
    OutOfOrder,
    RecordingHeard,
    RecordingPosition,
    RecordingWords,
    Redeem,
    Stage,
    TakeFound,
    TakeJudged,
    TakeMissing,
    TextFound,
    TurnedAway,
    VoiceTaken,
    WordsChanged,
)
from ivr.carrier import addresses, edge, twiml
from ivr.carrier.faults import log_fault
from ivr.carrier.media import NotFetched, RecordedMedia
from ivr.carrier.webhooks import METHODS
from ivr.editions.codes import Errand, WrongCode
from ivr.editions.edition import Piece
from ivr.editions.office import Office
from ivr.line.pronunciation import USUAL, Pace
from ivr.line.speeds import Speed
from ivr.line.values import Line
from ivr.line.words import Span
from ivr.people.accounts import Accounts
from ivr.people.persons import Person
from ivr.people.refusals import Refusal, Refused
from ivr.people.telling import Told, told
from ivr.staff.context import LANGUAGES, now, said, unusable
from ivr.staff.recording_words import recording_words, spoken
from ivr.store.database import DatabaseGone
from ivr.voice import recorded
from ivr.voice.booth import Booth, BoothFailed
from ivr.voice.intake import Unusable
from ivr.voice.pace import estimated_seconds

log = logging.getLogger(__name__)

ERRAND_LIFE = 30 * 60
"""Seconds that each step of a call waits for the next one, which must be signed [own value]."""


@dataclass(frozen=True, slots=True)
class StaffLine:
    """What the staff's telephone needs. `number` is what is rung for it (E.164), None where
    nobody records by telephone; `secret` signs the errands, and the carrier has the recordings (`media`)."""

    office: Office
    number: str | None
    secret: str
    booth: Booth
    media: RecordedMedia

    @property
    def line(self) -> Line:
        """Whose voices speak."""
        return self.office.library.shipped.line


area = Blueprint("staff_line", __name__, url_prefix="/voice/staff")
"""All routes under /voice/staff."""


def install(app: Flask, line: StaffLine) -> None:
    """Add the staff's telephone to the application."""
    app.extensions["ivr.staff_line"] = line
    app.register_blueprint(area)


def _staff_line() -> StaffLine:
    """The staff's telephone of the application that is asked."""
    found: StaffLine = current_app.extensions["ivr.staff_line"]
    return found


@area.before_request
def only_for_staff() -> Response | None:
    """Whoever rang another number is a caller, who hears what callers hear."""
    number = _staff_line().number
    if number is None or edge.fields(request).called != number:
        return _twiml(twiml.elsewhere("/voice"))
    return None


@area.route("", methods=METHODS)
def ring() -> Response:
    """A call begins."""
    return _answer(RecordingPosition(), Ring())


@area.route(
    f"/<token>/<any({addresses.KEY},{addresses.SILENCE},{addresses.RECORDED}):event>",
    methods=METHODS,
)
def go_on(token: str, event: str) -> Response:
    """A call goes on from where its token says that it stands."""
    position = _position(_staff_line(), token)
    return _answer(position or RecordingPosition(), Lost() if position is None else _heard(event))


@area.errorhandler(Exception)
def out_of_order(error: Exception) -> Response | HTTPException:
    """A fault of ours is told in the call."""
    if isinstance(error, HTTPException):
        return error
    if not isinstance(error, DatabaseGone):
        log_fault(log, "a webhook of the staff's telephone failed", error)
    return _answer(RecordingPosition(), OutOfOrder())


def _heard(event: str) -> RecordingHeard:
    told = edge.fields(request)
    match event:
        case addresses.RECORDED:
            return VoiceTaken(told.recording, hung_up=told.hung_up)
        case addresses.KEY:
            return Keyed(told.digits)
        case _:
            return NoInput()


def _answer(position: RecordingPosition, heard: RecordingHeard) -> Response:
    """Decide, carry out what that asks for, and decide again, until there is something to say."""
    line = _staff_line()
    words = _words(line)
    turn = step(words, position, heard)
    while turn.order:
        turn = step(words, turn.position, _carried_out(line, turn.order, turn.position))
    way = partial(_address, line, turn.position)
    return _twiml(twiml.acts_written(line.line, turn.acts, way, twiml.Carriage(), words.language))


def _twiml(document: str) -> Response:
    return Response(document, mimetype="text/xml")


def _words(line: StaffLine) -> RecordingWords:
    """What the line itself says, in the first language of the console."""
    return recording_words(next(iter(LANGUAGES)), _voice(line, next(iter(LANGUAGES))))


def _voice(line: StaffLine, language: str) -> str:
    """The language of the line (code) that speaks words of that language: the first where it is unknown."""
    return language if language in line.line.languages else line.line.first_language.code


def _told(sentence: Told) -> str:
    return spoken(sentence, next(iter(LANGUAGES)))


# --- orders ---------------------------------------------------------------------------------


def _carried_out(line: StaffLine, order: Order, position: RecordingPosition) -> RecordingHeard:
    """What came of an order."""
    try:
        if isinstance(order, Redeem):
            return _redeemed(line, order.code)
        return _ERRANDS[type(order)](line, _errand(position), position, order)
    except Refusal as error:
        return TurnedAway(_told(said(error)))


def _redeemed(line: StaffLine, code: str) -> RecordingHeard:
    try:
        errand = line.office.codes.redeem(code, _call(line), now())
    except WrongCode as error:
        return CodeRefused(_told(said(error)), error.final)
    _person(line, errand)
    return CodeRedeemed(json.dumps([errand.person, errand.name, errand.draft, *_piece(errand)]))


def _find_text(line: StaffLine, errand: Errand, _position: RecordingPosition, _order: Order) -> RecordingHeard:
    return TextFound(_voice(line, errand.piece.language), _text(line, errand))


def _judge(line: StaffLine, errand: Errand, position: RecordingPosition, order: Order) -> RecordingHeard:
    if position.mark != mark_of(_text(line, errand)):
        return WordsChanged()
    try:
        _hold(line, errand, line.media.fetch(position.take))
    except NotFetched as error:
        log.warning("a recording by telephone was not fetched: %s", error)
        return TakeJudged(_told(told("The recording did not arrive. Please say it once more.")))
    except BoothFailed as error:
        log.warning("a recording by telephone was not converted: %s", error)
        return TakeJudged(_told(told("The recording could not be worked on. Please say it once more.")))
    except Unusable as error:
        line.media.remove(position.take)
        return TakeJudged(_told(unusable(error)))
    if isinstance(order, JudgeTake) and order.hung_up:  # nobody is there to decide: it waits in the console
        line.media.remove(position.take)
    return TakeJudged()


def _find_take(line: StaffLine, errand: Errand, _position: RecordingPosition, _order: Order) -> RecordingHeard:
    found = line.office.recordings.held(errand.draft, _person(line, errand)).get(errand.piece)
    if found is None:
        return TakeMissing()
    sound = recorded.url(found.recording.audio, Speed.NORMAL)
    return TakeFound(sound, tuple(_told(doubt) for doubt in found.doubts))


def _keep(line: StaffLine, errand: Errand, position: RecordingPosition, _order: Order) -> RecordingHeard:
    line.office.recordings.keep_held(errand.draft, errand.piece, _person(line, errand), now(), confirmed=True)
    line.media.remove(position.take)
    return Done()


def _drop(line: StaffLine, errand: Errand, position: RecordingPosition, _order: Order) -> RecordingHeard:
    line.office.recordings.let_go(errand.draft, errand.piece, _person(line, errand))
    line.media.remove(position.take)
    return Done()


_ERRANDS: dict[type[Order], Callable[[StaffLine, Errand, RecordingPosition, Order], RecordingHeard]] = {
    FindText: _find_text,
    JudgeTake: _judge,
    FindTake: _find_take,
    KeepTake: _keep,
    DropTake: _drop,
}


def _hold(line: StaffLine, errand: Errand, content: bytes) -> None:
    piece, text = errand.piece, _text(line, errand)
    pace = _pace(line, piece.language)
    audio, doubts = line.booth.take(content, pace, estimated_seconds((Span(text),), pace))
    person = _person(line, errand)
    told_doubts = [(doubt.message, doubt.facts) for doubt in doubts]
    line.office.recordings.hold(errand.draft, piece, text, audio, "telephone", person, now(), told_doubts)


def _pace(line: StaffLine, code: str) -> Pace:
    """How fast the language is spoken, as what callers hear now or the program's files say."""
    lines = (line.office.shelf.line("", now()), line.office.library.shipped.line)
    return next((each.languages[code].pace for each in lines if code in each.languages), USUAL)


def _text(line: StaffLine, errand: Errand) -> str:
    """What the piece says in the draft just now."""
    chunk = line.office.recordings.chunks(errand.draft).get(errand.piece)
    if chunk is None:
        raise Refused("This text is no longer in the draft.")
    return chunk.spoken


def _person(line: StaffLine, errand: Errand) -> Person:
    """Whoever the code was given to, with the roles of today. Refused where the account is stopped."""
    accounts = Accounts(line.office.database, line.secret).all()
    found = next((each.person for each in accounts if each.id == errand.person and not each.stopped_at), None)
    if found is None:
        raise Refused("This account may not record any more.")
    return found


# --- the address ----------------------------------------------------------------------------


def _address(line: StaffLine, position: RecordingPosition, event: str) -> str:
    """The address of what happens next in this call."""
    kept = [_call(line), position.stage, position.tries, position.errand, position.mark, position.take]
    return f"/voice/staff/{_signer(line).dumps(kept)}/{event}"


def _position(line: StaffLine, token: str) -> RecordingPosition | None:
    """Where the call stands; None where the token is none of this call's, or too old."""
    try:
        call, stage, tries, errand, mark, take = _signer(line).loads(token, max_age=ERRAND_LIFE)
        position = RecordingPosition(Stage(stage), tries, errand, mark, take)
    except (BadData, ValueError, TypeError):
        return None
    return position if hmac.compare_digest(str(call), _call(line)) else None


def _errand(position: RecordingPosition) -> Errand:
    person, name, draft, language, chunk = json.loads(position.errand)
    return Errand(person, name, draft, Piece(language, chunk))


def _piece(errand: Errand) -> tuple[str, str]:
    return errand.piece.language, errand.piece.chunk


def _signer(line: StaffLine) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(
        line.secret,
        salt="ivr.staff.telephone",
        signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
    )


def _call(line: StaffLine) -> str:
    """A key of this call: its SID goes no further."""
    sid = edge.fields(request).call
    return hmac.new(line.secret.encode(), f"staff call:{sid}".encode(), hashlib.sha256).hexdigest()[:32]

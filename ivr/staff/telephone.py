"""Recording by telephone: staff ring the number that is theirs, and a code says who they are.

The console shows a one-time code for one piece of one draft. Whoever keys it hears the words,
reads them after the tone, listens, and keeps the take, makes it again or throws it away. The
number that a call comes from opens nothing. As on the public line the call carries its own
state: after the code, a signed errand stands in the address, good for this call alone.
"""

import hashlib
import hmac
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace

from flask import Blueprint, Response, abort, request, url_for
from flask_babel import force_locale, gettext
from itsdangerous import BadData, URLSafeTimedSerializer
from twilio.twiml.voice_response import Gather, VoiceResponse
from werkzeug.exceptions import HTTPException

from ivr.carrier import edge, signatures
from ivr.carrier.faults import log_fault
from ivr.carrier.recordings import NotFetched, Recordings
from ivr.carrier.twiml import written
from ivr.carrier.webhooks import METHODS
from ivr.editions.codes import Errand, WrongCode
from ivr.editions.edition import Piece
from ivr.editions.office import Office
from ivr.line.speeds import Speed
from ivr.line.text import whole
from ivr.line.values import Language
from ivr.line.words import Span
from ivr.people.accounts import Accounts
from ivr.people.persons import Person
from ivr.people.refusals import Refused
from ivr.people.telling import Told, told
from ivr.staff.context import LANGUAGES, now, said, unusable, words
from ivr.store.database import DatabaseGone
from ivr.voice import recorded
from ivr.voice.booth import Booth, BoothFailed
from ivr.voice.intake import Unusable
from ivr.voice.pace import estimated_seconds

log = logging.getLogger(__name__)

CODE_SECONDS = 10
"""How long the line waits for the next key of a code: it is read off a screen [own value]."""

CHOICE_SECONDS = 10
LONGEST = 60
"""Seconds of a recording; a passage may have twenty."""

PAUSE = 5
"""Seconds of silence that end a recording, as Twilio has it."""

ERRAND_LIFE = 30 * 60
"""Seconds that the errand of a code is good for, in the call that keyed it [own value]."""

TRIES = 3
"""How often the line asks again before it says goodbye."""


@dataclass(frozen=True, slots=True)
class StaffLine:
    """What the staff's telephone needs. `number` is what is rung for it (E.164), None where
    nobody records by telephone; `token` signs the webhooks, `secret` the errands."""

    office: Office
    token: str
    public_url: str
    number: str | None
    secret: str
    booth: Booth
    recordings: Recordings


@dataclass(frozen=True, slots=True)
class _Job:
    """An errand under way: who records what, a mark of the words that were read out to them, and
    what the carrier calls the last recording."""

    errand: Errand
    words: str = ""
    sid: str = ""


def blueprint(line: StaffLine) -> Blueprint:
    """All routes under /voice/staff."""
    area = Blueprint("staff_line", __name__, url_prefix="/voice/staff")

    @area.before_request
    def guard() -> Response | None:
        if not signatures.signed(request, line.token, line.public_url):
            abort(403)
        if line.number is None or edge.given(request).get("To") != line.number:
            return _answer(_to_the_public_line())
        return None

    _ask_for_code(area, line)
    _record(area, line)
    _decide(area, line)
    _errors(area, line)
    return area


def _ask_for_code(area: Blueprint, line: StaffLine) -> None:
    @area.route("", methods=METHODS)
    def ring() -> Response:
        return _code(line, told("This is the recording line of the My Number telephone line."))

    @area.route("/silence", methods=METHODS)
    def no_code() -> Response:
        return _code(line, tries=_tries() + 1)

    @area.route("/code", methods=METHODS)
    def code() -> Response:
        try:
            errand = line.office.codes.redeem(edge.given(request).get("Digits", ""), _call(line), now())
        except WrongCode as error:
            return _goodbye(line, said(error)) if error.final else _code(line, said(error), tries=_tries() + 1)
        if _editor(line, errand) is None:
            return _goodbye(line, told("This account may not record any more."))
        return _read_out(line, _Job(errand))


def _record(area: Blueprint, line: StaffLine) -> None:
    @area.route("/<job>/tone", methods=METHODS)
    @_with_job(line)
    def tone(job: _Job) -> Response:
        response = VoiceResponse()
        response.record(
            action=_way(line, "recorded", job),
            method="POST",
            timeout=PAUSE,
            max_length=LONGEST,
            finish_on_key="#",
            play_beep=True,
            trim="do-not-trim",  # the take is trimmed here, with its own measure
        )
        response.redirect(_way(line, "nothing", job), method="POST")  # an empty recording asks for nothing
        return _answer(response)

    @area.route("/<job>/nothing", methods=METHODS)
    @_with_job(line)
    def nothing(job: _Job) -> Response:
        if _tries() + 1 >= TRIES:
            return _goodbye(line, told("No voice was heard."))
        return _read_out(line, job, told("No voice was heard."), tries=_tries() + 1)

    @area.route("/<job>/recorded", methods=METHODS)
    @_with_job(line)
    def take(job: _Job) -> Response:
        job = replace(job, sid=edge.given(request).get("RecordingSid", ""))
        if job.words != _mark(_words(line, job)):
            return _read_out(line, job, told("The text was changed meanwhile."))
        try:
            content = line.recordings.fetch(job.sid)
            _hold(line, job, content)
        except NotFetched as error:
            log.warning("a recording by telephone was not fetched: %s", error)
            return _read_out(line, job, told("The recording did not arrive. Please say it once more."))
        except BoothFailed as error:
            log.warning("a recording by telephone was not converted: %s", error)
            return _read_out(line, job, told("The recording could not be worked on. Please say it once more."))
        except Unusable as error:
            line.recordings.remove(job.sid)
            return _read_out(line, job, unusable(error))
        if edge.given(request).get("Digits") == "hangup":
            line.recordings.remove(job.sid)
        return _listen(line, job)


def _decide(area: Blueprint, line: StaffLine) -> None:
    held = line.office.recordings

    @area.route("/<job>/choice", methods=METHODS)
    @_with_job(line)
    def choice(job: _Job) -> Response:
        errand, person = job.errand, _person(line, job.errand)
        match edge.given(request).get("Digits", ""):
            case "1":
                # whoever heard the doubts and the recording, and keys 1, confirms that it is right
                held.keep_held(errand.draft, errand.piece, person, now(), confirmed=True)
                line.recordings.remove(job.sid)
                return _code(line, told("The recording is in the draft."), again=True)
            case "2":
                held.let_go(errand.draft, errand.piece, person)
                line.recordings.remove(job.sid)
                return _read_out(line, replace(job, sid=""))
            case "3":
                held.let_go(errand.draft, errand.piece, person)
                line.recordings.remove(job.sid)
                return _code(line, told("The recording was thrown away."), again=True)
            case _:
                return _listen(line, job)

    @area.route("/<job>/waiting", methods=METHODS)
    @_with_job(line)
    def waiting(job: _Job) -> Response:
        if _tries() + 1 >= TRIES:
            return _goodbye(line, told("The recording waits for you in the console."))
        return _listen(line, job, tries=_tries() + 1)


def _errors(area: Blueprint, line: StaffLine) -> None:
    @area.errorhandler(Refused)
    def refused(error: Refused) -> Response:
        return _goodbye(line, said(error))

    @area.errorhandler(Exception)
    def fault(error: Exception) -> Response | HTTPException:
        if isinstance(error, HTTPException):
            return error
        if not isinstance(error, DatabaseGone):
            log_fault(log, "a webhook of the staff's telephone failed", error)
        return _goodbye(line, told("Something went wrong here. What was recorded waits in the console."))


# --- what is said ---------------------------------------------------------------------------


def _code(line: StaffLine, first: Told | None = None, tries: int = 0, again: bool = False) -> Response:
    """Ask for a code: the first one, or that of the next text."""
    if tries >= TRIES:
        return _goodbye(line, first)
    response = VoiceResponse()
    gather = Gather(
        input="dtmf",
        num_digits=8,
        timeout=CODE_SECONDS,
        finish_on_key="#",
        action=url_for("staff_line.code", tries=tries),
        method="POST",
    )
    ask = (
        told("Key the eight digits of the next code, or hang up.")
        if again
        else told("Key the eight digits of the code.")
    )
    _say(line, gather, *([first] if first else []), ask)
    response.append(gather)
    response.redirect(url_for("staff_line.no_code", tries=tries), method="POST")
    return _answer(response)


def _read_out(line: StaffLine, job: _Job, first: Told | None = None, tries: int = 0) -> Response:
    """The words to be read; a key goes on to the tone at once."""
    piece, text = job.errand.piece, _words(line, job)
    job = replace(job, words=_mark(text))
    response = VoiceResponse()
    gather = Gather(
        input="dtmf",
        num_digits=1,
        timeout=1,
        finish_on_key="",
        action=_way(line, "tone", job, tries),
        method="POST",
    )
    _say(line, gather, *([first] if first else []), told("You record this text:"))
    _speak(gather, _language(line, piece.language), text)
    _say(line, gather, told("Read it aloud after the tone, then press hash."))
    response.append(gather)
    response.redirect(_way(line, "tone", job, tries), method="POST")
    return _answer(response)


def _listen(line: StaffLine, job: _Job, tries: int = 0) -> Response:
    """The take as callers will hear it, and what may be done with it."""
    errand = job.errand
    found = line.office.recordings.held(errand.draft, _person(line, errand)).get(errand.piece)
    if found is None:
        return _read_out(line, job, told("There is no recording yet."))
    response = VoiceResponse()
    gather = Gather(
        input="dtmf",
        num_digits=1,
        timeout=CHOICE_SECONDS,
        finish_on_key="",
        action=_way(line, "choice", job),
        method="POST",
    )
    if found.doubts:
        _say(line, gather, told("This recording may not be right:"), *found.doubts)
    _say(line, gather, told("This is how callers hear it."))
    gather.play(recorded.url(found.recording.audio, Speed.NORMAL))
    _say(
        line,
        gather,
        told("If it is right all the same, press 1 to keep it. To record it again press 2, to throw it away press 3.")
        if found.doubts
        else told("To keep it press 1, to record it again press 2, to throw it away press 3."),
    )
    response.append(gather)
    response.redirect(_way(line, "waiting", job, tries), method="POST")
    return _answer(response)


def _goodbye(line: StaffLine, last: Told | None) -> Response:
    response = VoiceResponse()
    _say(line, response, *([last] if last else []), told("Goodbye."))
    response.hangup()
    return _answer(response)


def _to_the_public_line() -> VoiceResponse:
    """Whoever gets here by another number is a caller: they hear what callers hear."""
    response = VoiceResponse()
    response.redirect("/voice", method="POST")
    return response


def _say(line: StaffLine, to: VoiceResponse | Gather, *sentences: Told) -> None:
    """The line's own words, in the first language of the console."""
    code = next(iter(LANGUAGES))
    with force_locale(code):
        words().as_default()
        text = "".join(gettext(message, **facts) for message, facts in sentences)
    _speak(to, _language(line, code), text)


def _speak(to: VoiceResponse | Gather, language: Language, text: str) -> None:
    to.say(text, language=language.locale, voice=language.voice)


def _answer(response: VoiceResponse) -> Response:
    return Response(written(response), mimetype="text/xml")


# --- the errand -----------------------------------------------------------------------------


def _with_job(line: StaffLine) -> Callable[[Callable[[_Job], Response]], Callable[..., Response]]:
    """The errand in the address; where it is none of this call's, a code is asked for."""

    def wrap(view: Callable[[_Job], Response]) -> Callable[..., Response]:
        def with_job(job: str) -> Response:
            found = _known(line, job)
            return _code(line, told("The code has expired.")) if found is None else view(found)

        with_job.__name__ = view.__name__
        return with_job

    return wrap


def _way(line: StaffLine, step: str, job: _Job, tries: int = 0) -> str:
    """The address of the next step of an errand."""
    errand = job.errand
    token = _signer(line).dumps(
        [
            _call(line),
            errand.person,
            errand.name,
            errand.draft,
            errand.piece.language,
            errand.piece.chunk,
            job.words,
            job.sid,
        ]
    )
    return f"/voice/staff/{token}/{step}" + (f"?tries={tries}" if tries else "")


def _known(line: StaffLine, token: str) -> _Job | None:
    try:
        call, person, name, draft, language, chunk, mark, sid = _signer(line).loads(token, max_age=ERRAND_LIFE)
    except (BadData, ValueError, TypeError):
        return None
    if not hmac.compare_digest(str(call), _call(line)):
        return None
    return _Job(Errand(person, name, draft, Piece(language, chunk)), mark, sid)


def _signer(line: StaffLine) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(
        line.secret,
        salt="ivr.staff.telephone",
        signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
    )


def _call(line: StaffLine) -> str:
    """A key of this call: its SID goes no further."""
    sid = edge.given(request).get("CallSid", "")
    return hmac.new(line.secret.encode(), f"staff call:{sid}".encode(), hashlib.sha256).hexdigest()[:32]


def _editor(line: StaffLine, errand: Errand) -> Person | None:
    """Whoever the code was given to, with the roles of today; None where the account is stopped."""
    accounts = Accounts(line.office.database, line.secret).all()
    return next((each.person for each in accounts if each.id == errand.person and not each.stopped_at), None)


def _person(line: StaffLine, errand: Errand) -> Person:
    found = _editor(line, errand)
    if found is None:
        raise Refused("This account may not record any more.")
    return found


def _hold(line: StaffLine, job: _Job, content: bytes) -> None:
    piece, text = job.errand.piece, _words(line, job)
    expected = estimated_seconds((Span(text),), piece.language)
    audio, doubts = line.booth.take(content, piece.language, expected)
    person = _person(line, job.errand)
    told_doubts = [(doubt.message, doubt.facts) for doubt in doubts]
    line.office.recordings.hold(job.errand.draft, piece, text, audio, "telephone", person, now(), told_doubts)


def _words(line: StaffLine, job: _Job) -> str:
    """What the piece says in the draft just now."""
    chunk = line.office.recordings.chunks(job.errand.draft).get(job.errand.piece)
    if chunk is None:
        raise Refused("This text is no longer in the draft.")
    return chunk.spoken


def _mark(text: str) -> str:
    """A short name of words, to see whether they were changed."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _language(line: StaffLine, code: str) -> Language:
    known = line.office.library.shipped.line.languages
    return known.get(code) or line.office.library.shipped.line.first_language


def _tries() -> int:
    return whole(request.args.get("tries", "")) or 0

"""A small TwiML telephone: it rings the line as Twilio would and hears what a caller hears.

It sends the same signed webhooks as Twilio, reads the TwiML that comes back and keeps to
Twilio's documented semantics, named at each rule ("Gather" means the page
https://www.twilio.com/docs/voice/twiml/gather, and so on). Where Twilio would only warn and
go on without the caller hearing what was meant, the handset stops with a :class:`LineFault`.

    caller = Handset(Wsgi(app, auth_token, "https://line.example"), at=monday_at_eleven)
    caller.dial()
    caller.press("1")
    assert caller.heard("fraud")

Time is reckoned, never waited for: speech takes an estimated time, silence the time-out of
the Gather that listens. A handset that was given ``at`` carries that clock to the line
(``environ["ivr.now"]``, which no HTTP client can set), so that a call may cross a closing hour.
"""

import re
import unicodedata
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn, Protocol
from urllib.parse import quote, urldefrag, urlencode, urljoin, urlsplit
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import requests
from twilio.request_validator import RequestValidator
from werkzeug.test import Client

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

KEYS = "0123456789*#"
BUILT_IN_NUMBER = "+815000000000"  # what our telephones ring where the line has no number yet
BUILT_IN_ACCOUNT = "AC" + b"built-in handset".hex()  # by which the line knows our telephones: they are no callers
OUTCOMES = ("completed", "busy", "no-answer", "failed", "canceled")

# Twilio's numbers for the faults it names itself: https://www.twilio.com/docs/api/errors
NOT_RETRIEVED = 11200
TOO_LARGE = 11750
NOT_PARSED = 12100
AGAINST_SCHEMA = 12200
WRONG_CONTENT_TYPE = 12300
NOT_DIALLABLE = 13224

LARGEST_DOCUMENT = 64 * 1024  # bytes; error 11750
LONGEST_SAY = 4096  # characters; Say
LONGEST_ENCODED_SAY = 4500  # characters once URL-encoded, tags included
ENDLESS_LOOP = 1000  # what loop="0" comes to; Say, Play
MOST_DOCUMENTS_UNHEARD = 100  # documents in a row without listening: a circle [our own value]

KEY_SECONDS = 0.5  # between two keys of one entry [our own estimate]
TONE_SECONDS = 0.5  # one tone, or w for none; Play
REFUSAL_SECONDS = 3.0  # until a busy or failing number says so [our own estimate]
TALK_SECONDS = 60.0  # a transfer that was answered, unless the caller says otherwise [our own]
END_OF_DOCUMENT = Element("Hangup")  # with nothing left to do Twilio hangs up
WORD_SECONDS = 60 / 150
MORA_SECONDS = 60 / 330
SCRIPT_SECONDS = (  # by a part of the character's Unicode name [our own estimates]
    ("HIRAGANA", MORA_SECONDS),
    ("KATAKANA", MORA_SECONDS),
    ("HANGUL", 0.2),
    ("THAI", 0.08),
    ("DEVANAGARI", 0.08),
    ("DIGIT", 0.3),
    ("FULL STOP", 0.4),
    ("QUESTION MARK", 0.4),
    ("EXCLAMATION MARK", 0.4),
    ("COMMA", 0.2),
)
FROZEN = 1  # the form of a frozen call; a later form has a higher number
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


class LineFault(Exception):
    """What the line sent is something that Twilio would refuse, or a caller would not hear.

    ``url`` is the document at fault, ``reason`` says what is wrong with it, and ``code`` is
    Twilio's error number where Twilio has one.
    """

    def __init__(self, url: str, reason: str, code: int | None = None) -> None:
        self.url = url
        self.reason = reason
        self.code = code
        super().__init__(f"{url}: {reason}" + (f" (Twilio error {code})" if code else ""))


class NotNow(Exception):
    """The caller did something that the call does not allow at this moment."""


# Carrying: signed requests over WSGI or HTTP ------------------------------------------------


class Answer(NamedTuple):
    """What the line answered: HTTP status, content type as sent, body."""

    status: int
    content_type: str
    body: bytes


class Carrier(Protocol):
    """Sends one signed request to the line; ``origin`` is the public one, as Twilio knows it."""

    origin: str

    def post(self, url: str, form: Mapping[str, str], now: datetime | None = None) -> Answer:
        """Post the form to the full public address."""

    def get(self, url: str, now: datetime | None = None) -> Answer:
        """Get the full public address."""


class Wsgi:
    """Carries to a WSGI application in this process.

    ``now`` of a request becomes ``environ["ivr.now"]``, and ``environ`` is added as it is. An
    address off the public origin is a :class:`LineFault`: nothing signed for the line goes
    anywhere else.
    """

    def __init__(
        self,
        app: "WSGIApplication",
        auth_token: str,
        public_url: str,
        environ: Mapping[str, object] | None = None,
    ) -> None:
        self.origin = public_url.rstrip("/")
        self._token = auth_token
        self._environ = dict(environ or {})
        self._client = Client(app, use_cookies=False)

    def post(self, url: str, form: Mapping[str, str], now: datetime | None = None) -> Answer:
        """Post the form, signed, as Twilio does."""
        return self._open("POST", url, form, now)

    def get(self, url: str, now: datetime | None = None) -> Answer:
        """Get the address, signed, as Twilio does where a method is GET."""
        return self._open("GET", url, {}, now)

    def _open(self, method: str, url: str, form: Mapping[str, str], now: datetime | None) -> Answer:
        response = self._client.open(
            _path(url, self.origin),
            base_url=self.origin,
            method=method,
            data=urlencode(form),
            headers=_headers(self._token, url, form),
            content_type="application/x-www-form-urlencoded; charset=UTF-8",
            environ_overrides=self._environ | ({} if now is None else {"ivr.now": now}),
            buffered=True,
        )
        return Answer(response.status_code, response.headers.get("Content-Type", ""), response.data)


class Http:
    """Carries to a real server: ``server`` is where it listens, ``public_url`` what is signed.

    A server keeps its own time, so a request with ``now`` is a ``ValueError``. An address off
    the public origin is a :class:`LineFault`, and so is a server that does not answer.
    """

    timeout = 15.0  # seconds; Twilio waits no longer for a webhook

    def __init__(self, server: str, auth_token: str, public_url: str | None = None) -> None:
        self.origin = (public_url or server).rstrip("/")
        self._server = server.rstrip("/")
        self._token = auth_token

    def post(self, url: str, form: Mapping[str, str], now: datetime | None = None) -> Answer:
        """Post the form, signed, as Twilio does."""
        return self._send("POST", url, form, now)

    def get(self, url: str, now: datetime | None = None) -> Answer:
        """Get the address, signed, as Twilio does where a method is GET."""
        return self._send("GET", url, {}, now)

    def _send(self, method: str, url: str, form: Mapping[str, str], now: datetime | None) -> Answer:
        if now is not None:
            raise ValueError("a server keeps its own time: only a WSGI application takes a clock")
        try:
            response = requests.request(
                method,
                self._server + _path(url, self.origin),
                data=form,
                headers=_headers(self._token, url, form),
                timeout=self.timeout,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            raise LineFault(url, f"no answer: {error}", NOT_RETRIEVED) from error
        return Answer(response.status_code, response.headers.get("Content-Type", ""), response.content)


def _headers(token: str, url: str, form: Mapping[str, str]) -> dict[str, str]:
    """Signature over address and form, and a token that only a retry would repeat.

    Source: https://www.twilio.com/docs/usage/security#validating-requests
    """
    return {
        "X-Twilio-Signature": RequestValidator(token).compute_signature(url, form),
        "I-Twilio-Idempotency-Token": str(uuid.uuid4()),
        "User-Agent": "TwilioProxy/1.1",
    }


def _path(url: str, origin: str) -> str:
    """Path and query of an address on the line's own origin."""
    if not url.startswith(origin + "/"):
        raise LineFault(url, f"leads away from {origin}", NOT_RETRIEVED)
    return url[len(origin) :]


# What a call consists of --------------------------------------------------------------------


@dataclass(frozen=True)
class Words:
    """What a recording says: the words as written, their language (BCP 47), and its seconds."""

    text: str
    language: str
    seconds: float


@dataclass(frozen=True)
class Heard:
    """One stretch of sound that the caller heard, in one language.

    ``kind`` is say, play, tones, pause or beep. ``text`` is as written, ``spoken`` with the
    aliases of ``<sub>`` in place. ``seconds`` is exact for pauses, estimated for speech and 0
    for a recording whose words and length the telephone was not told. ``cut``: a key broke it
    off.
    """

    kind: str
    text: str = ""
    spoken: str = ""
    language: str = ""
    voice: str = ""
    url: str = ""
    in_gather: bool = False
    seconds: float = 0.0
    cut: bool = False


@dataclass(frozen=True)
class Listening:
    """A Gather that listens, its defaults filled in. ``timeout`` is in seconds."""

    url: str
    method: str
    timeout: float
    num_digits: int | None
    finish_on_key: str
    takes_keys: bool
    takes_speech: bool
    action_on_empty_result: bool
    language: str
    attributes: Mapping[str, str]


@dataclass(frozen=True)
class Dialled:
    """A transfer: whom Twilio rings, and as whom. Times are in seconds.

    ``kind`` is Number, Client or Sip; several numbers ring at once. ``url`` is None without
    an action.
    """

    kind: str
    numbers: tuple[str, ...]
    caller_id: str
    url: str | None
    method: str
    timeout: float
    time_limit: float
    attributes: Mapping[str, str]

    @property
    def number(self) -> str:
        """The (first) number that rings."""
        return self.numbers[0]


@dataclass(frozen=True)
class Recording:
    """A Record that waits for the caller's voice. Times are in seconds."""

    url: str
    method: str
    timeout: float
    max_length: float
    finish_on_key: str
    attributes: Mapping[str, str]


@dataclass(frozen=True)
class Document:
    """One answer of the line as it came, for whoever wants to hold it against a schema."""

    url: str
    method: str
    status: int
    content_type: str
    xml: str


@dataclass
class _Entry:
    """What the caller is keying into a Gather, and how much of its speech is still to come."""

    gather: Listening
    speech_from: int
    speech_left: float
    digits: str = ""


@dataclass
class _Page:
    """The document being read: its address and the verbs not yet carried out."""

    url: str = ""
    verbs: Iterator[Element] = field(default_factory=lambda: iter(()))


# The telephone ------------------------------------------------------------------------------


class Handset:
    """One telephone and one call.

    ``to`` and ``caller`` are E.164 numbers. ``at`` is an aware datetime: the call is made
    then, and the telephone's clock goes on from there; None leaves the line its own clock.
    ``status_url`` is the status callback set on the number, None for none. ``words_of_play``
    tells what the recording at an address says, None where it does not know.
    """

    def __init__(
        self,
        transport: Carrier,
        to: str = "+815012345678",
        caller: str = "+81312345678",
        at: datetime | None = None,
        *,
        account_sid: str = "AC" + "0" * 32,
        status_url: str | None = "/voice/status",
        words_of_play: Callable[[str], Words | None] | None = None,
    ) -> None:
        if at is not None and at.utcoffset() is None:
            raise ValueError("at must say its time zone")
        self._transport = transport
        self._to = to
        self._caller = caller
        self._began = at
        self._account_sid = account_sid
        self._status_url = status_url
        self._words_of_play = words_of_play
        self._call_sid = _sid("CA")
        self._elapsed = 0.0
        self._page = _Page()
        self._entry: _Entry | None = None
        self._ringing: Dialled | None = None
        self._recording: Recording | None = None
        self._rang = self._on_the_line = False
        self._heard: list[Heard] = []
        self._mark = 0
        self._documents: list[Document] = []
        self._dialled: list[Dialled] = []

    # What the caller does

    def dial(self, path: str = "/voice") -> None:
        """Ring the line ("a call comes in") and listen until it listens."""
        if self._rang:
            raise NotNow("this telephone has made its call: take a new one")
        self._rang = self._on_the_line = True
        self._ask(self._transport.origin + path, "POST", {"CallStatus": "ringing"})

    def press(self, keys: str, after: float | None = None) -> None:
        """Press keys one after another, each in whatever Gather then listens.

        Each key is pressed when the Gather has said all it says, or, with ``after``, that
        many seconds into it: the rest is then not heard. A Gather that wants more digits
        than were pressed goes on listening: ``wait()`` ends the entry.

        The first key must find someone listening, else :class:`NotNow`; like on any
        telephone, further keys that find nobody are lost.
        """
        if not keys or set(keys) - set(KEYS):
            raise ValueError(f"not keys of a telephone: {keys!r}")
        self._entry_for("keys")
        for key in keys:
            if self._entry is not None and self._entry.gather.takes_keys:
                self._act()
                self._press(self._entry, key, after)

    def say(self, words: str, after: float | None = None) -> None:
        """Speak to a Gather that takes speech; no words at all are an empty result.

        Twilio takes whichever came first, so after a key it no longer hears speech.
        """
        entry = self._entry_for("speech")
        if entry.digits:
            raise NotNow("a key was pressed first, so speech is not heard")
        self._act()
        self._interrupt(entry, after)
        self._pass(speech_seconds(words, entry.gather.language))
        result = {"SpeechResult": words, "Confidence": "0.9"} if words else {}
        self._finish(entry.gather, result)

    def wait(self) -> None:
        """Do nothing, once.

        Exactly one time-out of the Gather that listens passes, after whatever it still has
        to say; then everything follows until the next Gather begins to listen, a transfer
        rings, a recording begins or the call ends. A text that reads on by itself is thus
        heard one passage a wait. Digits already keyed are handed in. While a transfer rings
        nobody answers it; while a recording waits nothing is recorded.
        """
        if self._ringing is not None:
            self.transfer("no-answer")
        elif self._recording is not None:
            self.record(0)
        else:
            entry = self._entry_for("anything")
            self._act()
            self._interrupt(entry, None)
            self._pass(entry.gather.timeout)
            self._finish(entry.gather, {"Digits": entry.digits} if entry.digits else {})

    def transfer(self, status: str, seconds: float | None = None) -> None:
        """End the transfer in progress: completed, busy, no-answer, failed or canceled.

        ``seconds`` is how long it took: talk for completed (one minute unless said, at most
        the Dial's time limit), ringing for the others (no-answer: the Dial's time-out).
        """
        if status not in OUTCOMES:
            raise ValueError(f"{status!r} is none of {', '.join(OUTCOMES)}")
        if self._ringing is None:
            raise NotNow("no transfer is in progress")
        dialled, self._ringing = self._ringing, None
        self._act()
        duration = _transfer_seconds(dialled, status, seconds)
        self._pass(duration)
        if dialled.url is None:
            self._run()
        else:
            self._ask(dialled.url, dialled.method, _transfer_form(status, duration))

    def record(self, seconds: float, digits: str = "") -> None:
        """Speak into the Record that waits, for so many seconds, and end it.

        ``digits`` is the key that ends it, "" to fall silent, "hangup" to hang up. Nothing
        recorded means no request: the next verb follows (Record).
        """
        if self._recording is None:
            raise NotNow("no recording is in progress")
        if digits not in ("", "hangup") and (len(digits) != 1 or digits not in self._recording.finish_on_key):
            raise ValueError(f"{digits!r} does not end this recording")
        recording, self._recording = self._recording, None
        self._act()
        length = min(seconds, recording.max_length)
        self._pass(length + (0 if digits or length < seconds else recording.timeout))
        self._hand_in(recording, length, digits)

    def hang_up(self) -> None:
        """Put the receiver down. Twilio then posts the status callback; twice is once."""
        if self._on_the_line:
            self._act()
            self._end("completed")

    # A call put by and taken up again

    def freeze(self) -> dict[str, Any]:
        """Return the call as it stands, in plain values that JSON can hold.

        What was heard so far is not part of it: whoever freezes the call has heard it.
        """
        verbs = list(self._page.verbs)
        self._page.verbs = iter(verbs)
        return {
            "form": FROZEN,
            "to": self._to,
            "caller": self._caller,
            "at": self._began and self._began.isoformat(),
            "account_sid": self._account_sid,
            "status_url": self._status_url,
            "call_sid": self._call_sid,
            "elapsed": self._elapsed,
            "rang": self._rang,
            "on_the_line": self._on_the_line,
            "url": self._page.url,
            "verbs": [ElementTree.tostring(verb, "unicode") for verb in verbs],
            "gather": self._entry and asdict(self._entry.gather),
            "speech_left": self._entry.speech_left if self._entry else 0.0,
            "digits": self._entry.digits if self._entry else "",
            "ringing": self._ringing and asdict(self._ringing),
            "recording": self._recording and asdict(self._recording),
        }

    @classmethod
    def thaw(
        cls,
        transport: Carrier,
        frozen: Mapping[str, Any],
        words_of_play: Callable[[str], Words | None] | None = None,
    ) -> "Handset":
        """Take up a call that :meth:`freeze` put by. ValueError where its form is another."""
        if frozen.get("form") != FROZEN:
            raise ValueError(f"a call frozen in form {frozen.get('form')!r}, not {FROZEN}")
        began = frozen["at"] and datetime.fromisoformat(frozen["at"])
        handset = cls(
            transport,
            frozen["to"],
            frozen["caller"],
            began,
            account_sid=frozen["account_sid"],
            status_url=frozen["status_url"],
            words_of_play=words_of_play,
        )
        handset._take_up(frozen)
        return handset

    def _take_up(self, frozen: Mapping[str, Any]) -> None:
        self._call_sid = frozen["call_sid"]
        self._elapsed = frozen["elapsed"]
        self._rang, self._on_the_line = frozen["rang"], frozen["on_the_line"]
        self._page = _Page(frozen["url"], iter([ElementTree.fromstring(verb) for verb in frozen["verbs"]]))
        if gather := frozen["gather"]:
            self._entry = _Entry(Listening(**gather), 0, frozen["speech_left"], frozen["digits"])
        if ringing := frozen["ringing"]:
            self._ringing = Dialled(**{**ringing, "numbers": tuple(ringing["numbers"])})
            self._dialled.append(self._ringing)
        if recording := frozen["recording"]:
            self._recording = Recording(**recording)

    # What the caller perceives

    def heard(self, text: str) -> bool:
        """Whether this was heard, as written or as spoken, since the caller last did something."""
        since = self._heard[self._mark :]
        return (
            any(text in sound.text or text in sound.spoken for sound in since)
            or text in _joined(sound.text for sound in since)
            or text in _joined(sound.spoken for sound in since)
        )

    @property
    def transcript(self) -> tuple[Heard, ...]:
        """All that was heard in the call."""
        return tuple(self._heard)

    @property
    def latest(self) -> tuple[Heard, ...]:
        """All that was heard since the caller last did something."""
        return tuple(self._heard[self._mark :])

    @property
    def last(self) -> list[str]:
        """The texts heard since the caller last did something, as written."""
        return [sound.text for sound in self._heard[self._mark :] if sound.text]

    @property
    def listening(self) -> Listening | None:
        """The Gather that listens now."""
        return self._entry.gather if self._entry else None

    @property
    def ringing(self) -> Dialled | None:
        """The transfer in progress."""
        return self._ringing

    @property
    def dialled(self) -> tuple[Dialled, ...]:
        """Every transfer of the call, in order."""
        return tuple(self._dialled)

    @property
    def recording(self) -> Recording | None:
        """The recording in progress."""
        return self._recording

    @property
    def hung_up(self) -> bool:
        """Whether the call is over, whoever ended it."""
        return self._rang and not self._on_the_line

    @property
    def documents(self) -> tuple[Document, ...]:
        """Every answer of the line, in order, faulty ones included."""
        return tuple(self._documents)

    @property
    def call_sid(self) -> str:
        """Twilio's name for the call: CA and 32 hexadecimal digits."""
        return self._call_sid

    @property
    def elapsed(self) -> float:
        """Seconds since the line was rung, a Gather's speech counted once it is over."""
        return self._elapsed

    @property
    def now(self) -> datetime | None:
        """The time on the telephone's own clock, if it was given one."""
        return self._began and self._began + timedelta(seconds=self._elapsed)

    # Keys, speech and silence in a Gather

    def _entry_for(self, what: str) -> _Entry:
        entry = self._entry
        if entry is None:
            raise NotNow("nothing listens: " + self._state())
        takes = {"keys": entry.gather.takes_keys, "speech": entry.gather.takes_speech}
        if not takes.get(what, True):
            raise NotNow(f"the line does not listen for {what} here")
        return entry

    def _state(self) -> str:
        if self._ringing is not None:
            return f"{self._ringing.number} is being rung"
        if self._recording is not None:
            return "a recording is in progress"
        return "the call is over" if self.hung_up else "nobody has rung yet"

    def _press(self, entry: _Entry, key: str, after: float | None) -> None:
        """Gather: finishOnKey ends the entry and is no part of it; numDigits ends it too."""
        self._interrupt(entry, after)
        if entry.digits:
            self._pass(KEY_SECONDS)
        finishes = key in entry.gather.finish_on_key
        if not finishes:
            entry.digits += key
        if finishes or len(entry.digits) == entry.gather.num_digits:
            self._finish(entry.gather, {"Digits": entry.digits} if entry.digits else {})

    def _interrupt(self, entry: _Entry, after: float | None) -> None:
        """Let the Gather's speech pass, all of it or its first ``after`` seconds.

        Gather: nested speech stops at the first key or word ("barge-in").
        """
        listened = entry.speech_left if after is None else min(after, entry.speech_left)
        if listened < entry.speech_left:
            speech = self._heard[entry.speech_from :]
            self._heard[entry.speech_from :] = _cut(speech, listened)
            self._mark = len(self._heard)
        self._pass(listened)
        entry.speech_left = 0.0

    def _finish(self, gather: Listening, result: dict[str, str]) -> None:
        """Gather: no request without input, unless actionOnEmptyResult; the next verb follows."""
        self._entry = None
        if result or gather.action_on_empty_result:
            nothing = {"Digits": ""} if gather.takes_keys else {}
            self._ask(gather.url, gather.method, result or nothing)
        else:
            self._run()

    # Reading a document verb by verb

    def _run(self) -> None:
        """Carry out verbs until the line waits for the caller or the call is over."""
        read = len(self._documents)
        with self._fault_ends_call():
            while self._on_the_line and not (self._entry or self._ringing or self._recording):
                if len(self._documents) - read > MOST_DOCUMENTS_UNHEARD:
                    self._fail("redirects in a circle and never listens")
                self._carry_out(next(self._page.verbs, END_OF_DOCUMENT))

    @contextmanager
    def _fault_ends_call(self) -> Iterator[None]:
        """After a fault Twilio says that there was an application error, and hangs up."""
        try:
            yield
        except LineFault:
            self._on_the_line = False
            raise

    def _carry_out(self, verb: Element) -> None:
        match verb.tag:
            case "Say" | "Play" | "Pause":
                sounds = self._sounds(verb, in_gather=False)
                self._heard += sounds
                self._pass(sum(sound.seconds for sound in sounds))
            case "Gather":
                self._gather(verb)
            case "Redirect":
                self._go(self._address((verb.text or "").strip()), self._method(verb), {})
            case "Dial":
                self._dial(verb)
            case "Record":
                self._record(verb)
            case "Hangup":
                self._end("completed")
            case "Reject":
                self._end("busy" if verb.get("reason") == "busy" else "failed")
            case unknown:
                self._fail(f"<{unknown}> is no verb of this telephone", AGAINST_SCHEMA)

    def _gather(self, verb: Element) -> None:
        sounds = [sound for child in verb for sound in self._sounds(child, in_gather=True)]
        inputs = verb.get("input", "dtmf").split()
        digits = verb.get("numDigits")
        gather = Listening(
            url=self._address(verb.get("action", "")),
            method=self._method(verb),
            timeout=self._number(verb, "timeout", 5),
            num_digits=None if digits is None else int(self._number(verb, "numDigits", 0)),
            finish_on_key=verb.get("finishOnKey", "#"),
            takes_keys="dtmf" in inputs,
            takes_speech="speech" in inputs,
            action_on_empty_result=verb.get("actionOnEmptyResult") == "true",
            language=verb.get("language", "en-US"),
            attributes=dict(verb.attrib),
        )
        self._entry = _Entry(gather, len(self._heard), sum(sound.seconds for sound in sounds))
        self._heard += sounds

    def _dial(self, verb: Element) -> None:
        """Dial: text or nouns; without an action the next verb follows when it ends."""
        kind, numbers = self._numbers(verb)
        action = verb.get("action")
        self._ringing = Dialled(
            kind=kind,
            numbers=numbers,
            caller_id=verb.get("callerId", self._caller),
            url=self._address(action) if action else None,
            method=self._method(verb),
            timeout=self._number(verb, "timeout", 30),
            time_limit=self._number(verb, "timeLimit", 14400),
            attributes=dict(verb.attrib),
        )
        self._dialled.append(self._ringing)

    def _numbers(self, verb: Element) -> tuple[str, tuple[str, ...]]:
        nouns = list(verb)
        for noun in nouns:
            if noun.tag not in ("Number", "Client", "Sip"):
                self._fail(f"this telephone cannot ring a <{noun.tag}>")
        texts = [(noun.text or "").strip() for noun in nouns] or [(verb.text or "").strip()]
        if not all(texts):
            self._fail("<Dial> rings nobody", NOT_DIALLABLE)
        return (nouns[0].tag if nouns else "Number"), tuple(texts)

    def _record(self, verb: Element) -> None:
        if verb.get("playBeep", "true") == "true":
            self._heard.append(Heard("beep"))
        self._recording = Recording(
            url=self._address(verb.get("action", "")),
            method=self._method(verb),
            timeout=self._number(verb, "timeout", 5),
            max_length=self._number(verb, "maxLength", 3600),
            finish_on_key=verb.get("finishOnKey", "1234567890*#"),
            attributes=dict(verb.attrib),
        )

    def _hand_in(self, recording: Recording, length: float, digits: str) -> None:
        form = self._recording_form(length, digits)
        if digits == "hangup":
            # Twilio still reports the recording, and plays the answer to nobody.
            if length:
                self._go(recording.url, recording.method, {**form, "CallStatus": "completed"})
            self._end("completed")
        elif length:
            self._ask(recording.url, recording.method, form)
        else:
            self._run()

    def _recording_form(self, length: float, digits: str) -> dict[str, str]:
        sid = _sid("RE")
        account = f"https://api.twilio.com/2010-04-01/Accounts/{self._account_sid}"
        return {
            "RecordingSid": sid,
            "RecordingUrl": f"{account}/Recordings/{sid}",
            "RecordingDuration": str(round(length)),
            "Digits": digits,
        }

    def _sounds(self, verb: Element, *, in_gather: bool) -> list[Heard]:
        match verb.tag:
            case "Say":
                self._check_length(verb)
                return _speech(verb, self._loops(verb), in_gather)
            case "Play" if (tones := verb.get("digits")) is not None:
                seconds = TONE_SECONDS * len(tones) * self._loops(verb)
                return [Heard("tones", text=tones, in_gather=in_gather, seconds=seconds)]
            case "Play":
                url = self._address((verb.text or "").strip())
                return [self._recorded(url, self._loops(verb), in_gather)]
            case "Pause":
                seconds = self._number(verb, "length", 1)
                return [Heard("pause", in_gather=in_gather, seconds=seconds)]
        return self._fail(f"<{verb.tag}> is not for a Gather", AGAINST_SCHEMA)

    def _recorded(self, url: str, loops: int, in_gather: bool) -> Heard:
        words = self._words_of_play(url) if self._words_of_play else None
        if words is None:
            return Heard("play", url=url, in_gather=in_gather)
        return Heard(
            "play",
            text=words.text,
            spoken=words.text,
            language=words.language,
            url=url,
            in_gather=in_gather,
            seconds=words.seconds * loops,
        )

    def _check_length(self, say: Element) -> None:
        markup = "".join(ElementTree.tostring(child, "unicode") for child in say)
        text = "".join(say.itertext())
        if len(text) > LONGEST_SAY:
            self._fail(f"<Say> of {len(text)} characters, at most {LONGEST_SAY}")
        if (encoded := len(quote((say.text or "") + markup))) > LONGEST_ENCODED_SAY:
            self._fail(f"<Say> of {encoded} characters URL-encoded, at most {LONGEST_ENCODED_SAY}")

    def _loops(self, verb: Element) -> int:
        """Say, Play: once by default; 0 is until the call ends or a thousand times."""
        return int(self._number(verb, "loop", 1)) or ENDLESS_LOOP

    def _number(self, verb: Element, name: str, default: int) -> float:
        value = verb.get(name, str(default))
        if not value.isascii() or not value.isdigit():
            self._fail(f"<{verb.tag} {name}={value!r}> is no whole number")
        return float(value)

    def _method(self, verb: Element) -> str:
        method = verb.get("method", "POST").upper()
        if method not in ("GET", "POST"):
            self._fail(f"<{verb.tag} method={method!r}> is neither GET nor POST")
        return method

    def _address(self, address: str) -> str:
        """Relative to the current document, which is also what an empty address means."""
        return urldefrag(urljoin(self._page.url, address)).url

    def _fail(self, reason: str, code: int | None = None) -> NoReturn:
        raise LineFault(self._page.url, reason, code)

    # Requests

    def _ask(self, url: str, method: str, extra: dict[str, str]) -> None:
        """Tell the line what happened and go on with what it answers."""
        with self._fault_ends_call():
            self._go(url, method, extra)
            self._run()

    def _go(self, url: str, method: str, extra: dict[str, str]) -> None:
        """Ask for the next document and open it."""
        form = self._form("in-progress") | extra
        if method == "GET":
            url += ("&" if urlsplit(url).query else "?") + urlencode(form)
            answer = self._transport.get(url, self.now)
        else:
            answer = self._transport.post(url, form, self.now)
        xml = answer.body.decode("utf-8", "replace")
        self._documents.append(Document(url, method, answer.status, answer.content_type, xml))
        self._page = _Page(url, iter(_read(url, answer)))

    def _form(self, status: str) -> dict[str, str]:
        """What every request carries (https://www.twilio.com/docs/voice/twiml)."""
        return {
            "CallSid": self._call_sid,
            "AccountSid": self._account_sid,
            "From": self._caller,
            "Caller": self._caller,
            "To": self._to,
            "Called": self._to,
            "CallStatus": status,
            "ApiVersion": "2010-04-01",
            "Direction": "inbound",
        }

    def _end(self, status: str) -> None:
        """The call is over: status callback, https://www.twilio.com/docs/voice/twiml."""
        self._on_the_line = False
        self._entry = self._ringing = self._recording = None
        if self._status_url is None:
            return
        url = urljoin(self._transport.origin + "/", self._status_url)
        answer = self._transport.post(url, self._form(status) | self._status_form(), self.now)
        if not 200 <= answer.status < 300:
            raise LineFault(url, f"answered {answer.status}", NOT_RETRIEVED)

    def _status_form(self) -> dict[str, str]:
        return {
            "CallDuration": str(round(self._elapsed)),
            "Duration": str(-(-round(self._elapsed) // 60)),
            "CallbackSource": "call-progress-events",
            "SequenceNumber": "0",
            "Timestamp": format_datetime((self.now or datetime.now(UTC)).astimezone(UTC)),
        }

    def _act(self) -> None:
        self._mark = len(self._heard)

    def _pass(self, seconds: float) -> None:
        self._elapsed += seconds


def _sid(prefix: str) -> str:
    return prefix + uuid.uuid4().hex


def _joined(texts: Iterator[str]) -> str:
    return " ".join(text for text in texts if text)


def _transfer_seconds(dialled: Dialled, status: str, seconds: float | None) -> float:
    usual = {"completed": TALK_SECONDS, "no-answer": dialled.timeout}
    longest = dialled.time_limit if status == "completed" else dialled.timeout
    return min(usual.get(status, REFUSAL_SECONDS) if seconds is None else seconds, longest)


def _transfer_form(status: str, seconds: float) -> dict[str, str]:
    """Dial: what is sent to its action; a duration only where there was a conversation."""
    form = {"DialCallStatus": status, "DialCallSid": _sid("CA")}
    if status == "completed":
        form["DialCallDuration"] = str(round(seconds))
    return form


def _cut(sounds: list[Heard], seconds: float) -> list[Heard]:
    """The first so many seconds of what was said; what is broken off says so."""
    kept: list[Heard] = []
    for sound in sounds:
        if sound.seconds > seconds:
            return kept + ([replace(sound, seconds=seconds, cut=True)] if seconds > 0 else [])
        kept.append(sound)
        seconds -= sound.seconds
    return kept


# Reading what came back ---------------------------------------------------------------------


def _read(url: str, answer: Answer) -> Element:
    """The Response element of an answer that Twilio would accept."""
    if not 200 <= answer.status < 300:
        raise LineFault(url, f"answered {answer.status}", NOT_RETRIEVED)
    if answer.content_type.partition(";")[0].strip().lower() not in ("text/xml", "application/xml"):
        raise LineFault(url, f"content type {answer.content_type!r}", WRONG_CONTENT_TYPE)
    if len(answer.body) > LARGEST_DOCUMENT:
        raise LineFault(url, f"{len(answer.body)} bytes, at most {LARGEST_DOCUMENT}", TOO_LARGE)
    try:
        response = ElementTree.fromstring(answer.body)
    except ElementTree.ParseError as error:
        raise LineFault(url, f"not XML: {error}", NOT_PARSED) from error
    if response.tag != "Response":
        raise LineFault(url, f"its root is <{response.tag}>, not <Response>", NOT_PARSED)
    return response


@dataclass(frozen=True)
class _Piece:
    written: str
    spoken: str
    language: str
    seconds: float


def _speech(say: Element, loops: int, in_gather: bool) -> list[Heard]:
    """What a Say sounds like: a stretch for each change of language."""
    language = say.get("language", "en-US")
    voice = say.get("voice", "")
    stretches = []
    for spoken_in, group in groupby(_pieces(say, language, 1.0), lambda piece: piece.language):
        pieces = list(group)
        stretches.append(
            Heard(
                "say",
                text=_tidy("".join(piece.written for piece in pieces)),
                spoken=_tidy("".join(piece.spoken for piece in pieces)),
                language=spoken_in,
                voice=voice,
                in_gather=in_gather,
                seconds=sum(piece.seconds for piece in pieces) * loops,
            )
        )
    return [stretch for stretch in stretches if stretch.text or stretch.seconds]


def _pieces(element: Element, language: str, rate: float) -> Iterator[_Piece]:
    """Text and marks in order. SSML: https://www.twilio.com/docs/voice/twiml/say/text-speech."""
    yield _piece(element.text, language, rate)
    for child in element:
        match child.tag:
            case "break":
                yield _Piece("", "", language, _break_seconds(child))
            case "sub":
                alias = child.get("alias", "")
                yield replace(_piece(alias, language, rate), written="".join(child.itertext()))
            case "lang":
                yield from _pieces(child, child.get(XML_LANG, language), rate)
            case "prosody":
                yield from _pieces(child, language, rate * _rate(child.get("rate", "medium")))
            case "p" | "s":
                yield from _pieces(child, language, rate)
                yield _Piece(" ", " ", language, 0.0)
            case _:
                yield from _pieces(child, language, rate)
        yield _piece(child.tail, language, rate)


def _piece(text: str | None, language: str, rate: float) -> _Piece:
    written = text or ""
    return _Piece(written, written, language, speech_seconds(written, language) / rate)


def _tidy(text: str) -> str:
    return " ".join(text.split())


def _break_seconds(mark: Element) -> float:
    """A break's time, else the usual length of its strength (Amazon Polly's SSML reference)."""
    if found := re.fullmatch(r"\+?([0-9]*\.?[0-9]+)(m?s)", mark.get("time", "")):
        return float(found[1]) / (1000 if found[2] == "ms" else 1)
    strengths = {"none": 0.0, "x-weak": 0.0, "weak": 0.2, "strong": 0.7, "x-strong": 1.0}
    return strengths.get(mark.get("strength", "medium"), 0.4)


def _rate(value: str) -> float:
    """Prosody: the speed as a factor."""
    if found := re.fullmatch(r"([0-9]*\.?[0-9]+)%", value):
        return max(float(found[1]), 1.0) / 100
    return {"x-slow": 0.5, "slow": 0.75, "fast": 1.25, "x-fast": 1.75}.get(value, 1.0)


def speech_seconds(text: str, language: str) -> float:
    """Estimate crudely how long a text takes to say at the usual speed, in seconds.

    Japanese at 330 morae and English at 150 words a minute (R7), a kanji counted as two morae;
    other scripts by the syllable, and a little for each stop. Good to about a fifth.
    """
    words = len(re.findall(r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff'’]+", text))
    return words * WORD_SECONDS + sum(_character_seconds(mark, language) for mark in text)


@cache
def _character_seconds(character: str, language: str) -> float:
    name = unicodedata.name(character, "")
    if name.startswith("CJK UNIFIED"):
        return 2 * MORA_SECONDS if language.startswith("ja") else 0.25
    return next((seconds for script, seconds in SCRIPT_SECONDS if script in name), 0.0)

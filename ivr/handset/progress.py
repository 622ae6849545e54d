"""A call in progress: documents carried out verb by verb, and what the line is asked and told."""

import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from urllib.parse import urlencode, urljoin, urlsplit
from xml.etree.ElementTree import Element

from ivr.carrier import wire
from ivr.handset import verbs
from ivr.handset.documents import LineDocument, OpenDocument, response_of
from ivr.handset.hearing import HeardSound, WordsOfPlay, cut_off
from ivr.handset.line_faults import AGAINST_SCHEMA, NOT_RETRIEVED, LineFault
from ivr.handset.moments import OpenGather, OpenRecord, Transfer
from ivr.handset.transport import Reply, Transport

MOST_DOCUMENTS_UNHEARD = 100  # documents in a row without listening: a circle [our own value]


def hex_sid(kind: str) -> str:
    """A name for a call ("CA") or a recording ("RE"), as most carriers make them."""
    return kind + uuid.uuid4().hex


@dataclass(frozen=True)
class CallDetails:
    """Who rings whom, and when. ``began`` is aware, or None where the line keeps its own clock."""

    to: str
    caller: str
    account_sid: str
    call_sid: str
    status_url: str | None
    began: datetime | None


@dataclass
class KeyedEntry:
    """What the caller is keying into a Gather, and how much of its speech is still to come."""

    gather: OpenGather
    speech_from: int
    speech_left: float
    digits: str = ""


@dataclass
class CallInProgress:
    """The call as it stands. ``mark`` is where in ``sounds`` the caller last did something;
    ``sid`` makes names as the carrier does, of a kind that it is told (CA, RE)."""

    transport: Transport
    details: CallDetails
    words_of_play: WordsOfPlay | None = None
    sid: Callable[[str], str] = hex_sid
    elapsed: float = 0.0
    rang: bool = False
    on_the_line: bool = False
    page: OpenDocument = field(default_factory=OpenDocument)
    entry: KeyedEntry | None = None
    ringing: Transfer | None = None
    recording: OpenRecord | None = None
    sounds: list[HeardSound] = field(default_factory=list)
    mark: int = 0
    documents: list[LineDocument] = field(default_factory=list)
    dialled: list[Transfer] = field(default_factory=list)
    whispered: list[HeardSound] = field(default_factory=list)

    @property
    def now(self) -> datetime | None:
        """The time on the telephone's own clock, if it was given one."""
        began = self.details.began
        return began and began + timedelta(seconds=self.elapsed)

    def acts(self) -> None:
        """The caller does something now."""
        self.mark = len(self.sounds)

    def passes(self, seconds: float) -> None:
        """Let so much time pass."""
        self.elapsed += seconds

    def interrupt(self, entry: KeyedEntry, after: float | None) -> None:
        """Let the Gather's speech pass, all of it or its first ``after`` seconds.

        Gather: nested speech stops at the first key or word ("barge-in").
        """
        listened = entry.speech_left if after is None else min(after, entry.speech_left)
        if listened < entry.speech_left:
            self.sounds[entry.speech_from :] = cut_off(self.sounds[entry.speech_from :], listened)
            self.mark = len(self.sounds)
        self.passes(listened)
        entry.speech_left = 0.0

    def finish(self, gather: OpenGather, result: Mapping[str, str]) -> None:
        """Gather: no request without input, unless actionOnEmptyResult; the next verb follows."""
        self.entry = None
        if result or gather.action_on_empty_result:
            nothing = {wire.DIGITS: ""} if gather.takes_keys else {}
            self.ask(gather.url, gather.method, result or nothing)
        else:
            self.run()

    def hand_in(self, recording: OpenRecord, length: float, digits: str) -> None:
        """Record: an empty recording makes no request, and the next verb follows."""
        form = self._recording_form(length, digits)
        if digits == wire.HANGUP:
            # The recording is still reported, and the answer played to nobody.
            if length:
                self._go(recording.url, recording.method, {**form, wire.CALL_STATUS: "completed"})
            self.end("completed")
        elif length:
            self.ask(recording.url, recording.method, form)
        else:
            self.run()

    def _recording_form(self, length: float, digits: str) -> dict[str, str]:
        sid = self.sid("RE")
        account = f"https://api.carrier.example/Accounts/{self.details.account_sid}"
        return {
            wire.RECORDING: sid,
            "RecordingUrl": f"{account}/Recordings/{sid}",
            "RecordingDuration": str(round(length)),
            wire.DIGITS: digits,
        }

    # Documents, verb by verb

    def run(self) -> None:
        """Carry out verbs until the line waits for the caller or the call is over."""
        read = len(self.documents)
        with self._fault_ends_call():
            while self.on_the_line and not (self.entry or self.ringing or self.recording):
                if len(self.documents) - read > MOST_DOCUMENTS_UNHEARD:
                    verbs.fail(self.page.url, "redirects in a circle and never listens")
                self._carry_out(next(self.page.verbs, verbs.END_OF_DOCUMENT))

    @contextmanager
    def _fault_ends_call(self) -> Iterator[None]:
        """After a fault the carrier says that there was an application error, and hangs up."""
        try:
            yield
        except LineFault:
            self.on_the_line = False
            raise

    def _carry_out(self, verb: Element) -> None:
        url = self.page.url
        match verb.tag:
            case "Say" | "Play" | "Pause":
                sounds = verbs.sounds(url, verb, self.words_of_play, in_gather=False)
                self.sounds += sounds
                self.passes(sum(sound.seconds for sound in sounds))
            case "Gather":
                self._gather(verb)
            case "Redirect":
                self._go(verbs.address(url, (verb.text or "").strip()), verbs.method(url, verb), {})
            case "Dial":
                self.ringing = verbs.transfer(url, verb, self.details.caller)
                self.dialled.append(self.ringing)
            case "Record":
                if verb.get("playBeep", "true") == "true":
                    self.sounds.append(HeardSound("beep"))
                self.recording = verbs.record(url, verb)
            case "Hangup":
                self.end("completed")
            case "Reject":
                self.end("busy" if verb.get("reason") == "busy" else "failed")
            case unknown:
                verbs.fail(url, f"<{unknown}> is no verb of this telephone", AGAINST_SCHEMA)

    def _gather(self, verb: Element) -> None:
        url = self.page.url
        nested = [sound for each in verb for sound in verbs.sounds(url, each, self.words_of_play, in_gather=True)]
        gather = verbs.gather(url, verb)
        self.entry = KeyedEntry(gather, len(self.sounds), sum(sound.seconds for sound in nested))
        self.sounds += nested

    # Requests

    def ask(self, url: str, method: str, extra: Mapping[str, str]) -> None:
        """Tell the line what happened and go on with what it answers."""
        with self._fault_ends_call():
            self._go(url, method, extra)
            self.run()

    def _go(self, url: str, method: str, extra: Mapping[str, str]) -> None:
        """Ask for the next document and open it."""
        reply = self._reply(url, method, {**self._form("in-progress"), **extra})
        self.page = OpenDocument(url, iter(response_of(url, reply)))

    def _reply(self, url: str, method: str, form: Mapping[str, str]) -> Reply:
        """The line's answer to a webhook."""
        if method == "GET":
            url += ("&" if urlsplit(url).query else "?") + urlencode(form)
            reply = self.transport.get(url, self.now)
        else:
            reply = self.transport.post(url, form, self.now)
        xml = reply.body.decode("utf-8", "replace")
        self.documents.append(LineDocument(url, method, reply.status, reply.content_type, xml))
        return reply

    def whisper(self, transfer: Transfer) -> None:
        """Number: what the one who answers hears before they are joined. A fault of it costs nothing."""
        self.whispered = []
        if transfer.told is None:
            return
        try:
            reply = self._reply(transfer.told, transfer.told_method, self._form("in-progress"))
            for verb in response_of(transfer.told, reply):
                self.whispered += verbs.sounds(transfer.told, verb, self.words_of_play, in_gather=False)
        except LineFault:
            self.whispered = []
        self.passes(sum(sound.seconds for sound in self.whispered))

    def _form(self, status: str) -> dict[str, str]:
        """What every request carries (https://www.twilio.com/docs/voice/twiml)."""
        details = self.details
        return {
            wire.CALL: details.call_sid,
            wire.ACCOUNT: details.account_sid,
            "From": details.caller,
            "Caller": details.caller,
            wire.CALLED: details.to,
            "Called": details.to,
            wire.CALL_STATUS: status,
            "ApiVersion": "2010-04-01",
            "Direction": "inbound",
        }

    def end(self, status: str) -> None:
        """The call is over: status callback, https://www.twilio.com/docs/voice/twiml."""
        self.on_the_line = False
        self.entry = self.ringing = self.recording = None
        if self.details.status_url is None:
            return
        url = urljoin(self.transport.origin + "/", self.details.status_url)
        reply = self.transport.post(url, self._form(status) | self._status_form(), self.now)
        if not 200 <= reply.status < 300:
            raise LineFault(url, f"answered {reply.status}", NOT_RETRIEVED)

    def _status_form(self) -> dict[str, str]:
        return {
            "CallDuration": str(round(self.elapsed)),
            "Duration": str(-(-round(self.elapsed) // 60)),
            "CallbackSource": "call-progress-events",
            "SequenceNumber": "0",
            "Timestamp": format_datetime((self.now or datetime.now(UTC)).astimezone(UTC)),
        }

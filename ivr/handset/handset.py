"""One telephone: what its caller does and perceives."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from ivr.carrier import wire
from ivr.carrier.wire import HANGUP, KEYS, OUTCOMES
from ivr.handset import freezing
from ivr.handset.documents import LineDocument
from ivr.handset.hearing import HeardSound, WordsOfPlay, said
from ivr.handset.line_faults import NotNow
from ivr.handset.moments import OpenGather, OpenRecord, Transfer
from ivr.handset.progress import CallDetails, CallInProgress, KeyedEntry, hex_sid
from ivr.handset.timing import KEY_SECONDS, speech_seconds, transfer_seconds
from ivr.handset.transport import Transport


class Handset:
    """One telephone and one call.

    ``to`` and ``caller`` are E.164 numbers. ``at`` is an aware datetime: the call is made
    then, and the telephone's clock goes on from there; None leaves the line its own clock.
    ``status_url`` is the status callback set on the number, None for none. ``words_of_play``
    tells what the recording at an address says, None where it does not know. ``sid`` makes
    names of calls and recordings as the carrier does.

    Time is reckoned, never waited for: speech takes an estimated time, silence the time-out of
    the Gather that listens. A handset that was given ``at`` carries that clock to the line
    (``environ["ivr.now"]``, which no HTTP client can set), so that a call may cross a closing hour.
    """

    def __init__(
        self,
        transport: Transport,
        to: str = "+815012345678",
        caller: str = "+81312345678",
        at: datetime | None = None,
        *,
        account_sid: str = "AC" + "0" * 32,
        status_url: str | None = "/voice/status",
        words_of_play: WordsOfPlay | None = None,
        sid: Callable[[str], str] = hex_sid,
    ) -> None:
        if at is not None and at.utcoffset() is None:
            raise ValueError("at must say its time zone")
        details = CallDetails(to, caller, account_sid, sid("CA"), status_url, at)
        self._call = CallInProgress(transport, details, words_of_play, sid)

    # What the caller does

    def dial(self, path: str = "/voice") -> None:
        """Ring the line ("a call comes in") and listen until it listens."""
        if self._call.rang:
            raise NotNow("this telephone has made its call: take a new one")
        self._call.rang = self._call.on_the_line = True
        self._call.ask(self._call.transport.origin + path, "POST", {wire.CALL_STATUS: "ringing"})

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
            if self._call.entry is not None and self._call.entry.gather.takes_keys:
                self._call.acts()
                self._press(self._call.entry, key, after)

    def say(self, words: str, after: float | None = None) -> None:
        """Speak to a Gather that takes speech; no words at all are an empty result.

        The carrier takes whichever came first, so after a key it no longer hears speech.
        """
        entry = self._entry_for("speech")
        if entry.digits:
            raise NotNow("a key was pressed first, so speech is not heard")
        self._call.acts()
        self._call.interrupt(entry, after)
        self._call.passes(speech_seconds(words))
        result = {wire.SPEECH: words, "Confidence": "0.9"} if words else {}
        self._call.finish(entry.gather, result)

    def wait(self) -> None:
        """Do nothing, once.

        Exactly one time-out of the Gather that listens passes, after whatever it still has
        to say; then everything follows until the next Gather begins to listen, a transfer
        rings, a recording begins or the call ends. A text that reads on by itself is thus
        heard one passage a wait. Digits already keyed are handed in. While a transfer rings
        nobody answers it; while a recording waits nothing is recorded.
        """
        if self._call.ringing is not None:
            self.transfer("no-answer")
        elif self._call.recording is not None:
            self.record(0)
        else:
            entry = self._entry_for("anything")
            self._call.acts()
            self._call.interrupt(entry, None)
            self._call.passes(entry.gather.timeout)
            self._call.finish(entry.gather, {wire.DIGITS: entry.digits} if entry.digits else {})

    def transfer(self, status: str, seconds: float | None = None) -> None:
        """End the transfer in progress: completed, busy, no-answer, failed or canceled.

        ``seconds`` is how long it took: talk for completed (one minute unless said, at most
        the Dial's time limit), ringing for the others (no-answer: the Dial's time-out).
        """
        if status not in OUTCOMES:
            raise ValueError(f"{status!r} is none of {', '.join(OUTCOMES)}")
        if self._call.ringing is None:
            raise NotNow("no transfer is in progress")
        dialled, self._call.ringing = self._call.ringing, None
        self._call.acts()
        if status == "completed":
            self._call.whisper(dialled)
        duration = transfer_seconds(dialled, status, seconds)
        self._call.passes(duration)
        if dialled.url is None:
            self._call.run()
        else:
            self._call.ask(dialled.url, dialled.method, self._transfer_form(status, duration))

    def record(self, seconds: float, digits: str = "") -> None:
        """Speak into the Record that waits, for so many seconds, and end it.

        ``digits`` is the key that ends it, "" to fall silent, "hangup" to hang up. Nothing
        recorded means no request: the next verb follows (Record).
        """
        if self._call.recording is None:
            raise NotNow("no recording is in progress")
        if digits not in ("", HANGUP) and (len(digits) != 1 or digits not in self._call.recording.finish_on_key):
            raise ValueError(f"{digits!r} does not end this recording")
        recording, self._call.recording = self._call.recording, None
        self._call.acts()
        length = min(seconds, recording.max_length)
        self._call.passes(length + (0 if digits or length < seconds else recording.timeout))
        self._call.hand_in(recording, length, digits)

    def hang_up(self) -> None:
        """Put the receiver down. The carrier then posts the status callback; twice is once."""
        if self._call.on_the_line:
            self._call.acts()
            self._call.end("completed")

    def freeze(self) -> dict[str, Any]:
        """Return the call as it stands, in plain values that JSON can hold.

        What was heard so far is not part of it: whoever freezes the call has heard it.
        """
        return freezing.frozen(self._call)

    @classmethod
    def thaw(
        cls, transport: Transport, frozen: Mapping[str, Any], words_of_play: WordsOfPlay | None = None
    ) -> "Handset":
        """Take up a call that :meth:`freeze` put by. ValueError where its form is another."""
        handset = cls.__new__(cls)
        handset._call = freezing.thawed(transport, frozen, words_of_play)
        return handset

    # What the caller perceives

    def heard(self, text: str) -> bool:
        """Whether this was heard, as written or as spoken, since the caller last did something."""
        return said(list(self.latest), text)

    @property
    def transcript(self) -> tuple[HeardSound, ...]:
        """All that was heard in the call."""
        return tuple(self._call.sounds)

    @property
    def latest(self) -> tuple[HeardSound, ...]:
        """All that was heard since the caller last did something."""
        return tuple(self._call.sounds[self._call.mark :])

    @property
    def last(self) -> list[str]:
        """The texts heard since the caller last did something, as written."""
        return [sound.text for sound in self._call.sounds[self._call.mark :] if sound.text]

    @property
    def listening(self) -> OpenGather | None:
        """The Gather that listens now."""
        return self._call.entry.gather if self._call.entry else None

    @property
    def ringing(self) -> Transfer | None:
        """The transfer in progress."""
        return self._call.ringing

    @property
    def dialled(self) -> tuple[Transfer, ...]:
        """Every transfer of the call, in order."""
        return tuple(self._call.dialled)

    @property
    def whispered(self) -> tuple[HeardSound, ...]:
        """What the desk that answered last heard before the caller was joined to it."""
        return tuple(self._call.whispered)

    @property
    def recording(self) -> OpenRecord | None:
        """The recording in progress."""
        return self._call.recording

    @property
    def hung_up(self) -> bool:
        """Whether the call is over, whoever ended it."""
        return self._call.rang and not self._call.on_the_line

    @property
    def documents(self) -> tuple[LineDocument, ...]:
        """Every answer of the line, in order, faulty ones included."""
        return tuple(self._call.documents)

    @property
    def call_sid(self) -> str:
        """The carrier's name for the call."""
        return self._call.details.call_sid

    @property
    def elapsed(self) -> float:
        """Seconds since the line was rung, a Gather's speech counted once it is over."""
        return self._call.elapsed

    @property
    def now(self) -> datetime | None:
        """The time on the telephone's own clock, if it was given one."""
        return self._call.now

    # Keys in a Gather

    def _entry_for(self, what: str) -> KeyedEntry:
        entry = self._call.entry
        if entry is None:
            raise NotNow("nothing listens: " + self._state())
        takes = {"keys": entry.gather.takes_keys, "speech": entry.gather.takes_speech}
        if not takes.get(what, True):
            raise NotNow(f"the line does not listen for {what} here")
        return entry

    def _state(self) -> str:
        if self._call.ringing is not None:
            return f"{self._call.ringing.number} is being rung"
        if self._call.recording is not None:
            return "a recording is in progress"
        return "the call is over" if self.hung_up else "nobody has rung yet"

    def _press(self, entry: KeyedEntry, key: str, after: float | None) -> None:
        """Gather: finishOnKey ends the entry and is no part of it; numDigits ends it too."""
        self._call.interrupt(entry, after)
        if entry.digits:
            self._call.passes(KEY_SECONDS)
        finishes = key in entry.gather.finish_on_key
        if not finishes:
            entry.digits += key
        if finishes or len(entry.digits) == entry.gather.num_digits:
            self._call.finish(entry.gather, {wire.DIGITS: entry.digits} if entry.digits else {})

    def _transfer_form(self, status: str, seconds: float) -> dict[str, str]:
        """Dial: what is sent to its action; a duration only where there was a conversation."""
        form = {wire.DIAL_STATUS: status, "DialCallSid": self._call.sid("CA")}
        if status == "completed":
            form[wire.DIAL_DURATION] = str(round(seconds))
        return form

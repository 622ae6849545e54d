"""The browser's telephone: the handset between two acts of the caller, and what it tells.

The server keeps no call. After each act the handset is frozen into a signed token that the
browser sends back with the next one, so that any worker takes any act. The handset sends the
same signed webhooks as everybody else, in this process.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from xml.etree.ElementTree import ParseError

from itsdangerous import BadData, URLSafeTimedSerializer

from ivr.carrier.wire import BUILT_IN_ACCOUNT, BUILT_IN_NUMBER, KEYS, OUTCOMES
from ivr.handset.handset import Handset
from ivr.handset.hearing import HeardSound, WordsOfPlay
from ivr.handset.transport import Transport

LONGEST_TOKEN = 8 * 1024
"""Characters. A frozen call is about one thousand; nothing longer is ours."""

LONGEST_CALL = 3600
"""Seconds between two acts after which a call is over; the longest pause is ten minutes."""

LONGEST_WORDS = 200
"""Characters of one utterance, as many as the line itself listens to."""


class BadAct(Exception):
    """What the browser sent is no act of a telephone, or belongs to no call of ours."""


@dataclass(frozen=True, slots=True)
class BrowserTelephone:
    """All telephones in browsers. `secret` signs their calls; `number` (E.164) is the line's;
    `words_of_play` tells what the recording at an address says."""

    secret: str
    number: str | None
    words_of_play: WordsOfPlay

    def ring(self, transport: Transport, path: str, at: datetime | None) -> Handset:
        """Ring the line at `at` (aware), or now. LineFault where the line is out of order."""
        handset = Handset(
            transport,
            to=self.number or BUILT_IN_NUMBER,
            at=at,
            account_sid=BUILT_IN_ACCOUNT,
            status_url=None,
            words_of_play=self.words_of_play,
        )
        handset.dial(path)
        return handset

    def token(self, handset: Handset) -> str:
        """The call, put by and signed."""
        return str(self._signer.dumps(handset.freeze()))

    def take_up(self, transport: Transport, token: str) -> Handset:
        """The call in a token. BadAct where it is none of ours, or too old."""
        if len(token) > LONGEST_TOKEN:
            raise BadAct("the call's token is too long")
        try:
            frozen = self._signer.loads(token, max_age=LONGEST_CALL)
            return Handset.thaw(transport, frozen, self.words_of_play)
        except (
            BadData,
            ValueError,
            TypeError,
            LookupError,
            AttributeError,
            ParseError,
        ) as error:  # or of another release
            raise BadAct("the call is not known any more") from error

    @property
    def _signer(self) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(
            self.secret,
            salt="ivr.handset.browser",
            signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
        )


def do(handset: Handset, act: Mapping[str, Any]) -> None:
    """Carry out what the caller did, `act["after"]` seconds into what was being said.

    BadAct where it is no act, NotNow where the call does not allow it, LineFault where the
    line is out of order.
    """
    after = _seconds(act.get("after", 0))
    match act:
        case {"do": "press", "key": str(key)} if len(key) == 1 and key in KEYS:
            handset.press(key, after)
        case {"do": "say", "words": str(words)} if words.strip() and _can_be_sent(words):
            handset.say(words[:LONGEST_WORDS], after)
        case {"do": "wait"}:
            handset.wait()
        case {"do": "transfer", "outcome": str(outcome)} if outcome in OUTCOMES:
            handset.transfer(outcome)
        case {"do": "hang up"}:
            handset.hang_up()
        case _:
            raise BadAct("that is no act of a telephone")


def _can_be_sent(words: str) -> bool:
    """Whether they hold no half characters, which JSON can and UTF-8 cannot."""
    return not any("\ud800" <= mark <= "\udfff" for mark in words)


def _seconds(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < LONGEST_CALL:
        raise BadAct("the seconds that were heard are no number of seconds")
    return float(value)


def view(handset: Handset, joints: Mapping[str, str], origin: str, root: str = "") -> dict[str, Any]:
    """What the caller hears since the last act, and what the line waits for, for JSON.

    `joints` says what stands between two recordings in a language (BCP 47) when they are
    written, a blank if left out. Addresses of recordings are told without `origin`, under `root`.
    """
    gather, ringing = handset.listening, handset.ringing
    return {
        "speech": list(_utterances(handset.latest, joints, origin, root)),
        "listening": gather and {"seconds": gather.timeout, "keys": gather.takes_keys, "words": gather.takes_speech},
        "ringing": ringing and {"number": ringing.number},
        "whispered": list(_utterances(handset.whispered, joints, origin, root)),
        "recording": handset.recording is not None,
        "over": handset.hung_up,
        "clock": handset.now.isoformat(timespec="seconds") if handset.now else None,
    }


def _utterances(
    heard: tuple[HeardSound, ...], joints: Mapping[str, str], origin: str, root: str
) -> Iterator[dict[str, Any]]:
    """One for each change of language; silences go with the words before them."""
    for (language, in_gather), group in groupby(_in_languages(heard), lambda pair: (pair[0], pair[1].in_gather)):
        sounds = [sound for _, sound in group]
        yield {
            "language": language,
            "text": joints.get(language, " ").join(sound.text for sound in sounds if sound.text),
            "stoppable": in_gather,
            "sounds": [_sound(sound, origin, root) for sound in sounds],
        }


def _in_languages(heard: tuple[HeardSound, ...]) -> Iterator[tuple[str, HeardSound]]:
    language = next((sound.language for sound in heard if sound.language), "")
    for sound in heard:
        language = sound.language or language
        yield language, sound


def _sound(sound: HeardSound, origin: str, root: str) -> dict[str, Any]:
    path = sound.url.removeprefix(origin)
    return {"audio": root + path if path else None, "seconds": round(sound.seconds, 3)}

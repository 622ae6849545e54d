"""What Twilio is to do with the calls of a number: what that is now, what it should be, and the way back.

Pure: the account is asked and told in `ivr.carrier.twilio.twilio_account`. Fields are those of the
IncomingPhoneNumber resource (https://www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urldefrag, urlsplit, urlunsplit

CALLERS, STAFF, STATUS = "/voice", "/voice/staff", "/voice/status"
"""Where a call of the line's number begins, where one of the staff's, and where its end is told."""

FIELDS = (
    "voice_url",
    "voice_method",
    "voice_fallback_url",
    "voice_fallback_method",
    "status_callback",
    "status_callback_method",
    "voice_application_sid",
)
"""All that is ever changed. While an application is set, Twilio heeds none of the addresses."""

BINS = "handler.twilio.com"
"""The host of TwiML Bins, which take a POST; a file elsewhere takes a GET."""

Values = Mapping[str, str]
"""Values by the names of FIELDS, "" for none."""

Former = Mapping[str, Mapping[str, str | None]]
"""What numbers (by their SID) had before; None where a password was in it, which is not kept."""


class NotAnswered(Exception):
    """Twilio cannot be asked, or refuses. The message says why and what to do, and holds no secret."""


@dataclass(frozen=True, slots=True)
class DialledCountry:
    """Which numbers of a country (ISO 3166-1, two letters) the account may dial."""

    code: str
    ordinary: bool
    high_risk: bool


@dataclass(frozen=True, slots=True)
class Bundle:
    """A regulatory bundle: its status as Twilio calls it, and until when it is valid (None: without end)."""

    status: str
    until: datetime | None


@dataclass(frozen=True, slots=True)
class TwilioNumber:
    """A number (E.164) of the account. `trunk` is the SID of the SIP trunk that takes its calls, `bundle`
    that of its regulatory bundle, "" for none; `voice` tells whether it takes calls at all."""

    sid: str
    number: str
    values: Values
    trunk: str = ""
    bundle: str = ""
    voice: bool = True


@dataclass(frozen=True, slots=True)
class Change:
    """One field, from what it is to what it should be."""

    field: str
    old: str
    new: str

    def __str__(self) -> str:
        return f"{self.field}: {_shown(self.old)} -> {_shown(self.new)}"


def wanted(origin: str, path: str, fallback: str = "") -> Values:
    """What a number should have whose calls begin at this path of the public origin. Without a `fallback`
    (the address of the static document) it may keep its own."""
    asked = {
        "voice_url": origin + path,
        "voice_method": "POST",  # a GET would write callers' numbers into addresses, and so into logs
        "status_callback": origin + STATUS,
        "status_callback_method": "POST",
        "voice_application_sid": "",
    }
    if not fallback:
        return asked
    method = "POST" if urlsplit(fallback).hostname == BINS else "GET"
    return {**asked, "voice_fallback_url": fallback, "voice_fallback_method": method}


def changes(now: Values, then: Values) -> tuple[Change, ...]:
    """What must be changed, in the order of FIELDS."""
    return tuple(_changes(now, then))


def _changes(now: Values, then: Values) -> Iterator[Change]:
    for field in FIELDS:
        old, new = now.get(field, ""), then.get(field)
        if new is not None and _meant(field, old) != _meant(field, new):
            yield Change(field, old, new)


def _meant(field: str, value: str) -> str:
    """A value without what may be added to it: `#rc=2` asks for more tries, and is as good."""
    return urldefrag(value)[0] if field == "voice_url" else value


def remembered(former: Former, number: TwilioNumber, changed: tuple[Change, ...]) -> Former:
    """What is known of the time before, and what these changes end. What was there first stays."""
    before = {change.field: change.old if _without_password(change.old) == change.old else None for change in changed}
    return {**former, number.sid: {**before, **former.get(number.sid, {})}}


def way_back(number: TwilioNumber, former: Former) -> tuple[tuple[Change, ...], tuple[str, ...]]:
    """The changes that undo all others, and the fields that must be set by hand, since a password
    was in them."""
    before = former.get(number.sid, {})
    known = {field: value for field, value in before.items() if value is not None}
    return changes(number.values, known), tuple(field for field, value in before.items() if value is None)


def _shown(value: str) -> str:
    return _without_password(value) or "(nothing)"


def _without_password(value: str) -> str:
    """An address without the name and password that it may hold (https://name:password@host)."""
    parts = urlsplit(value)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2])) if "@" in parts.netloc else value

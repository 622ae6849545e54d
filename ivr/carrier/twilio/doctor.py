"""What is wrong with a line at Twilio, found in what has been seen of it. Pure.

Each finding is one sentence that says what to do. An error costs callers something; a note is for somebody to
look at.
"""

import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from xml.etree.ElementTree import ParseError

from ivr.carrier import fallback
from ivr.carrier.twilio import known_voices
from ivr.carrier.twilio.provisioning import Bundle, DialledCountry, TwilioNumber, Values, changes
from ivr.line.values import Line

CERTIFICATE = timedelta(days=14)
"""An end as near as this is told: certificates that renew themselves do so 30 days before [own value]."""

CLOCK = timedelta(seconds=5)
"""How far a clock may be off: a caller at the minute of a desk's closing notices no more [own value]."""

BUNDLE = timedelta(days=60)
"""An end as near as this is told: a review of papers takes weeks [own value]."""

CALLS_KEPT = timedelta(days=90)
"""Calls with numbers that are kept longer are told [own value]: as long as the line's own records of a call."""

CONNECT = "flask twilio connect --yes"
HOME = "JP"


@dataclass(frozen=True, slots=True)
class Symptom:
    """Something the doctor found."""

    sentence: str
    error: bool = True

    def __str__(self) -> str:
        return f"{'error' if self.error else 'note '}  {self.sentence}"


def of_origin(origin: str) -> Iterator[Symptom]:
    """The address that Twilio calls."""
    if not origin.startswith("https://"):
        yield Symptom(f"PUBLIC_URL is {origin}: put the server behind HTTPS and set it to its https origin.")


def of_certificate(ends: datetime, now: datetime) -> Iterator[Symptom]:
    """The certificate of the origin, which ends at a time (aware)."""
    if ends - now < CERTIFICATE:
        yield Symptom(
            f"The certificate ends in {max(0, (ends - now).days)} days, on {ends:%Y-%m-%d}: renew it, and see why "
            "it did not renew itself."
        )


def of_answers(signed: int, unsigned: int) -> Iterator[Symptom]:
    """The HTTP status of a webhook that was signed as Twilio signs, and of one that was not."""
    if signed == 403:
        yield Symptom(
            "The server refuses a webhook that is signed rightly: start it with the PUBLIC_URL and TWILIO_AUTH_TOKEN "
            "that are set here, and let the proxy before it change neither path nor query."
        )
    elif signed != 200:
        yield Symptom(
            f"The server answers {signed} to a webhook, not 200: see its log and that of the proxy before it."
        )
    if unsigned != 403:
        yield Symptom(
            f"The server answers {unsigned} to a webhook that nobody signed, not 403: let PUBLIC_URL lead to this "
            "program and nothing else."
        )


def of_clock(theirs: datetime, now: datetime) -> Iterator[Symptom]:
    """The machine's clock beside Twilio's (both aware)."""
    off = now - theirs
    if abs(off) > CLOCK:
        side = "ahead of" if off > timedelta() else "behind"
        yield Symptom(
            f"This machine's clock is {abs(off).total_seconds():.0f} s {side} Twilio's: have it set by NTP "
            "(timedatectl set-ntp true)."
        )


def of_number(setting: str, found: TwilioNumber | None, then: Values) -> Iterator[Symptom]:
    """A number, which a setting names, beside what it should have."""
    if found is None:
        yield Symptom(
            f"The account has no number {setting}: set {setting} to a number of it, or the account to its own."
        )
        return
    if not found.voice:
        yield Symptom(f"{setting} takes no calls: rent a number with voice.")
    if found.trunk:
        yield Symptom(f"{setting} belongs to a SIP trunk, which takes its calls: take it out of the trunk at Twilio.")
    for change in changes(found.values, then):
        yield Symptom(f"{setting} has another {change.field} ({change}): set it by {CONNECT}.")


def of_bundle(setting: str, bundle: Bundle | None, now: datetime) -> Iterator[Symptom]:
    """The regulatory bundle of a Japanese number: Twilio takes a number back that has none."""
    if bundle is None:
        yield Symptom(f"{setting} has no regulatory bundle: have one approved at Twilio and assign it to the number.")
    elif bundle.status != "twilio-approved":
        yield Symptom(f"The regulatory bundle of {setting} is {bundle.status}: mend it at Twilio until it is approved.")
    elif bundle.until is not None and bundle.until - now < BUNDLE:
        yield Symptom(
            f"The regulatory bundle of {setting} ends on {bundle.until:%Y-%m-%d}: renew its papers at Twilio."
        )


def of_fallback(setting: str, url: str, heard: str | None, line: Line) -> Iterator[Symptom]:
    """The static document at a number's fallback; `heard` is what is there, None where nothing can be had."""
    if not url:
        yield Symptom(
            f"{setting} has no fallback, so that callers hear an error while the server is gone: put the output of "
            f"flask line fallback into a TwiML Bin, and set it by {CONNECT} --fallback ADDRESS."
        )
    elif heard is None:
        yield Symptom(f"The fallback of {setting} cannot be had at its address: see that the TwiML Bin is there.")
    elif _canonical(heard) not in _current(line):
        yield Symptom(
            f"The fallback of {setting} is not what the line would say today: put the output of flask line fallback "
            "into its TwiML Bin anew."
        )


def _current(line: Line) -> Iterator[str]:
    """The documents that say what the line says now: all languages, each first in turn, or one alone."""
    codes = tuple(line.languages)
    orders = [(code, *(other for other in codes if other != code)) for code in codes]
    for languages in [*orders, *((code,) for code in codes)]:
        with suppress(ValueError):  # so many do not fit into a Bin
            yield _canonical(fallback.document(line, languages))


def _canonical(document: str) -> str:
    """A document by what it says, whatever blanks an editor has put into it; "" where it is no XML."""
    try:
        return ET.canonicalize(document.strip(), strip_text=True)
    except ParseError:
        return ""


def of_voices(line: Line) -> Iterator[Symptom]:
    """The voices that speak at Twilio."""
    for language in line.languages.values():
        if not known_voices.is_known(language.voice, language.locale):
            yield Symptom(
                f"The voice {language.voice or 'of no name'} is not known to speak {language.locale} at Twilio: ring "
                "and listen, or name another in the language's file.",
                error=False,
            )


def of_countries(countries: Sequence[DialledCountry]) -> Iterator[Symptom]:
    """Where the account may dial to. The line rings desks in Japan and nothing else."""
    ordinary = {country.code for country in countries if country.ordinary}
    risky = sorted(country.code for country in countries if country.high_risk)
    if HOME not in ordinary:
        yield Symptom("The account may not dial Japan, so that no desk rings: allow it in Voice > Geo permissions.")
    if risky:
        yield Symptom(
            f"The account may dial high-risk numbers ({_few(risky)}): forbid them in Voice > Geo permissions."
        )
    if abroad := sorted(ordinary - {HOME}):
        yield Symptom(
            f"The account may dial abroad ({_few(abroad)}), where the line rings nobody: forbid it in Voice > "
            "Geo permissions.",
            error=False,
        )


def of_records(old_calls: bool, recording: str | None, unlocked: bool) -> Iterator[Symptom]:
    """What Twilio keeps of callers and staff."""
    if unlocked:
        yield Symptom(
            "Recordings are handed to anybody who knows their address: switch on Voice > Settings > General > "
            "Enforce HTTP Auth on Media URLs, which Twilio's API does not offer."
        )
    if recording is not None:
        yield Symptom(
            f"Twilio keeps a recording ({recording}) that the line has fetched or nobody wanted: delete it there.",
            error=False,
        )
    if old_calls:
        yield Symptom(
            f"Twilio keeps calls with callers' numbers of more than {CALLS_KEPT.days} days ago: delete them there, or "
            "have Twilio shorten how long it keeps them.",
            error=False,
        )


def _few(names: Iterable[str]) -> str:
    """Some names, and how many more."""
    listed = list(names)
    more = f" and {len(listed) - 5} more" if len(listed) > 5 else ""
    return ", ".join(listed[:5]) + more

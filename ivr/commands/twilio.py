"""`flask twilio connect`, `undo` and `doctor`: the account at Twilio, set and looked over from here."""

import json
import socket
import ssl
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from urllib.parse import urlsplit

import click
import requests
from flask import current_app
from flask.cli import AppGroup

from ivr import clock
from ivr.carrier.seam import Carrier
from ivr.carrier.twilio import doctor, provisioning
from ivr.carrier.twilio.doctor import Symptom
from ivr.carrier.twilio.provisioning import Change, Former, NotAnswered, TwilioNumber, Values
from ivr.carrier.twilio.twilio_account import TIMEOUT, TwilioAccount
from ivr.carrier.wire import ACCOUNT, BUILT_IN_ACCOUNT, BUILT_IN_NUMBER, CALL, CALL_STATUS, CALLED
from ivr.commands.which import live_line
from ivr.config import Settings
from ivr.handset.line_faults import LineFault
from ivr.handset.transport import Http
from ivr.store.private import new_file

FORMER = "numbers-before.json"
"""Under DATA_DIR: what the numbers had before `connect`, without passwords."""

BY_HAND = (
    "Twilio's API does not offer this, so do it in its console: Voice > Settings > General > Enforce HTTP Auth on "
    "Media URLs, so that recordings need a password."
)

twilio_commands = AppGroup("twilio", help="The account at Twilio: connect the line's numbers, find what is wrong.")

_YES = click.option("--yes", is_flag=True, help="Do it; otherwise it is only shown.")


@twilio_commands.command("connect")
@click.option("--fallback", default="", help="The address of the TwiML Bin with the output of `flask line fallback`.")
@_YES
def connect(fallback: str, yes: bool) -> None:
    """Point LINE_NUMBER and STAFF_NUMBER at this line: webhooks, fallback and status.

    Each change is shown, and nothing is changed without --yes. What was there before is kept: flask twilio undo.
    """
    if fallback and not _is_address(fallback):
        raise click.BadParameter("give the https address that the TwiML Bin shows.", param_hint="--fallback")
    account, settings = _account(), _settings()
    planned = [
        (name, number, provisioning.changes(number.values, then))
        for name, number, then in _asked(account, settings, fallback)
    ]
    for name, number, changed in planned:
        _show(name, changed)
        if not (fallback or number.values.get("voice_fallback_url")):
            click.echo("  no fallback: callers hear an error while the server is gone. Give --fallback.")
    click.echo(BY_HAND)
    if not any(changed for _, _, changed in planned) or not _meant(yes):
        return
    former = _former()
    for _, number, changed in planned:
        former = provisioning.remembered(former, number, changed)
    _keep(former)
    for name, number, changed in planned:
        _set(account, name, number, changed)
    click.echo("What was there before comes back by: flask twilio undo")


@twilio_commands.command("undo")
@_YES
def undo(yes: bool) -> None:
    """Give the numbers back what they had before `flask twilio connect`."""
    former = _former()
    if not former:
        raise click.ClickException("Nothing is kept of the time before: flask twilio connect has changed nothing.")
    account = _account()
    names = {number: name for name, _, number in _numbers(_settings())}
    with _refusals_told():
        numbers = [account.number_of(sid) for sid in former]
    planned = [
        (names.get(number.number, number.sid), number, *provisioning.way_back(number, former)) for number in numbers
    ]
    for name, _, changed, by_hand in planned:
        _show(name, changed)
        for field in by_hand:
            click.echo(f"  {field}: a password was in it, which is not kept; set it by hand at Twilio.")
    if not _meant(yes):
        return
    for name, number, changed, _ in planned:
        _set(account, name, number, changed)
    (_settings().data_dir / FORMER).unlink(missing_ok=True)


@twilio_commands.command("doctor")
def find_out() -> None:
    """Tell what is wrong, each with what to do; exit 1 where something costs callers a call."""
    settings, account = _settings(), _account()
    found = list(_symptoms(settings, account))
    for symptom in found:
        click.echo(str(symptom))
    errors = sum(symptom.error for symptom in found)
    click.echo(f"{errors} errors, {len(found) - errors} notes.")
    sys.exit(1 if errors else 0)


# --- what is asked and shown ------------------------------------------------------------------


def _settings() -> Settings:
    found: Settings = current_app.extensions["ivr.settings"]
    return found


def _account() -> TwilioAccount:
    """The account of the settings. UsageError where there is none."""
    carrier = _settings().carrier
    if carrier.name != "twilio" or not (carrier.account and carrier.api_key):
        raise click.UsageError("Set CARRIER=twilio, TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN first.")
    if not _settings().line_number:
        raise click.UsageError("Set LINE_NUMBER to the number that Twilio rents to the line first.")
    return TwilioAccount(carrier.account, carrier.api_key)


def _numbers(settings: Settings) -> Iterator[tuple[str, str, str]]:
    """The settings that name a number, where its calls begin, and the number."""
    if settings.line_number:
        yield "LINE_NUMBER", provisioning.CALLERS, settings.line_number
    if settings.staff_number:
        yield "STAFF_NUMBER", provisioning.STAFF, settings.staff_number


def _asked(account: TwilioAccount, settings: Settings, fallback: str) -> Iterator[tuple[str, TwilioNumber, Values]]:
    """Each number as Twilio has it, and what it should have."""
    if not settings.public_url.startswith("https://"):
        raise click.UsageError(f"PUBLIC_URL is {settings.public_url}: set it to the https origin that Twilio calls.")
    for name, path, number in _numbers(settings):
        with _refusals_told():
            found = account.number(number)
        if found is None:
            raise click.ClickException(f"The account has no number {name}: set it to one of the account's.")
        if found.trunk:
            raise click.ClickException(f"{name} belongs to a SIP trunk: take it out of the trunk at Twilio first.")
        yield name, found, provisioning.wanted(settings.public_url, path, fallback)


@contextmanager
def _refusals_told() -> Iterator[None]:
    try:
        yield
    except NotAnswered as error:
        raise click.ClickException(str(error)) from error


def _show(name: str, changed: tuple[Change, ...]) -> None:
    click.echo(f"{name}: {'nothing to change' if not changed else f'{len(changed)} changes'}")
    for change in changed:
        click.echo(f"  {change}")


def _meant(yes: bool) -> bool:
    if not yes:
        click.echo("Nothing was changed. Do it with --yes.")
    return yes


def _set(account: TwilioAccount, name: str, number: TwilioNumber, changed: tuple[Change, ...]) -> None:
    if not changed:
        return
    try:
        account.set(number.sid, {change.field: change.new for change in changed})
    except NotAnswered as error:
        raise click.ClickException(f"{name} was not changed. {error}") from error
    click.echo(f"{name} is set.")


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme == "https" and bool(parts.hostname) and "@" not in parts.netloc


def _former() -> Former:
    path = _settings().data_dir / FORMER
    try:
        kept: Mapping[str, Mapping[str, str | None]] = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise click.ClickException(f"{path} cannot be read: move it away first.") from error
    return kept


def _keep(former: Former) -> None:
    """On the disk before anything is changed."""
    with new_file(_settings().data_dir / FORMER) as file:
        file.write(json.dumps(former, indent=2).encode())


# --- what the doctor looks at -----------------------------------------------------------------


def _symptoms(settings: Settings, account: TwilioAccount) -> Iterator[Symptom]:
    """All that is wrong. What cannot be looked at is told, and hides nothing else."""
    yield from doctor.of_origin(settings.public_url)
    yield from _of_server(settings)
    if not settings.local_speech:
        yield from doctor.of_voices(live_line())
    try:
        theirs = account.time()
    except NotAnswered as error:
        yield Symptom(str(error))
        return
    yield from doctor.of_clock(theirs, clock.utc_now())
    for name, path, number in _numbers(settings):
        yield from _seen(partial(_of_number, account, settings, name, path, number))
    yield from _seen(lambda: doctor.of_countries(account.countries()))
    yield from _seen(partial(_of_records, account))


def _seen(look: Callable[[], Iterator[Symptom]]) -> Iterator[Symptom]:
    try:
        yield from look()
    except NotAnswered as error:
        yield Symptom(str(error))


def _of_number(account: TwilioAccount, settings: Settings, name: str, path: str, number: str) -> Iterator[Symptom]:
    found = account.number(number)
    yield from doctor.of_number(name, found, provisioning.wanted(settings.public_url, path))
    if found is None:
        return
    url = found.values.get("voice_fallback_url", "")
    yield from doctor.of_fallback(name, url, _static(account, url), live_line())
    if number.startswith("+81"):
        bundle = account.bundle(found.bundle) if found.bundle else None
        yield from doctor.of_bundle(name, bundle, clock.utc_now())


def _static(account: TwilioAccount, url: str) -> str | None:
    """What is at the address of a fallback; None where nothing can be had."""
    with suppress(NotAnswered, requests.RequestException):
        if urlsplit(url).hostname == provisioning.BINS:
            return account.bin(url)
        answer = requests.get(url, timeout=TIMEOUT)
        answer.raise_for_status()
        return answer.text
    return None


def _of_records(account: TwilioAccount) -> Iterator[Symptom]:
    recording = account.recording()
    unlocked = recording is not None and account.plays_to_strangers(recording)
    old = account.keeps_calls_before(clock.utc_now() - doctor.CALLS_KEPT)
    yield from doctor.of_records(old, recording, unlocked)


def _of_server(settings: Settings) -> Iterator[Symptom]:
    """The server at the public origin, rung as Twilio rings it, and as a stranger does. The call is a
    built-in telephone's: no figure counts it as a caller's."""
    if settings.public_url.startswith("https://"):
        try:
            ends = certificate_ends(settings.public_url)
        except ssl.SSLCertVerificationError as error:
            yield Symptom(f"The certificate of {settings.public_url} is not good ({error.verify_message}): renew it.")
            return
        except OSError as error:
            yield Symptom(_unreachable(settings.public_url, type(error).__name__))
            return
        yield from doctor.of_certificate(ends, clock.utc_now())
    try:
        signed, unsigned = _statuses(settings)
    except (LineFault, requests.RequestException) as error:
        yield Symptom(_unreachable(settings.public_url, type(error).__name__))
        return
    yield from doctor.of_answers(signed, unsigned)


def _unreachable(origin: str, why: str) -> str:
    return f"Nothing answers at {origin} ({why}): see that its name leads here, and that a server listens behind it."


def _statuses(settings: Settings) -> tuple[int, int]:
    """What the server answers to a signed webhook, and to one that nobody signed."""
    carrier: Carrier = current_app.extensions["ivr.carrier"]
    address = settings.public_url + provisioning.CALLERS
    form = {
        CALL: "CA" + b"doctor of Twilio".hex(),
        ACCOUNT: BUILT_IN_ACCOUNT,
        CALLED: settings.line_number or BUILT_IN_NUMBER,
        CALL_STATUS: "ringing",
    }
    signed = Http(settings.public_url, carrier.signer).post(address, form)
    unsigned = requests.post(address, data=form, timeout=TIMEOUT, allow_redirects=False)
    return signed.status, unsigned.status_code


def certificate_ends(origin: str) -> datetime:
    """Until when the certificate of an https origin is good (UTC). OSError; SSLCertVerificationError."""
    parts = urlsplit(origin)
    host = parts.hostname or ""
    context = ssl.create_default_context()
    with (
        socket.create_connection((host, parts.port or 443), timeout=TIMEOUT) as plain,
        context.wrap_socket(plain, server_hostname=host) as secure,
    ):
        shown = secure.getpeercert() or {}
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(shown["notAfter"])), UTC)

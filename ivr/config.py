"""The environment, read once into frozen Settings. What is wrong stops the start.

Every refusal is one sentence that names the variable and says what to set. None shows a secret:
values of variables that hold or may hold one (a key, a token, an address with a password) are
never repeated.
"""

import base64
import errno
import fcntl
import ipaddress
import logging
import os
import re
import secrets
import shlex
import shutil
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

import idna
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from ivr import traces
from ivr.carrier.account import CarrierAccount
from ivr.line import numbers
from ivr.line.loading import STRUCTURE
from ivr.logs import LogFormat
from ivr.notices import mail
from ivr.notices.mail import MailServer
from ivr.people.networks import Networks, networks
from ivr.people.provider import Provider
from ivr.store.private import new_file
from ivr.voice.voices import ANY, DEFAULT_CHOICE, ENGINES, Choice

log = logging.getLogger(__name__)

_PRICE = re.compile(r"[0-9]{1,5}(\.[0-9]{1,4})?", re.ASCII)

NAMES = (
    "ALERT_UNAPPROVED_HOURS",
    "CALL_PRICE",
    "CARRIER",
    "DATABASE_URL",
    "DATA_DIR",
    "HOST",
    "LINE_NUMBER",
    "LOG_FORMAT",
    "NOTICES_INSIDE",
    "OIDC_CLAIM",
    "OIDC_CLIENT_ID",
    "OIDC_CLIENT_SECRET",
    "OIDC_CREATE",
    "OIDC_ISSUER",
    "OIDC_NAME",
    "PORT",
    "PROMPTS_DIR",
    "PROXIES",
    "PUBLIC_URL",
    "RATELIMIT_STORAGE_URI",
    "RECORDS_DAYS",
    "RECORDS_MONTHS",
    "RENDER",
    "SECRET_KEY",
    "SERVES",
    "SETUP",
    "SIGNALWIRE_API_TOKEN",
    "SIGNALWIRE_PROJECT_ID",
    "SIGNALWIRE_SIGNING_KEY",
    "SIGNALWIRE_SPACE",
    "SMTP_SENDER",
    "SMTP_URL",
    "SPEECH",
    "SPEECH_INPUT",
    "STAFF_ADDRESSES",
    "STAFF_NUMBER",
    "STAFF_PASSWORDS",
    "STAFF_ROLES_TOGETHER",
    "TELNYX_ACCOUNT_ID",
    "TELNYX_API_KEY",
    "TELNYX_PUBLIC_KEY",
    "TRACES_URL",
    "TRANSFER_PRICE",
    "TWILIO_ACCOUNT_SID",
    "TWILIO_AUTH_TOKEN",
    "TWILIO_SHARED_KEYS",
    "VOICES",
    "WORKERS",
)
"""All variables that are read."""

LONGEST = 2000
"""Characters of a setting [own value]: the longest are addresses with a password."""

SHORTEST_KEY, GOOD_KEY = 16, 32
"""Characters of SECRET_KEY: at least, and without a warning [own values]. 32 are 128 bits even
where they are hexadecimal digits."""

MOST_WORKERS = 64

MOST_DAYS, MOST_MONTHS = 366, 120
"""Of RECORDS_DAYS and RECORDS_MONTHS [own values]."""

_ACCOUNT = re.compile(r"AC[0-9a-fA-F]{32}")
"""Twilio's pattern of an account's SID (https://www.twilio.com/docs/iam/api/account)."""

_TOKEN = re.compile(r"[0-9a-f]{32}")
"""What every auth token of Twilio looks like: 128 bits in lower-case hexadecimal digits."""

_SHARED_KEY = re.compile(r"webhooks_sharedkey_[0-9A-Za-z]{1,64}=[!-~]{16,200}")
"""The id of a SharedKey and its secret (https://www.twilio.com/docs/usage/webhooks/webhook-shared-keys);
of a secret it is only taken that it is no word."""

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
"""What SignalWire and Telnyx call accounts by."""

_KEY = re.compile(r"[!-~]{16,200}")
"""A key of theirs, of which it is only taken that it is no word."""

_SPACE = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.signalwire\.com")

_OWN_SECRET = re.compile(r"[0-9a-f]{64}")

_CLAIM = re.compile(r"[A-Za-z0-9_:/.-]{1,100}")
"""The name of a claim of a provider."""

_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
"""A part of a host's name (RFC 1123), with the underscore that names within a network may have."""

_UNSEEN = {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"}
"""Categories (Unicode) of what no setting holds: controls, marks without a shape, half characters
(bytes that are no UTF-8), and line breaks."""

_CARRIERS_ORIGIN = "the origin that the carrier calls and nothing more, such as https://line.example.jp"
_COLLECTOR = "the origin of a collector that takes OTLP over HTTP, such as http://collector:4318"
_COUNTERS = ("redis", "rediss", "redis+unix")
_DEFAULT_PORTS = {"http": 80, "https": 443}

_ON = {
    "on": True,
    "1": True,
    "true": True,
    "yes": True,
    "off": False,
    "0": False,
    "false": False,
    "no": False,
}


class Serves(StrEnum):
    """Which requests a server answers: two services of one image can divide them."""

    ALL = "all"
    CALLS = "calls"
    CONSOLE = "console"


class ConfigError(Exception):
    """The environment does not say what the line needs; the message says what to set."""


@dataclass(frozen=True, slots=True)
class Settings:
    """All that the program takes from its environment.

    The server listens at `host` and `port` with so many `workers`, and answers what it `serves`.
    `public_url` is the origin in its usual form: small letters,
    ASCII, no port where it is the scheme's.

    `carrier` is the account with the carrier whose calls are taken; while it is not `connected`, the
    built-in telephones alone ring the line. `token` is the secret by which these sign: the carrier's,
    or one of our own where it has none to share. `staff_number` is the number (E.164) by which staff
    record; without one nobody records by telephone. `rate_limits` is where requests are counted (a URI of the `limits`
    package; the default is this process's memory), by the address that the last of `proxies`
    reverse proxies saw. `local_speech` plays the line's own voice
    rather than have the carrier speak; `voices` names its engines, and a server that `renders` makes
    the sounds that are missing beside itself, once what is not installed yet has been `set_up` by this
    command. `database_url` (SQLAlchemy's)
    is where editions are kept, `secret_key` signs what staff and browsers are handed and seals
    second factors. `roles_together`: one person may be administrator and approver;
    `alert_unapproved`: how long an alert is heard that nobody approved. `traces`: the origin of the
    collector that spans are sent to, "" for none. What calls did is kept singly for `records_days`, then as
    counts for `records_months`. `call_price` and `transfer_price` are what the carrier takes for a minute of a call and
    of its second leg to a desk (yen), None where it is not told.
    counts for `records_months`. Notices go by `mail`, and to chats within the house's own network where `chats_inside`.
    Staff sign in by `passwords`, or at the city's own `provider`, from the `staff_networks` alone where there are any.
    """

    host: str
    port: int
    workers: int
    serves: Serves
    public_url: str
    carrier: CarrierAccount
    token: str = field(repr=False)
    line_number: str | None
    staff_number: str | None
    speech_input: bool
    data_dir: Path
    prompts: Path
    rate_limits: str = field(repr=False)
    proxies: int
    local_speech: bool
    voices: Choice
    renders: bool
    set_up: tuple[str, ...]
    database_url: str = field(repr=False)
    secret_key: str = field(repr=False)
    roles_together: bool
    alert_unapproved: timedelta
    log_format: LogFormat
    traces: str
    records_days: int
    records_months: int
    mail: MailServer | None
    chats_inside: bool
    provider: Provider | None
    passwords: bool
    staff_networks: Networks
    call_price: Decimal | None = None
    transfer_price: Decimal | None = None

    @property
    def connected(self) -> bool:
        """Whether calls of a carrier are taken."""
        return self.carrier.connected

    @property
    def secrets(self) -> frozenset[str]:
        """All values that nobody must see, passwords in addresses among them."""
        account = self.carrier
        of_carrier = (account.signing_key, account.api_key, *(secret for _, secret in account.shared_keys))
        passwords = [make_url(self.database_url).password, urlsplit(self.rate_limits).password]
        passwords += [self.mail.password] if self.mail else []
        passwords += [self.provider.client_secret] if self.provider else []
        return frozenset(filter(None, (self.token, self.secret_key, *of_carrier, *passwords)))

    @property
    def own_numbers(self) -> frozenset[str]:
        """The numbers (E.164) by which the line itself is rung, and which it must never ring."""
        return frozenset(number for number in (self.line_number, self.staff_number) if number)


def from_environment(environ: Mapping[str, str]) -> Settings:
    """Read the settings. ConfigError says in one sentence what to set."""
    _warn_of_slips(environ)
    given = {name: _seen(name, environ.get(name, "")) for name in NAMES}
    host, port = _host(given["HOST"]), _whole(given, "PORT", 8000, 1, 65535, "a number from 1 to 65535, such as 8000")
    data_dir = _data_dir(given["DATA_DIR"])
    carrier = _carrier(given)
    key = _secret_key(given["SECRET_KEY"])
    provider = _provider(given)
    return Settings(
        host=host,
        port=port,
        workers=_whole(given, "WORKERS", 2, 1, MOST_WORKERS, f"the number of processes, from 1 to {MOST_WORKERS}"),
        serves=Serves(_one_of(given, "SERVES", *Serves)),
        public_url=_public_url(given["PUBLIC_URL"], host, port),
        carrier=carrier,
        line_number=_number(given, "LINE_NUMBER", "the line's own number"),
        staff_number=_staff_number(given),
        speech_input=_switch(given, "SPEECH_INPUT"),
        prompts=_prompts(given["PROMPTS_DIR"]),
        proxies=_whole(given, "PROXIES", 0, 0, 9, "the number of reverse proxies before the server, such as 1"),
        rate_limits=_counter(given["RATELIMIT_STORAGE_URI"]),
        local_speech=_local_speech(given, carrier),
        voices=_voices(given["VOICES"]),
        renders=_switch(given, "RENDER", usual="on"),
        set_up=_command(given["SETUP"]),
        database_url=_database(given["DATABASE_URL"], data_dir),
        roles_together=_switch(given, "STAFF_ROLES_TOGETHER"),
        alert_unapproved=_hours(given, "ALERT_UNAPPROVED_HOURS", 2),
        log_format=LogFormat(_one_of(given, "LOG_FORMAT", *LogFormat)),
        traces=_traces(given["TRACES_URL"]),
        records_days=_whole(given, "RECORDS_DAYS", 90, 1, MOST_DAYS, f"the number of days, from 1 to {MOST_DAYS}"),
        records_months=_whole(
            given, "RECORDS_MONTHS", 24, 1, MOST_MONTHS, f"the number of months, from 1 to {MOST_MONTHS}"
        ),
        call_price=_price(given, "CALL_PRICE"),
        transfer_price=_price(given, "TRANSFER_PRICE"),
        mail=_mail(given),
        chats_inside=_switch(given, "NOTICES_INSIDE"),
        provider=provider,
        passwords=_passwords(given, provider),
        staff_networks=_staff_networks(given["STAFF_ADDRESSES"]),
        # last, since these write: what is wrong above leaves no folder behind
        data_dir=_folder(data_dir),
        token=_shared_secret(carrier) or _own_secret(data_dir, "webhook-token"),
        secret_key=key or _own_secret(data_dir, "secret-key"),
    )


def _warn_of_slips(environ: Mapping[str, str]) -> None:
    """Name the variables that are none of ours but nearly so; a value may be a secret."""
    for name in environ:
        meant = get_close_matches(name[:LONGEST].upper(), NAMES, 1, 0.8) if name not in NAMES else []
        if meant:
            log.warning("%r in the environment is no setting of the line: %s may be meant", name[:40], meant[0])


def _seen(name: str, text: str) -> str:
    """The value without blanks around it, all of whose characters can be seen."""
    text = text.strip()
    if len(text) > LONGEST:
        raise ConfigError(f"{name} has {len(text)} characters: set it anew, in {LONGEST} at most.")
    unseen = next((mark for mark in text if unicodedata.category(mark) in _UNSEEN), None)
    if unseen:
        raise ConfigError(f"{name} holds a character that cannot be seen (U+{ord(unseen):04X}): type it anew.")
    return text


def _shown(text: str) -> str:
    """A value in a sentence."""
    return repr(text if len(text) <= 60 else f"{text[:60]}…")


def _whole(given: Mapping[str, str], name: str, usual: int, least: int, most: int, meaning: str) -> int:
    text = given[name] or str(usual)
    if not (text.isascii() and text.isdecimal() and least <= int(text) <= most):
        raise ConfigError(f"{name} is {_shown(text)}: set it to {meaning}.")
    return int(text)


def _price(given: Mapping[str, str], name: str) -> Decimal | None:
    """Yen of a minute."""
    text = given[name]
    if text and not _PRICE.fullmatch(text):
        raise ConfigError(f"{name} is {_shown(text)}: set it to the yen that a minute costs, such as 2.5.")
    return Decimal(text) if text else None


# --- addresses ------------------------------------------------------------------------------


def _host(text: str) -> str:
    host = _host_name(re.sub(r"^\[(.+)\]$", r"\1", text) or "127.0.0.1")
    if host is None:
        raise ConfigError(
            f"HOST is {_shown(text)}: set it to the address or name at which to listen, such as 127.0.0.1, "
            "or 0.0.0.0 for all."
        )
    return host


def _public_url(text: str, host: str, port: int) -> str:
    """The origin that is set, else that of the server itself."""
    if not text:
        near = "127.0.0.1" if host in ("0.0.0.0", "::") else host
        return _origin(f"http://{_in_url(near)}:{port}", "PUBLIC_URL", _CARRIERS_ORIGIN)
    origin = _origin(text, "PUBLIC_URL", _CARRIERS_ORIGIN)
    parts = urlsplit(origin)
    if _is_this_machine(parts.hostname) and (parts.port or _DEFAULT_PORTS[parts.scheme]) != port:
        log.warning("PUBLIC_URL is %s, but the server listens at port %d: set both to one port", origin, port)
    return origin


def _traces(text: str) -> str:
    """Where spans are sent; "" for nowhere."""
    if not text:
        return ""
    origin = _origin(text, "TRACES_URL", _COLLECTOR)
    if not traces.are_possible():
        raise ConfigError("TRACES_URL needs the extra traces: pip install -r requirements-traces.txt, or leave it out.")
    return origin


def _origin(url: str, name: str, meaning: str) -> str:
    """Scheme, host and port in their usual form, of the setting `name`."""
    advice = f"set it to {meaning}."
    if "@" in url:
        raise ConfigError(f"{name} holds an @, as of a name and password: {advice}")
    try:
        parts = urlsplit(url)
        port, host = parts.port, _host_name(parts.hostname or "")
    except ValueError:
        parts, port, host = SplitResult("", "", "", "", ""), None, None
    if (
        parts.scheme not in _DEFAULT_PORTS
        or host is None
        or port == 0
        or parts.path.strip("/")
        or parts.query
        or parts.fragment
    ):
        raise ConfigError(f"{name} is {_shown(url)}: {advice}")
    return f"{parts.scheme}://{_in_url(host)}" + (f":{port}" if port and port != _DEFAULT_PORTS[parts.scheme] else "")


def _host_name(text: str) -> str | None:
    """An address, or a name in small ASCII letters (RFC 5891); None where it is neither."""
    try:
        address = ipaddress.ip_address(text)
        return None if "%" in text else str(address)
    except ValueError:
        pass
    try:
        name = text if text.isascii() else idna.encode(text, uts46=True).decode("ascii")
    except UnicodeError:
        return None
    name = name.lower().removesuffix(".")
    labels = name.split(".")
    usual = all(_LABEL.fullmatch(label) for label in labels) and not labels[-1].isdecimal()
    return name if usual and len(name) <= 253 else None


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _is_this_machine(host: str | None) -> bool:
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return host == "localhost"


# --- the account and the keys ---------------------------------------------------------------


def _carrier(given: Mapping[str, str]) -> CarrierAccount:
    """The account with the carrier that is chosen; what is set for another is told."""
    name = _one_of(given, "CARRIER", *_ACCOUNTS)
    for other in set(_ACCOUNTS) - {name}:
        if stray := next((setting for setting in NAMES if setting.startswith(other.upper()) and given[setting]), None):
            log.warning("%s is set, but CARRIER is %s: set it to %s, or leave the other out", stray, name, other)
    return _ACCOUNTS[name](given)


def _secret(given: Mapping[str, str], name: str, pattern: re.Pattern[str], meaning: str) -> str:
    """A value that is never shown, since secrets are easily mistaken for each other."""
    if given[name] and not pattern.fullmatch(given[name]):
        raise ConfigError(f"{name} is no {meaning}.")
    return given[name]


def _needs(given: Mapping[str, str], needed: str, beside: str, why: str) -> None:
    if given[beside] and not given[needed]:
        raise ConfigError(f"{needed} is missing: set it beside {beside}{why}.")


def _twilio(given: Mapping[str, str]) -> CarrierAccount:
    account = _secret(
        given,
        "TWILIO_ACCOUNT_SID",
        _ACCOUNT,
        "account: set it to AC and 32 digits of 0-9 and a-f, as the console shows",
    )
    token = _secret(
        given, "TWILIO_AUTH_TOKEN", _TOKEN, "token: set it to the 32 digits of 0-9 and a-f that the console shows"
    )
    _needs(given, "TWILIO_AUTH_TOKEN", "TWILIO_ACCOUNT_SID", ", or neither")
    if token and not account:
        _needs(given, "TWILIO_ACCOUNT_SID", "STAFF_NUMBER", ", to fetch recordings with")
        log.warning("TWILIO_ACCOUNT_SID is missing: set it beside TWILIO_AUTH_TOKEN")
    return CarrierAccount("twilio", "TWILIO_AUTH_TOKEN", account, token, token, _shared_keys(given))


def _shared_keys(given: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """``webhooks_sharedkey_a=secret webhooks_sharedkey_b=secret``: an old key and its successor."""
    keys = given["TWILIO_SHARED_KEYS"].split()
    if not all(_SHARED_KEY.fullmatch(key) for key in keys):
        raise ConfigError(
            "TWILIO_SHARED_KEYS holds what is no key: set it to ids and secrets like webhooks_sharedkey_a=secret, "
            "with a blank between two."
        )
    return tuple((key.partition("=")[0], key.partition("=")[2]) for key in keys)


def _signalwire(given: Mapping[str, str]) -> CarrierAccount:
    signing = _secret(
        given, "SIGNALWIRE_SIGNING_KEY", _KEY, "key: set it to the signing key that the dashboard shows under API"
    )
    project = _secret(
        given, "SIGNALWIRE_PROJECT_ID", _UUID, "project: set it to the id that the dashboard shows under API"
    )
    token = _secret(given, "SIGNALWIRE_API_TOKEN", _KEY, "token: set it to the one that the dashboard shows under API")
    space = given["SIGNALWIRE_SPACE"].lower()
    if space and not _SPACE.fullmatch(space):
        raise ConfigError(
            f"SIGNALWIRE_SPACE is {_shown(space)}: set it to the space's host, such as example.signalwire.com."
        )
    for needed in ("SIGNALWIRE_SPACE", "SIGNALWIRE_PROJECT_ID", "SIGNALWIRE_API_TOKEN"):
        if signing:
            _needs(given, needed, "STAFF_NUMBER", ", to fetch recordings with")
    return CarrierAccount("signalwire", "SIGNALWIRE_SIGNING_KEY", project, signing, token, space=space)


def _telnyx(given: Mapping[str, str]) -> CarrierAccount:
    public = given["TELNYX_PUBLIC_KEY"]
    if public and not _is_public_key(public):
        raise ConfigError(
            "TELNYX_PUBLIC_KEY is no key: set it to the public key that the portal shows, 44 characters of base64."
        )
    account = _secret(given, "TELNYX_ACCOUNT_ID", _UUID, "account: set it to the id that webhooks call AccountSid")
    key = _secret(given, "TELNYX_API_KEY", _KEY, "key: set it to the API key that the portal made")
    for needed in ("TELNYX_ACCOUNT_ID", "TELNYX_API_KEY"):
        if public:
            _needs(given, needed, "STAFF_NUMBER", ", to fetch recordings with")
    return CarrierAccount("telnyx", "TELNYX_PUBLIC_KEY", account, public, key)


def _is_public_key(text: str) -> bool:
    """Whether it is a key of Ed25519, in base64."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(base64.b64decode(text, validate=True))
    except ValueError:
        return False
    return True


_ACCOUNTS = {"twilio": _twilio, "signalwire": _signalwire, "telnyx": _telnyx}
"""How the account with each carrier is read, the usual one first."""


def _shared_secret(carrier: CarrierAccount) -> str:
    """The secret that a carrier signs with and we may sign with too; a public key is none."""
    return "" if carrier.name == "telnyx" else carrier.signing_key


def _local_speech(given: Mapping[str, str], carrier: CarrierAccount) -> bool:
    """Whether the line's own voice is heard: "twilio" is what the carrier's was first called. TeXML
    documents no speeds of speech, so there the line's own is the usual one."""
    usual = ("local", "carrier") if carrier.name == "telnyx" else ("carrier", "local")
    return _one_of(given, "SPEECH", *usual, also=("twilio",)) == "local"


def _secret_key(text: str) -> str:
    if text and len(text) < SHORTEST_KEY:
        raise ConfigError(
            f"SECRET_KEY is shorter than {SHORTEST_KEY} characters: "
            f"set it to {GOOD_KEY} or more that nobody can guess, or leave it out."
        )
    if text and (len(text) < GOOD_KEY or len(set(text)) < SHORTEST_KEY // 2):
        log.warning("SECRET_KEY is easily guessed: set it to %d characters or more by chance", GOOD_KEY)
    return text


def _number(environ: Mapping[str, str], name: str, meaning: str) -> str | None:
    text = environ.get(name, "").strip()
    number = numbers.international(text)
    if text and number is None:
        raise ConfigError(f"{name} is {text!r}: set it to {meaning} in E.164, such as +815012345678.")
    return number


def _staff_number(environ: Mapping[str, str]) -> str | None:
    """The number of staff, which callers of the public line must not get to."""
    number = _number(environ, "STAFF_NUMBER", "the number by which staff record")
    if number and number == numbers.international(environ.get("LINE_NUMBER", "")):
        raise ConfigError("STAFF_NUMBER is the same as LINE_NUMBER: set it to a number of its own.")
    return number


# --- notices, and signing in ----------------------------------------------------------------


def _mail(given: Mapping[str, str]) -> MailServer | None:
    """The mail server. Its address is never shown: it may hold a password."""
    url, sender = given["SMTP_URL"], given["SMTP_SENDER"]
    if url and mail.parsed(url, "line@example.jp") is None:
        raise ConfigError(
            "SMTP_URL is no address of a mail server: set it to smtp://user:password@mail.example.jp:587 (STARTTLS), "
            "smtps://... (TLS), or smtp+plain://relay.example.jp, which takes no password."
        )
    if sender and mail.parsed("smtps://mail.example.jp", sender) is None:
        raise ConfigError(f"SMTP_SENDER is {_shown(sender)}: set it to a mail address, such as line@city.example.jp.")
    _needs(given, "SMTP_SENDER", "SMTP_URL", ", the address that mails come from")
    _needs(given, "SMTP_URL", "SMTP_SENDER", ", or neither")
    return mail.parsed(url, sender) if url else None


def _provider(given: Mapping[str, str]) -> Provider | None:
    """Where staff sign in with the city's own account. What a client and its secret look like is the provider's."""
    issuer = _issuer(given["OIDC_ISSUER"])
    claim, creates = given["OIDC_CLAIM"] or "email", _switch(given, "OIDC_CREATE")
    if not _CLAIM.fullmatch(claim):
        raise ConfigError(f"OIDC_CLAIM is {_shown(claim)}: set it to the name of a claim, such as email.")
    for name in ("OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET"):
        _needs(given, name, "OIDC_ISSUER", ", as the provider gave it out")
    for name in ("OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET", "OIDC_NAME", "OIDC_CLAIM", "OIDC_CREATE"):
        _needs(given, "OIDC_ISSUER", name, ", or leave that out")
    if not issuer:
        return None
    client, secret = given["OIDC_CLIENT_ID"], given["OIDC_CLIENT_SECRET"]
    return Provider(issuer, client, secret, given["OIDC_NAME"], claim, creates)


def _issuer(text: str) -> str:
    """An issuer's address as it stands: it is compared letter by letter (OpenID Connect Discovery, 4.3)."""
    try:
        parts = urlsplit(text)
        port, host = parts.port, _host_name(parts.hostname or "")
    except ValueError:
        parts, port, host = SplitResult("", "", "", "", ""), None, None
    near = parts.scheme == "http" and _is_this_machine(host)
    if text and (not host or port == 0 or "@" in text or parts.query or parts.fragment or not text.isascii()):
        host = None
    if text and (host is None or not (parts.scheme == "https" or near)):
        raise ConfigError(
            "OIDC_ISSUER is no issuer: set it to the provider's address with https, such as https://login.example.jp/city."
        )
    return text


def _passwords(given: Mapping[str, str], provider: Provider | None) -> bool:
    if not (allowed := _switch(given, "STAFF_PASSWORDS", usual="on")) and provider is None:
        raise ConfigError("STAFF_PASSWORDS is off, so that nobody could sign in: set it to on, or set OIDC_ISSUER.")
    return allowed


def _staff_networks(text: str) -> Networks:
    try:
        return networks(text)
    except ValueError:
        raise ConfigError(
            f"STAFF_ADDRESSES is {_shown(text)}: set it to networks like 10.1.0.0/16 2001:db8::/48, "
            "with a blank between two."
        ) from None


# --- choices --------------------------------------------------------------------------------


def _hours(given: Mapping[str, str], name: str, usual: int) -> timedelta:
    return timedelta(hours=_whole(given, name, usual, 1, 168, f"a number of hours from 1 to 168, such as {usual}"))


def _switch(given: Mapping[str, str], name: str, usual: str = "off") -> bool:
    text = given[name].lower() or usual
    if text not in _ON:
        raise ConfigError(f"{name} is {_shown(text)}: set it to on or off.")
    return _ON[text]


def _command(text: str) -> tuple[str, ...]:
    """A command and its arguments, as a shell takes them apart; none where nothing is set."""
    try:
        words = tuple(shlex.split(text))
    except ValueError:
        words = ("",)
    if words and not shutil.which(words[0]):
        raise ConfigError(f"SETUP is {_shown(text)}: set it to a command, such as make setup.")
    return words


def _one_of(given: Mapping[str, str], name: str, *choices: str, also: tuple[str, ...] = ()) -> str:
    """One of `choices`, the first where nothing is set; `also`: what is no longer offered, but taken."""
    text = given[name].lower() or choices[0]
    if text not in (*choices, *also):
        raise ConfigError(f"{name} is {_shown(text)}: set it to {' or '.join(choices)}.")
    return text


def _voices(text: str) -> Choice:
    """``code=engine,engine code=engine``: the engines of a language, best first."""
    named: dict[str, tuple[str, ...]] = {}
    for part in text.lower().split():
        language, _, names = part.partition("=")
        engines = tuple(names.split(","))
        if wrong := _wrong_voice(language, engines, named):
            known = ", ".join(ENGINES)
            example = f"{language or '*'}={ANY}"
            raise ConfigError(
                f"VOICES is {_shown(text)}, where {wrong}: set it like {example}, of the engines {known}."
            )
        named[language] = engines
    return {**DEFAULT_CHOICE, **named}


def _wrong_voice(language: str, engines: tuple[str, ...], named: Mapping[str, tuple[str, ...]]) -> str:
    """What is wrong with the engines of a language; nothing where they are right."""
    unknown = next((name for name in engines if name not in ENGINES), None)
    if not language or unknown is not None:
        return f"{_shown(unknown or '')} is no engine"
    if language in named:
        return f"{_shown(language)} stands twice"
    if len(set(engines)) < len(engines):
        return f"an engine of {_shown(language)} stands twice"
    silent = next((name for name in engines if language != "*" and not ENGINES[name].speaks(language)), None)
    return f"{silent} does not speak {_shown(language)}" if silent else ""


# --- where things are -----------------------------------------------------------------------


def _database(text: str, data_dir: Path) -> str:
    """Where editions are kept: SQLite under DATA_DIR, or what is set. The value is never shown:
    it may hold a password."""
    url = _parsed(text) if text else URL.create("sqlite", database=str(data_dir / "line.db"))
    if url is not None and url.drivername == "sqlite":
        url = _sqlite(url)
    elif url is not None:
        url = _postgresql(url)
    if url is None:
        raise ConfigError(
            "DATABASE_URL is no address of a database: set it to sqlite:////folder/line.db or "
            "postgresql+psycopg://user:password@host/name."
        )
    return url.render_as_string(hide_password=False)


def _parsed(text: str) -> URL | None:
    try:
        return make_url(text)
    except (ArgumentError, ValueError):  # which may repeat parts of a password
        return None


def _sqlite(url: URL) -> URL | None:
    """A file of this machine. One in memory would be another one in each process."""
    if url.host or url.query or not url.database or url.database.startswith((":memory:", "file:")):
        return None
    path = Path(url.database).absolute()
    return None if os.path.isdir(path) else url.set(database=str(path))


def _postgresql(url: URL) -> URL | None:
    """PostgreSQL by its one driver that is installed, under all names that hosts give it."""
    import psycopg  # here, since it is loaded in a tenth of a second, and with SQLite never
    from psycopg.conninfo import conninfo_to_dict, make_conninfo, timeout_from_conninfo

    if url.drivername not in ("postgresql+psycopg", "postgresql", "postgres"):
        return None
    if not url.database or not (url.port is None or 0 < url.port < 65536):
        return None
    options = {name: str(value) for name, value in url.query.items()}
    parts = (url.username, url.password, url.host, url.database, *options.values())
    if any(unicodedata.category(mark) in _UNSEEN for part in parts for mark in str(part or "")):
        return None
    try:
        timeout_from_conninfo(conninfo_to_dict(make_conninfo("", **options)))
    except (psycopg.Error, ValueError, TypeError):
        return None
    return url.set(drivername="postgresql+psycopg")


def _counter(text: str) -> str:
    """Where requests are counted. The value is never shown: it may hold a password."""
    if text in ("", "memory", "memory://"):
        return "memory://"
    import redis  # here, since it is loaded in a twentieth of a second, and with nothing set never

    try:
        parts = urlsplit(text)
        known = parts.scheme in _COUNTERS and re.fullmatch(r"/?[0-9]*", "" if "unix" in parts.scheme else parts.path)
        redis.ConnectionPool.from_url(text.replace("redis+unix", "unix", 1)).make_connection()  # connects nowhere
    except (ValueError, TypeError, redis.RedisError):
        known = None
    if not known:
        raise ConfigError(
            "RATELIMIT_STORAGE_URI is no address of a counter: set it to redis://:password@host:6379/0, or to nothing."
        )
    return text


def _prompts(text: str) -> Path:
    folder = Path(text or Path(__file__).parent.parent / "prompts").absolute()
    try:
        readable = (folder / STRUCTURE).is_file() and all(os.access(path, os.R_OK) for path in folder.glob("*.toml"))
    except OSError:
        readable = False
    if not readable:
        raise ConfigError(
            f"PROMPTS_DIR is {_shown(str(folder))}, where no {STRUCTURE} can be read: "
            "set it to the folder of the line's files."
        )
    return folder


def _data_dir(text: str) -> Path:
    if "?" in text:  # the address of the database under it would end there
        raise ConfigError(f"DATA_DIR is {_shown(text)}: set it to a folder without a question mark in its name.")
    return Path(text or "instance").absolute()


def _folder(data_dir: Path) -> Path:
    """The folder of all that the program writes, there and ready."""
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not (os.access(data_dir, os.W_OK | os.X_OK) or _is_on_a_read_only_disk(data_dir)):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except OSError as error:
        raise _not_writable(data_dir, error) from error
    return data_dir


def _is_on_a_read_only_disk(data_dir: Path) -> bool:
    """Whether it is the disk that takes nothing, as one does that has begun to fail: a line that kept its secrets there
    before starts on it all the same, and so does each worker that takes the place of another."""
    return bool(os.statvfs(data_dir).f_flag & os.ST_RDONLY)


def _own_secret(data_dir: Path, name: str) -> str:
    """A secret made once and kept under DATA_DIR, readable by this user alone. Whoever else
    starts at the same time finds all of it or waits."""
    path = data_dir / name
    try:
        with _alone(data_dir):
            if not (path.exists() and path.stat().st_size):  # an empty one was never finished
                with new_file(path) as file:
                    file.write(secrets.token_hex(32).encode())
        kept = path.read_text("ascii").strip()
    except UnicodeError:
        kept = ""
    except OSError as error:
        raise _not_writable(data_dir, error) from error
    if not _OWN_SECRET.fullmatch(kept):
        raise ConfigError(f"DATA_DIR holds a damaged {name}: put the file back, or delete it and a new one is made.")
    return kept


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One process at a time in a folder, for the moment."""
    here = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(here, fcntl.LOCK_EX)
        yield
    finally:
        os.close(here)


def _not_writable(data_dir: Path, error: OSError) -> ConfigError:
    return ConfigError(
        f"DATA_DIR is {_shown(str(data_dir))}, where nothing can be written ({error.strerror}): "
        "set it to a folder of this user's."
    )

"""The environment, read once into frozen Settings. What is wrong stops the start."""

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from ivr.voice.voices import DEFAULT_CHOICE, ENGINES, Choice

_ON = {
    "on": True,
    "1": True,
    "true": True,
    "yes": True,
    "off": False,
    "0": False,
    "false": False,
    "no": False,
    "": False,
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

    `token` signs the webhooks: Twilio's, or one of our own for the built-in telephones when
    `connected` is false. `staff_number` is the number (E.164) by which staff record; without one
    nobody records by telephone. `rate_limits` is where requests are counted (a URI of the `limits`
    package; the default is this process's memory), by the address that the last of `proxies`
    reverse proxies saw. `local_speech` plays the line's own voice
    rather than have the carrier speak; `voices` names its engines. `database_url` (SQLAlchemy's)
    is where editions are kept, `secret_key` signs what staff and browsers are handed and seals
    second factors. `roles_together`: one person may be administrator and approver;
    `alert_unapproved`: how long an alert is heard that nobody approved.
    """

    host: str
    port: int
    workers: int
    serves: Serves
    public_url: str
    account_sid: str
    token: str
    connected: bool
    line_number: str | None
    staff_number: str | None
    speech_input: bool
    data_dir: Path
    prompts: Path
    rate_limits: str
    proxies: int
    local_speech: bool
    voices: Choice
    database_url: str
    secret_key: str
    roles_together: bool
    alert_unapproved: timedelta


def from_environment(environ: Mapping[str, str]) -> Settings:
    """Read the settings. ConfigError says in one sentence what to set."""
    data_dir = Path(environ.get("DATA_DIR") or "instance").absolute()
    port = _port(environ.get("PORT") or "8000")
    token = environ.get("TWILIO_AUTH_TOKEN", "").strip()
    return Settings(
        host=environ.get("HOST", "").strip() or "127.0.0.1",
        port=port,
        workers=_workers(environ.get("WORKERS", "").strip() or "2"),
        serves=Serves(_one_of(environ, "SERVES", *Serves)),
        public_url=_origin(environ.get("PUBLIC_URL") or f"http://127.0.0.1:{port}"),
        account_sid=environ.get("TWILIO_ACCOUNT_SID", "").strip(),
        token=token or _own_secret(data_dir, "webhook-token"),
        connected=bool(token),
        line_number=_number(environ, "LINE_NUMBER", "the line's own number"),
        staff_number=_staff_number(environ),
        speech_input=_switch(environ, "SPEECH_INPUT"),
        data_dir=data_dir,
        prompts=Path(environ.get("PROMPTS_DIR") or Path(__file__).parent.parent / "prompts"),
        proxies=_count(environ, "PROXIES"),
        rate_limits=environ.get("RATELIMIT_STORAGE_URI") or "memory://",
        local_speech=_one_of(environ, "SPEECH", "twilio", "local") == "local",
        voices=_voices(environ.get("VOICES", "")),
        database_url=_database(environ.get("DATABASE_URL", "").strip(), data_dir),
        secret_key=environ.get("SECRET_KEY", "").strip() or _own_secret(data_dir, "secret-key"),
        roles_together=_switch(environ, "STAFF_ROLES_TOGETHER"),
        alert_unapproved=_hours(environ, "ALERT_UNAPPROVED_HOURS", default=2),
    )


def _port(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 0 < int(text) < 65536):
        raise ConfigError(f"PORT is {text!r}: set it to a number from 1 to 65535, such as 8000.")
    return int(text)


def _workers(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 0 < int(text) <= 64):
        raise ConfigError(f"WORKERS is {text!r}: set it to a number of processes from 1 to 64, such as 2.")
    return int(text)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    if (
        parts.scheme not in ("http", "https")
        or not parts.netloc
        or parts.path.strip("/")
        or parts.query
        or parts.fragment
    ):
        raise ConfigError(
            f"PUBLIC_URL is {url!r}: set it to the origin that Twilio calls and nothing more, such as https://line.example.jp."
        )
    return f"{parts.scheme}://{parts.netloc}"


def _number(environ: Mapping[str, str], name: str, meaning: str) -> str | None:
    text = environ.get(name, "").strip()
    if text and not re.fullmatch(r"\+[1-9]\d{6,14}", text):
        raise ConfigError(f"{name} is {text!r}: set it to {meaning} in E.164, such as +815012345678.")
    return text or None


def _staff_number(environ: Mapping[str, str]) -> str | None:
    """The number of staff, which callers of the public line must not get to."""
    number = _number(environ, "STAFF_NUMBER", "the number by which staff record")
    if number and number == environ.get("LINE_NUMBER", "").strip():
        raise ConfigError("STAFF_NUMBER is the same as LINE_NUMBER: set it to a number of its own.")
    return number


def _count(environ: Mapping[str, str], name: str) -> int:
    text = environ.get(name, "").strip() or "0"
    if not (text.isascii() and text.isdecimal() and int(text) < 10):
        raise ConfigError(f"{name} is {text!r}: set it to the number of reverse proxies before the server, such as 1.")
    return int(text)


def _hours(environ: Mapping[str, str], name: str, default: int) -> timedelta:
    text = environ.get(name, "").strip() or str(default)
    if not (text.isascii() and text.isdecimal() and len(text) <= 3 and 0 < int(text) <= 168):
        raise ConfigError(f"{name} is {text!r}: set it to a number of hours from 1 to 168, such as {default}.")
    return timedelta(hours=int(text))


def _switch(environ: Mapping[str, str], name: str) -> bool:
    text = environ.get(name, "").strip().lower()
    if text not in _ON:
        raise ConfigError(f"{name} is {text!r}: set it to on or off.")
    return _ON[text]


def _one_of(environ: Mapping[str, str], name: str, *choices: str) -> str:
    """One of `choices`, the first where nothing is set."""
    text = environ.get(name, "").strip().lower() or choices[0]
    if text not in choices:
        raise ConfigError(f"{name} is {text!r}: set it to {' or '.join(choices)}.")
    return text


def _voices(text: str) -> Choice:
    """``ja=kokoro,openjtalk en=espeak``: the engines of a language, best first."""
    choice = dict(DEFAULT_CHOICE)
    for part in text.split():
        language, _, names = part.partition("=")
        engines = tuple(names.split(","))
        if not language or set(engines) - ENGINES.keys():
            known = ", ".join(ENGINES)
            raise ConfigError(f"VOICES is {text!r}: set it like ja=kokoro,openjtalk, of the engines {known}.")
        choice[language] = engines
    return choice


def _database(url: str, data_dir: Path) -> str:
    """Where editions are kept: SQLite under DATA_DIR, or what is set."""
    if not url:
        return f"sqlite:///{data_dir / 'line.db'}"
    if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise ConfigError(
            "DATABASE_URL is of no known kind: set it to sqlite:///... or postgresql+psycopg://user:password@host/name."
        )
    return url


def _own_secret(data_dir: Path, name: str) -> str:
    """A secret made once and kept under DATA_DIR, readable by this user alone."""
    path = data_dir / name
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        try:
            with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_hex(32))
        except FileExistsError:
            pass
        return path.read_text().strip()
    except OSError as error:
        raise ConfigError(
            f"DATA_DIR is {str(data_dir)!r}, where nothing can be written ({error.strerror}): "
            "set it to a folder of this user's."
        ) from error

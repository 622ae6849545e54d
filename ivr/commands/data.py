"""`flask data backup` and `restore`: all that staff have made, in one file, and back again elsewhere.

In the file (a tar of its own kind, compressed): the rows of all tables, recordings among them, and the secrets of
DATA_DIR, without which no account could sign in. Sounds and the snapshot are not in it: they are made anew.
"""

import hashlib
import json
import os
import tarfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from ivr import clock
from ivr.config import Settings
from ivr.editions.office import Office
from ivr.store import rows, schema
from ivr.store.database import Database, DatabaseGone, NotStorable
from ivr.store.health import Trouble
from ivr.store.private import new_file

FORM = 1
"""Of the file; raised where an older program could not read a newer one's."""

SECRETS = ("secret-key", "webhook-token", "numbers-before.json")
"""Files of DATA_DIR that nobody could make again."""

MANIFEST, TABLES, FILES = "manifest.json", "tables", "files"

data_commands = AppGroup("data", help="All that staff have made: keep it elsewhere, bring it back.")


class Unreadable(Exception):
    """The file is no backup, or a damaged one. The message says which."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup tells of itself: the revision of its tables, when it was made (UTC), a mark of the key that
    seals second factors, and the SHA-256 of each part."""

    revision: str
    made: str
    key: str
    parts: dict[str, str]


@data_commands.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Write everything into FILE, which must not be there yet. The line goes on meanwhile.

    Secrets are in it: whoever has the file has the accounts. It is readable by this user alone.
    """
    if file.exists():
        raise click.ClickException(f"{file} is there already: nothing is overwritten.")
    settings, now = _settings(), clock.utc_now()
    with _refusals_told(), new_file(file) as target, tarfile.open(fileobj=target, mode="w:gz") as tar:
        parts: dict[str, str] = {}
        with _database().reading() as connection:
            revision = schema.revision(connection)
            for table in rows.tables(connection):
                with TemporaryFile(dir=file.parent) as part:
                    _write_lines(part, rows.rows_of(connection, table))
                    parts[f"{TABLES}/{table.name}"] = _add(tar, f"{TABLES}/{table.name}", part, now)
        for name in SECRETS:
            with suppress(FileNotFoundError), (settings.data_dir / name).open("rb") as part:
                parts[f"{FILES}/{name}"] = _add(tar, f"{FILES}/{name}", part, now)
        told = Manifest(revision, now.isoformat(), _mark(settings.secret_key), parts)
        _add(tar, MANIFEST, BytesIO(_json(told)), now)
    click.echo(f"All is in {file}. Keep it on another machine, and as secret as the accounts.")


@data_commands.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--over", is_flag=True, help="Take the place of what is there, though somebody has worked with it.")
def restore(file: Path, over: bool) -> None:
    """Bring back what FILE holds, on this machine or another, whichever kind of database either has.

    Where somebody has worked with the database that is there, nothing is done without --over. Start the server anew
    afterwards: it reads its secrets once.
    """
    settings, database = _settings(), _database()
    set_by_hand = settings.secret_key != _own_key(settings)
    with _refusals_told(), tarfile.open(file, "r:gz") as tar:
        told = _checked(tar)
        if not over and _is_used(database):
            raise click.ClickException(
                "Somebody has worked with the database that is there. Nothing was done; --over takes its place."
            )
        kept = database.replace(lambda connection: _fill(connection, tar, told))
        for name in SECRETS:
            if f"{FILES}/{name}" in told.parts:
                _put_back(settings.data_dir / name, _content(tar, f"{FILES}/{name}"))
    if kept:
        click.echo(f"The database that was there is kept as {kept}.")
    click.echo(f"All is as it was at {told.made}. Start the server anew.")
    if told.key != _mark(settings.secret_key if set_by_hand else _own_key(settings)):
        click.echo("SECRET_KEY was another one there: set it as it was, or renew every account (flask staff renew).")


# --- writing ----------------------------------------------------------------------------------


def _write_lines(part: IO[bytes], lines: Iterable[str]) -> None:
    for line in lines:
        part.write(line.encode() + b"\n")


def _add(tar: tarfile.TarFile, name: str, part: IO[bytes], now: datetime) -> str:
    """Add a part to the backup: its SHA-256."""
    part.seek(0)
    mark = hashlib.file_digest(part, "sha256").hexdigest()  # type: ignore[arg-type]
    about = tarfile.TarInfo(name)
    about.size, about.mode, about.mtime = part.seek(0, os.SEEK_END), 0o600, int(now.timestamp())
    part.seek(0)
    tar.addfile(about, part)
    return mark


def _json(told: Manifest) -> bytes:
    about = {"form": FORM, "revision": told.revision, "made": told.made, "key": told.key, "parts": told.parts}
    return json.dumps(about, indent=2).encode()


def _mark(key: str) -> str:
    """By which a key is known again; it tells nothing of it."""
    return hashlib.sha256(b"my-number-line backup " + key.encode()).hexdigest()[:16] if key else ""


# --- reading ----------------------------------------------------------------------------------


def _checked(tar: tarfile.TarFile) -> Manifest:
    """The manifest, once every part was found to be what it tells. Unreadable."""
    try:
        about: dict[str, Any] = json.loads(_content(tar, MANIFEST))
        if about["form"] > FORM:
            raise Unreadable("it was made by a newer release")
        told = Manifest(about["revision"], about["made"], about["key"], dict(about["parts"]))
    except (ValueError, TypeError, KeyError) as error:
        raise Unreadable("it is no backup of this line") from error
    for name, mark in told.parts.items():
        with _part(tar, name) as part:
            if hashlib.file_digest(part, "sha256").hexdigest() != mark:  # type: ignore[arg-type]
                raise Unreadable(f"its part {name} is damaged")
    return told


def _fill(connection: Connection, tar: tarfile.TarFile, told: Manifest) -> None:
    def lines(table: str) -> Iterable[str] | None:
        name = f"{TABLES}/{table}"
        return (line.decode() for line in _part(tar, name)) if name in told.parts else None

    rows.fill(connection, told.revision, lines)


def _part(tar: tarfile.TarFile, name: str) -> IO[bytes]:
    try:
        found = tar.extractfile(name)
    except KeyError:
        found = None
    if found is None:
        raise Unreadable(f"its part {name} is missing")
    return found


def _content(tar: tarfile.TarFile, name: str) -> bytes:
    with _part(tar, name) as part:
        return part.read()


def _put_back(path: Path, content: bytes) -> None:
    """A file, whose former content is kept beside it where it was another."""
    if path.exists() and path.read_bytes() != content:
        os.replace(path, path.with_name(f"{path.name}.replaced-{clock.utc_now():%Y%m%dT%H%M%SZ}"))
    with new_file(path) as file:
        file.write(content)


def _own_key(settings: Settings) -> str:
    """The key that is kept in DATA_DIR; "" where none is."""
    with suppress(OSError):
        return (settings.data_dir / "secret-key").read_text("ascii").strip()
    return ""


def _is_used(database: Database) -> bool:
    """Whether somebody has worked with what is there. One that cannot be read is not written over unasked;
    where there is none any more, there is nothing to lose."""
    try:
        with database.reading() as connection:
            return rows.has_work(connection)
    except DatabaseGone as gone:
        return gone.trouble not in (Trouble.ABSENT, Trouble.EMPTY)


# --- what all use -----------------------------------------------------------------------------


def _settings() -> Settings:
    found: Settings = current_app.extensions["ivr.settings"]
    return found


def _database() -> Database:
    rooms: Office = current_app.extensions["ivr.office"]
    return rooms.database


@contextmanager
def _refusals_told() -> Iterator[None]:
    """What went wrong becomes one sentence on the terminal, and exit code 1."""
    try:
        yield
    except Unreadable as error:
        raise click.ClickException(f"The file cannot be brought back: {error}. Nothing was done.") from error
    except (tarfile.TarError, EOFError, zlib.error, NotStorable, ValueError) as error:
        raise click.ClickException("The file is no backup, or is damaged. Nothing was done.") from error
    except DatabaseGone as gone:
        raise click.ClickException(f"The database cannot be used: {gone.detail or gone.trouble}.") from gone
    except SQLAlchemyError as error:
        raise click.ClickException(f"The database refused ({type(error).__name__}). Nothing was done.") from error
    except OSError as error:
        raise click.ClickException(f"{error.filename or 'The disk'}: {error.strerror}.") from error

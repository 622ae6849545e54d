"""What the tests of the store and of the editions share: databases of both kinds, and a city
hall with people in it. There are no tests in here."""

import atexit
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from types import MappingProxyType

import psycopg
import pytest
import tomlkit

from ivr.editions.announcements import UNAPPROVED
from ivr.editions.draft import Draft, Take
from ivr.editions.edition import Edition, Piece
from ivr.editions.library import Library
from ivr.editions.office import Office, office, open_office
from ivr.editions.texts import TextPlace
from ivr.people.persons import Person, Role
from ivr.store.blobs import Spoilt
from tests.support.clock import real_time
from tests.support.given import PROMPTS

NOON = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
EDITOR = Person("e1", "江藤", frozenset({Role.EDITOR}))
WRITER = Person("e2", "蛯名", frozenset({Role.EDITOR}))
APPROVER = Person("a1", "安部", frozenset({Role.APPROVER}))
BOTH = Person("b1", "馬場", frozenset({Role.EDITOR, Role.APPROVER}))
GREETING = TextPlace("ja.toml", "say.greeting")
ENGLISH = TextPlace("en.toml", "say.greeting")

BOTH_KINDS = ["sqlite", pytest.param("postgresql", marks=pytest.mark.xdist_group("postgresql"))]


@cache
def shipped() -> dict[str, bytes]:
    """The files of the line as shipped."""
    return {path.name: path.read_bytes() for path in PROMPTS.glob("*.toml")}


def greeting_with(words: str) -> Edition:
    """The shipped edition, but that it greets in Japanese with these words."""
    document = tomlkit.parse(shipped()["ja.toml"].decode())
    document["say"]["greeting"] = words
    return Edition(MappingProxyType({**shipped(), "ja.toml": tomlkit.dumps(document).encode()}))


class Losing(Library):
    """A library that has `lost` an edition (its id), as long as that is said."""

    def __init__(self, books: Library):
        super().__init__(books.database, books.shipped)
        self.lost = ""

    def edition(self, name: str) -> Edition:
        if name == self.lost:
            raise Spoilt(name)
        return super().edition(name)


class Server:
    """A PostgreSQL server of this test run, reached through a socket in its own folder."""

    def __init__(self, folder: Path, somebody: list[str], programs: Path):
        self.folder = folder
        self.command = [*somebody, str(programs / "postgres"), "-D", str(folder / "data")]
        for setting in ("fsync=off", "listen_addresses=", f"unix_socket_directories={folder}"):
            self.command += ["-c", setting]

    def start(self) -> None:
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(self.command, stdout=log, stderr=log, cwd=self.folder, env=real_time())
        for _ in range(1200):  # a busy machine may take its time
            try:
                psycopg.connect(f"host={self.folder} user=postgres dbname=postgres").close()
                return
            except psycopg.OperationalError:
                time.sleep(0.05)
        raise AssertionError("PostgreSQL does not start: " + (self.folder / "log").read_text())

    def stop(self) -> None:
        """Stop it at once, whoever is connected."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait(20)

    def database(self, name: str) -> str:
        """A new, empty database: its URL."""
        with psycopg.connect(f"host={self.folder} user=postgres dbname=postgres", autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        return f"postgresql+psycopg://postgres@/{name}?host={self.folder}"


def postgres_programs() -> Path | None:
    """Where Debian keeps initdb and postgres."""
    found = shutil.which("initdb")
    folders = [Path(found).parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return next((folder for folder in reversed(folders) if (folder / "initdb").exists()), None)


@cache
def server() -> Server:
    """The one server of this process; it ends with it. Skips the test where there is none."""
    programs = postgres_programs()
    if programs is None:
        pytest.skip("no PostgreSQL server programs here: apt install postgresql")
    folder = Path(tempfile.mkdtemp(prefix="line-pg-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    somebody = ["setpriv", "--pdeathsig", "INT"]
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        shutil.chown(folder, "postgres", "postgres")
        somebody += ["--reuid", "postgres", "--regid", "postgres", "--clear-groups"]
    data = str(folder / "data")
    initdb = [
        str(programs / "initdb"),
        "-D",
        data,
        "-U",
        "postgres",
        "--auth=trust",
        "--no-sync",
        "-E",
        "UTF8",
        "--locale=C",
    ]
    quiet = subprocess.DEVNULL
    subprocess.run([*somebody, *initdb], check=True, cwd=folder, env=real_time(), stdout=quiet, stderr=quiet)
    running = Server(folder, somebody, programs)
    running.start()
    atexit.register(running.stop)
    return running


_numbers = iter(range(10**6))


def new_database(kind: str, folder: Path) -> str:
    """The URL of an empty database of that kind: `sqlite`, in the folder, or `postgresql`."""
    if kind == "sqlite":
        return f"sqlite:///{folder}/line.db"
    return server().database(f"line{next(_numbers)}")


@dataclass(frozen=True)
class City:
    """A city hall: the office, and the acts that tests need most."""

    office: Office
    folder: Path
    now: datetime = NOON

    def later(self, **delta: float) -> "City":
        """The same city hall, some time on."""
        return replace(self, now=self.now + timedelta(**delta))

    def draft(self, **texts: str) -> Draft:
        """A draft by the editor: ja="..." changes the Japanese greeting, en the English one."""
        made = self.office.drafts.start("Change", EDITOR, self.now)
        for code, text in texts.items():
            self.say(made, text, TextPlace(f"{code}.toml", GREETING.key))
        return made

    def say(self, draft: Draft, text: str, place: TextPlace = GREETING, person: Person = EDITOR) -> None:
        """Save a text, whatever its version."""
        drafts = self.office.drafts
        drafts.save(draft.id, place, text, drafts.word(draft.id, place).version, person, self.now)

    def approve(self, draft: Draft) -> Draft:
        """Submit it and have it approved."""
        submitted = self.office.approval.submit(draft.id, "because", EDITOR, self.now)
        return self.office.approval.approve(draft.id, submitted.digest or "", APPROVER, self.now)

    def publish(self, **texts: str) -> Draft:
        """The whole way of a change to the greeting."""
        approved = self.approve(self.draft(**texts))
        self.office.publishing.publish(approved.id, APPROVER, self.now)
        return approved

    def heard(self, edition: str = "", language: str = "ja") -> str:
        """The greeting that a call of that edition hears now, as every worker knows it by then."""
        self.office.shelf.refresh()
        line = self.office.shelf.line(edition, self.now)
        return "".join(chunk.written for chunk in line.languages[language].prompts[GREETING.key].chunks())


def kept(
    office: Office, draft: int, piece: Piece, words: str, audio: bytes, source: str, person: Person, now: datetime
) -> Take:
    """A recording made and kept in a draft."""
    office.recordings.hold(draft, piece, words, audio, source, person, now)
    return office.recordings.keep_held(draft, piece, person, now)


def city_hall(url: str, folder: Path, unapproved: timedelta = UNAPPROVED) -> City:
    """A city hall over that database."""
    rooms = office(url, shipped(), lambda _asked: (), "secret", folder, lambda: NOON, unapproved)
    assert open_office(rooms, NOON)
    return City(rooms, folder)


@contextmanager
def open_city(url: str, folder: Path) -> Iterator[City]:
    """A city hall over that database, until it is closed."""
    made = city_hall(url, folder / "live")
    yield made
    made.office.database.close()

"""The machine is lost, and the line goes on elsewhere: nothing that was acknowledged before the backup is gone."""

import stat
import tarfile
from dataclasses import dataclass
from pathlib import Path

import pyotp
import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import create_engine, text

from ivr.editions.draft import Draft
from ivr.editions.edition import Piece
from ivr.people.persons import Role
from ivr.people.trail import verify
from ivr.store import rows
from ivr.store.database import Database
from tests.store.test_upgrade import of_release
from tests.support.clock import MOMENT
from tests.support.stores import BOTH_KINDS, EDITOR, GREETING, City, kept, new_database
from tests.support.town import PASSWORD, accounts_of, console_app

SPOKEN = bytes(range(256)) * 4


@dataclass(frozen=True)
class Machine:
    """A machine with the line on it."""

    folder: Path
    app: Flask

    @property
    def city(self) -> City:
        return City(self.app.extensions["ivr.office"], self.folder, MOMENT)

    def flask(self, *words: str) -> Result:
        """A `flask data` command at its terminal."""
        return self.app.test_cli_runner().invoke(args=["data", *words])

    def started_anew(self, **environ: str) -> "Machine":
        """The same one, whose server was started again."""
        url = self.app.extensions["ivr.settings"].database_url
        self.city.office.database.close()
        return Machine(self.folder, console_app(self.folder, DATABASE_URL=url, **environ))


def machine(kind: str, folder: Path, **environ: str) -> Machine:
    folder.mkdir()
    return Machine(folder, console_app(folder, DATABASE_URL=new_database(kind, folder), **environ))


def worked_with(here: Machine) -> tuple[Draft, str]:
    """An account, a publication, and a draft with a recording: the draft, and the account's second factor."""
    _, address = accounts_of(here.app).add("eto", "江藤", (Role.EDITOR,), PASSWORD, MOMENT)
    here.city.publish(ja="新しいあいさつです。")
    draft = here.city.draft(ja="次のあいさつです。")
    kept(here.city.office, draft.id, Piece("ja", GREETING.key), "次のあいさつです。", SPOKEN, "browser", EDITOR, MOMENT)
    return draft, pyotp.parse_uri(address).secret


@pytest.mark.slow(2)
@pytest.mark.parametrize(("kind", "elsewhere"), [("sqlite", "postgresql"), ("postgresql", "sqlite")])
@pytest.mark.xdist_group("postgresql")
def test_nothing_is_lost_where_the_machine_is(kind: str, elsewhere: str, tmp_path: Path) -> None:
    lost = machine(kind, tmp_path / "lost")
    draft, secret = worked_with(lost)
    file = tmp_path / "backup"
    assert lost.flask("backup", str(file)).exit_code == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600

    new = machine(elsewhere, tmp_path / "new")
    told = new.flask("restore", str(file))
    assert told.exit_code == 0, told.output
    assert "SECRET_KEY" not in told.output
    new = new.started_anew()
    office = new.city.office
    assert "新しいあいさつです。" in new.city.heard()
    assert office.drafts.word(draft.id, GREETING).text == "次のあいさつです。"
    (recording,) = office.recordings.standing(draft.id).values()
    assert office.recordings.audio(recording.audio) == SPOKEN
    assert accounts_of(new.app).sign_in("eto", PASSWORD, pyotp.TOTP(secret).at(MOMENT), MOMENT)
    assert verify(office.database) is None, "the trail holds"
    assert new.city.draft().id > draft.id, "work goes on, with numbers of its own"


@pytest.mark.parametrize("kind", BOTH_KINDS)
def test_what_somebody_worked_with_is_kept_unless_told(kind: str, tmp_path: Path) -> None:
    here = machine(kind, tmp_path / "here")
    first = here.city.draft()
    file = tmp_path / "backup"
    assert here.flask("backup", str(file)).exit_code == 0
    second = here.city.draft()
    refused = here.flask("restore", str(file))
    assert refused.exit_code == 1 and "--over" in refused.output
    assert [draft.id for draft in here.city.office.drafts.all()] == [second.id, first.id]
    told = here.flask("restore", str(file), "--over")
    assert told.exit_code == 0, told.output
    assert [draft.id for draft in here.city.office.drafts.all()] == [first.id], "without a restart"
    assert ("is kept as line.db.replaced-" in told.output) is (kind == "sqlite")


@pytest.fixture(scope="module")
def backed_up(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of a line that somebody has worked with."""
    here = machine("sqlite", tmp_path_factory.mktemp("backed-up") / "line")
    worked_with(here)
    file = here.folder.parent / "backup"
    assert here.flask("backup", str(file)).exit_code == 0
    return file


def test_what_lasts_minutes_is_in_no_backup(backed_up: Path) -> None:
    with tarfile.open(backed_up) as tar:
        names = set(tar.getnames())
    assert {"tables/account", "tables/blob", "files/secret-key", "manifest.json"} <= names
    assert not {f"tables/{name}" for name in rows.PASSING} & names


def test_a_backup_is_not_written_over(backed_up: Path, tmp_path: Path) -> None:
    before = backed_up.read_bytes()
    again = machine("sqlite", tmp_path / "line").flask("backup", str(backed_up))
    assert again.exit_code == 1 and backed_up.read_bytes() == before


def cut(content: bytes) -> bytes:
    return content[: len(content) // 2]


def altered(content: bytes) -> bytes:
    return content[:500] + bytes([content[500] ^ 1]) + content[501:]


@pytest.mark.parametrize("harm", [cut, altered, lambda _: b"no backup", lambda _: b""])
def test_a_damaged_backup_changes_nothing(backed_up: Path, tmp_path: Path, harm: object) -> None:
    assert callable(harm)
    file = tmp_path / "damaged"
    file.write_bytes(harm(backed_up.read_bytes()))
    here = machine("sqlite", tmp_path / "line")
    key = (here.folder / "secret-key").read_bytes()
    told = here.flask("restore", str(file))
    assert told.exit_code == 1 and "Nothing was done" in told.output, told.output
    assert (here.folder / "secret-key").read_bytes() == key
    with here.city.office.database.reading() as connection:
        assert not rows.has_work(connection)


def test_a_file_of_others_is_no_backup(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "other", "w:gz") as tar:
        tar.add(__file__, "manifest.json")
    told = machine("sqlite", tmp_path / "line").flask("restore", str(tmp_path / "other"))
    assert told.exit_code == 1 and "no backup" in told.output


def test_another_secret_key_is_told(backed_up: Path, tmp_path: Path) -> None:
    here = machine("sqlite", tmp_path / "line", SECRET_KEY="another key of forty characters, by hand")
    told = here.flask("restore", str(backed_up))
    assert told.exit_code == 0 and "SECRET_KEY was another one" in told.output


def test_a_database_that_is_gone_is_replaced(backed_up: Path, tmp_path: Path) -> None:
    here = machine("sqlite", tmp_path / "line")
    (here.folder / "line.db").unlink()
    assert here.flask("restore", str(backed_up)).exit_code == 0
    assert "新しいあいさつです。" in here.city.heard()


def test_rows_of_an_earlier_release_are_brought_up_to_date(url: str, tmp_path: Path) -> None:
    with of_release(f"sqlite:///{tmp_path}/old.db", "0003") as connection:
        connection.execute(
            text(
                "INSERT INTO account (id, login, name, roles, password, secret, stamp, step, tries, at)"
                " VALUES ('1', 'eto', '江藤', '[\"editor\"]', 'hash', 'SECRET', 'stamp', 7, 3, '2026-01-01 00:00:00')"
            )
        )
        old = {table.name: list(rows.rows_of(connection, table)) for table in rows.tables(connection)}
    database = Database(url)
    database.replace(lambda connection: rows.fill(connection, "0003", old.get))
    with create_engine(url).connect() as connection:
        assert connection.execute(text("SELECT login, link, step FROM account")).one() == ("eto", None, 7)
    database.close()

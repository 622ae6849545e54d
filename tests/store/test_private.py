"""DATA_DIR is for its user alone: what is written, and what was there before."""

import logging
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from ivr.store.database import Database
from ivr.store.private import keep_private
from ivr.voice.store import Store
from ivr.wiring import create_app
from tests.support.given import settings_for


@pytest.fixture(autouse=True)
def usual_umask() -> Iterator[None]:
    """As a shell has it; afterwards as it was."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def open_to_others(folder: Path) -> list[str]:
    every = (folder, *folder.rglob("*"))
    return [f"{path} {stat.filemode(path.stat().st_mode)}" for path in every if path.stat().st_mode & 0o077]


def test_whatever_the_program_writes_is_for_its_user_alone(tmp_path: Path) -> None:
    folder = tmp_path / "instance"
    app = create_app(settings_for(folder, TWILIO_AUTH_TOKEN="", TWILIO_ACCOUNT_SID=""))
    office = app.extensions["ivr.office"]
    office.shelf.refresh()
    Store(folder / "audio").put("0" * 32, b"RIFF")
    with Store(folder / "audio").claim("work"), office.database.writing():
        assert open_to_others(folder) == []
        names = {path.name for path in folder.rglob("*")}
    assert {"line.db", "line.db-wal", "secret-key", "webhook-token", "live.json"} <= names, "all kinds were written"
    office.database.close()


def test_an_existing_folder_is_closed(tmp_path: Path) -> None:
    folder = tmp_path / "instance"
    for name in ("audio/a.wav", "live/live.json", "line.db", "line.db-wal", "secret-key"):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    assert open_to_others(folder)
    keep_private(folder)
    assert open_to_others(folder) == []


def test_a_database_elsewhere_is_closed_and_what_lies_beside_it_is_not(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/city.db")
    database.upgrade()
    database.close()
    (tmp_path / "city.db.html").write_text("x")
    keep_private(tmp_path / "instance", f"sqlite:///{tmp_path}/city.db")
    assert stat.S_IMODE((tmp_path / "city.db").stat().st_mode) == 0o600
    assert (tmp_path / "city.db.html").stat().st_mode & 0o044


def test_what_is_somebody_else_s_is_left_alone(tmp_path: Path) -> None:
    """DATA_DIR may be a folder with other things in it, and links may lead out of it."""
    other = tmp_path / "elsewhere"
    other.write_text("x")
    program = tmp_path / "instance" / "program.py"
    program.parent.mkdir()
    program.write_text("x")
    (tmp_path / "instance" / "secret-key").symlink_to(other)
    keep_private(tmp_path / "instance")
    assert other.stat().st_mode & 0o044 and program.stat().st_mode & 0o044


def test_what_cannot_be_closed_is_told_and_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(_path: Path, _mode: int) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "chmod", refuse)
    (tmp_path / "line.db").write_text("x")
    with caplog.at_level(logging.WARNING):
        keep_private(tmp_path)
    assert "line.db can be read by others" in caplog.text


def test_a_data_dir_that_cannot_be_made_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").write_text("x")
    keep_private(tmp_path / "file" / "instance")
    assert "cannot be made" in caplog.text

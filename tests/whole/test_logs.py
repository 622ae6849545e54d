"""The log: JSON or words, with the key of the call, and without numbers and secrets whoever tells them."""

import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from threading import Thread
from unittest.mock import Mock

import pytest

from ivr import logs
from ivr.config import ConfigError, from_environment
from ivr.handset.handset import Handset
from ivr.handset.transport import Wsgi
from ivr.line.loading import read
from ivr.line.speeds import Speed
from ivr.logs import LogFormat
from ivr.voice.audio import items
from ivr.voice.store import Store, address
from ivr.voice.voices import voice_for
from ivr.wiring import create_app
from tests.support.clock import MOMENT
from tests.support.given import ORIGIN, PROMPTS, ROOT, SIGNER, TOKEN, settings_for
from tests.support.server import server

pytestmark = pytest.mark.timeless


@pytest.fixture
def log() -> logging.Logger:
    found = logging.getLogger("tests.logs")
    found.propagate = False
    return found


def lines(log: logging.Logger, form: LogFormat, *secrets: str) -> StringIO:
    """What the log writes from now on."""
    told = StringIO()
    handler = logging.StreamHandler(told)
    handler.setFormatter(logs.formatter(form, secrets))
    log.handlers = [handler]
    return told


def test_a_line_of_json_says_when_who_and_of_which_call(log: logging.Logger) -> None:
    told = lines(log, LogFormat.JSON)
    with logs.about_call(lambda: {"call": "4fQ2"}):
        log.warning("the desk %s is closed", "police")
    log.warning("警察")
    first, second = map(json.loads, told.getvalue().splitlines())
    assert (first["event"], first["level"], first["logger"]) == ("the desk police is closed", "warning", "tests.logs")
    assert first["call"] == "4fQ2" and first["time"].endswith("+00:00")
    assert "call" not in second and "警察" in told.getvalue()


def test_calls_that_are_answered_beside_each_other_are_told_apart(log: logging.Logger) -> None:
    told = lines(log, LogFormat.JSON)
    with logs.about_call(lambda: {"call": "one"}):
        other = Thread(target=log.warning, args=("elsewhere",))
        other.start()
        other.join()
        log.warning("here")
    found = {line["event"]: line.get("call") for line in map(json.loads, told.getvalue().splitlines())}
    assert found == {"elsewhere": None, "here": "one"}


@pytest.mark.parametrize("form", LogFormat)
@pytest.mark.parametrize(
    "said", ["+815012345678", "045-664-9110", "1234 5678 9018", "123456789018", TOKEN, f"of {TOKEN}."]
)
def test_no_number_and_no_secret_is_written(log: logging.Logger, form: LogFormat, said: str) -> None:
    told = lines(log, form, TOKEN)
    log.error("it was %s", said)
    try:
        raise ValueError(said)
    except ValueError:
        log.exception("failed")
    assert said not in told.getvalue() and TOKEN not in told.getvalue()
    assert logs.HIDDEN in told.getvalue() and "Traceback" in told.getvalue()


def test_what_is_no_number_stays(log: logging.Logger) -> None:
    told = lines(log, LogFormat.TEXT, "")
    log.error("port 8000, line.db.damaged-20261124T030000Z, error 13224")
    assert told.getvalue() == "port 8000, line.db.damaged-20261124T030000Z, error 13224\n"


def test_all_secrets_of_the_settings_are_known(tmp_path: Path) -> None:
    settings = settings_for(
        tmp_path,
        SECRET_KEY="a key of more than thirty-two characters",
        TWILIO_SHARED_KEYS="webhooks_sharedkey_a=secret-of-a-shared-key",
        DATABASE_URL="postgresql://line:hunter22@host/line",
        RATELIMIT_STORAGE_URI="redis://:hunter23@host/0",
    )
    assert settings.secrets == {
        TOKEN,
        "a key of more than thirty-two characters",
        "secret-of-a-shared-key",
        "hunter22",
        "hunter23",
    }


@pytest.fixture
def root() -> Iterator[None]:
    """What is installed is taken away again."""
    before = list(logging.getLogger().handlers)
    yield
    logging.getLogger().handlers = before


@pytest.mark.usefixtures("root")
def test_what_is_installed_twice_writes_once(capsys: pytest.CaptureFixture[str]) -> None:
    logs.install(LogFormat.TEXT)
    logs.install(LogFormat.JSON)
    logging.getLogger("x").error("+815012345678")
    (line,) = capsys.readouterr().err.splitlines()
    assert json.loads(line)["event"] == logs.HIDDEN


def test_another_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="LOG_FORMAT"):
        from_environment({"DATA_DIR": str(tmp_path), "LOG_FORMAT": "xml"})


@pytest.mark.slow(4)
def test_a_line_of_the_log_leads_to_the_records_of_its_call_and_to_nothing_else(tmp_path: Path) -> None:
    """On a server whose sounds are damaged, which it tells while it answers."""
    data, called = tmp_path / "data", {"CallSid": "CA" + "7" * 32, "From": "+819012345678", "To": "+815012345678"}
    with server(data, SPEECH="local", LOG_FORMAT="json", WORKERS="1") as line:
        damage_every_sound(data)
        assert line.post("/voice", called)[0] == 200
        assert line.post("/voice", {**called, "CallSid": "CA" + "8" * 32})[0] == 200
        told = (tmp_path / "data.log").read_text()
        export = (sys.executable, "-m", "flask", "--app", "app", "records", "export", "--json")
        records = subprocess.run(
            export, cwd=ROOT, env={**os.environ, "DATA_DIR": str(data)}, capture_output=True, check=True
        )
    damaged = [json.loads(each) for each in told.splitlines() if "was damaged" in each]
    (name,) = {each["call"] for each in damaged}
    known = [record["call"] for record in map(json.loads, records.stdout.splitlines())]
    assert known.count(name) == 1 and len(known) == 2
    assert not any(each in told for each in called.values())


def damage_every_sound(data: Path) -> None:
    """Something that is no sound stands under the address of all that the line says."""
    line, store = read(PROMPTS), Store(data / "audio")
    store.folder.mkdir(exist_ok=True)
    for item in items(line, line.languages, [Speed.NORMAL]):
        store.path(address(voice_for(item.spoken), item.text, item.speed)).write_bytes(b"no sound")


def test_the_names_of_a_call_are_worked_out_where_a_line_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = create_app(settings_for(tmp_path))
    keys = app.extensions["ivr.records"]._keys
    counted = Mock(wraps=keys.names)
    monkeypatch.setattr(keys, "names", counted)
    caller = Handset(Wsgi(app, SIGNER, ORIGIN), at=MOMENT)
    caller.dial()
    caller.press("1")
    assert counted.call_count == 2, "once a step, for its record"

"""The environment: what is wrong is one sentence, and none of them tells a secret."""

import logging
import os
import re
import threading
from collections.abc import Iterator
from multiprocessing import get_context
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from ivr.config import NAMES, ConfigError, Settings, from_environment
from tests.support.given import ACCOUNT, PROMPTS, TOKEN

SECRET = "Tr0ub4dor&3"
KEY = "correct horse battery staple, twice"


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    return tmp_path / "data"


def read(data_dir: Path, **environ: str) -> Settings:
    return from_environment({"DATA_DIR": str(data_dir), **environ})


def refusal(data_dir: Path, **environ: str) -> str:
    with pytest.raises(ConfigError) as refused:
        read(data_dir, **environ)
    return str(refused.value)


def is_one_sentence(text: str) -> bool:
    begins = any(text.startswith(f"{name} ") for name in NAMES)
    return begins and text.endswith(".") and text.isprintable() and len(text) < 2200


# --- all settings ---------------------------------------------------------------------------

WRONG = {
    "PORT": ["eighty", "0", "65536", "-1", "8000.0", "８０００", "8 000", "9" * 1999, "0x50"],
    "HOST": ["a b", "http://127.0.0.1", "127.0.0.1:8000", "256.1.1.1", "1.2.3", "[::1", "-x", "a..b", "*", "x" * 64],
    "WORKERS": ["0", "65", "two", "２", "-1", "1.5"],
    "SETUP": ["nothing-of-the-sort --now", "make 'setup", "/nowhere/make", "''"],
    "SERVES": ["both", "call", "all,calls", "ａｌｌ"],
    "PUBLIC_URL": [
        "line.example.jp",
        "//line.example.jp",
        "ftp://line.example.jp",
        "https://line.example.jp/voice",
        "https://line.example.jp?x",
        "https://line.example.jp#x",
        "https://line.example.jp:99999",
        "https://line.example.jp:0",
        "https://line.example.jp:４４３",
        "https://line example.jp",
        "https://line.example.jp\\voice",
        "https://",
        "https://:8000",
        "http://[",
        "http://[::1",
        "http://[::1%25eth0]:8000",
        "http://1.2.3.4.5",
        "http://-x.jp",
        f"https://user:{SECRET}@line.example.jp",
        f"https://user:{SECRET}@[",
        "https://" + "a." * 200 + "jp",
    ],
    "TWILIO_ACCOUNT_SID": ["ACxyz", "AC1", "SK" + "1" * 32, "AC" + "1" * 31, "AC" + "１" * 32, TOKEN],
    "TWILIO_AUTH_TOKEN": ["x", TOKEN.upper(), TOKEN[:-1], TOKEN + "0", "０" * 32, ACCOUNT],
    "SPEECH_INPUT": ["maybe", "ｏｎ", "2"],
    "RENDER": ["maybe", "ｏｆｆ", "later"],
    "STAFF_ROLES_TOGETHER": ["maybe", "ｏｎ"],
    "STAFF_ADDRESSES": ["here", "10.1.2.3/16", "10.0.0.0/33", "１０.0.0.0/8", "2001:db8::1/48", "10.0.0.0-10.0.0.9"],
    "STAFF_PASSWORDS": ["off", "never", "ｏｎ"],
    "OIDC_ISSUER": [
        "login.example.jp",
        "http://login.example.jp",
        "https://login.example.jp/?x",
        "https://login.example.jp:99999",
        "https://-x.jp",
        f"https://user:{SECRET}@login.example.jp",
    ],
    "OIDC_CLAIM": ["two words", "名前", "x" * 101],
    "OIDC_CREATE": ["maybe", "editor"],
    "NOTICES_INSIDE": ["maybe", "ｏｎ"],
    "SMTP_SENDER": ["nobody", "a@b", "Ａ@city.example.jp", "a@b..jp"],
    "SMTP_URL": [
        "mail.example.jp",
        "http://mail.example.jp",
        "smtp://",
        "smtp://mail.example.jp:99999",
        "smtp://mail.example.jp/inbox",
        f"smtp://:{SECRET}@mail.example.jp",
        f"smtp+plain://line:{SECRET}@mail.example.jp",
        f"smtps://line:{SECRET}@[",
    ],
    "ALERT_UNAPPROVED_HOURS": ["0", "169", "２", "1.5", "soon"],
    "RECORDS_DAYS": ["0", "367", "９０", "1.5", "ninety", "-1"],
    "RECORDS_MONTHS": ["0", "121", "２４", "two", "-1"],
    "SPEECH": ["loud", "twilio local", "ｌｏｃａｌ"],
    "PROXIES": ["many", "-1", "10", "１"],
    "VOICES": [
        "ja",
        "ja=",
        "=openjtalk",
        "ja=sam",
        "ja=openjtalk,",
        "ja=openjtalk,openjtalk",
        "ja=openjtalk ja=kokoro",
        "en=openjtalk",
        "xx=espeak",
        "ja＝openjtalk",
    ],
    "LOG_FORMAT": ["xml", "ｊｓｏｎ"],
    "TRACES_URL": ["collector", "ftp://collector", "http://collector/v1/traces", f"http://u:{SECRET}@collector"],
    "SECRET_KEY": ["short", "x" * 15, SECRET],
    "RATELIMIT_STORAGE_URI": [
        "redis",
        "mysql://h/0",
        "memcached://h:11211",
        "redis://h:99999/0",
        f"redis://:{SECRET}@h:abc",
        f"redis://:{SECRET}@[",
        f"redis://:{SECRET}@h/zero",
        f"redis://:{SECRET}@h/0?speed=slow",
        f"redis://:{SECRET}@h/0?socket_timeout=soon",
        "memory://there",
    ],
    "DATABASE_URL": [
        "line.db",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:////tmp",
        "sqlite:////tmp/x.db?mode=ro",
        "sqlite:///file:x.db?uri=true",
        f"mysql://u:{SECRET}@h/name",
        f"postgresql+psycopg2://u:{SECRET}@h/name",
        f"postgresql+psycopg://u:{SECRET}@h",
        f"postgresql+psycopg://u:{SECRET}@h:port/name",
        f"postgresql+psycopg://u:{SECRET}@h:99999/name",
        f"postgresql+psycopg://u:{SECRET}@h/name?colour=red",
        f"postgresql+psycopg://u:{SECRET}@h/name?connect_timeout=soon",
        f"postgresql+psycopg://u:{SECRET}@h/name%00?sslmode=require&sslmode=disable",
        f"postgresql+psycopg://u:{SECRET}%00@h/name",
    ],
    "DATA_DIR": ["/dev/null", "/dev/null/x", "/proc/1/line", "/" + "x" * 300, "/tmp/what?"],
    "PROMPTS_DIR": ["/nowhere", "/dev/null", "/tmp/" + "x" * 300, str(PROMPTS / "line.toml"), str(PROMPTS.parent)],
}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name in WRONG for value in WRONG[name]])
def test_what_is_wrong_is_one_sentence_that_says_what_to_set(data_dir: Path, name: str, value: str) -> None:
    told = refusal(data_dir, **{name: value})
    assert is_one_sentence(told) and told.startswith(name), told
    assert "set it" in told
    assert SECRET not in told
    assert not data_dir.exists(), "a start that fails leaves nothing behind"


@pytest.mark.parametrize("name", [name for name in NAMES if name not in ("LINE_NUMBER", "STAFF_NUMBER")])
@pytest.mark.parametrize("value", ["8000\x00", "80\n00", "a\x1bb", "x\u200bx", "x\ufeffx", "x\udcffx", "x\ufffex"])
def test_what_cannot_be_seen_is_told_by_its_number(data_dir: Path, name: str, value: str) -> None:
    told = refusal(data_dir, **{name: value})
    assert is_one_sentence(told) and told.startswith(f"{name} holds a character that cannot be seen (U+"), told


@pytest.mark.parametrize("name", NAMES)
def test_a_value_without_end_is_refused_and_not_repeated(data_dir: Path, name: str) -> None:
    told = refusal(data_dir, **{name: "9" * 1_000_000})
    assert is_one_sentence(told) and len(told) < 200


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("value", ["", " ", "\t\r\n", "\u3000"])
def test_a_blank_value_is_none(data_dir: Path, name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    data_dir.mkdir()
    monkeypatch.chdir(data_dir)
    assert from_environment({name: value}) == from_environment({})


TEXTS = st.one_of(
    st.text(max_size=60),
    st.text(st.characters(codec=None), max_size=20),
    st.text("０１２３４５６７８９0123456789:/@[].?#%=, ", max_size=30),
    st.sampled_from(sorted({value for values in WRONG.values() for value in values})),
)


@hypothesis_settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(environ=st.dictionaries(st.sampled_from([name for name in NAMES if name != "DATA_DIR"]), TEXTS, max_size=6))
def test_any_setting_is_taken_or_told_in_a_sentence(tmp_path: Path, environ: dict[str, str]) -> None:
    try:
        settings = from_environment({"DATA_DIR": str(tmp_path), **environ})
    except ConfigError as refused:
        told = str(refused)
        assert is_one_sentence(told), told
    else:
        assert 0 < settings.port < 65536 and 0 < settings.workers <= 64
        assert 0 < settings.records_days <= 366 and 0 < settings.records_months <= 120
        assert re.fullmatch(r"https?://[a-z0-9_.:\[\]-]+", settings.public_url)
        assert len(settings.token) >= 32 and len(settings.secret_key) >= 16


@pytest.mark.parametrize("name", ["PUBLIC_URL", "RATELIMIT_STORAGE_URI", "DATABASE_URL"])
@pytest.mark.parametrize("where", ["https://u:{}@h/x/y", "redis://:{}@h:x", "postgresql://u:{}@h:x/y", "{}@"])
def test_no_sentence_tells_a_password(data_dir: Path, name: str, where: str) -> None:
    assert SECRET not in refusal(data_dir, **{name: where.format(SECRET)})


def test_the_server_renders_unless_it_is_told_not_to(data_dir: Path) -> None:
    assert read(data_dir).renders
    assert not read(data_dir, RENDER="off").renders


def test_settings_can_be_printed_without_their_secrets(data_dir: Path) -> None:
    settings = read(
        data_dir,
        SECRET_KEY=KEY,
        TWILIO_AUTH_TOKEN=TOKEN,
        TWILIO_ACCOUNT_SID=ACCOUNT,
        DATABASE_URL=f"postgresql+psycopg://u:{SECRET}@h/name",
        RATELIMIT_STORAGE_URI=f"redis://:{SECRET}@h:6379/0",
    )
    assert not [secret for secret in (KEY, TOKEN, SECRET) if secret in repr(settings)]


# --- where the server is --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "origin"),
    [
        ("HTTPS://Line.Example.JP", "https://line.example.jp"),
        ("https://line.example.jp/", "https://line.example.jp"),
        ("https://line.example.jp.", "https://line.example.jp"),
        ("https://line.example.jp:443", "https://line.example.jp"),
        ("http://line.example.jp:80/", "http://line.example.jp"),
        ("https://line.example.jp:8443", "https://line.example.jp:8443"),
        ("https://電話.example.jp", "https://xn--722ax0w.example.jp"),
        ("https://ｌｉｎｅ.example.jp", "https://line.example.jp"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("http://[0:0:0:0:0:0:0:1]:8000", "http://[::1]:8000"),
        ("http://my_line:8000", "http://my_line:8000"),
        (" https://line.example.jp\r\n", "https://line.example.jp"),
    ],
)
def test_the_origin_is_taken_in_its_usual_form(data_dir: Path, given: str, origin: str) -> None:
    assert read(data_dir, PUBLIC_URL=given).public_url == origin


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("", "http://127.0.0.1:8123"),
        ("0.0.0.0", "http://127.0.0.1:8123"),
        ("::", "http://127.0.0.1:8123"),
        ("[::1]", "http://[::1]:8123"),
        ("192.168.1.5", "http://192.168.1.5:8123"),
        ("LocalHost", "http://localhost:8123"),
    ],
)
def test_without_an_origin_the_line_is_where_it_listens(data_dir: Path, host: str, origin: str) -> None:
    assert read(data_dir, HOST=host, PORT="8123").public_url == origin


def test_the_server_answers_everything_with_two_workers_on_this_machine_alone(data_dir: Path) -> None:
    settings = read(data_dir)
    assert (settings.host, settings.port, settings.workers, settings.serves) == ("127.0.0.1", 8000, 2, "all")
    chosen = read(data_dir, HOST="line-1", WORKERS="64", SERVES="Calls")
    assert (chosen.host, chosen.workers, chosen.serves) == ("line-1", 64, "calls")


def test_a_port_that_the_origin_does_not_name_is_told(data_dir: Path, caplog: pytest.LogCaptureFixture) -> None:
    read(data_dir, PUBLIC_URL="http://127.0.0.1:8001")
    assert "PUBLIC_URL is http://127.0.0.1:8001, but the server listens at port 8000" in caplog.text
    caplog.clear()
    read(data_dir, PUBLIC_URL="https://line.example.jp")
    assert not caplog.records


# --- the account and the keys ---------------------------------------------------------------


def test_half_an_account_is_told(data_dir: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert "TWILIO_AUTH_TOKEN is missing" in refusal(data_dir, TWILIO_ACCOUNT_SID=ACCOUNT)
    staff = {"STAFF_NUMBER": "+815012345678"}
    assert "TWILIO_ACCOUNT_SID is missing" in refusal(data_dir, TWILIO_AUTH_TOKEN=TOKEN, **staff)
    assert read(data_dir, TWILIO_AUTH_TOKEN=TOKEN).connected
    assert "TWILIO_ACCOUNT_SID is missing" in caplog.text and TOKEN not in caplog.text


def test_a_token_in_the_place_of_the_account_is_not_shown(data_dir: Path) -> None:
    assert TOKEN not in refusal(data_dir, TWILIO_ACCOUNT_SID=TOKEN, TWILIO_AUTH_TOKEN=ACCOUNT)


def test_a_key_that_is_easily_guessed_is_told(data_dir: Path, caplog: pytest.LogCaptureFixture) -> None:
    for key in ("x" * 32, "0123456789abcdef"):
        caplog.clear()
        assert read(data_dir, SECRET_KEY=key).secret_key == key
        assert "SECRET_KEY is easily guessed" in caplog.text and key not in caplog.text
    caplog.clear()
    read(data_dir, SECRET_KEY=KEY)
    assert not caplog.records


@pytest.mark.parametrize(
    ("slip", "meant"),
    [
        ("TWILIO_AUTH_TOKN", "TWILIO_AUTH_TOKEN"),
        ("SPEACH", "SPEECH"),
        ("DATABASE_URI", "DATABASE_URL"),
        ("PORTS", "PORT"),
        ("Data_Dir", "DATA_DIR"),
        ("VOICE", "VOICES"),
    ],
)
def test_a_slip_in_a_name_is_told_without_its_value(
    data_dir: Path, caplog: pytest.LogCaptureFixture, slip: str, meant: str
) -> None:
    read(data_dir, **{slip: SECRET})
    assert f"'{slip}'" in caplog.text and meant in caplog.text and SECRET not in caplog.text


def test_the_variables_of_others_are_not_ours(data_dir: Path, caplog: pytest.LogCaptureFixture) -> None:
    others = "HOME PATH USER SHELL HOSTNAME HOSTTYPE LANG PWD LINES COLUMNS HTTP_PROXY NO_PROXY POSTGRES_PASSWORD"
    read(data_dir, **dict.fromkeys((*others.split(), "PYTHONPATH", "TWILIO_REGION", "MAKEFLAGS", "x\n" * 9999), "x"))
    assert not caplog.records


# --- files ----------------------------------------------------------------------------------


def test_a_relative_folder_is_one_of_this_moment(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data_dir.mkdir()
    monkeypatch.chdir(data_dir)
    settings = from_environment({"DATA_DIR": "mine", "DATABASE_URL": "sqlite:///editions.db"})
    assert settings.data_dir == data_dir / "mine"
    assert settings.database_url == f"sqlite:///{data_dir / 'editions.db'}"


def test_the_folder_is_this_user_s_alone(data_dir: Path) -> None:
    read(data_dir)
    assert data_dir.stat().st_mode & 0o777 == 0o700
    assert [path.stat().st_mode & 0o777 for path in data_dir.iterdir()] == [0o600] * 2


@pytest.mark.parametrize("name", ["postgres", "postgresql", "postgresql+psycopg"])
def test_postgresql_goes_by_several_names(data_dir: Path, name: str) -> None:
    settings = read(data_dir, DATABASE_URL=f"{name}://u:p%40ss@h:5433/name?sslmode=require")
    assert settings.database_url == "postgresql+psycopg://u:p%40ss@h:5433/name?sslmode=require"


def test_prompts_without_a_line_are_told(data_dir: Path, tmp_path: Path) -> None:
    empty = tmp_path / "prompts"
    empty.mkdir()
    assert "line.toml" in refusal(data_dir, PROMPTS_DIR=str(empty))


@pytest.mark.parametrize("name", ["webhook-token", "secret-key"])
@pytest.mark.parametrize("content", [b"x", b"\xff" * 64, b"0" * 63, b"\x00" * 64])
def test_a_damaged_secret_is_told_and_left_alone(data_dir: Path, name: str, content: bytes) -> None:
    read(data_dir)
    (data_dir / name).write_bytes(content)
    assert f"DATA_DIR holds a damaged {name}" in refusal(data_dir)
    assert (data_dir / name).read_bytes() == content


def test_a_secret_that_was_never_finished_is_made_anew(data_dir: Path) -> None:
    data_dir.mkdir()
    (data_dir / "webhook-token").touch()
    assert len(read(data_dir).token) == 64


def _starts(data_dir: Path, ready: object, answers: object) -> None:
    ready.wait()  # type: ignore[attr-defined]
    settings = read(data_dir)
    answers.put((settings.token, settings.secret_key))  # type: ignore[attr-defined]


def test_processes_that_start_at_once_have_the_same_secrets(data_dir: Path) -> None:
    fork = get_context("fork")
    ready, answers = fork.Barrier(6), fork.Queue()
    started = [fork.Process(target=_starts, args=(data_dir, ready, answers)) for _ in range(6)]
    for process in started:
        process.start()
    secrets = {answers.get(timeout=60) for _ in started}
    for process in started:
        process.join()
    assert len(secrets) == 1 and all(len(secret) == 64 for secret in next(iter(secrets)))
    assert sorted(path.name for path in data_dir.iterdir()) == ["secret-key", "webhook-token"]


@pytest.fixture
def half_written(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[threading.Event, threading.Event]]:
    """A writer who stops with the file half written: reached, and may go on."""
    reached, go_on = threading.Event(), threading.Event()
    sync = os.fsync

    def wait(number: int) -> None:
        reached.set()
        assert go_on.wait(60)
        sync(number)

    monkeypatch.setattr(os, "fsync", wait)
    yield reached, go_on
    go_on.set()


def test_nobody_reads_half_a_secret(data_dir: Path, half_written: tuple[threading.Event, threading.Event]) -> None:
    reached, go_on = half_written
    found: list[str] = []
    writer = threading.Thread(target=lambda: found.append(read(data_dir).token))
    writer.start()
    assert reached.wait(60)
    assert not (data_dir / "webhook-token").exists()
    reader = threading.Thread(target=lambda: found.append(read(data_dir).token))
    reader.start()
    go_on.set()
    writer.join()
    reader.join()
    assert len(found) == 2 and len(set(found)) == 1


def test_what_is_told_goes_to_the_log_as_a_warning(data_dir: Path, caplog: pytest.LogCaptureFixture) -> None:
    read(data_dir, SPEACH="local")
    assert [record.levelno for record in caplog.records] == [logging.WARNING]

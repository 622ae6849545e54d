"""People's recordings in calls: played where they say exactly the words, and else never missed."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import update

from ivr.carrier.webhooks import DRAFT
from ivr.editions.checks import at_once
from ivr.editions.edition import Piece
from ivr.editions.texts import TextPlace
from ivr.handset.handset import Handset
from ivr.handset.transport import Wsgi
from ivr.line.speeds import Speed
from ivr.store import blobs
from ivr.store.tables import blob
from ivr.voice import mulaw
from ivr.voice.booth import Booth
from ivr.wiring import create_app
from tests.support.clock import MOMENT
from tests.support.given import ORIGIN, SIGNER, settings_for
from tests.support.languages import JA
from tests.support.schema import problems
from tests.support.stores import APPROVER, EDITOR, kept
from tests.support.voices import microphone_recording

GREETING = "say.greeting"
WORDS = "横浜市のマイナンバー案内です。"
MENU = "menu.fraud.option"


@pytest.fixture(scope="module")
def take() -> bytes:
    """The greeting read by a person, ready for calls."""
    return Booth().take(microphone_recording(WORDS), JA.pace, 4.0)[0]


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    made = create_app(settings_for(tmp_path))
    checks = made.extensions["ivr.office"].checks
    checks.rules, checks.begin = (lambda _asked: ()), at_once
    yield made
    made.extensions["ivr.office"].database.close()


def drafted(app: Flask, take: bytes, *chunks: str) -> int:
    """A draft with recordings of these chunks."""
    office = app.extensions["ivr.office"]
    draft = office.drafts.start("Voices", EDITOR, MOMENT).id
    office.drafts.save(draft, TextPlace("ja.toml", "say.goodbye"), "失礼します。", 0, EDITOR, MOMENT)
    said = office.recordings.chunks(draft)
    for chunk in chunks:
        piece = Piece("ja", chunk)
        kept(office, draft, piece, said[piece].spoken, take, "upload", EDITOR, MOMENT)
    return int(draft)


def published(app: Flask, draft: int) -> str:
    """The draft on the line: its edition."""
    office = app.extensions["ivr.office"]
    office.approval.submit(draft, "Because", EDITOR, MOMENT)
    office.approval.approve(draft, office.drafts.get(draft).digest, APPROVER, MOMENT)
    office.publishing.publish(draft, APPROVER, MOMENT)
    office.shelf.refresh()
    found = office.drafts.get(draft).edition
    assert found
    return str(found)


def ring(app: Flask, **environ: object) -> Handset:
    caller = Handset(Wsgi(app, SIGNER, ORIGIN, environ), at=MOMENT, status_url=None)
    caller.dial()
    return caller


def played(caller: Handset) -> list[str]:
    return re.findall(r"<Play>(.*?)</Play>", caller.documents[-1].xml)


def test_a_recording_is_played_and_the_rest_is_said(app: Flask, take: bytes) -> None:
    published(app, drafted(app, take, GREETING))
    caller = ring(app)
    xml = caller.documents[0].xml
    assert played(caller)[0] == f"/audio/{blobs.address(take)}-normal.wav"
    assert WORDS not in xml and "<Say" in xml
    assert problems(xml) == []


def test_a_line_without_recordings_is_said_in_one_breath(app: Flask) -> None:
    xml = ring(app).documents[0].xml
    assert "<Play" not in xml
    assert re.findall(r'<Say language="(..)', xml) == ["ja", "en"] * 2 + ["ja"], (
        "one melody for each change of language"
    )


def test_the_pause_after_a_recording_is_played_too(app: Flask, take: bytes) -> None:
    published(app, drafted(app, take, GREETING, MENU))
    caller = ring(app)
    pauses = [url for url in played(caller) if "silence" in url]
    assert pauses
    for url in pauses:
        milliseconds = int(re.search(r"silence-(\d+)\.wav", url)[1])  # type: ignore[index]
        answer = app.test_client().get(url)
        assert answer.status_code == 200 and mulaw.seconds(answer.data) == milliseconds / 1000
    assert problems(caller.documents[0].xml) == []


def test_every_speed_has_a_sound_of_its_own(app: Flask, take: bytes) -> None:
    published(app, drafted(app, take, GREETING))
    lengths = {}
    for speed in Speed:
        answer = app.test_client().get(f"/audio/{blobs.address(take)}-{speed}.wav")
        assert answer.data[20:24] == b"\x07\x00\x01\x00" and "immutable" in answer.headers["Cache-Control"]
        lengths[speed] = mulaw.seconds(answer.data)
    for speed in Speed:
        assert lengths[Speed.NORMAL] / lengths[speed] == pytest.approx(JA.pace.relative(speed), rel=0.05)


def test_a_changed_text_is_spoken_though_its_recording_stays(app: Flask, take: bytes) -> None:
    office = app.extensions["ivr.office"]
    draft = drafted(app, take, GREETING)
    office.drafts.save(draft, TextPlace("ja.toml", GREETING), "新しいあいさつです。", 0, EDITOR, MOMENT)
    published(app, draft)
    caller = ring(app)
    assert caller.heard("新しいあいさつです。") and played(caller) == []


def test_a_damaged_recording_is_spoken_never_silent(app: Flask, take: bytes, tmp_path: Path) -> None:
    office = app.extensions["ivr.office"]
    published(app, drafted(app, take, GREETING))
    with office.database.writing() as connection:
        connection.execute(update(blob).where(blob.c.hash == blobs.address(take)).values(content=b"spoilt"))
    for file in (tmp_path / "live").glob("*.audio"):
        file.write_bytes(b"spoilt")
    caller = ring(app)
    assert caller.heard(WORDS) and played(caller) == []


def test_a_recording_is_heard_when_the_database_is_gone(app: Flask, take: bytes, tmp_path: Path) -> None:
    published(app, drafted(app, take, GREETING))
    app.extensions["ivr.office"].database.close()
    (tmp_path / "line.db").rename(tmp_path / "gone.db")
    alone = create_app(settings_for(tmp_path, DATABASE_URL="postgresql+psycopg://nobody@127.0.0.1:1/none"))
    caller = ring(alone)
    assert alone.test_client().get(played(caller)[0]).status_code == 200
    alone.extensions["ivr.office"].database.close()


def test_a_recording_whose_files_are_all_gone_is_spoken(app: Flask, take: bytes, tmp_path: Path) -> None:
    """What was found once is not played for ever: neither its file nor the database is there."""
    published(app, drafted(app, take, GREETING))
    app.extensions["ivr.office"].shelf.refresh()
    address, *_ = before = played(ring(app))
    shutil.rmtree(tmp_path / "live")
    assert played(ring(app)) == before, "the database has it"
    (tmp_path / "line.db").unlink()
    app.extensions["ivr.office"].shelf._answered = float("-inf")  # a look later
    caller = ring(app)
    assert caller.heard(WORDS) and played(caller) == []
    assert app.test_client().get(address).status_code == 404


def test_a_damaged_recording_on_the_disk_is_mended_from_the_database(app: Flask, take: bytes, tmp_path: Path) -> None:
    published(app, drafted(app, take, GREETING))
    app.extensions["ivr.office"].shelf.refresh()
    (file,) = (tmp_path / "live").glob("*.audio")
    file.write_bytes(b"")
    assert played(ring(app))
    assert file.read_bytes() == take


def test_nothing_else_that_is_stored_is_served_as_sound(app: Flask) -> None:
    office = app.extensions["ivr.office"]
    texts = office.library.shipped.files["ja.toml"]
    for speed in Speed:
        assert app.test_client().get(f"/audio/{blobs.address(texts)}-{speed}.wav").status_code == 404


@pytest.mark.parametrize(
    "name", ["silence-", "silence-99999", "silence--1", "silence-1.5", "0" * 64, "0" * 64 + "-slow"]
)
def test_names_of_no_sound_find_nothing(app: Flask, name: str) -> None:
    assert app.test_client().get(f"/audio/{name}.wav").status_code == 404


def test_a_draft_is_rung_by_staff_alone(app: Flask, take: bytes) -> None:
    draft = drafted(app, take, GREETING)
    edition = app.extensions["ivr.office"].drafts.preview(draft, MOMENT).id
    staff = ring(app, **{DRAFT: edition})
    assert played(staff)[0].endswith("-normal.wav")
    staff.press("5")
    assert edition in staff.documents[-1].url
    stranger = Wsgi(app, SIGNER, ORIGIN).post(staff.documents[-1].url, {"CallSid": "CA1", "Digits": "5"}, MOMENT)
    assert f"/voice/1/{edition}/" not in stranger.body.decode(), "whoever is no staff goes on with what callers hear"


def test_no_request_can_name_a_draft(app: Flask, take: bytes) -> None:
    edition = app.extensions["ivr.office"].drafts.preview(drafted(app, take, GREETING), MOMENT).id
    wire = Wsgi(app, SIGNER, ORIGIN, {"HTTP_IVR_DRAFT": edition, "HTTP_IVR.DRAFT": edition})
    caller = Handset(wire, at=MOMENT, status_url=None)
    caller.dial(f"/voice?ivr.draft={edition}&draft={edition}")
    assert caller.heard(WORDS) and played(caller) == []

"""Recordings that come by the console: heard first, then kept; and what is refused, in words."""

import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest
import soundfile

from ivr.editions.edition import Piece
from ivr.editions.texts import TextPlace
from ivr.line.speeds import Speed
from ivr.voice import mulaw
from ivr.voice.booth import Booth, BoothFailed
from tests.support.clock import MOMENT
from tests.support.languages import pronunciation
from tests.support.town import GREETING, Town, Visitor, begun, console_app
from tests.support.voices import microphone_recording

pytestmark = [
    pytest.mark.slow,
    # Werkzeug's test client leaves the file of a large form to the garbage collector.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

WORDS = "横浜市のマイナンバー案内です。"
PIECE = Piece("ja", GREETING)
HELD = "まだ下書きに入れていない"
PLAYED = "電話では、録音が流れます"


@pytest.fixture(scope="module")
def wav() -> bytes:
    return microphone_recording(WORDS)


def upload(visitor: Visitor, draft: str, content: bytes, name: str = "greeting.wav", piece: str = GREETING) -> str:
    """Choose a file on the page of a piece, and send it."""
    visitor.get(f"{draft}/voice/ja/{piece}")
    return visitor.send(f"/take/ja/{piece}", file=(io.BytesIO(content), name))


def tone(seconds: float, level: float) -> bytes:
    """A tone that comes and goes like speech."""
    time = np.arange(round(seconds * 16_000)) / 16_000
    wave = level * np.sin(2 * np.pi * 300 * time) * (0.6 + 0.4 * np.sin(2 * np.pi * 3 * time))
    file = io.BytesIO()
    soundfile.write(file, wave, 16_000, format="WAV")
    return file.getvalue()


def test_a_file_is_heard_first_and_kept_then(town: Town, wav: bytes) -> None:
    editor = town.who("eto")
    draft = begun(editor)
    page = upload(editor, draft, wav)
    assert "電話で聞こえるとおりの録音です" in page and HELD in page and "ファイルから取り込み" in page
    assert town.office.drafts.edition(1).recordings == {}
    for url in re.findall(r'src="(/audio/[0-9a-f]{64}-\w+\.wav)"', editor.html):
        assert editor.client.get(url, buffered=True).status_code == 200
    page = editor.send(f"/keep/ja/{GREETING}")
    assert PLAYED in page and HELD not in page and "江藤" in page
    assert town.office.drafts.edition(1).recordings[PIECE].words == WORDS


@pytest.mark.parametrize("kind", ["OGG", "FLAC", "MP3"])
def test_other_kinds_of_files(town: Town, kind: str) -> None:
    editor = town.who("eto")
    page = upload(editor, begun(editor), microphone_recording(WORDS, kind=kind), "greeting.wav")
    assert HELD in page and "正しくないかもしれません" not in page


def test_it_is_heard_at_every_speed_before_and_after_recording(town: Town, wav: bytes) -> None:
    editor = town.who("eto")
    draft = begun(editor)
    spoken = {speed: heard(editor, draft, speed) for speed in Speed}
    upload(editor, draft, wav)
    editor.send(f"/keep/ja/{GREETING}")
    recorded = {speed: heard(editor, draft, speed) for speed in Speed}
    for lengths in (spoken, recorded):
        order = [lengths[speed] for speed in (Speed.SLOW, Speed.NORMAL, Speed.FAST, Speed.VERY_FAST)]
        assert order == sorted(order, reverse=True) and len(set(order)) == 4
    assert spoken != recorded


def heard(visitor: Visitor, draft: str, speed: Speed) -> float:
    answer = visitor.client.get(f"{draft}/hear/ja/{speed}/{GREETING}")
    sound = visitor.client.get(answer.location, buffered=True)
    assert sound.data[20:24] == b"\x07\x00\x01\x00", "mu-law, mono"
    return mulaw.seconds(sound.data)


def test_what_cannot_be_used_is_refused_with_the_reason(town: Town, wav: bytes) -> None:
    editor = town.who("eto")
    draft = begun(editor)
    refused = {
        "録音の中身がありません": b"",
        "録音に音がありません": tone(4.0, 0.0),
        "録音の声が小さすぎます": tone(4.0, 0.005),
        "割れています": clipped(wav),
        "録音の一部が欠けています": wav[: len(wav) // 2],
        "この形式の音声ファイルは使えません": bytes(range(256)) * 9,
        "ウェブページ": b"<html><audio src='https://evil.example/x.wav'></html>",
        "これはPDFで": b"%PDF-1.7",
        "録音が60秒を超えています": tone(70.0, 0.3),
    }
    for words, content in refused.items():
        page = upload(editor, draft, content)
        assert editor.status == 409, words
        assert words in page and WORDS in page and HELD not in page, words
    editor.get(f"{draft}/voice/ja/{GREETING}")
    assert "ファイルを選んでください" in editor.send(f"/take/ja/{GREETING}")


@pytest.mark.parametrize(
    ("words", "content"),
    [
        ("終わりが欠けているか、別の文のようです", lambda: microphone_recording("はい。")),
        ("この文のほかにも、何か入っているようです", lambda: microphone_recording(WORDS * 3)),
        ("人の声が聞こえません", lambda: tone(4.0, 0.3)),
    ],
)
def test_what_may_be_wrong_is_taken_once_somebody_says_that_it_is_right(
    town: Town, words: str, content: Callable[[], bytes]
) -> None:
    editor = town.who("eto")
    draft = begun(editor)
    page = upload(editor, draft, content())
    assert HELD in page and words in page
    assert "確かめてください" in editor.send(f"/keep/ja/{GREETING}")  # the box is not ticked
    assert editor.status == 409 and PIECE not in town.office.drafts.edition(1).recordings
    editor.get(f"{draft}/voice/ja/{GREETING}")
    assert 'name="sure"' in editor.html and "required" in editor.html
    assert "録音を、下書きに入れました" in editor.send(f"/keep/ja/{GREETING}", sure="yes")
    assert town.office.drafts.edition(1).recordings[PIECE].words == WORDS


def clipped(wav: bytes) -> bytes:
    pcm, rate = soundfile.read(io.BytesIO(wav))
    file = io.BytesIO()
    soundfile.write(file, np.clip(pcm * 20, -1, 1), rate, format="WAV")
    return file.getvalue()


def test_an_oversized_file_is_refused_in_words(town: Town) -> None:
    editor = town.who("eto")
    draft = begun(editor)
    assert "20メガバイトを超えています" in upload(editor, draft, b"RIFF" + bytes(20_000_001))
    assert "大きすぎます" in upload(editor, draft, bytes(21_000_000))
    assert editor.status == 413


def test_what_is_held_survives_a_restart_and_is_nobody_else_s(town: Town, wav: bytes, tmp_path: Path) -> None:
    editor, other = town.who("eto"), town.who("ebina")
    draft = begun(editor)
    upload(editor, draft, wav)
    assert HELD not in other.get(f"{draft}/voice/ja/{GREETING}")
    again = console_app(tmp_path)
    back = Town(again, town.secrets, town.used).who("eto")
    assert "録音したが、まだ下書きに入れていないもの" in back.get(draft)
    assert HELD in back.get(f"{draft}/voice/ja/{GREETING}")
    assert PLAYED in back.send(f"/keep/ja/{GREETING}")
    again.extensions["ivr.office"].database.close()


def test_a_recording_belongs_to_exact_words(town: Town, wav: bytes) -> None:
    editor = town.who("eto")
    draft = begun(editor)
    upload(editor, draft, wav)
    editor.send(f"/keep/ja/{GREETING}")
    editor.get(f"{draft}/prompts/{GREETING}")
    page = editor.send(**{"text-ja": "新しいあいさつです。"})
    assert "録音の言葉が今の文と違うため、電話では機械の音声が流れます" in page
    assert "録音は、変更前の言葉のままです" in editor.get(draft)
    editor.get(f"{draft}/prompts/{GREETING}")
    assert PLAYED in editor.send(**{"text-ja": WORDS}), "the old words bring the old recording back"


def test_a_text_that_changed_while_it_was_recorded_is_told(town: Town, wav: bytes) -> None:
    editor, other = town.who("eto"), town.who("ebina")
    draft = begun(editor)
    editor.get(f"{draft}/voice/ja/{GREETING}")
    other.get(f"{draft}/prompts/{GREETING}")
    other.send(**{"text-ja": "新しいあいさつです。"})
    page = editor.send(f"/take/ja/{GREETING}", file=(io.BytesIO(wav), "x.wav"))
    assert "この録音のあとに、文が変わりました" in page and WORDS in page
    assert PLAYED not in editor.send(f"/keep/ja/{GREETING}")


def test_thrown_away_and_taken_out(town: Town, wav: bytes) -> None:
    editor = town.who("eto")
    draft = begun(editor)
    upload(editor, draft, wav)
    assert HELD not in editor.send(f"/let-go/ja/{GREETING}")
    upload(editor, draft, wav)
    editor.send(f"/keep/ja/{GREETING}")
    page = editor.send(f"/take-out/ja/{GREETING}")
    assert "録音を下書きから外しました" in page and "録音はありません" in page


def test_only_editors_record(town: Town, wav: bytes) -> None:
    draft = begun(town.who("eto"))
    approver = town.who("abe")
    page = approver.get(f"{draft}/voice/ja/{GREETING}")
    assert "読む文" in page and "ファイルを取り込む" not in page
    for path in ("take", "keep", "let-go", "take-out", "code"):
        token = approver.html.partition('name="csrf_token" value="')[2].partition('"')[0]
        data = {"csrf_token": token, "words": WORDS}
        if path == "take":
            data["file"] = (io.BytesIO(wav), "x.wav")  # type: ignore[assignment]
        answer = approver.client.post(f"{draft}/{path}/ja/{GREETING}", data=data)
        assert answer.status_code in (403, 409), path
    assert town.office.drafts.edition(1).recordings == {}


def test_nothing_is_recorded_into_a_draft_that_is_done_with(town: Town, wav: bytes) -> None:
    editor = town.who("eto")
    draft = begun(editor)
    editor.get(f"{draft}/voice/ja/{GREETING}")
    person = next(each.person for each in town.accounts.all() if each.login == "eto")
    town.office.drafts.discard(1, person, MOMENT)
    assert "取り下げ" in editor.send(f"/take/ja/{GREETING}", file=(io.BytesIO(wav), "x.wav"))


def test_a_changed_recording_voids_the_approval(town: Town, wav: bytes) -> None:
    editor, approver = town.who("eto"), town.who("abe")
    draft = begun(editor)
    editor.get(f"{draft}/prompts/{GREETING}")
    editor.send(**{"text-ja": WORDS + "どうぞ。"})
    editor.get(f"{draft}/submit")
    editor.send("/submit", reason="ていねいに")
    approver.get(f"{draft}/approve")
    upload(editor, draft, microphone_recording(WORDS + "どうぞ。"))
    editor.send(f"/keep/ja/{GREETING}")
    assert "もう一度確かめてください" in approver.send("/approve")


def test_the_script_of_the_page_is_answered_in_short(town: Town, wav: bytes) -> None:
    editor = town.who("eto")
    draft = begun(editor)
    editor.get(f"{draft}/voice/ja/{GREETING}")
    target, fields = editor.form(f"/take/ja/{GREETING}")

    def sent(content: bytes) -> tuple[int, str]:
        answer = editor.client.post(
            target,
            data={**fields, "source": "browser", "file": (io.BytesIO(content), "recording")},
            headers={"Accept": "application/json"},
        )
        return answer.status_code, (answer.get_json(silent=True) or {}).get("problem", "")

    assert sent(tone(4.0, 0.0)) == (409, "録音に音がありません。マイクの選び方と、電源を確かめてください。")
    assert sent(wav)[0] == 204
    assert "ブラウザで録音" in editor.get(f"{draft}/voice/ja/{GREETING}")


def test_the_microphone_may_be_used_on_this_page_alone(town: Town) -> None:
    editor = town.who("eto")
    draft = begun(editor)
    editor.get(f"{draft}/voice/ja/{GREETING}")
    assert editor.page and "microphone=(self)" in editor.page.headers["Permissions-Policy"]
    editor.get(f"{draft}/prompts/{GREETING}")
    assert editor.page and "microphone=()" in editor.page.headers["Permissions-Policy"]


def test_pieces_that_are_not_there(town: Town) -> None:
    editor = town.who("eto")
    draft = begun(editor)
    for path in ("voice/ja/no.such", "voice/xx/say.greeting", "hear/ja/normal/no.such", "voice/ja/say.choose"):
        editor.get(f"{draft}/{path}")
        assert editor.status == 404, path


@pytest.fixture
def speaking(tmp_path: Path) -> Iterator[Town]:
    """A city hall whose voices speak beside all else."""
    from tests.support.town import secrets_of

    app = console_app(tmp_path)
    yield Town(app, secrets_of(app))
    app.extensions["ivr.office"].database.close()


def test_new_words_get_their_sounds_without_anybody_asking(speaking: Town) -> None:
    import time

    editor = speaking.who("eto")
    editor.get("/staff/alerts?from=0")
    editor.send("/alerts/look", end="2026-11-24T15:00")
    editor.send("/alerts")
    draft = begun(editor)
    editor.get(f"{draft}/prompts/{GREETING}")
    editor.send(**{"text-ja": "新しいあいさつです。"})
    editor.get(f"{draft}/phone")
    sounds, recordings = speaking.app.extensions["ivr.sounds"], speaking.office.recordings
    [alert] = speaking.office.shelf.line("", MOMENT).alerts
    wanted = [("ja", recordings.chunks(1)[PIECE]), *((code, p.chunks()[0]) for code, p in alert.words.items())]
    end = time.monotonic() + 240  # the voice stands back behind everything else

    def made() -> bool:
        return all(sounds.audio.url(pronunciation(code), chunk, speed) for code, chunk in wanted for speed in Speed)

    while not made() and time.monotonic() < end:
        time.sleep(0.2)
    assert made()


def test_a_draft_is_rung_at_any_hour(town: Town) -> None:
    editor = town.who("eto")
    draft = begun(editor)
    editor.get(f"{draft}/prompts/{GREETING}")
    editor.send(**{"text-ja": "新しいあいさつです。"})
    page = editor.get(f"{draft}/phone")
    assert "窓口にはつながりません" in page
    ringing = dict(re.findall(r'data-(ring|act|token)="([^"]+)"', editor.html))

    def call(way: str, **asked: str) -> dict[str, object]:
        headers = {"X-CSRFToken": ringing["token"], "Sec-Fetch-Site": "same-origin"}
        answer = editor.client.post(ringing[way], json=asked, headers=headers)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        found: dict[str, object] = answer.get_json()
        return found

    first = call("ring", at="2027-01-01T03:00")
    assert "新しいあいさつです。" in str(first["speech"]) and str(first["clock"]).startswith("2027-01-01T03:00")
    second = call("act", call=str(first["call"]), do="press", key="0")
    assert "受け付けていません" in str(second["speech"])
    public = town.app.test_client().post(
        "/phone/act",
        json={"call": first["call"], "do": "press", "key": "5"},
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    assert "新しいあいさつです。" not in public.get_data(as_text=True)
    forged = editor.client.post(ringing["ring"], json={}, headers={"Sec-Fetch-Site": "same-origin"})
    assert forged.status_code == 400


def test_a_draft_that_makes_no_line_cannot_be_rung(town: Town) -> None:
    editor = town.who("eto")
    draft = begun(editor)
    person = next(each.person for each in town.accounts.all() if each.login == "eto")
    town.office.drafts.save(1, TextPlace("ja.toml", GREETING), "{こわれた", 0, person, MOMENT)
    assert "先に" in editor.get(f"{draft}/phone") and editor.status == 409


def test_a_booth_that_fails_is_told(town: Town, wav: bytes) -> None:
    editor = town.who("eto")
    draft = begun(editor)
    with patch.object(Booth, "take", side_effect=BoothFailed("the child was killed")):
        assert "録音を処理できませんでした" in upload(editor, draft, wav)

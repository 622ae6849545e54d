"""Recording by telephone: one code, one text, one voice; and what gets nobody in."""

import io
import re
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
import requests

from ivr.carrier import media
from ivr.editions.edition import Piece
from ivr.handset.handset import Handset
from ivr.handset.transport import Wsgi
from tests.support.carriers import CASES
from tests.support.clock import MOMENT
from tests.support.given import ACCOUNT, SIGNER, TOKEN
from tests.support.recording_line import STAFF, WORDS, Carrier, ring, shown_code
from tests.support.schema import problems
from tests.support.town import GREETING, ORIGIN, Town, Visitor, begun, console_app, open_town, secrets_of
from tests.support.voices import telephone_recording

pytestmark = pytest.mark.slow

PUBLIC = "+815012345678"
PIECE = Piece("ja", GREETING)


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    with open_town(tmp_path, STAFF_NUMBER=STAFF) as made:
        yield made


def at_the_tone(town: Town, editor: Visitor, draft: str) -> Handset:
    """Somebody who has keyed the code and heard the text."""
    caller = ring(town)
    caller.press(shown_code(editor, draft))
    assert caller.heard(WORDS)
    caller.wait()
    assert caller.recording
    return caller


def test_recording_by_telephone_the_whole_way(town: Town, carrier: Carrier) -> None:
    editor, approver = town.who("eto"), town.who("abe")
    draft = begun(editor)
    assert "050-1111-2222" in editor.get(f"{draft}/voice/ja/{GREETING}")
    caller = at_the_tone(town, editor, draft)
    assert caller.recording and caller.recording.max_length == 60 and caller.recording.finish_on_key == "#"
    caller.record(4.0, "#")
    [played] = [sound.url for sound in caller.latest if sound.kind == "play"]
    sound = town.app.test_client().get(played, buffered=True)
    assert sound.status_code == 200 and sound.data[20:24] == b"\x07\x00\x01\x00", "mu-law, mono"
    assert "まだ下書きに入れていない" in editor.get(f"{draft}/voice/ja/{GREETING}")
    caller.press("1")
    assert caller.heard("録音を、下書きに入れました")
    assert all(problems(document.xml) == [] for document in caller.documents)
    page = editor.get(f"{draft}/voice/ja/{GREETING}")
    assert "電話では、録音が流れます" in page and "江藤" in page and "電話で録音" in page
    assert "まだ下書きに入れていない" not in page

    editor.get(f"{draft}/submit")
    editor.send("/submit", reason="声にするため")
    approver.get(f"{draft}/approve")
    approver.send("/approve")
    approver.get(f"{draft}/publish")
    approver.send("/publish")
    heard = town.ring()
    assert played.removeprefix(ORIGIN) in heard.documents[0].xml
    assert WORDS not in heard.documents[0].xml
    assert problems(heard.documents[0].xml) == []


@pytest.mark.parametrize("name", ["signalwire", "telnyx"])
def test_staff_record_whoever_carries_the_call(tmp_path: Path, name: str) -> None:
    case, sound = CASES[name], telephone_recording(WORDS)

    def api(method: str, url: str, _auth: object) -> requests.Response:
        """Tells where the recording is, or is the recording."""
        answer = requests.Response()
        answer.status_code, told = 200, b'{"media_url": "https://media.telnyx.com/x.wav"}'
        answer.raw = io.BytesIO(told if url.endswith(".json") else sound)
        return answer

    with open_town(tmp_path, STAFF_NUMBER=STAFF, **case.environ) as town, patch.object(media, "asked", api):
        editor = town.who("eto")
        draft = begun(editor)
        caller = Handset(Wsgi(town.app, case.signer, ORIGIN), to=STAFF, at=MOMENT, sid=case.sid, status_url=None)
        caller.dial("/voice/staff")
        caller.press(shown_code(editor, draft))
        caller.wait()
        caller.record(4.0, "#")
        caller.press("1")
        assert caller.heard("録音を、下書きに入れました")


def test_recordings_are_fetched_by_sid_with_authentication_and_deleted_there(town: Town, carrier: Carrier) -> None:
    caller = at_the_tone(town, editor := town.who("eto"), begun(editor))
    caller.record(4.0, "#")
    caller.press("1")
    (_, got, key), (act, gone, _) = carrier.asked
    assert re.fullmatch(rf"/2010-04-01/Accounts/{ACCOUNT}/Recordings/RE[0-9a-f]{{32}}\.wav", got)
    assert key == "Basic " + b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
    assert (act, gone) == ("DELETE", got.replace(".wav", ".json"))


def test_again_and_away(town: Town, carrier: Carrier) -> None:
    editor = town.who("eto")
    draft = begun(editor)
    caller = at_the_tone(town, editor, draft)
    caller.record(4.0, "#")
    caller.press("2")
    assert caller.heard(WORDS) and "まだ下書きに入れていない" not in editor.get(f"{draft}/voice/ja/{GREETING}")
    caller.wait()
    caller.record(4.0, "#")
    caller.press("3")
    assert caller.heard("録音を消しました")
    page = editor.get(f"{draft}/voice/ja/{GREETING}")
    assert "録音はありません" in page and "まだ下書きに入れていない" not in page
    caller.press(shown_code(editor, draft))
    assert caller.heard(WORDS), "the next code may follow in the same call"


def test_other_keys_say_it_again_help_or_go_back_and_lose_nothing(town: Town, carrier: Carrier) -> None:
    editor = town.who("eto")
    draft = begun(editor)
    caller = ring(town)
    caller.press("1234#")
    assert caller.heard("番号は、8桁です")
    caller.press(shown_code(editor, draft))
    caller.press("5")
    assert caller.heard(WORDS) and not caller.recording
    caller.press("1")
    caller.record(4.0, "#")
    for key, words in (
        ("5", "このように聞こえます"),
        ("9", "職員用の画面に残してあります"),
        ("7", "ここでは使いません"),
    ):
        caller.press(key)
        assert caller.heard(words) and caller.heard("下書きに入れるときは1番を")
    caller.press("*")
    assert caller.heard(WORDS)
    assert "まだ下書きに入れていない" in editor.get(f"{draft}/voice/ja/{GREETING}")
    assert all(problems(document.xml) == [] for document in caller.documents)


def test_who_hangs_up_too_early_finds_the_recording_in_the_console(town: Town, carrier: Carrier) -> None:
    editor = town.who("eto")
    draft = begun(editor)
    caller = at_the_tone(town, editor, draft)
    caller.record(4.0, "hangup")
    assert "まだ下書きに入れていない" in editor.get(f"{draft}/voice/ja/{GREETING}")
    assert "録音を、下書きに入れました" in editor.send(f"/keep/ja/{GREETING}")
    assert "電話では、録音が流れます" in editor.text


def test_silence_is_asked_again_and_then_told_goodbye(town: Town, carrier: Carrier) -> None:
    editor = town.who("eto")
    draft = begun(editor)
    caller = ring(town)
    for _ in range(3):
        assert not caller.hung_up
        caller.wait()
    assert caller.hung_up and caller.heard("失礼いたします")
    caller = at_the_tone(town, editor, draft)
    caller.record(0)
    assert caller.heard("声が聞こえませんでした") and not caller.hung_up
    caller.wait()
    caller.record(4.0, "#")
    for _ in range(3):
        assert not caller.hung_up
        caller.wait()
    assert caller.hung_up and caller.heard("職員用の画面に残してあります")
    assert "まだ下書きに入れていない" in editor.get(f"{draft}/voice/ja/{GREETING}")


def test_a_wrong_code_is_refused_and_after_three_the_call_ends(town: Town, carrier: Carrier) -> None:
    editor = town.who("eto")
    code = shown_code(editor, begun(editor))
    caller = ring(town)
    for _ in range(2):
        caller.press(f"{(int(code) + 1) % 10**8:08}")
        assert not caller.heard(WORDS) and not caller.hung_up
    caller.press("11112222")
    assert caller.hung_up


def test_guessing_closes_the_way_even_for_the_right_code(town: Town, carrier: Carrier) -> None:
    editor = town.who("eto")
    code = shown_code(editor, begun(editor))
    wrong = f"{(int(code) + 5) % 10**8:08}"
    for _ in range(8):
        caller = ring(town)
        while not caller.hung_up:
            caller.press(wrong)
    caller = ring(town)
    caller.press(code)
    assert caller.hung_up and not caller.heard(WORDS)


def test_the_number_that_a_call_comes_from_opens_nothing(town: Town, carrier: Carrier) -> None:
    editor = town.who("eto")
    draft = begun(editor)
    at_the_tone(town, editor, draft).record(4.0, "#")
    for caller_id in ("+81451234567", STAFF, PUBLIC):
        again = ring(town, caller=caller_id)
        assert not again.heard(WORDS) and again.heard("8桁の番号を押してください")


@pytest.mark.parametrize("to", [PUBLIC, "+815099999999"])
def test_callers_of_other_numbers_hear_the_public_line(town: Town, to: str) -> None:
    caller = ring(town, to=to)
    assert caller.heard(WORDS) and not caller.heard("8桁の番号")


def test_without_a_number_nobody_records_by_telephone(tmp_path: Path) -> None:
    app = console_app(tmp_path)
    town = Town(app, secrets_of(app))
    assert ring(town).heard(WORDS)
    editor = town.who("eto")
    assert "STAFF_NUMBER" in editor.get(f"{begun(editor)}/voice/ja/{GREETING}")
    app.extensions["ivr.office"].database.close()


def test_unsigned_requests_are_refused(town: Town) -> None:
    assert town.app.test_client().post("/voice/staff", data={"To": STAFF}).status_code == 403


def test_an_errand_is_good_in_its_own_call_alone(town: Town, carrier: Carrier) -> None:
    editor = town.who("eto")
    caller = at_the_tone(town, editor, begun(editor))
    assert caller.recording
    stolen = caller.recording.url.removeprefix(ORIGIN)
    other = ring(town, path=stolen)
    assert other.heard("番号の時間が過ぎました") and not other.recording
    assert carrier.asked == []


def test_what_a_request_names_is_not_fetched(town: Town, carrier: Carrier) -> None:
    """A signed request with another host's address, or with something else for a SID."""
    editor = town.who("eto")
    caller = at_the_tone(town, editor, begun(editor))
    wire = Wsgi(town.app, SIGNER, ORIGIN)
    assert caller.recording
    form = {"CallSid": caller.call_sid, "To": STAFF, "RecordingUrl": f"{carrier.address}/evil.wav"}
    for sid in ("", "../../evil", "RE" + "0" * 31 + "/", "https://evil.example/RE" + "0" * 32):
        answer = wire.post(caller.recording.url, {**form, "RecordingSid": sid}, MOMENT)
        assert answer.status == 200 and "録音を受け取れませんでした" in answer.body.decode()
    assert carrier.asked == []


@pytest.mark.parametrize("status", [302, 401, 404, 500])
def test_a_recording_that_cannot_be_had_is_asked_for_again(town: Town, carrier: Carrier, status: int) -> None:
    editor = town.who("eto")
    caller = at_the_tone(town, editor, begun(editor))
    carrier.status, carrier.elsewhere = status, f"{carrier.address}/elsewhere"
    caller.record(4.0, "#")
    assert caller.heard("録音を受け取れませんでした") and caller.heard(WORDS) and not caller.hung_up
    assert not any("elsewhere" in path for _, path, _ in carrier.asked), "redirections are not followed"


def test_a_recording_that_is_too_large_is_not_read_to_its_end(town: Town, carrier: Carrier) -> None:
    editor = town.who("eto")
    caller = at_the_tone(town, editor, begun(editor))
    carrier.content = bytes(media.LARGEST + 1)
    caller.record(4.0, "#")
    assert caller.heard("録音を受け取れませんでした")


def test_what_cannot_be_used_is_refused_with_the_reason(town: Town, carrier: Carrier) -> None:
    editor = town.who("eto")
    draft = begun(editor)
    caller = at_the_tone(town, editor, draft)
    carrier.content = telephone_recording("はい。")[:-100]
    caller.record(1.0, "#")
    assert caller.heard("録音の一部が欠けています") and caller.heard(WORDS) and not caller.hung_up
    assert "まだ下書きに入れていない" not in editor.get(f"{draft}/voice/ja/{GREETING}")


def test_what_may_be_wrong_is_told_before_it_is_kept(town: Town, carrier: Carrier) -> None:
    editor = town.who("eto")
    draft = begun(editor)
    caller = at_the_tone(town, editor, draft)
    carrier.content = telephone_recording("はい。")
    caller.record(1.0, "#")
    assert caller.heard("この録音は、正しくないかもしれません") and caller.heard(
        "終わりが欠けているか、別の文のようです"
    )
    assert caller.heard("このままで正しければ、1を押すと下書きに入ります")
    caller.press("1")
    assert caller.heard("録音を、下書きに入れました")
    assert town.office.drafts.edition(1).recordings


def test_a_text_changed_meanwhile_is_read_out_anew(town: Town, carrier: Carrier) -> None:
    editor = town.who("eto")
    draft = begun(editor)
    caller = at_the_tone(town, editor, draft)
    editor.get(f"{draft}/prompts/{GREETING}")
    editor.send(**{"text-ja": "新しいあいさつです。"})
    caller.record(4.0, "#")
    assert caller.heard("文が変わりました") and caller.heard("新しいあいさつです。")


def test_a_stopped_account_records_no_more(town: Town, carrier: Carrier) -> None:
    editor = town.who("eto")
    code = shown_code(editor, begun(editor))
    town.accounts.stop("eto", MOMENT)
    caller = ring(town)
    caller.press(code)
    assert caller.hung_up and not caller.heard(WORDS)

"""What hostile and broken browsers send to the console and the telephone: words, and never a fault."""

import io
import json
from unittest.mock import patch

import pytest

from ivr.apart import Busy, Failed, Limits
from ivr.clock import NOW
from ivr.editions import exchange
from ivr.voice.booth import Booth
from tests.support.clock import MOMENT
from tests.support.town import GREETING, Town, begun

SAME = {"Sec-Fetch-Site": "same-origin"}
DEEP = '{"language": ' + "[" * 30_000 + "]" * 30_000 + "}"


@pytest.mark.parametrize("number", [2**31, 2**63, 10**30, "9" * 5_000])
def test_numbers_beyond_all_rows_are_not_found(town: Town, number: object) -> None:
    editor = town.who("eto")
    for path in ("drafts/{}", "drafts/{}/submit", "alerts/{}/end", "editions/withdraw/{}", "drafts/{}/texts.xlsx"):
        editor.get("/staff/" + path.format(number))
        assert editor.status == 404, path
    for query in (f"alerts?from={number}", f"audit?before={number}"):
        editor.get(f"/staff/{query}")
        assert editor.status == 200, query


@pytest.mark.parametrize(
    "query",
    ["since=0001-01-01", "until=9999-12-31", "since=0001-01-01T00:00&until=9999-12-31T23:59", "since=9999-12-31"],
)
def test_days_that_fall_out_of_the_calendar_are_refused(town: Town, query: str) -> None:
    editor = town.who("eto")
    for page in ("audit", "audit.csv"):
        editor.get(f"/staff/{page}?{query}")
        assert editor.status == 409
    editor.get(f"{begun(editor)}/schedule?at=0001-01-01T00:00")
    assert editor.status == 409


@pytest.mark.parametrize("way", ["//[", "http://[", "///[::", "/staff/[", "\\[", "//staff"])
def test_half_an_address_leads_to_the_first_page(town: Town, way: str) -> None:
    stranger = town.visitor()
    stranger.get("/staff/sign-in?next=" + way)
    assert stranger.status == 200
    target, fields = "/staff/sign-in", stranger.form("/sign-in")[1]
    answer = stranger.client.post(
        target,
        data={**fields, "next": way, "login": "eto", "password": "x", "code": "1"},
        environ_overrides={NOW: MOMENT},
    )
    assert answer.status_code == 401
    answer = stranger.client.post(
        "/staff/language", data={"language": "en", "next": way, "csrf_token": fields["csrf_token"]}
    )
    assert answer.status_code == 303 and answer.location.startswith("/staff")


@pytest.mark.parametrize("origin", ["http://[", "//[", "http://localhost:99999999", "null", "\x80"])
def test_an_origin_that_is_none_is_refused(town: Town, origin: str) -> None:
    answer = town.app.test_client().post("/phone/ring", json={}, headers={"Origin": origin})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "body",
    [
        DEEP,
        "[" * 30_000,
        '{"language": "\\ud800"}',
        '{"at": "0001-01-01T00:00"}',
        '{"at": "9999-12-31T23:59"}',
        '{"at": "9999999999-12-31"}',
        '{"at": ' + "9" * 5_000 + "}",
        "null",
        "\0",
        "",
    ],
)
def test_json_that_is_none_is_a_bad_act(town: Town, body: str) -> None:
    client = town.app.test_client()
    for path in ("/phone/ring", "/phone/act"):
        answer = client.post(path, data=body, headers={**SAME, "Content-Type": "application/json"})
        assert answer.status_code in (400, 413), (path, answer.status_code)


def test_nul_harms_nobody(town: Town) -> None:
    editor = town.who("eto")
    begun(editor)
    for path, status in (("drafts?q=%00", 200), ("audit?words=%00", 200), ("drafts/1/prompts/a%00b", 404)):
        editor.get("/staff/" + path)
        assert editor.status == status, path
    editor.get("/staff/drafts")
    assert "下書きを始めました" in editor.send("/drafts", title="a\0b")


def test_a_form_in_pieces_that_do_not_fit_is_refused(town: Town) -> None:
    editor = town.who("eto")
    draft = begun(editor)
    for kind in ("multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=x"):
        for path in (f"{draft}/import/look", f"{draft}/take/ja/{GREETING}", "/staff/drafts"):
            answer = editor.client.post(
                path, data=b"--x\r\nContent-Disposition: form", content_type=kind, environ_overrides={NOW: MOMENT}
            )
            assert answer.status_code in (400, 409, 413), (path, kind)


def test_nothing_of_a_file_is_read_for_those_who_may_not_bring_it(town: Town) -> None:
    editor, approver = town.who("eto"), town.who("abe")
    draft = begun(editor)

    class Untouched(io.BytesIO):
        def read(self, *_: object) -> bytes:
            raise AssertionError("it was read")

        readline = readinto = read  # type: ignore[assignment]  # however it is read

    for path in (f"{draft}/import/look", f"{draft}/import", f"{draft}/take/ja/{GREETING}"):
        answer = approver.client.open(
            path,
            method="POST",
            input_stream=Untouched(),
            content_length=4_000_000,
            content_type="multipart/form-data; boundary=x",
            environ_overrides={NOW: MOMENT},
        )
        assert answer.status_code == 403, path


@pytest.mark.parametrize(
    "changes",
    [
        "[" * 30_000,
        "{}",
        "1",
        json.dumps([["ja.toml", GREETING, "\ud800", 0]]),
        json.dumps([["no.toml", "x", "y", 0]]),
        json.dumps([["ja.toml", "k" * 500, "y", 0]]),
        '[["ja.toml", "say.greeting", "x", ' + "9" * 5_000 + "]]",
        '[["ja.toml", "say.greeting", "x", 1e999]]',
    ],
)
def test_changes_that_no_page_of_ours_carried_are_refused(town: Town, changes: str) -> None:
    editor = town.who("eto")
    draft = begun(editor)
    editor.get(f"{draft}/exchange")
    _, fields = editor.form("/import/look")
    answer = editor.client.post(
        f"{draft}/import",
        data={"changes": changes, "csrf_token": fields["csrf_token"]},
        environ_overrides={NOW: MOMENT},
    )
    assert answer.status_code in (400, 409)
    assert not town.office.drafts.differences(1)


def test_a_file_that_breaks_its_reader_is_told(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange, "LIMITS", Limits(60.0, 4, 1_500_000_000, 1_000_000))
    editor = town.who("eto")
    draft = begun(editor)
    editor.get(f"{draft}/exchange")
    assert "深すぎます" in editor.send("/import/look", file=(io.BytesIO(b"a=" + b"[" * 99_999), "ja.toml"))
    assert editor.status == 409


@pytest.mark.parametrize(("error", "words"), [(Busy("no seat"), "しばらくしてから"), (Failed("died"), "もう一度")])
def test_a_recording_that_finds_no_seat_may_be_sent_again(town: Town, error: Failed, words: str) -> None:
    editor = town.who("eto")
    draft = begun(editor)
    editor.get(f"{draft}/voice/ja/{GREETING}")
    with patch.object(Booth, "take", side_effect=error):
        assert words in editor.send(f"/take/ja/{GREETING}", file=(io.BytesIO(b"RIFF"), "a.wav"))
    assert editor.status == 503


def test_a_text_that_finds_no_seat_may_be_heard_later(town: Town) -> None:
    editor = town.who("eto")
    draft = begun(editor)
    with patch.object(Booth, "speak", side_effect=Busy("no seat")):
        editor.get(f"{draft}/hear/ja/normal/{GREETING}")
    assert editor.status == 503 and "しばらくしてから" in editor.text

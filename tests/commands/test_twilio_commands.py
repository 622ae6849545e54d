"""`flask twilio`: numbers are connected and given back, and what is wrong is found, at a server in Twilio's place."""

import json
import stat
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from werkzeug.serving import make_server

from ivr.carrier import fallback
from ivr.carrier.twilio import doctor, known_voices
from ivr.carrier.twilio.provisioning import Bundle, TwilioNumber, remembered, wanted, way_back
from ivr.carrier.twilio.provisioning import changes as changes_of
from ivr.commands.twilio import FORMER
from ivr.line.values import Line
from ivr.wiring import create_app
from tests.support import twilio_api
from tests.support.clock import MOMENT
from tests.support.given import TOKEN, settings_for
from tests.support.running import running
from tests.support.twilio_api import BIN, DRAFT, LINE, RECORDING, STAFF, Authority, TwilioApi, country

Ask = Callable[..., Result]
NOW = MOMENT.astimezone(UTC)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return twilio_api.authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def served(authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The line behind HTTPS, at its public origin."""
    files = (str(authority.certificate), str(authority.key))
    server = make_server("127.0.0.1", 0, lambda *_: [], threaded=True, ssl_context=files)
    origin = f"https://localhost:{server.port}"
    data = tmp_path_factory.mktemp("line")
    app = create_app(settings_for(data, PUBLIC_URL=origin, PORT=str(server.port), LINE_NUMBER=LINE, STAFF_NUMBER=STAFF))
    server.app = app
    with running(server):
        yield app


@pytest.fixture
def twilio(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> Iterator[TwilioApi]:
    """Twilio as the program's client finds it."""
    with twilio_api.serve(authority) as api:
        monkeypatch.delenv("https_proxy", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{api.port}")
        monkeypatch.setenv("NO_PROXY", "localhost")
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority.root))
        monkeypatch.setenv("SSL_CERT_FILE", str(authority.root))
        yield api


@pytest.fixture
def ask(served: Flask, twilio: TwilioApi) -> Ask:
    """Give a `flask twilio` command."""
    former(served).unlink(missing_ok=True)
    return lambda *words: served.test_cli_runner().invoke(args=["twilio", *words])


def former(app: Flask) -> Path:
    folder: Path = app.extensions["ivr.settings"].data_dir
    return folder / FORMER


def origin(app: Flask) -> str:
    found: str = app.extensions["ivr.settings"].public_url
    return found


@pytest.fixture
def connected(ask: Ask, twilio: TwilioApi, line: Line) -> Ask:
    """All is as it should be."""
    twilio.bins[BIN] = fallback.document(line, tuple(line.languages)) + "\n"
    assert ask("connect", "--fallback", BIN, "--yes").exit_code == 0
    return ask


# --- connect and undo ------------------------------------------------------------------------


def test_without_yes_each_change_is_shown_and_nothing_is_changed(ask: Ask, twilio: TwilioApi, served: Flask) -> None:
    told = ask("connect", "--fallback", BIN)
    assert told.exit_code == 0, told.output
    assert f"voice_url: https://demo.twilio.com/welcome/voice/ -> {origin(served)}/voice\n" in told.output
    assert f"status_callback: (nothing) -> {origin(served)}/voice/status\n" in told.output
    assert (
        f"-> {origin(served)}/voice/staff\n" in told.output and f"voice_fallback_url: (nothing) -> {BIN}" in told.output
    )
    assert "Enforce HTTP Auth on Media URLs" in told.output and "--yes" in told.output
    assert not twilio.changed and not former(served).exists()


def test_both_numbers_are_connected_and_given_back(ask: Ask, twilio: TwilioApi, served: Flask) -> None:
    before = json.loads(json.dumps(twilio.numbers))
    assert ask("connect", "--fallback", BIN, "--yes").exit_code == 0
    callers, staff = twilio.numbers
    assert callers["voice_url"] == f"{origin(served)}/voice" and staff["voice_url"] == f"{origin(served)}/voice/staff"
    assert callers["status_callback"] == f"{origin(served)}/voice/status"
    assert callers["voice_fallback_url"] == BIN and callers["voice_fallback_method"] == "POST"
    assert stat.S_IMODE(former(served).stat().st_mode) == 0o600 and TOKEN not in former(served).read_text()
    assert "nothing to change" in ask("connect", "--yes").output

    assert "--yes" in ask("undo").output and twilio.numbers[0]["voice_url"] == f"{origin(served)}/voice"
    assert ask("undo", "--yes").exit_code == 0
    assert [{**each, "voice_fallback_url": each["voice_fallback_url"] or None} for each in twilio.numbers] == before
    assert ask("undo").exit_code == 1, "there is no time before any more"


def test_a_number_that_an_application_answered_is_taken_over(ask: Ask, twilio: TwilioApi) -> None:
    twilio.numbers[0]["voice_application_sid"] = "AP" + "1" * 32
    assert ask("connect", "--yes").exit_code == 0 and twilio.numbers[0]["voice_application_sid"] == ""
    assert ask("undo", "--yes").exit_code == 0 and twilio.numbers[0]["voice_application_sid"] == "AP" + "1" * 32


def test_what_cannot_be_connected_is_one_sentence(ask: Ask, twilio: TwilioApi) -> None:
    assert ask("connect", "--fallback", "http://bin").exit_code == 2
    twilio.numbers[1]["trunk_sid"] = "TK" + "1" * 32
    trunk = ask("connect", "--yes")
    assert trunk.exit_code == 1 and "STAFF_NUMBER belongs to a SIP trunk" in trunk.output
    del twilio.numbers[1]
    missing = ask("connect", "--yes")
    assert missing.exit_code == 1 and "no number STAFF_NUMBER" in missing.output
    assert not twilio.changed


def test_half_of_it_is_told_and_can_be_undone(ask: Ask, twilio: TwilioApi) -> None:
    first, second = twilio.numbers
    twilio.refused = second["sid"]
    told = ask("connect", "--yes")
    assert told.exit_code == 1 and "LINE_NUMBER is set." in told.output
    assert "STAFF_NUMBER was not changed. Twilio answers 400, error 21402" in told.output
    assert first["voice_url"].endswith("/voice") and second["voice_url"].endswith("/welcome/voice/")
    assert ask("undo", "--yes").exit_code == 0 and first["voice_url"].endswith("/welcome/voice/")


def test_a_number_that_the_settings_no_longer_name_is_given_back_too(
    ask: Ask, twilio: TwilioApi, served: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ask("connect", "--yes").exit_code == 0
    settings = served.extensions["ivr.settings"]
    monkeypatch.setitem(served.extensions, "ivr.settings", replace(settings, staff_number=None))
    told = ask("undo", "--yes")
    assert f"{twilio.numbers[1]['sid']} is set." in told.output
    assert all(each["voice_url"].endswith("/welcome/voice/") for each in twilio.numbers)


def test_twilio_out_of_reach_is_one_sentence(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    told = ask("connect")
    assert told.exit_code == 1 and "Twilio cannot be reached" in told.output and "HTTPS_PROXY" in told.output


def test_the_first_values_are_what_undo_gives_back() -> None:
    had = TwilioNumber("PN1", LINE, {"voice_url": "https://old/"})
    kept = remembered({}, had, changes_of(had.values, wanted("https://one", "/voice")))
    moved = TwilioNumber("PN1", LINE, {"voice_url": "https://one/voice", "voice_method": "POST"})
    kept = remembered(kept, moved, changes_of(moved.values, wanted("https://two", "/voice")))
    back, _ = way_back(moved, kept)
    assert [(change.field, change.new) for change in back if change.field == "voice_url"] == [
        ("voice_url", "https://old/")
    ]


def test_a_password_in_an_address_is_neither_shown_nor_kept() -> None:
    had = TwilioNumber("PN1", LINE, {"voice_url": "https://city:hunter2@old/voice"})
    changed = changes_of(had.values, wanted("https://one", "/voice"))
    kept = remembered({}, had, changed)
    assert "hunter2" not in str(kept) + " ".join(map(str, changed)) and "https://old/voice" in str(changed[0])
    assert way_back(had, kept)[1] == ("voice_url",)


def test_more_tries_in_the_address_are_as_good() -> None:
    asked = wanted("https://one", "/voice")
    assert changes_of({**asked, "voice_url": "https://one/voice#rc=2&rp=all"}, asked) == ()


# --- doctor ----------------------------------------------------------------------------------


def test_a_line_that_is_well_is_found_well(connected: Ask) -> None:
    told = connected("doctor")
    assert told.output == "0 errors, 0 notes.\n" and told.exit_code == 0


def test_a_number_just_bought_is_told_what_to_do(ask: Ask) -> None:
    told = ask("doctor")
    assert told.exit_code == 1
    assert "LINE_NUMBER has another voice_url" in told.output and "STAFF_NUMBER has another voice_url" in told.output
    assert "LINE_NUMBER has no fallback" in told.output and "flask line fallback" in told.output


def much(twilio: TwilioApi) -> tuple[str, ...]:
    """What can be wrong all at once, and what the doctor says of it."""
    first, home = twilio.numbers[0], twilio.countries[0]
    twilio.calls.append({"sid": "CA1", "start_time": "2026-01-01T00:00:00Z"})
    twilio.recordings.append({"sid": RECORDING})
    twilio.locked = False
    home["high_risk_tollfraud_numbers_enabled"] = True
    twilio.countries.append(country("KP"))
    first.update(bundle_sid=DRAFT, trunk_sid="TK" + "1" * 32, voice_method="GET")
    first["capabilities"] = {"voice": False, "sms": True, "mms": False}
    twilio.bins[BIN] = "<Response/>"
    twilio.ahead = timedelta(seconds=60)
    return (
        "note   Twilio keeps calls",
        f"note   Twilio keeps a recording ({RECORDING})",
        "error  Recordings are handed to anybody",
        "error  The account may dial high-risk numbers (JP)",
        "note   The account may dial abroad (KP)",
        "error  The regulatory bundle of LINE_NUMBER is draft",
        "error  LINE_NUMBER takes no calls",
        "error  LINE_NUMBER belongs to a SIP trunk",
        "error  LINE_NUMBER has another voice_method (voice_method: GET -> POST)",
        "error  The fallback of LINE_NUMBER is not what",
        "error  The fallback of STAFF_NUMBER is not what",
        "error  This machine's clock is 60 s behind",
        "9 errors, 3 notes.",
    )


def gone(twilio: TwilioApi) -> tuple[str, ...]:
    """What can be missing."""
    twilio.numbers[0]["bundle_sid"] = None
    twilio.countries.clear()
    twilio.bins.clear()
    del twilio.numbers[1]
    return (
        "error  LINE_NUMBER has no regulatory bundle",
        "error  The account may not dial Japan",
        "error  The fallback of LINE_NUMBER cannot be had",
        "error  The account has no number STAFF_NUMBER",
        "4 errors, 0 notes.",
    )


@pytest.mark.parametrize("wrong", [much, gone])
def test_what_is_wrong_at_twilio_is_a_sentence_each(
    connected: Ask, twilio: TwilioApi, wrong: Callable[[TwilioApi], tuple[str, ...]]
) -> None:
    expected = wrong(twilio)
    output = connected("doctor").output
    told = output.splitlines()
    for beginning in expected:
        assert any(sentence.startswith(beginning) for sentence in told), (beginning, output)
    assert all(sentence.endswith(".") for sentence in told) and len(told) == len(expected), output
    assert TOKEN not in output and LINE not in output


def test_an_account_that_twilio_refuses_hides_nothing_of_the_server(twilio: TwilioApi, tmp_path: Path) -> None:
    other = create_app(
        settings_for(tmp_path, PUBLIC_URL="https://localhost:1", PORT="1", LINE_NUMBER=LINE, TWILIO_AUTH_TOKEN="0" * 32)
    )
    told = other.test_cli_runner().invoke(args=["twilio", "doctor"]).output
    assert "Nothing answers at https://localhost:1" in told and "Twilio refuses the account" in told


def test_a_certificate_that_nobody_vouches_for_is_told(
    connected: Ask, twilio: TwilioApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    assert "The certificate of https://localhost" in connected("doctor").output


def test_settings_that_are_missing_are_told(tmp_path: Path) -> None:
    lonely = create_app(settings_for(tmp_path))
    told = lonely.test_cli_runner().invoke(args=["twilio", "doctor"])
    assert told.exit_code == 2 and "LINE_NUMBER" in told.output


def said(symptoms: Iterator[doctor.Symptom]) -> str:
    return "\n".join(map(str, symptoms))


def test_what_the_server_answers_is_judged() -> None:
    assert said(doctor.of_answers(200, 403)) == ""
    assert "refuses a webhook that is signed rightly" in said(doctor.of_answers(403, 403))
    assert "answers 502" in said(doctor.of_answers(502, 403))
    assert "that nobody signed" in said(doctor.of_answers(200, 200))
    assert "behind HTTPS" in said(doctor.of_origin("http://line.example.jp"))


def test_what_ends_soon_is_told_in_time() -> None:
    def ends(days: int) -> datetime:
        return NOW + timedelta(days=days)

    assert said(doctor.of_certificate(ends(30), NOW)) == ""
    assert "ends in 3 days" in said(doctor.of_certificate(ends(3), NOW))
    assert said(doctor.of_bundle("LINE_NUMBER", Bundle("twilio-approved", ends(90)), NOW)) == ""
    assert "renew its papers" in said(doctor.of_bundle("LINE_NUMBER", Bundle("twilio-approved", ends(30)), NOW))


def test_voices_that_twilio_does_not_have_are_told(line: Line) -> None:
    assert said(doctor.of_voices(line)) == ""
    known = known_voices.is_known
    assert known("Google.vi-VN-Wavenet-A", "vi-VN") and known("Polly.Zhiyu", "zh-CN")
    assert not known("Polly.Kazuha", "ja-JP") and not known("Polly.Joanna-Neural", "ja-JP")
    assert not known("Google.vi-VN-Wavenet-A", "th-TH")

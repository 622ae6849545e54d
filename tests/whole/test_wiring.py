"""How the rooms are put together: calls, pages and the console share no hooks, and applications nothing."""

from pathlib import Path

from flask import Flask, session

from ivr.pages.headers import HEADERS
from ivr.pages.phone_routes import RINGINGS
from ivr.wiring import create_app
from tests.support.given import settings_for

OURS = {"Sec-Fetch-Site": "same-origin"}


def test_a_call_runs_no_hook_of_pages_and_console(app: Flask) -> None:
    hooks = (app.before_request_funcs, app.after_request_funcs, app.teardown_request_funcs)
    every = [hook.__module__ for each in hooks for hook in each.get(None, ())]
    assert set(every) == {"ivr.carrier.webhooks"}, "only the signature is asked of whatever is under /voice"


def test_a_call_has_no_session_and_the_console_has_one(app: Flask) -> None:
    signed = app.session_interface.get_signing_serializer(app).dumps({"language": "en"})  # type: ignore[attr-defined]
    for path, kept in (("/voice", None), ("/", None), ("/staffing", None), ("/staff/sign-in", "en")):
        with app.test_request_context(path, headers={"Cookie": f"staff={signed}"}):
            assert session.get("language") == kept, path


def test_all_answers_bear_the_headers_of_pages_but_those_to_the_carrier(app: Flask) -> None:
    client = app.test_client()
    for path in ("/", "/none/such", "/phone", "/healthz", "/metrics", "/staff/sign-in", "/audio/none.wav"):
        answer = client.get(path)
        assert HEADERS.items() <= dict(answer.headers).items(), path
    for answer in (client.post("/phone/ring"), client.post("/"), client.get("/staff/none"), client.get("/staff")):
        assert HEADERS.items() <= dict(answer.headers).items(), answer
    for path in ("/voice", "/voice/none", "/voice/staff"):
        assert not HEADERS.keys() & dict(client.post(path).headers).keys(), path


def test_applications_in_one_process_count_and_answer_each_for_itself(app: Flask, tmp_path: Path) -> None:
    other = create_app(settings_for(tmp_path / "other", PUBLIC_URL="http://localhost"))
    most = int(RINGINGS.partition("/")[0])
    sent = [app.test_client().post("/phone/ring", json={}, headers=OURS).status_code for _ in range(most + 1)]
    assert sent == [200] * most + [429]
    assert other.test_client().post("/phone/ring", json={}, headers=OURS).status_code == 200
    answers = [each.test_client().get("/").headers for each in (app, other)]
    assert ["Strict-Transport-Security" in each for each in answers] == [True, False]

"""/metrics and /healthz: figures without anybody in them."""

from pathlib import Path

from flask import Flask

from ivr.handset.handset import Handset
from ivr.wiring import create_app
from tests.support.given import settings_for


def test_calls_turns_and_transfers_are_counted_and_nobody_is_named(app: Flask, caller: Handset) -> None:
    caller.press("1111")
    caller.wait()
    caller.transfer("busy")
    text = app.test_client().get("/metrics").text
    assert 'ivr_calls_total{language="ja"} 1.0' in text
    assert 'ivr_transfers_total{desk="police"} 1.0' in text
    assert 'ivr_transfers_ended_total{desk="police",status="busy"} 1.0' in text
    assert "8131234" not in text and caller.call_sid not in text


def test_the_line_tells_that_it_can_take_calls(app: Flask) -> None:
    assert app.test_client().get("/healthz").status_code == 200


def test_whoever_runs_the_line_sees_that_the_database_is_gone(app: Flask, tmp_path: Path) -> None:
    assert "ivr_editions_fresh 1.0" in app.test_client().get("/metrics").text
    alone = create_app(settings_for(tmp_path / "alone", DATABASE_URL="postgresql+psycopg://nobody@127.0.0.1:1/none"))
    assert "ivr_editions_fresh 0.0" in alone.test_client().get("/metrics").text
    alone.extensions["ivr.office"].database.close()

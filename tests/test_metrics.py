"""/metrics and /healthz: figures without anybody in them."""

from flask import Flask

from ivr.carrier.handset import Handset


def test_calls_turns_and_transfers_are_counted_and_nobody_is_named(app: Flask, caller: Handset) -> None:
    caller.press("111")
    caller.wait()
    caller.transfer("busy")
    text = app.test_client().get("/metrics").text
    assert 'ivr_calls_total{language="ja"} 1.0' in text
    assert 'ivr_transfers_total{desk="police"} 1.0' in text
    assert 'ivr_transfers_ended_total{desk="police",status="busy"} 1.0' in text
    assert "8131234" not in text and caller.call_sid not in text


def test_the_line_tells_that_it_can_take_calls(app: Flask) -> None:
    assert app.test_client().get("/healthz").status_code == 200

"""/metrics and /healthz: figures without anybody in them."""

from pathlib import Path

from flask import Flask

from ivr.carrier.metrics import Metrics
from ivr.carrier.shared_counts import SharedCounts
from ivr.carrier.webhooks import Webhooks
from ivr.handset.handset import Handset
from ivr.handset.transport import Wsgi
from ivr.wiring import create_app
from tests.support.clock import MOMENT
from tests.support.given import ORIGIN, SIGNER, settings_for


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


def metrics_of(app: Flask) -> Metrics:
    hooks: Webhooks = app.extensions["ivr.webhooks"]
    return hooks.front.metrics


def test_each_process_tells_what_all_of_them_have_counted(app: Flask, caller: Handset, tmp_path: Path) -> None:
    other = create_app(settings_for(tmp_path / "other"))
    processes = (metrics_of(app), metrics_of(other))
    for metrics in processes:
        metrics.shared = SharedCounts(tmp_path)
    caller.press("1")
    Handset(Wsgi(other, SIGNER, ORIGIN), at=MOMENT).dial()
    assert 'ivr_calls_total{language="ja"} 1.0' in processes[0].text().decode()
    for metrics in processes * 2:
        metrics.share()
    for metrics in processes:
        told = metrics.text().decode()
        assert 'ivr_calls_total{language="ja"} 2.0' in told and told.count("# TYPE ivr_calls_total") == 1
        assert 'ivr_turns_total{heard="Key",language="ja"} 1.0' in told
        assert "ivr_webhook_seconds_count 3.0" in told and 'ivr_webhook_seconds_bucket{le="+Inf"} 3.0' in told
        assert "ivr_editions_fresh 1.0" in told
    other.extensions["ivr.office"].database.close()


def test_a_folder_that_was_taken_away_costs_no_figure_of_this_process(
    app: Flask, caller: Handset, tmp_path: Path
) -> None:
    caller.hang_up()
    metrics = metrics_of(app)
    metrics.shared = SharedCounts(tmp_path / "gone")
    metrics.share()
    assert 'ivr_calls_total{language="ja"} 1.0' in metrics.text().decode()

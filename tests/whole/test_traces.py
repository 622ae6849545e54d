"""Spans reach a collector, and tell of a call no more than its route."""

from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from werkzeug.serving import make_server
from werkzeug.test import Client

from ivr.wiring import create_app
from tests.support.given import ORIGIN, SIGNER, settings_for
from tests.support.server import wait_for

pytestmark = pytest.mark.timeless


@pytest.fixture
def collected() -> Iterator[tuple[str, list[bytes]]]:
    """A collector: its origin, and what it was sent."""
    sent: list[bytes] = []

    def collector(environ: dict[str, object], start: object) -> list[bytes]:
        assert callable(start) and environ["PATH_INFO"] == "/v1/traces"
        sent.append(environ["wsgi.input"].read(int(str(environ["CONTENT_LENGTH"]))))  # type: ignore[attr-defined]
        start("200 OK", [("Content-Type", "application/x-protobuf")])
        return [b""]

    server = make_server("127.0.0.1", 0, collector, threaded=True)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.port}", sent
    server.shutdown()
    thread.join()
    server.server_close()


def spans(sent: list[bytes]) -> dict[str, dict[str, str]]:
    """The attributes of each span, by its name."""
    requests = (ExportTraceServiceRequest.FromString(body) for body in sent)
    found = (
        span
        for each in requests
        for resource in each.resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
    )
    return {
        span.name: {each.key: each.value.string_value or str(each.value.int_value) for each in span.attributes}
        for span in found
    }


def test_spans_tell_routes_and_no_numbers(
    collected: tuple[str, list[bytes]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "20")  # ms; five seconds else
    origin, sent = collected
    visitor = Client(create_app(settings_for(tmp_path, TRACES_URL=origin)))
    query = "/voice?From=%2B815011112222&To=%2B815012345678"
    rung = visitor.get(query, base_url=ORIGIN, headers=SIGNER.headers(ORIGIN + query, {}, b""))
    assert rung.status_code == 200 and visitor.get("/nothing/5011112222", base_url=ORIGIN).status_code == 404
    wait_for(lambda: len(spans(sent)) == 2, 20)
    assert spans(sent) == {
        "GET /voice": {"http.request.method": "GET", "http.route": "/voice", "http.response.status_code": "200"},
        "GET (none)": {"http.request.method": "GET", "http.route": "(none)", "http.response.status_code": "404"},
    }
    assert b"5011112222" not in b"".join(sent)

"""Traces for whoever gathers them: one span for each request, by OpenTelemetry, which is an extra (`traces`).

A span tells the method, the route (never the address, in which a carrier may send numbers), the status and the
time. What a stranger says of a trace of theirs is not heeded.
"""

from collections.abc import Iterable
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

SERVICE = "my-number-line"
PATIENCE = 5.0
"""Seconds that one lot of spans may take to be sent, apart from all requests [own value]."""


def are_possible() -> bool:
    """Whether the extra is installed."""
    return all(map(find_spec, ("opentelemetry", "opentelemetry.sdk", "opentelemetry.exporter.otlp.proto.http")))


def traced(app: "WSGIApplication", origin: str) -> "WSGIApplication":
    """The application, whose spans go to the collector at this origin (OTLP over HTTP, protobuf). A collector that
    does not answer loses spans and nothing else."""
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import SERVICE_NAME, Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor
    from opentelemetry.trace import SpanKind, StatusCode

    provider = TracerProvider(resource=Resource({SERVICE_NAME: SERVICE}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(f"{origin}/v1/traces", timeout=PATIENCE)))
    tracer = provider.get_tracer(SERVICE)

    def answer(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        method = str(environ["REQUEST_METHOD"])
        with tracer.start_as_current_span(method, kind=SpanKind.SERVER, record_exception=False) as span:

            def begun(status: str, headers: list[tuple[str, str]], *failure: Any) -> Any:
                route = _route(environ)
                span.update_name(f"{method} {route}")
                code = int(status.partition(" ")[0])
                span.set_attributes(
                    {"http.request.method": method, "http.route": route, "http.response.status_code": code}
                )
                if code >= 500:
                    span.set_status(StatusCode.ERROR)
                return start(status, headers, *failure)

            return app(environ, begun)

    return answer


def _route(environ: "WSGIEnvironment") -> str:
    """The rule by which the address was understood, as Flask found it."""
    rule = getattr(environ.get("werkzeug.request"), "url_rule", None)
    return str(rule) if rule else "(none)"

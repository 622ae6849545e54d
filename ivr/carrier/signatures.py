"""Only the carrier may call the webhooks: its signature is checked before anything else."""

from urllib.parse import quote

from flask import Request

from ivr import clock
from ivr.carrier.seam import Carrier, SignedRequest


def authentic(request: Request, carrier: Carrier, public_url: str) -> bool:
    """Whether the carrier itself, or a telephone of our own, sent this, by the machine's clock."""
    return carrier.authentic(_as_sent(request, public_url), clock.utc_now())


def _as_sent(request: Request, public_url: str) -> SignedRequest:
    body = request.get_data()  # before the form, which would use it up
    url = public_url + _target(request)
    return SignedRequest(request.method, url, lambda name: request.headers.get(name, ""), request.form, body)


def _target(request: Request) -> str:
    """Path and query as they were sent, percent signs and all."""
    raw = request.environ.get("RAW_URI") or request.environ.get("REQUEST_URI")
    if isinstance(raw, str) and raw.startswith("/"):
        return raw
    path = quote(
        request.environ.get("SCRIPT_NAME", "") + request.environ.get("PATH_INFO", ""), safe="/%~-._", encoding="latin-1"
    )
    query = request.environ.get("QUERY_STRING", "")
    return f"{path}?{query}" if query else path

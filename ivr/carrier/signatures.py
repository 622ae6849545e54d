"""Only the carrier may call the webhooks: its signature is checked before anything else."""

from urllib.parse import quote

from flask import Request
from twilio.request_validator import RequestValidator


def signed(request: Request, token: str, public_url: str) -> bool:
    """Whether `request` bears Twilio's signature for the exact public address.

    The address is built from the one configured origin: what forwarded headers claim is the
    sender's word.
    """
    signature = request.headers.get("X-Twilio-Signature", "")
    return bool(RequestValidator(token).validate(public_url + _target(request), request.form, signature))


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

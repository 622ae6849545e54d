"""Signed requests to the line, over WSGI or HTTP."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple, Protocol
from urllib.parse import urlencode

from werkzeug.test import Client

from ivr.carrier.wire import Signer
from ivr.handset.line_faults import NOT_RETRIEVED, LineFault

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

FORM_TYPE = "application/x-www-form-urlencoded; charset=UTF-8"


class Reply(NamedTuple):
    """What the line answered: HTTP status, content type as sent, body."""

    status: int
    content_type: str
    body: bytes


class Transport(Protocol):
    """Sends one signed request to the line; ``origin`` is the public one, as the carrier knows it."""

    origin: str

    def post(self, url: str, form: Mapping[str, str], now: datetime | None = None) -> Reply:
        """Post the form to the full public address."""

    def get(self, url: str, now: datetime | None = None) -> Reply:
        """Get the full public address."""


class Wsgi:
    """Carries to a WSGI application in this process.

    ``now`` of a request becomes ``environ["ivr.now"]``, and ``environ`` is added as it is. An
    address off the public origin is a :class:`LineFault`: nothing signed for the line goes
    anywhere else.
    """

    def __init__(
        self,
        app: "WSGIApplication",
        signer: Signer,
        public_url: str,
        environ: Mapping[str, object] | None = None,
    ) -> None:
        self.origin = public_url.rstrip("/")
        self._signer = signer
        self._environ = dict(environ or {})
        self._client = Client(app, use_cookies=False)

    def post(self, url: str, form: Mapping[str, str], now: datetime | None = None) -> Reply:
        """Post the form, signed."""
        return self._open("POST", url, form, now)

    def get(self, url: str, now: datetime | None = None) -> Reply:
        """Get the address, signed."""
        return self._open("GET", url, {}, now)

    def _open(self, method: str, url: str, form: Mapping[str, str], now: datetime | None) -> Reply:
        path, body = _path(url, self.origin), urlencode(form)
        response = self._client.open(
            path,
            base_url=self.origin,
            method=method,
            data=body,
            headers=self._signer.headers(url, form, body.encode()),
            content_type=FORM_TYPE,
            environ_overrides=self._environ | ({} if now is None else {"ivr.now": now}),
            buffered=True,
        )
        return Reply(response.status_code, response.headers.get("Content-Type", ""), response.data)


class Http:
    """Carries to a real server: ``server`` is where it listens, ``public_url`` what is signed.

    A server keeps its own time, so a request with ``now`` is a ``ValueError``. An address off
    the public origin is a :class:`LineFault`, and so is a server that does not answer.
    """

    timeout = 15.0  # seconds; carriers wait no longer for a webhook

    def __init__(self, server: str, signer: Signer, public_url: str | None = None) -> None:
        self.origin = (public_url or server).rstrip("/")
        self._server = server.rstrip("/")
        self._signer = signer

    def post(self, url: str, form: Mapping[str, str], now: datetime | None = None) -> Reply:
        """Post the form, signed."""
        return self._send("POST", url, form, now)

    def get(self, url: str, now: datetime | None = None) -> Reply:
        """Get the address, signed."""
        return self._send("GET", url, {}, now)

    def _send(self, method: str, url: str, form: Mapping[str, str], now: datetime | None) -> Reply:
        import requests  # here, since this telephone alone needs it

        if now is not None:
            raise ValueError("a server keeps its own time: only a WSGI application takes a clock")
        path, body = _path(url, self.origin), urlencode(form).encode()
        try:
            response = requests.request(
                method,
                self._server + path,
                data=body,
                headers={"Content-Type": FORM_TYPE, **self._signer.headers(url, form, body)},
                timeout=self.timeout,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            raise LineFault(url, f"no answer: {error}", NOT_RETRIEVED) from error
        return Reply(response.status_code, response.headers.get("Content-Type", ""), response.content)


def _path(url: str, origin: str) -> str:
    """Path and query of an address on the line's own origin."""
    if not url.startswith(origin + "/"):
        raise LineFault(url, f"leads away from {origin}", NOT_RETRIEVED)
    return url[len(origin) :]

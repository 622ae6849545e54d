"""Recording by telephone: the staff's number, the code that the console shows, and the carrier's API for recordings."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from unittest.mock import patch

from ivr.carrier import media
from ivr.carrier.twilio import twilio_carrier
from ivr.handset.handset import Handset
from ivr.handset.transport import Wsgi
from tests.support.clock import MOMENT
from tests.support.given import ACCOUNT, SIGNER
from tests.support.town import GREETING, ORIGIN, Town, Visitor
from tests.support.voices import telephone_recording

STAFF = "+815011112222"
WORDS = "横浜市のマイナンバー案内です。"


@dataclass
class Carrier:
    """Twilio's API as far as recordings go, on a port of this machine."""

    address: str = ""
    content: bytes = b""
    status: int = 200
    elsewhere: str = ""
    asked: list[tuple[str, str, str]] = field(default_factory=list)


@contextmanager
def open_carrier() -> Iterator[Carrier]:
    """The carrier's API until it is closed: one recording of WORDS."""
    made = Carrier()

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            made.asked.append(("GET", self.path, self.headers.get("Authorization", "")))
            self.send_response(made.status)
            if made.elsewhere:
                self.send_header("Location", made.elsewhere)
            self.end_headers()
            self.wfile.write(made.content)

        def do_DELETE(self) -> None:
            made.asked.append(("DELETE", self.path, self.headers.get("Authorization", "")))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    made.address = f"http://127.0.0.1:{server.server_port}"
    made.content = telephone_recording(WORDS)
    really = media.asked

    def nearby(method: str, url: str, auth: Any) -> Any:
        """The carrier's address is one of this machine."""
        assert url.startswith(twilio_carrier.API)
        return really(method, url.replace(twilio_carrier.API, made.address, 1), auth)

    with patch.object(media, "asked", nearby), patch.object(media, "PATIENCE", 0.01):
        yield made
    server.shutdown()
    thread.join()
    server.server_close()


def ring(town: Town, to: str = STAFF, caller: str = "+81451234567", path: str = "/voice/staff") -> Handset:
    handset = Handset(
        Wsgi(town.app, SIGNER, ORIGIN), to=to, caller=caller, at=MOMENT, account_sid=ACCOUNT, status_url=None
    )
    handset.dial(path)
    return handset


def shown_code(editor: Visitor, draft: str) -> str:
    """The code that the console shows for the greeting."""
    editor.get(f"{draft}/voice/ja/{GREETING}")
    page = editor.send(f"/code/ja/{GREETING}")
    found = re.search(r'id="code">(\d{4}) (\d{4})<', editor.html)
    assert found, page
    return found.group(1) + found.group(2)

"""A server in Twilio's place, which answers as Twilio documents, over HTTPS and under Twilio's own names.

The program's client asks api.twilio.com and its like, as ever: `HTTPS_PROXY` leads it to a proxy of ours, and
what the proxy is asked to connect to, it answers itself, with a certificate of an authority that only the tests
trust. Nothing in the program is told of it.
"""

import json
import re
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from requests.auth import _basic_auth_str
from twilio.request_validator import RequestValidator

from tests.support.clock import WALL
from tests.support.given import ACCOUNT, TOKEN

LINE, STAFF = "+815012345678", "+815098765432"
BIN = "https://handler.twilio.com/twiml/EH" + "2" * 32
RECORDING = "RE" + "3" * 32
APPROVED, DRAFT = "BU" + "4" * 32, "BU" + "5" * 32


def number(phone_number: str, sid: str, **more: Any) -> dict[str, Any]:
    """An IncomingPhoneNumber as it is when it was just bought."""
    return {
        "sid": "PN" + sid * 32,
        "account_sid": ACCOUNT,
        "phone_number": phone_number,
        "friendly_name": "line",
        "capabilities": {"voice": True, "sms": False, "mms": False},
        "voice_url": "https://demo.twilio.com/welcome/voice/",
        "voice_method": "POST",
        "voice_fallback_url": None,
        "voice_fallback_method": "POST",
        "status_callback": "",
        "status_callback_method": "POST",
        "voice_application_sid": "",
        "trunk_sid": None,
        "bundle_sid": APPROVED,
        **more,
    }


def country(code: str, ordinary: bool = True, special: bool = False, fraud: bool = False) -> dict[str, Any]:
    """Dialing permissions of a country."""
    return {
        "iso_code": code,
        "name": code,
        "low_risk_numbers_enabled": ordinary,
        "high_risk_special_numbers_enabled": special,
        "high_risk_tollfraud_numbers_enabled": fraud,
    }


@dataclass
class TwilioApi:
    """What Twilio knows of the account, and what it was asked (method and path). `locked`: recordings need a
    password; `refused`: the number (its SID) that it does not change; `ahead`: its clock."""

    numbers: list[dict[str, Any]] = field(default_factory=lambda: [number(LINE, "6"), number(STAFF, "7")])
    countries: list[dict[str, Any]] = field(default_factory=lambda: [country("JP"), country("US", ordinary=False)])
    bundles: dict[str, dict[str, Any]] = field(
        default_factory=lambda: {
            APPROVED: {"sid": APPROVED, "status": "twilio-approved", "valid_until": None},
            DRAFT: {"sid": DRAFT, "status": "draft", "valid_until": None},
        }
    )
    bins: dict[str, str] = field(default_factory=dict)
    calls: list[dict[str, Any]] = field(default_factory=list)
    recordings: list[dict[str, Any]] = field(default_factory=list)
    locked: bool = True
    refused: str = ""
    ahead: timedelta = timedelta()
    asked: list[tuple[str, str]] = field(default_factory=list)
    port: int = 0

    @property
    def changed(self) -> bool:
        """Whether anything but a look was asked for."""
        return any(method not in ("GET", "HEAD") for method, _ in self.asked)

    def answer(self, method: str, host: str, target: str, form: dict[str, str], authorized: bool) -> "Answer":
        """What Twilio answers."""
        path, query = urlsplit(target).path, {key: each[0] for key, each in parse_qs(urlsplit(target).query).items()}
        self.asked.append((method, path))
        if host == "handler.twilio.com":
            return self._bin(path)
        if path.endswith(".wav"):
            return Answer(401 if self.locked and not authorized else 200, "")
        if not authorized:
            return Answer(401, {"code": 20003, "message": "Authenticate", "more_info": "", "status": 401})
        for pattern, answers in self._resources().items():
            if found := re.fullmatch(pattern, f"{host}{path}"):
                return answers(found, {**query, **form})
        return Answer(404, {"code": 20404, "message": f"{path} was not found", "more_info": "", "status": 404})

    def _resources(self) -> dict[str, Callable[[re.Match[str], dict[str, str]], "Answer"]]:
        account = rf"api\.twilio\.com/2010-04-01/Accounts/{ACCOUNT}"
        return {
            rf"{account}\.json": lambda *_: Answer(200, {"sid": ACCOUNT, "status": "active"}),
            rf"{account}/IncomingPhoneNumbers\.json": lambda _, query: _page(
                "incoming_phone_numbers",
                [each for each in self.numbers if each["phone_number"] == query["PhoneNumber"]],
            ),
            rf"{account}/IncomingPhoneNumbers/(PN\w{{32}})\.json": lambda found, form: self._update(found[1], form),
            rf"{account}/Calls\.json": lambda _, query: _page(
                "calls", [call for call in self.calls if call["start_time"] < query["StartTime<"]]
            ),
            rf"{account}/Recordings\.json": lambda *_: _page("recordings", self.recordings),
            r"voice\.twilio\.com/v1/DialingPermissions/Countries": lambda _, query: self._countries(query),
            r"numbers\.twilio\.com/v2/RegulatoryCompliance/Bundles/(BU\w{32})": lambda found, _: Answer(
                200, self.bundles[found[1]]
            ),
        }

    def _update(self, sid: str, form: dict[str, str]) -> "Answer":
        if form and sid == self.refused:
            return Answer(400, {"code": 21402, "message": "VoiceUrl is not valid", "more_info": "", "status": 400})
        found = next(each for each in self.numbers if each["sid"] == sid)
        names = {"".join(part.title() for part in name.split("_")): name for name in found}
        found.update({names[key]: value for key, value in form.items()})
        return Answer(200, found)

    def _countries(self, query: dict[str, str]) -> "Answer":
        names = {
            "LowRiskNumbersEnabled": "low_risk_numbers_enabled",
            "HighRiskSpecialNumbersEnabled": "high_risk_special_numbers_enabled",
            "HighRiskTollfraudNumbersEnabled": "high_risk_tollfraud_numbers_enabled",
        }
        asked = {names[key]: value == "true" for key, value in query.items() if key in names}
        found = [each for each in self.countries if all(each[name] == value for name, value in asked.items())]
        return Answer(200, {"content": found, "meta": {"key": "content", "next_page_url": None}})

    def _bin(self, path: str) -> "Answer":
        """A TwiML Bin, once its signature was checked (see `_Handler`)."""
        document = self.bins.get(f"https://handler.twilio.com{path}")
        return Answer(200, document) if document else Answer(404, "")


@dataclass(frozen=True)
class Answer:
    """A status and a body: JSON of what is no text."""

    status: int
    body: Any

    @property
    def content(self) -> bytes:
        return (self.body if isinstance(self.body, str) else json.dumps(self.body)).encode()


def _page(name: str, found: list[dict[str, Any]]) -> Answer:
    """A page of a list, of the API of 2010."""
    return Answer(
        200, {name: found, "page": 0, "page_size": 50, "start": 0, "end": 0, "next_page_uri": None, "uri": ""}
    )


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, *_: object) -> None:
        """Who hangs up in the middle is no fault of the server's."""


@contextmanager
def serve(authority: "Authority") -> Iterator[TwilioApi]:
    """Twilio, behind a proxy at its `port`."""
    api = TwilioApi()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority.certificate, authority.key)

    class _Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        host = ""

        def do_CONNECT(self) -> None:
            """Be whoever is asked for."""
            self.send_response(200)
            self.end_headers()
            self.host = self.path.partition(":")[0]
            self.connection = context.wrap_socket(self.connection, server_side=True)
            self.rfile = self.connection.makefile("rb")
            self.wfile = self.connection.makefile("wb", 0)
            self.close_connection = False

        def do_GET(self) -> None:
            self._answer()

        def do_HEAD(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self._answer()

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
            form = {key: each[0] for key, each in parse_qs(body, keep_blank_values=True).items()}
            authorized = self.headers.get("Authorization") == _basic_auth_str(ACCOUNT, TOKEN)
            answer = api.answer(self.command, self.host, self.path, form, authorized)
            if self.host == "handler.twilio.com" and not self._is_signed():
                answer = Answer(403, "")
            self.send_response(answer.status)
            self.send_header("Content-Length", str(len(answer.content)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(answer.content)

        def _is_signed(self) -> bool:
            signature = self.headers.get("X-Twilio-Signature", "")
            return bool(RequestValidator(TOKEN).validate(f"https://{self.host}{self.path}", {}, signature))

        def date_time_string(self, _timestamp: float | None = None) -> str:
            """What time it is there."""
            return format_datetime((WALL.now + api.ahead).astimezone(UTC), usegmt=True)

        def finish(self) -> None:
            super().finish()
            self.connection.close()

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    server = _Server(("127.0.0.1", 0), _Handler)
    api.port = server.server_address[1]
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield api
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass(frozen=True)
class Authority:
    """Files of a certificate for Twilio's names and for localhost, its key, and who vouches for it."""

    certificate: Path
    key: Path
    root: Path


def authority(folder: Path) -> Authority:
    """An authority of the tests' own; its certificates are good whenever tests run."""
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root = _certificate("the tests' authority", root_key.public_key(), "the tests' authority", root_key, [])
    leaf = _certificate("twilio", key.public_key(), "the tests' authority", root_key, ["*.twilio.com", "localhost"])
    made = Authority(folder / "certificate.pem", folder / "key.pem", folder / "root.pem")
    made.root.write_bytes(root.public_bytes(serialization.Encoding.PEM))
    made.certificate.write_bytes(leaf.public_bytes(serialization.Encoding.PEM))
    made.key.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return made


def _certificate(
    name: str, key: ec.EllipticCurvePublicKey, issuer: str, by: ec.EllipticCurvePrivateKey, hosts: list[str]
) -> x509.Certificate:
    def called(common: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])

    made = (
        x509.CertificateBuilder()
        .subject_name(called(name))
        .issuer_name(called(issuer))
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2090, 1, 1, tzinfo=UTC))
        .add_extension(x509.BasicConstraints(ca=not hosts, path_length=None), critical=True)
    )
    if hosts:
        made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts]), critical=False)
    return made.sign(by, hashes.SHA256())

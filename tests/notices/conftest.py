"""What notices are sent to: a mail server and a receiver of webhooks, both real, on free ports."""

import json
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from select import select
from socketserver import BaseRequestHandler, ThreadingTCPServer
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.support.clock import MACHINE
from tests.support.running import running
from tests.support.server import free_port

USER, MAIL_PASSWORD = "line", "a password of mails"


@dataclass(frozen=True, slots=True)
class Certificate:
    """Of this machine, signed by itself."""

    file: Path

    def context(self) -> ssl.SSLContext:
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        made.load_cert_chain(self.file)
        return made


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    here = [x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]
    now = MACHINE()
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=3650))
        .not_valid_after(now + timedelta(days=3650))
        .add_extension(x509.SubjectAlternativeName(here), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )
    file = tmp_path_factory.mktemp("certificate") / "here.pem"
    file.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + made.public_bytes(Encoding.PEM)
    )
    return Certificate(file)


@pytest.fixture(autouse=True)
def _trusted(certificate: Certificate, monkeypatch: pytest.MonkeyPatch) -> None:
    """This machine trusts its own certificate, as one of a city trusts the city's authority."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.file))


@dataclass
class MailHouse:
    """A mail server. `refuses`: what it answers to a letter (a reply such as "550 No such person")."""

    port: int = 0
    refuses: str = ""
    letters: list[EmailMessage] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Envelope, address: str, _options: Any) -> str:
        if self.refuses:
            return self.refuses
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, session: Session, envelope: Envelope) -> str:
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        letter = message_from_bytes(content, policy=policy.default)
        self.letters.append(letter)
        self.encrypted.append(session.ssl is not None)
        return "250 OK"


def _known(_server: SMTP, _session: Session, _envelope: Envelope, _way: str, data: LoginPassword) -> AuthResult:
    return AuthResult(success=(data.login, data.password) == (USER.encode(), MAIL_PASSWORD.encode()), handled=False)


@pytest.fixture
def mail_house(starttls_house: MailHouse) -> MailHouse:
    """A mail server that asks for STARTTLS, then for name and password; nothing has come yet."""
    starttls_house.refuses = ""
    starttls_house.letters.clear()
    starttls_house.encrypted.clear()
    return starttls_house


@pytest.fixture(scope="module")
def starttls_house(certificate: Certificate) -> Iterator[MailHouse]:
    made = MailHouse()
    controller = Controller(
        made,
        hostname="127.0.0.1",
        port=0,
        tls_context=certificate.context(),
        require_starttls=True,
        authenticator=_known,
        auth_required=True,
    )
    yield from _held(made, controller)


@pytest.fixture
def plain_house() -> Iterator[MailHouse]:
    """A relay within the house: no encryption, no password."""
    made = MailHouse()
    yield from _held(made, Controller(made, hostname="127.0.0.1", port=0))


def _held(made: MailHouse, controller: Controller) -> Iterator[MailHouse]:
    controller.port = made.port = free_port()
    controller.start()
    yield made
    controller.stop()


@dataclass
class ChatHouse:
    """What a chat takes messages at. `answers`: the status of its answer."""

    port: int = 0
    answers: int = 200
    posted: list[tuple[str, Any]] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"https://localhost:{self.port}/hooks/secret-room"


@pytest.fixture
def chat_house(certificate: Certificate) -> Iterator[ChatHouse]:
    made = ChatHouse()

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            made.posted.append((self.path, json.loads(body)))
            self.send_response(made.answers)
            if made.answers == 302:
                self.send_header("Location", f"https://localhost:{made.port}/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    server.socket = certificate.context().wrap_socket(server.socket, server_side=True)
    made.port = server.server_port
    with running(server):
        yield made


@dataclass
class Proxy:
    """A proxy of the house. `asked`: where it was asked to connect to."""

    port: int = 0
    asked: list[str] = field(default_factory=list)


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    made = Proxy()

    class Tunnel(BaseRequestHandler):
        def handle(self) -> None:
            head = self.request.recv(4096).decode()
            made.asked.append(where := head.split()[1])
            host, _, port = where.rpartition(":")
            with socket.create_connection((host, int(port))) as there:
                self.request.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
                ends = {self.request: there, there: self.request}
                while True:
                    for end in select(list(ends), [], [])[0]:
                        if not (content := end.recv(65536)):
                            return
                        ends[end].sendall(content)

    server = ThreadingTCPServer(("127.0.0.1", 0), Tunnel)
    server.daemon_threads = True
    made.port = server.server_address[1]
    with running(server):
        yield made

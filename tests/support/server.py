"""The real server, started as `make run` starts it, callers who ring it, and strangers who get in their way."""

import http.client
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import pyotp
from twilio.request_validator import RequestValidator

from tests.support.given import TOKEN

ROOT = Path(__file__).parents[2]
STARTS = 120
"""Seconds that a start may take beside all else that the machine does."""

COMMAND = ("env", "--default-signal=INT", "setpriv", "--pdeathsig", "TERM")
"""As `make run` does, but that it ends with the tests, should these be killed, and hears a Ctrl-C where they run behind
a shell (`&`) and would hear none."""


@dataclass
class Server:
    """A server in processes of its own, on a free port."""

    port: int
    process: subprocess.Popen[bytes]
    folder: Path
    _validator: RequestValidator = field(default_factory=lambda: RequestValidator(TOKEN))

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def rings(self, path: str = "/voice") -> float:
        """A signed call on a connection of its own is answered with TwiML: after how many seconds.
        OSError or HTTPException where it is not."""
        began = time.monotonic()
        status, body = self.post(path, {"CallSid": "CA1", "From": "+815011112222", "To": "+815012345678"})
        assert status == 200 and b"<Response>" in body, (status, body[:200])
        return time.monotonic() - began

    def post(self, path: str, form: dict[str, str]) -> tuple[int, bytes]:
        """A signed webhook."""
        signature = self._validator.compute_signature(self.origin + path, form)
        headers = {"X-Twilio-Signature": signature, "Content-Type": "application/x-www-form-urlencoded"}
        return self.ask("POST", path, urlencode(form).encode(), headers)

    def ask(
        self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None, seconds: float = 30
    ) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=seconds)
        try:
            connection.request(method, path, body or None, headers or {})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    @contextmanager
    def strangers(self, *groups: tuple[int, bytes]) -> Iterator[list[socket.socket]]:
        """So many connections that say this and then nothing."""
        with ExitStack() as stack:
            found = []
            for says in (says for count, says in groups for _ in range(count)):
                stranger = socket.create_connection(("127.0.0.1", self.port), timeout=60)
                found.append(stack.enter_context(stranger))
                stranger.sendall(says)
            yield found

    @contextmanager
    def stranger(self, says: bytes) -> Iterator[socket.socket]:
        """One of them."""
        with self.strangers((1, says)) as (one,):
            yield one

    def workers(self) -> list[int]:
        """The processes that answer: children of the supervisor that run its own program."""
        return [pid for pid in children(self.process.pid) if b"ivr.door" in command_of(pid)]

    def has_begun(self) -> bool:
        """Whether it is past the start of Python itself, who ends with a 1 where it is interrupted."""
        return "/site-packages/" in Path(f"/proc/{self.process.pid}/maps").read_text()

    def interrupt(self) -> None:
        """Ctrl-C on the terminal: every process of its group hears it."""
        os.killpg(self.process.pid, signal.SIGINT)

    def ended(self, within: float = 30) -> int:
        """The exit code, once it has ended."""
        return self.process.wait(within)

    def is_listening(self) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=5):
            return True
        return False


@dataclass
class Clerk:
    """Somebody at the console of a real server, with as many hands as are needed."""

    server: Server
    factor: pyotp.OTP
    cookies: dict[str, str] = field(default_factory=dict)
    token: str = ""

    def sign_in(self, login: str, password: str) -> None:
        assert isinstance(self.factor, pyotp.TOTP)
        self.ask("/staff/sign-in")
        assert self.send("/staff/sign-in", login=login, password=password, code=self.factor.now()) == 303
        assert self.ask("/staff/drafts") == 200

    def send(self, path: str, **fields: str) -> int:
        """A form; the token is that of the page seen last."""
        body = urlencode({"csrf_token": self.token, **fields}).encode()
        return self.ask(path, body, "application/x-www-form-urlencoded")

    def upload(self, path: str, name: str, content: bytes, field: str = "file") -> int:
        """A form with a file."""
        parts = (
            f'--b\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{self.token}\r\n'.encode(),
            f'--b\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n\r\n'.encode(),
            content,
            b"\r\n--b--\r\n",
        )
        return self.ask(path, b"".join(parts), "multipart/form-data; boundary=b")

    def ask(self, path: str, body: bytes = b"", kind: str = "") -> int:
        """The status of a page, whose cookies and token are kept."""
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=180)
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {"Cookie": cookies, "Origin": self.server.origin, **({"Content-Type": kind} if kind else {})}
        with closing(connection):
            connection.request("POST" if body else "GET", path, body or None, headers)
            answer = connection.getresponse()
            page = answer.read().decode(errors="replace")
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        if found := page.partition('name="csrf_token" value="')[2].partition('"')[0]:
            self.token = found
        return answer.status


@contextmanager
def server(folder: Path, port: int = 0, python: str = sys.executable, **environ: str) -> Iterator[Server]:
    """A server that can take calls, with its data in this folder; nothing of it is left behind."""
    with start(folder, port, python, **environ) as started:
        wait_for(lambda: well(started), STARTS)
        yield started


@contextmanager
def start(folder: Path, port: int = 0, python: str = sys.executable, **environ: str) -> Iterator[Server]:
    """Start one that makes no voice, and do not wait for it; nothing of it is left behind. `python`: with what is
    installed for it."""
    port = port or free_port()
    given = {
        **{name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
        "PORT": str(port),
        "DATA_DIR": str(folder),
        "TWILIO_AUTH_TOKEN": TOKEN,
        "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "PYTHONDONTWRITEBYTECODE": "1",
        "RENDER": "off",
        **environ,
    }
    with (folder.parent / f"{folder.name}.log").open("ab") as output:
        command = (*COMMAND, python, "-m", "ivr.door")
        process = subprocess.Popen(command, cwd=ROOT, env=given, stdout=output, stderr=output, start_new_session=True)
    try:
        yield Server(port, process, folder)
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End it, and whatever of its children has not ended with it: workers and renderers have groups of their own."""
    family = [handle for pid in descendants(process.pid) if (handle := _handle(pid)) is not None]
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        process.wait(30)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for handle in family:
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(handle, signal.SIGKILL)
        os.close(handle)


def _handle(pid: int) -> int | None:
    """A descriptor of a process, which is never another one's; None where it has ended."""
    with suppress(ProcessLookupError):
        return os.pidfd_open(pid)
    return None


def well(started: Server) -> bool:
    """Whether it takes calls."""
    assert started.process.poll() is None, "the server has ended"
    with suppress(OSError, http.client.HTTPException):
        return started.ask("GET", "/healthz")[0] == 200
    return False


def wait_for(condition: Callable[[], bool], seconds: float = 60) -> None:
    """Wait until it holds, and fail where it does not in time."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not come to pass in time"
        time.sleep(0.05)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def children(parent: int) -> list[int]:
    """The processes that this one has started and that live."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            with suppress(OSError):
                state = (folder / "stat").read_text().rpartition(")")[2].split()
                if int(state[1]) == parent and state[0] != "Z":
                    found.append(int(folder.name))
    return found


def descendants(parent: int) -> list[int]:
    """Those, their children, and so on."""
    return [each for child in children(parent) for each in (child, *descendants(child))]


def command_of(pid: int) -> bytes:
    """What a process runs; nothing where it has ended."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""


def allow_many_connections(most: int = 12_000) -> None:
    """Raise this process's own limit of descriptors, as far as it may."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, hard), hard))

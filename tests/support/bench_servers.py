"""The line's server beside its floor: the same signed webhooks to each, by turns, on one machine.

What counts is the processor's time that a server takes for a step, of which its throughput follows: it does
not depend on how fast the client is, and little on what else the machine does.
"""

import os
import re
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from rich.table import Table

from tests.support.given import ACCOUNT, ORIGIN, ROOT, SIGNER
from tests.support.server import children, free_port, server, wait_for

GRANIAN = ROOT / "build" / "granian"
"""Where `make bench` installs it; without it gunicorn serves the floors."""

CONNECTIONS, STEPS, ROUNDS, WARM_UP = 8, 1500, 15, 400
ADDRESS = re.compile(r'(?:action="|<Redirect method="POST">)(/voice/1/[^"<]+)')
CALL: tuple[tuple[str, dict[str, str]], ...] = (
    ("", {}),
    ("key", {"Digits": "1"}),
    ("key", {"Digits": "2"}),
    ("silence", {}),
    ("silence", {}),
    ("key", {"Digits": "5"}),
    ("key", {"Digits": "7"}),
    ("key", {"Digits": "*"}),
    ("silence", {}),
    ("key", {"Digits": "1"}),
    ("key", {"Digits": "0"}),
    ("dialled", {"DialCallStatus": "busy"}),
    ("silence", {}),
    ("key", {"Digits": "9"}),
    ("silence", {}),
    ("key", {"Digits": "2"}),
)
"""What a caller does who looks around and is joined in vain: what happens, and what is told of it."""


@dataclass(frozen=True)
class Raced:
    """A server in the race: where it listens, and the processes that answer there."""

    name: str
    port: int
    workers: Callable[[], Sequence[int]]

    def cpu(self) -> float:
        """Seconds of the processor that it has taken."""
        return sum(map(cpu_of, self.workers()))


def race() -> Table:
    """Steps a second of processor, as multiples of the floor's."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        line = stack.enter_context(server(Path(folder) / "line", PUBLIC_URL=ORIGIN, WORKERS="1"))
        requests, size = _walked(line.port)
        raced = [
            Raced("the line", line.port, line.workers),
            *(stack.enter_context(_floor(name, size)) for name in ("flask_floor", "bare")),
        ]
        for each in raced:
            _send(each.port, [*requests] * (WARM_UP // len(requests) + 1))
        rounds = [[_seconds_a_step(each, requests) for each in raced] for _ in range(ROUNDS)]
    return _table(raced, rounds, size, len(requests))


def _table(raced: Sequence[Raced], rounds: Sequence[Sequence[float]], size: int, requests: int) -> Table:
    by = "granian" if GRANIAN.exists() else "gunicorn"
    table = Table(title=f"Steps for one second of processor: {requests} webhooks of a call, {size} bytes each")
    for column in ("server", "µs a step", "times the Flask floor", "times the bare constant"):
        table.add_column(column, justify="left" if column == "server" else "right")
    names = ("the line, signature verified", f"Flask floor ({by})", f"bare signed constant ({by})")
    least = [min(seconds) for seconds in zip(*rounds, strict=True)]  # what else the machine does only adds to it
    for at, name in enumerate(names):
        table.add_row(name, f"{least[at] * 1e6:.0f}", f"{least[1] / least[at]:.2f}", f"{least[2] / least[at]:.2f}")
    return table


def _seconds_a_step(raced: Raced, requests: Sequence[bytes]) -> float:
    before = raced.cpu()
    sent = [*requests] * (STEPS // len(requests) + 1)
    _send(raced.port, sent)
    return (raced.cpu() - before) / len(sent)


def cpu_of(pid: int) -> float:
    """Seconds of the processor that the threads of a process have taken which it has now: by the scheduler's own
    account, in ns, where /proc/<pid>/stat counts ticks of 10 ms."""
    told = 0
    for thread in Path(f"/proc/{pid}/task").iterdir():
        with suppress(OSError):  # it has just ended
            told += int((thread / "schedstat").read_text().split()[0])
    return told / 1e9


# --- webhooks -------------------------------------------------------------------------------


def _walked(port: int) -> tuple[list[bytes], int]:
    """The webhooks of a call, as Twilio sends them, and the mean size of their answers."""
    path, sizes = "/voice", list[int]()
    requests = list[bytes]()
    for number, (event, told) in enumerate(CALL):
        request = webhook(re.sub(r"/(key|silence|dialled)(?=\?)", f"/{event}", path), number, **told)
        (answer,) = _send(port, [request])
        requests.append(request)
        sizes.append(len(answer))
        path = ADDRESS.findall(answer.decode().replace("&amp;", "&"))[0]
    return requests, round(sum(sizes) / len(sizes))


def told_of(call: str, **more: str) -> dict[str, str]:
    """All that Twilio tells of a call, by its name for it."""
    places = {f"{who}{what}": "" for who in ("From", "To", "Caller", "Called") for what in ("City", "State", "Zip")}
    countries = {f"{who}Country": "JP" for who in ("From", "To", "Caller", "Called")}
    numbers = {"From": "+81312345678", "Caller": "+81312345678", "To": "+815012345678", "Called": "+815012345678"}
    told = {"CallSid": call, "AccountSid": ACCOUNT, "ApiVersion": "2010-04-01", "Direction": "inbound"}
    return {**told, "CallStatus": "in-progress", **numbers, **places, **countries, "FromCity": "東京", **more}


def webhook(path: str, number: int, **more: str) -> bytes:
    """A webhook with all that Twilio tells of a call, signed."""
    form = told_of(f"CA{number:032x}", **more)
    body = urlencode(form).encode()
    headers = {
        "Host": ORIGIN.removeprefix("https://"),
        "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
        "Content-Length": str(len(body)),
        "Accept": "*/*",
        **SIGNER.headers(ORIGIN + path, form, body),
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"POST {path} HTTP/1.1\r\n{head}\r\n".encode() + body


def _send(port: int, requests: Sequence[bytes]) -> list[bytes]:
    """The answers to these, over some connections that stay open, one request after another on each."""
    answers: list[bytes] = []
    with ExitStack() as stack:
        lines = [
            stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=60))
            for _ in range(min(CONNECTIONS, len(requests)))
        ]
        for start in range(0, len(requests), len(lines)):
            asked = list(zip(lines, requests[start : start + len(lines)], strict=False))
            for line, request in asked:
                line.sendall(request)
            answers += [_answer(line) for line, _ in asked]
    return answers


def _answer(line: socket.socket) -> bytes:
    got = b""
    while b"\r\n\r\n" not in got:
        got += _received(line)
    head, _, body = got.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200"), head
    found = re.search(rb"(?i)content-length: *(\d+)", head)
    assert found is not None
    while len(body) < int(found[1]):
        body += _received(line)
    return body


def _received(line: socket.socket) -> bytes:
    got = line.recv(65536)
    assert got, "the connection was closed"
    return got


# --- floors ---------------------------------------------------------------------------------


@contextmanager
def _floor(name: str, size: int) -> Iterator[Raced]:
    """An application of `bench_floor`, served by one process."""
    port = free_port()
    environ = {**os.environ, "FLOOR_BYTES": str(size), "PYTHONPATH": f"{GRANIAN}:{ROOT}"}
    application = f"tests.support.bench_floor:{name}"
    granian = ["-m", "granian", "--interface", "wsgi", "--no-ws", "--workers", "1", "--log-level", "error"]
    gunicorn = ["-m", "gunicorn", "--workers", "1", "--worker-class", "gthread", "--keep-alive", "60"]
    served = [*granian, "--port", str(port)] if GRANIAN.exists() else [*gunicorn, "--bind", f"127.0.0.1:{port}"]
    command = [*served, application]
    process = subprocess.Popen([sys.executable, *command], cwd=ROOT, env=environ, start_new_session=True)
    try:
        wait_for(lambda: _listens(port))
        yield Raced(name, port, lambda: [process.pid, *children(process.pid)])
    finally:
        process.terminate()
        process.wait(30)


def _listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5):
        return True
    return False

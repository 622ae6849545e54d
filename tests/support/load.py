"""Calls at a constant rate, as a carrier makes them, whether the line keeps up or not.

    python -m tests.support.load --port 8000 --origin http://127.0.0.1:8000 --rate 1000 --seconds 60

So many webhooks a second are due, each at an instant of its own, from which its latency counts: a line that stands
still for a second owes a thousand of them, and each of those shows it. Where no call waits for its next step a new
one rings. Each call follows the addresses that it is given, hangs up at its end, and tells so (`/voice/status`).

A webhook that fails is asked once more, at once and on a new connection, as Twilio does by its retry count (`rc`,
usually 1) where its retry policy (`rp`) is `all`; other policies leave some failures out, so the report tells each kind
(https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides). What then has no answer costs the call.

One process, which takes about a seventh of a core for 1,000 webhooks a second; each report tells what it took.
"""

import argparse
import asyncio
import json
import random
import re
import signal
import ssl
import subprocess
import sys
import time
from collections import deque
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

import uvloop

from ivr.carrier.form_signature import signature_of
from ivr.clock import utc_now
from tests.support.bench_servers import CALL, told_of
from tests.support.given import ROOT, TOKEN
from tests.support.server import allow_many_connections

PATIENCE = 15.0
"""Seconds that a carrier waits for an answer, all in all."""

IDLE = 2.0
"""Seconds after which a connection is not used again [own value]: the line closes it after five."""

STATUS = "/voice/status"
_AT_ONCE = 8  # callers who hang up when all is over
_SID = "CA" + "0" * 32
Will = tuple[str, Mapping[str, str]]
"""What a caller will do next, and what is told of it."""

_CLOSING = re.compile(rb"(?i)\r\nconnection: *close")
_LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")
_FOLLOWED = {
    "key": re.compile(rb'<Gather[^>]* action="([^"]+)"'),
    "dialled": re.compile(rb'<Dial[^>]* action="([^"]+)"'),
    "silence": re.compile(rb"<Redirect[^>]*>([^<]+)<"),
}


class Webhook(NamedTuple):
    """A step that was asked for: of which call, at which address, and when (s of the epoch)."""

    call: str
    address: str
    at: float


@dataclass
class Report:
    """What became of it. `latencies`: seconds from the intended instant to the answer, in order of the answers;
    `again`: failures that were asked once more, and why; `lost`: calls that were lost; `cpu`: seconds of the
    processor that the generator took. A webhook of `unsure` had no answer: the line may have heard it all the same."""

    seconds: float = 0.0
    cpu: float = 0.0
    calls: int = 0
    most_calls: int = 0
    latencies: list[float] = field(default_factory=list)
    again: dict[str, int] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)
    answered: list[Webhook] = field(default_factory=list)
    unsure: list[Webhook] = field(default_factory=list)

    def percentile(self, share: float) -> float:
        """The latency (s) that this share of the answers kept to."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0

    def told(self) -> str:
        """A line of figures."""
        shares = {"p50": 0.5, "p99": 0.99, "p99.9": 0.999, "longest": 1.0}
        ms = ", ".join(f"{name} {self.percentile(share) * 1000:.1f} ms" for name, share in shares.items())
        rate = len(self.latencies) / self.seconds
        asked = f"{len(self.latencies)} answers in {self.seconds:.0f} s ({rate:.0f} a second)"
        return (
            f"{asked} to {self.calls} calls, {self.most_calls} at once; {ms}; asked again: {self.again_told()}; "
            f"{len(self.lost)} calls lost{f' ({self.lost[0]})' if self.lost else ''}; "
            f"generator: {self.cpu / self.seconds:.2f} of a core"
        )

    def again_told(self) -> str:
        """What was asked once more, and why."""
        return ", ".join(f"{count} {why}" for why, count in self.again.items()) or "none"


@dataclass(frozen=True, slots=True)
class Where:
    """Where the line is: it is reached at `port` of this machine, with TLS where `root` (a certificate's file) is
    given, and signed for as `origin`. `kept`: whether connections are used again; there are as many
    `connections` at once at most, as of a proxy that bounds them (0: as many as it takes)."""

    port: int
    origin: str
    root: str = ""
    kept: bool = True
    connections: int = 0


@dataclass(frozen=True, slots=True)
class Pace:
    """So many webhooks a second, for so many seconds, of so many calls at once (0: as few as it takes)."""

    rate: float
    seconds: float
    calls: int = 0
    seed: int = 1


@dataclass(slots=True)
class Call:
    """A call, where it goes on and what is told of it there; `left`: what its caller will do."""

    sid: str
    left: deque[Will]
    address: str = "/voice"
    told: Mapping[str, str] = field(default_factory=dict)
    ended: bool = False

    def go_on(self, document: bytes) -> None:
        """Decide what comes after this document: a key or a silence as the caller will, a hang-up at the end."""
        event, told = self.left.popleft() if self.left else ("", {})
        if event and _FOLLOWED["dialled"].search(document):
            event, told = "dialled", {"DialCallStatus": "busy"}
        elif event == "dialled":
            event, told = "silence", {}
        found = _FOLLOWED[event].search(document) if event else None
        if found is None:
            self.hang_up()
        else:
            self.address, self.told = found[1].decode().replace("&amp;", "&"), told

    def hang_up(self) -> None:
        """All that comes is that the carrier tells so."""
        self.address, self.ended = STATUS, True
        self.told = {"CallStatus": "completed", "CallDuration": "60"}


def callers(dice: random.Random) -> Iterator[Call]:
    """Callers without end. Each does what that of `make bench` does, but rings in one of two languages and begins with
    two keys of its own."""
    while True:
        wanted: deque[Will] = deque(CALL[1:])
        for at in (0, 1):
            wanted[at] = ("key", {"Digits": dice.choice("1234")})
        ring = "/voice?language=en" if dice.random() < 0.2 else "/voice"
        yield Call(f"CA{dice.getrandbits(128):032x}", wanted, ring)


@dataclass
class Generator:
    """Plays the calls."""

    where: Where
    pace: Pace
    report: Report = field(default_factory=Report)
    _stopped: asyncio.Event = field(default_factory=asyncio.Event)
    _ready: deque[Call] = field(default_factory=deque)
    _idle: list["_Connection"] = field(default_factory=list)
    _forms: dict[str, bytes] = field(default_factory=dict)
    _alive: int = 0

    async def run(self) -> Report:
        """Play until the time is over or somebody says `stop`, then let every call end."""
        began, cpu = time.monotonic(), time.process_time()
        self._tls = ssl.create_default_context(cafile=self.where.root) if self.where.root else None
        self._turns = asyncio.Semaphore(self.where.connections or sys.maxsize)
        rings = callers(random.Random(self.pace.seed))
        async with asyncio.TaskGroup() as steps:
            async for due in self._instants(began):
                steps.create_task(self._step(self._next(rings), due))
        self.report.seconds, self.report.cpu = time.monotonic() - began, time.process_time() - cpu
        measured = len(self.report.latencies)
        await self._end_all()
        del self.report.latencies[measured:]
        return self.report

    def stop(self) -> None:
        """Begin no more steps."""
        self._stopped.set()

    def _next(self, rings: Iterator[Call]) -> Call:
        """The call that has waited longest, or a new one."""
        if self._ready and self._alive >= self.pace.calls:
            return self._ready.popleft()
        self._alive += 1
        self.report.calls += 1
        self.report.most_calls = max(self.report.most_calls, self._alive)
        return next(rings)

    async def _instants(self, began: float) -> AsyncIterator[float]:
        """When each step is due (s, monotonic), each no sooner than then."""
        number = 0
        while not self._stopped.is_set() and (due := began + number / self.pace.rate) < began + self.pace.seconds:
            if (wait := due - time.monotonic()) > 0:
                await asyncio.sleep(wait)
            yield due
            number += 1

    async def _end_all(self) -> None:
        """Every caller hangs up."""
        while self._ready:
            async with asyncio.TaskGroup() as steps:
                for _ in range(min(_AT_ONCE, len(self._ready))):
                    call = self._ready.popleft()
                    call.hang_up()
                    steps.create_task(self._step(call, time.monotonic()))
        for connection in self._idle:
            connection.transport.close()

    async def _step(self, call: Call, due: float) -> None:
        webhook, request = Webhook(call.sid, call.address, utc_now().timestamp()), self._request(call)
        document = await self._asked_twice(webhook, request)
        if document is None:
            self.report.unsure.append(webhook)
            self._alive -= 1
            return
        self.report.latencies.append(time.monotonic() - due)
        self.report.answered.append(webhook)
        if call.ended:
            self._alive -= 1
            return
        call.go_on(document)
        self._ready.append(call)

    async def _asked_twice(self, webhook: Webhook, request: bytes) -> bytes | None:
        try:
            async with asyncio.timeout(PATIENCE), self._turns:
                try:
                    return await self._asked(request, self._kept())
                except _Failed as failed:
                    why = str(failed)
                    self.report.again[why] = self.report.again.get(why, 0) + 1
                    return await self._asked(request, None)
        except (_Failed, TimeoutError) as failed:
            self.report.lost.append(f"{webhook.address.partition('?')[0]}: {str(failed) or 'no answer in time'}")
            return None

    async def _asked(self, request: bytes, kept: "_Connection | None") -> bytes:
        """The answer to a request, on a new connection where none is `kept`. _Failed says why there is none."""
        connection = kept or await self._connected()
        try:
            document = await connection.ask(request)
        except BaseException:
            connection.transport.abort()
            raise
        if self.where.kept and not connection.transport.is_closing():
            connection.since = time.monotonic()
            self._idle.append(connection)
        else:
            connection.transport.close()
        return document

    def _kept(self) -> "_Connection | None":
        """The connection that was used last."""
        while self._idle:
            connection = self._idle.pop()
            if time.monotonic() - connection.since < IDLE and not connection.transport.is_closing():
                return connection
            connection.transport.close()
        return None

    async def _connected(self) -> "_Connection":
        loop, name = asyncio.get_running_loop(), "localhost" if self._tls else None
        try:
            _, made = await loop.create_connection(
                _Connection, "127.0.0.1", self.where.port, ssl=self._tls, server_hostname=name
            )
        except OSError as error:
            raise _Failed("no connection") from error
        return made

    def _request(self, call: Call) -> bytes:
        """The webhook, signed."""
        form = told_of(call.sid, **call.told)
        body = self._body(call).replace(_SID.encode(), call.sid.encode())
        signature = signature_of(TOKEN, self.where.origin + call.address, form.items())
        host = self.where.origin.rpartition("/")[2]
        return (
            f"POST {call.address} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/x-www-form-urlencoded; "
            f"charset=UTF-8\r\nContent-Length: {len(body)}\r\nAccept: */*\r\nX-Twilio-Signature: "
        ).encode() + b"%s\r\n\r\n%s" % (signature, body)

    def _body(self, call: Call) -> bytes:
        """The form of such a step, written once for all calls."""
        what = "&".join(call.told.values())
        if what not in self._forms:
            self._forms[what] = urlencode(told_of(_SID, **call.told)).encode()
        return self._forms[what]


class _Failed(Exception):
    """There is no answer. The message says why."""


class _Connection(asyncio.Protocol):
    """A connection on which one request after another is asked."""

    transport: asyncio.Transport
    since = 0.0  # s, monotonic: when it was used last

    def __init__(self) -> None:
        self._got = b""
        self._answer: asyncio.Future[bytes] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]  # uvloop's is one, but no child of that class

    def ask(self, request: bytes) -> asyncio.Future[bytes]:
        """The body of the answer. _Failed."""
        self._got, self._answer = b"", asyncio.get_running_loop().create_future()
        self.transport.write(request)
        return self._answer

    def data_received(self, data: bytes) -> None:
        self._got += data
        head, _, body = self._got.partition(b"\r\n\r\n")
        found = _LENGTH.search(head)
        if self._answer is None or self._answer.done() or found is None or len(body) < int(found[1]):
            return
        if _CLOSING.search(head):
            self.transport.close()
        if head.startswith(b"HTTP/1.1 200") and b"<Response" in body:
            self._answer.set_result(body)
        else:
            self._answer.set_exception(_Failed(head.partition(b"\r\n")[0].decode("latin-1")))

    def connection_lost(self, _exc: Exception | None) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(_Failed("connection broken"))


# --- as a process of its own ---------------------------------------------------------------------


@dataclass
class Playing:
    """A generator at work in a process of its own."""

    process: subprocess.Popen[bytes]
    file: Path

    def finish(self) -> Report:
        """Stop it, let every call end: what became of all."""
        self.process.send_signal(signal.SIGINT)
        return self.played()

    def played(self) -> Report:
        """What became of all, once its time is over."""
        assert self.process.wait() == 0, "the generator failed"
        return report_of(self.file)


@contextmanager
def playing(where: Where, pace: Pace, file: Path) -> Iterator[Playing]:
    """A generator that plays until `finish`, or its time is over; its report goes to `file`."""
    command = [sys.executable, "-m", "tests.support.load", *_words(asdict(where) | asdict(pace) | {"out": str(file)})]
    process = subprocess.Popen(["setpriv", "--pdeathsig", "KILL", *command], cwd=ROOT, start_new_session=True)
    try:
        yield Playing(process, file)
    finally:
        process.kill()
        process.wait()


def report_of(file: Path) -> Report:
    """A report as a process of its own wrote it."""
    told = json.loads(file.read_bytes())
    for name in ("answered", "unsure"):
        told[name] = [Webhook(*each) for each in told[name]]
    return Report(**told)


def _words(options: Mapping[str, object]) -> list[str]:
    return [f"--{name}={value}" for name, value in options.items()]


async def _play(where: Where, pace: Pace) -> Report:
    generator = Generator(where, pace)
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, generator.stop)
    return await generator.run()


def main() -> None:
    """Play the calls, and tell what became of them."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--port", type=int, required=True, help="where the line listens on this machine")
    asked.add_argument("--origin", default="", help="its PUBLIC_URL, for signatures")
    asked.add_argument("--root", default="", help="the certificate to trust, where it speaks TLS")
    asked.add_argument("--kept", default="True", help="False: a connection for each webhook")
    asked.add_argument("--connections", type=int, default=0, help="at most, at once; 0: as many as it takes")
    asked.add_argument("--rate", type=float, default=100.0, help="webhooks a second")
    asked.add_argument("--seconds", type=float, default=10.0)
    asked.add_argument("--calls", type=int, default=0, help="calls at once; 0: as few as it takes")
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--out", type=Path, help="where the whole report is written")
    told = asked.parse_args()
    allow_many_connections()
    origin = told.origin or f"http://127.0.0.1:{told.port}"
    where = Where(told.port, origin, told.root, told.kept == "True", told.connections)
    report = uvloop.run(_play(where, Pace(told.rate, told.seconds, told.calls, told.seed)))
    if told.out:
        told.out.write_text(json.dumps(asdict(report)))
    else:
        print(report.told())


if __name__ == "__main__":
    main()

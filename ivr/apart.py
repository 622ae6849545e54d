"""Heavy or hostile work in a process apart, for a worker that must go on answering calls.

    answer, content = asked("ivr.voice.booth:taken", {"expected": 4.2}, recording, Limits(wall=30, cpu=20))

The child is given its work on its standard input, one line of JSON and then bytes, and answers in
the same way; `work` names the function that does it, ``(facts, content) -> (answer, content)``. It may
use so much time, memory and room and no more, so that no file that people send can crash, slow or fill
the worker; it stands back behind calls (nice, which Linux weighs within a session), knows nothing of the
worker's environment that is secret, and ends with its worker. This module uses no other of the line's.
"""

from __future__ import annotations

import importlib
import json
import logging
import os
import queue
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

log = logging.getLogger(__name__)

WAITED_FOR = 10
"""How far work that somebody waits for stands back behind calls (nice) [own values]: they get nine tenths of a
processor that both want (docs/decisions/45-calls-have-processes-of-their-own.md)."""

BACKGROUND = 15
"""The same, of work that nobody waits for at once: all but a thirtieth."""

TOLD = 500  # characters of a child's last words that go to the log

COMMAND = (sys.executable, "-P", "-m", "ivr.apart")  # -P: nothing is imported from where the worker stands
ROOT = Path(__file__).parents[1]
KEPT = ("HOME", "LANG", "LD_LIBRARY_PATH", "PATH", "PYTHONDONTWRITEBYTECODE", "TMPDIR")

Answer = tuple[dict[str, Any], bytes]
"""What comes back: facts that JSON can carry, and bytes."""


class Failed(Exception):
    """A child died, hung or could not be started. The message is for the log; nothing that was sent is in it."""


class Busy(Failed):
    """There was no seat: so much is being worked on already that this must wait."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a child may use: `wall` seconds, `cpu` seconds of a processor, bytes of addresses (`memory`) and
    bytes that it may write (`answer`); None: as much as there is. `haste`: how far it stands back (nice)."""

    wall: float
    cpu: int | None = None
    memory: int | None = None
    answer: int | None = None
    haste: int = WAITED_FOR


class Seats:
    """How many children may be at work at once, and how many seconds others wait for one of them."""

    def __init__(self, most: int, patience: float):
        self.patience = patience
        self._free = threading.BoundedSemaphore(most)

    @contextmanager
    def taken(self) -> Iterator[None]:
        """One of them, until the end. Busy where none gets free in time."""
        if not self._free.acquire(timeout=self.patience):
            raise Busy(f"no seat was free for {self.patience:g} s")
        try:
            yield
        finally:
            self._free.release()


class Queue:
    """Work done one after another in a thread of its own, that nobody waits for."""

    def __init__(self, name: str, most: int = 0):
        """`most`: so many may wait; 0: any number."""
        self._name = name
        self._waiting: queue.Queue[Callable[[], None]] = queue.Queue(most)
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None

    def add(self, work: Callable[[], None]) -> bool:
        """Do this after all that was added before; false where too much waits already."""
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._work_off, name=self._name, daemon=True)
                self._thread.start()
        try:
            self._waiting.put_nowait(work)
        except queue.Full:
            return False
        return True

    def _work_off(self) -> None:
        while True:
            work = self._waiting.get()
            try:
                work()
            except Exception:  # nobody waits for it who could be told, and the next one must not suffer
                log.exception("work in the background (%s) failed", self._name)


def asked(
    work: str,
    facts: Mapping[str, object],
    content: bytes,
    limits: Limits,
    heard: Callable[[str], None] | None = None,
) -> Answer:
    """A child's answer. Failed when there is none, and its last words are logged. `heard` is told the steps of
    its work (`tell`) as it comes to them, in a thread of its own."""
    task = {
        "work": work,
        "facts": dict(facts),
        "cpu": limits.cpu,
        "memory": limits.memory,
        "answer": limits.answer,
        "haste": limits.haste,
        "parent": os.getpid(),
    }
    try:
        # files, not pipes: what a child writes does not fill the worker's memory
        with tempfile.TemporaryFile() as answer, tempfile.TemporaryFile() as trouble:
            try:
                with _listened(heard) as line:
                    task["line"] = line
                    _run(json.dumps(task).encode() + b"\n" + content, answer, trouble, limits.wall, line)
                return _read(answer, limits.answer)
            except Failed as error:
                log.error("%s: %s; its last words: %r", work, error, _last_words(trouble))
                raise
    except OSError as error:
        raise Failed(f"no child could be started: {error.strerror}") from error


# --- The worker's side ----------------------------------------------------------------------


@contextmanager
def _listened(heard: Callable[[str], None] | None) -> Iterator[int | None]:
    """The line on which a child tells of its steps; None where nobody listens."""
    if heard is None:
        yield None
        return
    here, there = os.pipe()

    def listen() -> None:
        with os.fdopen(here, errors="replace") as told:
            for each in told:
                try:
                    heard(each.strip())
                except Exception:  # whatever is told of a step, the work goes on
                    log.exception("a step could not be told")

    listener = threading.Thread(target=listen, name="steps", daemon=True)
    listener.start()
    try:
        yield there
    finally:
        os.close(there)
        listener.join()


def _run(given: bytes, answer: IO[bytes], trouble: IO[bytes], patience: float, line: int | None = None) -> None:
    try:
        subprocess.run(
            COMMAND,
            input=given,
            stdout=answer,
            stderr=trouble,
            timeout=patience,
            env=_environment(),
            pass_fds=() if line is None else (line,),
            process_group=0,  # an interrupt is the worker's to handle; its nice counts within this session alone
            check=True,
        )
    except subprocess.TimeoutExpired as error:
        raise Failed(f"the child was not done after {patience:g} s") from error
    except subprocess.CalledProcessError as error:
        raise Failed(f"the child ended with {error.returncode}") from error


def _environment() -> dict[str, str]:
    """What a child needs of the environment: no passwords, and one thread for one file."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    path = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    return kept | {"PYTHONPATH": os.pathsep.join(path), "OPENBLAS_NUM_THREADS": "1", "RUST_BACKTRACE": "0"}


def _read(file: IO[bytes], most: int | None) -> Answer:
    file.seek(0)
    line, rest = file.readline(-1 if most is None else most), file.read(-1 if most is None else most)
    try:
        answer = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise Failed("the child did not answer") from error
    if not isinstance(answer, dict):
        raise Failed("the child did not answer")
    return answer, rest


def _last_words(file: IO[bytes]) -> str:
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - 4 * TOLD))  # a character is four bytes at most
    return file.read(4 * TOLD).decode(errors="replace")[-TOLD:]


# --- The child's side -----------------------------------------------------------------------

_lines: list[int] = []


def tell(step: str) -> None:
    """Tell the worker, where it listens, what comes now."""
    for line in _lines:
        os.write(line, f"{step}\n".encode())


def main() -> None:
    """Do the work on standard input, and answer on standard output."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what engines print is no answer
    task = json.loads(sys.stdin.buffer.readline())
    threading.Thread(target=_end_with, args=(task["parent"],), daemon=True).start()
    stand_back(task["haste"])
    _limit(resource.RLIMIT_AS, task["memory"])
    _limit(resource.RLIMIT_CPU, task["cpu"])
    _limit(resource.RLIMIT_FSIZE, task["answer"])
    _limit(resource.RLIMIT_CORE, 0)  # somebody's voice or words would be in it
    if task["line"] is not None:
        importlib.import_module("ivr.apart")._lines.append(task["line"])  # this module runs under another name
    module, _, name = task["work"].partition(":")
    answer, content = getattr(importlib.import_module(module), name)(task["facts"], sys.stdin.buffer.read())
    answers.write(json.dumps(answer).encode() + b"\n" + content)
    answers.flush()


def _end_with(parent: int) -> None:
    """A killed worker cannot end its children, and nobody waits for what they make."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def stand_back(haste: int) -> None:
    """Let this process, and all that it starts, stand back so far (nice), unless it stands back further already. Where
    the system has that (Linux), it takes no processor from others by waking up, as each of its threads does all the
    time (SCHED_BATCH); its share stays what it is."""
    if sys.platform == "linux":
        with suppress(OSError):  # where somebody keeps it to another policy
            os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
    os.setpriority(os.PRIO_PROCESS, 0, max(haste, os.getpriority(os.PRIO_PROCESS, 0)))


def _limit(what: int, most: int | None) -> None:
    """Lower a limit of this process for good; one that is lower already stays."""
    if most is None:
        return
    hard = resource.getrlimit(what)[1]
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(what, (most, most))


if __name__ == "__main__":
    main()

"""Sound made in processes of their own, for a web worker that loads no engine and no numpy.

    take = Booth().take(recording, "ja", expected=4.2)

A child is given its task on its standard input, one line of JSON and then bytes, and answers in
the same way. It may use so much time and memory and no more, so that no file that people send can
crash, slow or fill the worker; and it has nothing of the worker's environment that is secret.
"""

from __future__ import annotations

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
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from ivr.line.speeds import Speed
from ivr.voice import intake
from ivr.voice.intake import Reason, Unusable
from ivr.voice.render import Item, planned, render
from ivr.voice.store import Store, StoreFailed
from ivr.voice.voices import Choice

log = logging.getLogger(__name__)

SEATS = 2
"""Recordings that a worker has converted at once [own value]: one a core of a small server."""

# What a child may use for a take [own values; a minute of 48 kHz stereo needs 1.5 s, 330 MB and 1.7 MB].
CPU = 20  # s of a processor
MEMORY = 2_000_000_000  # bytes of addresses
ANSWER = 4_000_000  # bytes that it may write

GENTLE = 10  # less haste (nice) for what nobody waits for: calls come first
TOLD = 500  # characters of a child's last words that go to the log

COMMAND = (sys.executable, "-P", "-m", "ivr.voice.booth")  # -P: nothing is imported from where the worker stands
ROOT = Path(__file__).parents[2]
KEPT = ("HOME", "LANG", "LD_LIBRARY_PATH", "PATH", "PYTHONDONTWRITEBYTECODE", "TMPDIR")

_seats = threading.BoundedSemaphore(SEATS)


class BoothFailed(Exception):
    """A child died, hung or could not be started. The message is for the log; nothing that was sent is in it."""


@dataclass(frozen=True)
class Booth:
    """Where sound is made. The figures are how long to wait for it, in seconds [own values]:
    for a take and for a seat to make it on, for speech, and for speech in the background."""

    taking: float = 30.0
    speaking: float = 60.0
    background: float = 3600.0

    def take(self, content: bytes, language: str, expected: float) -> bytes:
        """The take of a recording (see `ivr.voice.takes`) of a text that takes about `expected`
        seconds at normal pace. Unusable, with the reason for the person; BoothFailed."""
        intake.check_size(content)
        if not _seats.acquire(timeout=self.taking):
            raise BoothFailed(f"no seat was free for {self.taking:g} s")
        try:
            task = {"task": "take", "language": language, "expected": expected}
            answer, take = _asked(task, content, self.taking)
        finally:
            _seats.release()
        if "reason" in answer:
            raise _unusable(answer)
        return take

    def speak(self, items: Sequence[Item], store: Store, choice: Choice) -> None:
        """Make the sounds of these items that are missing in the store, and wait for them.

        What could not be made in that time is not there, and the log says why.
        """
        _speak(items, store, choice, self.speaking)

    def begin(self, items: Sequence[Item], store: Store, choice: Choice) -> None:
        """The same, not waited for: one request after another, each with what is still missing then."""
        _background.add(lambda: _speak(items, store, choice, self.background, GENTLE))


# --- The worker's side ----------------------------------------------------------------------


def _speak(items: Iterable[Item], store: Store, choice: Choice, patience: float, haste: int = 0) -> None:
    plan = planned(items, store, choice)
    problems = [each.problem for each in plan.known if each.problem]
    if plan.tasks:
        task = {
            "task": "speak",
            "items": [(item.language, item.text, item.speed) for task in plan.tasks for item in task.items],
            "folder": str(store.folder.absolute()),
            "choice": {language: list(engines) for language, engines in choice.items()},
            "nice": haste,
        }
        try:
            problems += _asked(task, b"", patience)[0]["problems"]
        except BoothFailed as error:
            problems.append(str(error))
    for problem in problems:
        log.warning("not spoken: %s", problem)


def _asked(task: Mapping[str, object], content: bytes, patience: float) -> tuple[dict[str, Any], bytes]:
    """A child's answer to a task. BoothFailed when there is none, and its last words are logged."""
    line = json.dumps({**task, "parent": os.getpid()}).encode() + b"\n"
    try:
        # files, not pipes: what a child writes does not fill the worker's memory
        with tempfile.TemporaryFile() as answer, tempfile.TemporaryFile() as trouble:
            try:
                _run(line + content, answer, trouble, patience)
                return _read(answer)
            except BoothFailed as error:
                log.error("%s; its last words: %r", error, _last_words(trouble))
                raise
    except OSError as error:
        raise BoothFailed(f"no child could be started: {error.strerror}") from error


def _run(given: bytes, answer: IO[bytes], trouble: IO[bytes], patience: float) -> None:
    try:
        subprocess.run(
            COMMAND,
            input=given,
            stdout=answer,
            stderr=trouble,
            timeout=patience,
            env=_environment(),
            start_new_session=True,  # an interrupt is the worker's to handle
            check=True,
        )
    except subprocess.TimeoutExpired as error:
        raise BoothFailed(f"the child was not done after {patience:g} s") from error
    except subprocess.CalledProcessError as error:
        raise BoothFailed(f"the child ended with {error.returncode}") from error


def _environment() -> dict[str, str]:
    """What a child needs of the environment: no passwords, and one thread for one recording."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    path = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    return kept | {"PYTHONPATH": os.pathsep.join(path), "OPENBLAS_NUM_THREADS": "1"}


def _read(file: IO[bytes]) -> tuple[dict[str, Any], bytes]:
    file.seek(0)
    line, rest = file.readline(ANSWER), file.read(ANSWER)
    try:
        answer = json.loads(line)
    except ValueError as error:
        raise BoothFailed("the child did not answer") from error
    if not isinstance(answer, dict):
        raise BoothFailed("the child did not answer")
    return answer, rest


def _last_words(file: IO[bytes]) -> str:
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - 4 * TOLD))  # a character is four bytes at most
    return file.read(4 * TOLD).decode(errors="replace")[-TOLD:]


def _unusable(answer: Mapping[str, Any]) -> Exception:
    try:
        return Unusable(answer["message"], reason=Reason(answer["reason"]), **answer["facts"])
    except (KeyError, TypeError, ValueError) as error:
        return BoothFailed(f"the child did not answer: {error!r}")


class Background:
    """Work that is done beside all else, one piece after another; a process that ends does not wait for it."""

    def __init__(self) -> None:
        self._waiting: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None

    def add(self, work: Callable[[], None]) -> None:
        """Do this after all that was added before."""
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._work_off, name="booth", daemon=True)
                self._thread.start()
        self._waiting.put(work)

    def _work_off(self) -> None:
        while True:
            work = self._waiting.get()
            try:
                work()
            except Exception:  # nobody waits for it who could be told, and the next one must not suffer
                log.exception("nothing was spoken")


_background = Background()


# --- The child's side -----------------------------------------------------------------------


def main() -> None:
    """Do the task on standard input, and answer on standard output."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what engines print is no answer
    task = json.loads(sys.stdin.buffer.readline())
    threading.Thread(target=_end_with, args=(task["parent"],), daemon=True).start()
    answer, content = _taken(task) if task["task"] == "take" else _spoken(task)
    answers.write(json.dumps(answer).encode() + b"\n" + content)
    answers.flush()


def _end_with(parent: int) -> None:
    """A killed worker cannot end its children, and nobody waits for what they make."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def _taken(task: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
    _limit(resource.RLIMIT_AS, MEMORY)
    _limit(resource.RLIMIT_CPU, CPU)
    _limit(resource.RLIMIT_FSIZE, ANSWER)
    _limit(resource.RLIMIT_CORE, 0)  # somebody's voice would be in it
    try:
        return {}, intake.converted(sys.stdin.buffer.read(), task["language"], task["expected"])
    except Unusable as error:
        return {"reason": error.reason, "message": error.message, "facts": dict(error.facts)}, b""


def _spoken(task: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
    os.nice(task["nice"])
    items = [Item(language, text, Speed(speed)) for language, text, speed in task["items"]]
    choice = {language: tuple(engines) for language, engines in task["choice"].items()}
    try:
        results = render(items, Store(Path(task["folder"])), processes=0, choice=choice)
        problems = [each.problem for each in results if each.problem]
    except StoreFailed as error:
        problems = [str(error)]
    return {"problems": problems}, b""


def _limit(what: int, most: int) -> None:
    """Lower a limit of this process for good; one that is lower already stays."""
    hard = resource.getrlimit(what)[1]
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(what, (most, most))


if __name__ == "__main__":
    main()

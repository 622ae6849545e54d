"""Many texts into the store, in processes of their own.

The caller loads no engine and no numpy: each worker process is spawned and loads
what it needs. What is in the store already is not made again, and with nothing
to make no process is started. A process that may load engines itself asks for 0
processes, which is quicker for few texts.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing.connection import wait as wait_for

from ivr.line.pronunciation import Pronunciation
from ivr.line.speeds import Speed
from ivr.voice.store import Store, address
from ivr.voice.voices import DEFAULT_CHOICE, Choice, NoVoice, Voice, voice_for


class RenderFailed(Exception):
    """Rendering cannot go on. The message is for staff."""


@dataclass(frozen=True)
class Item:
    """A text to be spoken, marks and readings already applied, at one speed."""

    spoken: Pronunciation
    text: str
    speed: Speed = Speed.NORMAL

    @property
    def language(self) -> str:
        """The code of its language."""
        return self.spoken.code


@dataclass(frozen=True)
class Rendered:
    """What became of an item: where its audio is and how long, or what the problem was."""

    item: Item
    address: str | None = None
    seconds: float = 0.0
    made: bool = False  # by this run, rather than found in the store
    problem: str | None = None


@dataclass(frozen=True)
class Task:
    """One text by one voice, synthesised once, for all the speeds that are missing."""

    voice: Voice
    spoken: Pronunciation
    text: str
    speeds: tuple[Speed, ...]

    @property
    def name(self) -> str:
        """What two renderers know the work by."""
        return address(self.voice, self.text, Speed.NORMAL)

    @property
    def items(self) -> tuple[Item, ...]:
        """The items that it makes."""
        return tuple(Item(self.spoken, self.text, speed) for speed in self.speeds)


@dataclass(frozen=True)
class Plan:
    """What there is to do: what is known already (made, or impossible), and what must be made."""

    known: tuple[Rendered, ...]
    tasks: tuple[Task, ...]


def planned(items: Iterable[Item], store: Store, choice: Choice = DEFAULT_CHOICE) -> Plan:
    """What there is to do to have these items in the store; nothing is loaded or made."""
    known: list[Rendered] = []
    missing: dict[tuple[Voice, Pronunciation, str], list[Speed]] = {}
    for item in dict.fromkeys(items):
        try:
            voice = voice_for(item.spoken, choice)
        except NoVoice as problem:
            known.append(Rendered(item, problem=str(problem)))
            continue
        at = address(voice, item.text, item.speed)
        if store.has(at):
            known.append(Rendered(item, at, store.seconds(at)))
        else:
            missing.setdefault((voice, item.spoken, item.text), []).append(item.speed)
    tasks = (Task(*what, tuple(speeds)) for what, speeds in missing.items())
    return Plan(tuple(known), tuple(tasks))


def render(
    items: Iterable[Item], store: Store, processes: int = 2, choice: Choice = DEFAULT_CHOICE
) -> Iterator[Rendered]:
    """Make what is missing, and tell each item's end as it comes.

    An item that cannot be spoken is told with its problem, and the rest goes on.
    StoreFailed and RenderFailed end everything; what was made until then stays.
    Closing the iterator stops after the texts at hand. With 0 processes the
    caller's own makes everything, and loads the engines.
    """
    store.sweep()
    plan = planned(items, store, choice)
    yield from plan.known
    if plan.tasks:
        yield from _made(plan.tasks, store, processes) if processes else _made_here(plan.tasks, store)


def _made(tasks: Sequence[Task], store: Store, processes: int) -> Iterator[Rendered]:
    pool = ProcessPoolExecutor(
        max_workers=min(processes, len(tasks)),
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_begin,
    )
    try:
        held = yield from _results(pool, tasks, store, wait=False)
        yield from _results(pool, held, store, wait=True)
    except BrokenProcessPool as error:
        raise RenderFailed("a rendering process was killed; what is made stays, run it again") from error
    finally:
        pool.shutdown(cancel_futures=True)


def _made_here(tasks: Iterable[Task], store: Store) -> Iterator[Rendered]:
    """Each task's results, made in this process; last those that another renderer holds now."""
    held = []
    for task in tasks:
        results = _work(task, store, wait=False)
        if results is None:
            held.append(task)
        yield from results or ()
    for task in held:
        yield from _work(task, store, wait=True) or ()


def _results(
    pool: ProcessPoolExecutor, tasks: Iterable[Task], store: Store, wait: bool
) -> Generator[Rendered, None, list[Task]]:
    """Each task's results as they come; returns the tasks that another renderer holds."""
    futures: dict[Future[list[Rendered] | None], Task] = {pool.submit(_work, task, store, wait): task for task in tasks}
    held = []
    for future in as_completed(futures):
        results = future.result()
        if results is None:
            held.append(futures[future])
        else:
            yield from results
    return held


def _begin() -> None:
    """Set up a worker: an interrupt is the caller's to handle, and nobody outlives it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A killed parent cannot end its workers, and they would wait for ever for work."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait_for([parent.sentinel])
        os._exit(1)


def _work(task: Task, store: Store, wait: bool) -> list[Rendered] | None:
    """Make one text's audio in this process; None when another renderer is at it."""
    with store.claim(task.name, wait) as held:
        return [_kept(task, speed, store) for speed in task.speeds] if held else None


def _kept(task: Task, speed: Speed, store: Store) -> Rendered:
    from ivr.voice.engines import SpeechFailed
    from ivr.voice.sound import telephone_wav
    from ivr.voice.studio import speech

    item = Item(task.spoken, task.text, speed)
    at = address(task.voice, task.text, speed)
    if store.has(at):  # made by another renderer since
        return Rendered(item, at, store.seconds(at))
    try:
        sound = speech(task.voice, task.text, speed)
    except SpeechFailed as problem:
        return Rendered(item, problem=str(problem))
    store.put(at, telephone_wav(sound))
    return Rendered(item, at, sound.seconds, made=True)

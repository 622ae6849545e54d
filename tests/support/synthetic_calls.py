"""Calls that nobody made, whose figures are known: counted as they are thought up, by nothing that reads records.

told = ring(recorder, 10_000, days)
told.calls, told.of["begun", "mail"], told.values["seconds", "mail"], ...
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from ivr.records.recorder import Recorder
from ivr.records.steps import Step

TOKYO = ZoneInfo("Asia/Tokyo")
TEXTS = {"mail": 3, "paid": 4, "lost": 2, "number": 5}
"""Their passages."""

EDITIONS = ("aaaa000001", "bbbb000002")


@dataclass
class Known:
    """What is known of them: how many calls there were of a figure and item, by month as well, and values."""

    calls: int = 0
    of: Counter[tuple[str, str]] = field(default_factory=Counter)
    months: dict[str, Counter[tuple[str, str]]] = field(default_factory=lambda: defaultdict(Counter))
    editions: dict[str, Counter[tuple[str, str]]] = field(default_factory=lambda: defaultdict(Counter))
    values: dict[tuple[str, str], list[int]] = field(default_factory=lambda: defaultdict(list))


@dataclass
class Call:
    """A call that is being thought up. What happens in it is told to the recorder, and noted by itself."""

    recorder: Recorder
    random: Random
    name: str
    began: datetime
    edition: str
    alert: str
    language: str = "ja"
    place: str = "main"
    elapsed: int = 0
    told: set[tuple[str, str]] = field(default_factory=set)
    values: list[tuple[str, str, int]] = field(default_factory=list)
    waits: bool = True

    def step(self, heard: str, place: str, seconds: int = 0, **more: Any) -> None:
        self.elapsed += seconds
        self.place = place
        step = Step(
            self.edition, self.alert, self.language, place, heard, more.get("desk", ""), more.get("out", "goes on")
        )
        at = self.began + timedelta(seconds=self.elapsed)
        self.recorder.note(self.name, step, at, talked=more.get("talked"))

    def note(self, figure: str, item: str = "") -> None:
        self.told.add((figure, item))

    def came_to(self, item: str) -> None:
        """The first that the caller came for."""
        if self.waits:
            self.waits = False
            self.values.append(("seconds", item, self.elapsed))
            ends = [15, 30, 45, 60, 90, 120]
            self.note("band", next((str(end) for end in ends if self.elapsed < end), "longer"))

    def some(self, low: int, high: int) -> int:
        return self.random.randint(low, high)

    def hang_up(self, where: str, result: str) -> None:
        """The caller goes, after a while; carriers do not always say how long it was."""
        self.note("left", where)
        self.end(result, self.some(0, 20))

    def end(self, result: str, more: int = 0) -> None:
        self.note("result", result)
        told = self.random.random() < 0.9
        lasted = self.elapsed + more if told else self.elapsed
        self.values.append(("length", "", lasted))
        self.values.append(("minutes", "", (lasted + 59) // 60))
        if told:
            self.recorder.ended(self.name, "completed", lasted, self.began + timedelta(seconds=lasted))


def reads(call: Call, text: str, passages: int) -> None:
    """A text begins, and so many of its passages are heard to their end."""
    call.step("key 1", f"{text}.0", call.some(3, 70))
    call.note("begun", text)
    call.came_to(text)
    for passage in range(1, passages + 1):
        last = passage == TEXTS[text]
        call.step("silence", f"{text}.end" if last else f"{text}.{passage}", call.some(8, 20))
        if last:
            call.note("heard", text)
            call.note("once", "heard")


def heard_out(call: Call) -> None:
    text = call.random.choice(list(TEXTS))
    reads(call, text, TEXTS[text])
    call.hang_up(f"{text}.end", "alone")


def broken_off(call: Call) -> None:
    text = call.random.choice(list(TEXTS))
    reads(call, text, call.some(0, TEXTS[text] - 1))
    call.hang_up(f"{text}.reading", "alone")


def skipped(call: Call) -> None:
    """The last passage is left by a key: it was not heard to its end."""
    text = call.random.choice(list(TEXTS))
    reads(call, text, TEXTS[text] - 1)
    call.step("key #", f"{text}.end", 2)
    call.hang_up(f"{text}.end", "alone")


def rings(call: Call, desk: str, heard: str = "key 0") -> None:
    call.step(heard, f"{desk}.join", call.some(2, 40), desk=desk, out="rings")
    call.note("rung", desk)
    call.came_to(desk)


def joined_to(desk: str, after_text: bool = False) -> Callable[[Call], None]:
    """Straight to a desk, or behind a text."""

    def joined(call: Call) -> None:
        if after_text:
            reads(call, "paid", 1)
        rings(call, desk)
        waited, talked = call.some(2, 20), call.some(5, 900)
        measured = call.random.random() < 0.8
        more = {"talked": talked} if measured else {}
        call.step("dial:completed", f"{desk}.join", waited + talked, desk=desk, out="ends", **more)
        call.note("dialled", f"{desk}.completed")
        call.note("joined", desk)
        seconds = talked if measured else waited + talked
        call.values.append(("talked", desk, (seconds + 59) // 60))
        call.end("joined")

    return joined


def fails(call: Call) -> None:
    """Rung in vain, sometimes twice, and the text is heard instead: still nobody answered."""
    status = call.random.choice(["busy", "no_answer", "failed", "canceled"])
    for _ in range(call.some(1, 2)):
        rings(call, "police")
        call.step(f"dial:{status}", f"police.{status}", call.some(5, 30), desk="police")
        call.note("dialled", f"police.{status}")
    if call.random.random() < 0.5:
        reads(call, "mail", TEXTS["mail"])
        call.hang_up("mail.end", "in vain")
    else:
        call.hang_up("police.unanswered", "in vain")


def hangs_up_while_it_rings(call: Call) -> None:
    rings(call, "consumer")
    call.hang_up("consumer.join", "in vain")


def closed(call: Call) -> None:
    call.step("key 0", "city.0", call.some(3, 20), desk="city", out="closed")
    call.note("closed", "city")
    call.note("begun", "city")
    call.came_to("city")
    call.step("silence", "city.1", 9)
    call.hang_up("city.reading", "in vain")


def told_a_number(call: Call) -> None:
    call.step("key 2", "card_stop.0", call.some(3, 30), desk="card_stop", out="told")
    call.note("told", "card_stop")
    call.note("begun", "card_stop")
    call.came_to("card_stop")
    call.hang_up("card_stop.reading", "alone")


def leaves_the_menu(call: Call) -> None:
    call.step("key 1", "fraud", call.some(3, 12))
    call.hang_up("fraud", "early")


def is_silent(call: Call) -> None:
    for number in range(3):
        call.step("silence", "main", 10, out="ends" if number == 2 else "goes on")
    call.note("silent", "main")
    call.note("once", "silent")
    call.note("ended", "main")
    call.end("early", 3)


def is_not_understood(call: Call) -> None:
    for heard in ("words:nothing", "no match"):
        call.step(heard, "main", call.some(3, 9))
    call.note("wrong", "main")
    call.note("once", "wrong")
    reads(call, "lost", TEXTS["lost"])
    call.step("silence", "lost.end", 8)
    call.note("silent", "lost.end")
    call.note("once", "silent")
    call.hang_up("lost.end", "alone")


def keys_a_number(call: Call) -> None:
    call.step("number refused", "main", 12)
    call.note("refused")
    call.hang_up("main", "early")


def in_another_language(call: Call) -> None:
    call.step("key 4", "language.en", 4)
    call.language = "en"
    call.step("silence", "main", 1)
    heard_out(call)


def pauses(call: Call) -> None:
    """A pause goes on by itself, and is no silence."""
    reads(call, "number", 1)
    call.step("key 8", "pause.0", 4)
    for minute in range(1, 3):
        call.step("silence", f"pause.{minute}", 60)
    call.hang_up("pause", "alone")


WAYS: tuple[tuple[Callable[[Call], None], int], ...] = (
    (heard_out, 20),
    (broken_off, 12),
    (skipped, 3),
    (joined_to("police"), 9),
    (joined_to("consumer", after_text=True), 8),
    (joined_to("city"), 16),
    (fails, 8),
    (hangs_up_while_it_rings, 3),
    (closed, 6),
    (told_a_number, 4),
    (leaves_the_menu, 5),
    (is_silent, 3),
    (is_not_understood, 5),
    (keys_a_number, 2),
    (in_another_language, 8),
    (pauses, 3),
)
"""What callers do, and of a hundred or so, how many."""


def ring(
    recorder: Recorder,
    number: int,
    days: Sequence[date],
    rare: Sequence[Callable[[Call], None]] = (),
    seed: int = 14,
    editions: Sequence[str] = EDITIONS,
) -> Known:
    """So many calls on these days, of which the first do what is `rare`; an edition is followed by another in the
    middle of them, and every tenth call hears alert 7."""
    random, known = Random(seed), Known()
    ways, weights = zip(*WAYS, strict=True)
    for serial, began in enumerate(sorted(_began(random, days) for _ in range(number))):
        day = began.date()
        edition, alert = editions[day >= days[len(days) // 2]], "7" if serial % 10 == 0 else ""
        call = Call(recorder, random, f"CA{seed}-{serial}", began, edition, alert)
        call.step("ring", "main")
        (rare[serial] if serial < len(rare) else random.choices(ways, weights)[0])(call)
        _count(known, call)
    return known


def _began(random: Random, days: Sequence[date]) -> datetime:
    """Some moment of some day; most call by day."""
    hour = random.choices(range(24), [1] * 8 + [6] * 10 + [2] * 6)[0]
    return datetime.combine(random.choice(days), time(hour, random.randrange(60), random.randrange(60)), TOKYO)


def _count(known: Known, call: Call) -> None:
    day, hour = call.began.date(), call.began.hour
    told = {("calls", ""), ("hour", f"{hour:02}"), ("day", day.isoformat()), ("language", call.language)}
    told |= call.told | ({("alert", call.alert)} if call.alert else set())
    for counter in (known.of, known.months[f"{day:%Y-%m}"], known.editions[call.edition]):
        counter.update(told)
    known.calls += 1
    for figure, item, value in call.values:
        known.values[figure, item].append(value)

"""Figures of the line for Prometheus: counts and times, nothing of anybody's."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    Metric,
    disable_created_metrics,
    generate_latest,
)

from ivr.call.acts import Dial, DialEnded, HangUp, Heard, Ring, Turn
from ivr.carrier.shared_counts import SharedCounts, Sum, counts_of
from ivr.line.tree import FAILURES

disable_created_metrics()  # type: ignore[no-untyped-call]  # when a process began to count something is no figure of the line

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Figures:
    """What is counted of a turn whenever it is given; `rings`: a call begins with it."""

    rings: bool
    counted: tuple[Counter, ...]


class Metrics:
    """What this process has counted since it began, and those that `shared` tells of. `fresh` tells whether the
    editions are those of the database, rather than what was last known; `unwell` of each part of the line whether
    something is wrong with it."""

    def __init__(self, fresh: Callable[[], bool], unwell: Callable[[], Mapping[str, bool]] = dict) -> None:
        self.shared: SharedCounts | None = None
        self._unwell = unwell
        self._registry = CollectorRegistry()
        kept = self._registry
        self._calls = Counter("ivr_calls", "Calls that came in.", ["language"], registry=kept)
        self._turns = Counter("ivr_turns", "Turns, by what was heard.", ["heard", "language"], registry=kept)
        self._transfers = Counter("ivr_transfers", "Desks rung.", ["desk"], registry=kept)
        self._ended = Counter("ivr_transfers_ended", "Transfers, by their end.", ["desk", "status"], registry=kept)
        self._hung_up = Counter("ivr_hang_ups", "Calls that the line ended, after a goodbye.", registry=kept)
        self._faults = Counter("ivr_faults", "Webhooks that failed; the fallback was heard.", registry=kept)
        self._built_in = Counter(
            "ivr_built_in",
            "Calls and faults of the built-in telephones, which are in no other figure.",
            ["what"],
            registry=kept,
        )
        gauge = Gauge(
            "ivr_editions_fresh",
            "1 while the database answers, 0 while callers hear what was last known.",
            registry=kept,
        )
        gauge.set_function(lambda: float(fresh()))
        self._parts = Gauge("ivr_unwell", "1 while something is wrong with a part.", ["part"], registry=kept)
        self._seconds = Histogram("ivr_webhook_seconds", "Time to answer a webhook.", registry=kept)

    def figures(self, heard: Heard, turn: Turn) -> Figures:
        """What is counted of a turn that answers what was heard."""
        position = turn.position
        counted = [self._turns.labels(type(heard).__name__, position.language)]
        if isinstance(heard, Ring):
            counted.append(self._calls.labels(position.language))
        if isinstance(heard, DialEnded):
            status = position.place.step if position.place.step in FAILURES else "completed"
            counted.append(self._ended.labels(position.place.node, status))
        counted += [self._transfers.labels(act.desk) for act in turn.acts if isinstance(act, Dial)]
        counted += [self._hung_up for act in turn.acts if isinstance(act, HangUp)]
        return Figures(isinstance(heard, Ring), tuple(counted))

    def count(self, figures: Figures, seconds: float, built_in: bool = False) -> None:
        """Count a turn that took `seconds` to decide and write. One of a built-in telephone is
        nobody's call: only that it rang is counted, apart."""
        if built_in:
            if figures.rings:
                self._built_in.labels("calls").inc()
            return
        self._seconds.observe(seconds)
        for counter in figures.counted:
            counter.inc()

    def fault(self, built_in: bool = False) -> None:
        """Count a webhook that failed."""
        if built_in:
            self._built_in.labels("faults").inc()
        else:
            self._faults.inc()

    def share(self) -> None:
        """Let the other processes know what was counted here."""
        if self.shared:
            self.shared.write(counts_of(self._collected()))

    def text(self) -> bytes:
        """All figures, as Prometheus reads them."""
        for part, ill in self._unwell().items():
            self._parts.labels(part).set(ill)
        others = tuple(self.shared.others()) if self.shared else ()
        return generate_latest(Sum(self._collected(), others))  # type: ignore[arg-type]  # all it does is to collect

    def _collected(self) -> tuple[Metric, ...]:
        return tuple(self._registry.collect())

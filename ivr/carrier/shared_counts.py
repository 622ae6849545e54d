"""What the processes of a server have counted, together: whichever is asked tells of all of them.

Each writes its counts into a file of its own once a second, which stays when it ends: what was counted, was. The folder
is made anew for each start of the server.
"""

import json
import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from prometheus_client import Metric

ENDING = ".json"

Labels = tuple[tuple[str, str], ...]
Counts = dict[str, dict[tuple[str, Labels], float]]
"""Of each figure, by its name: what was counted, by names of samples and their labels."""


def counts_of(figures: Iterable[Metric]) -> Counts:
    """What can be added up of these: gauges, which tell how something is, cannot."""
    return {
        figure.name: {(sample.name, tuple(sample.labels.items())): sample.value for sample in figure.samples}
        for figure in figures
        if figure.type != "gauge"
    }


@dataclass(frozen=True)
class Sum:
    """Figures with the counts of `others` added, as prometheus_client collects them."""

    figures: tuple[Metric, ...]
    others: tuple[Counts, ...]

    def collect(self) -> Iterator[Metric]:
        """One after another."""
        own = counts_of(self.figures)
        for figure in self.figures:
            yield self._added(figure, own[figure.name]) if figure.name in own else figure

    def _added(self, figure: Metric, own: Mapping[tuple[str, Labels], float]) -> Metric:
        total = dict(own)
        for counts in self.others:
            for sample, value in counts.get(figure.name, {}).items():
                total[sample] = total.get(sample, 0.0) + value
        added = Metric(figure.name, figure.documentation, figure.type)
        for (name, labels), value in total.items():
            added.add_sample(name, dict(labels), value)
        return added


@dataclass(frozen=True)
class SharedCounts:
    """The counts of the processes that share a folder; this one writes into the file of its `name`."""

    folder: Path
    name: str = field(default_factory=lambda: secrets.token_hex(8))

    def write(self, counts: Counts) -> None:
        """Let the others know. Where that cannot be, they tell what they knew."""
        rows = {name: [[*sample, value] for sample, value in samples.items()] for name, samples in counts.items()}
        part = self.folder / f".{self.name}"
        with suppress(OSError):
            part.write_text(json.dumps(rows))
            part.replace(self.folder / f"{self.name}{ENDING}")

    def others(self) -> Iterator[Counts]:
        """What the others have written last."""
        for path in sorted(self.folder.glob(f"*{ENDING}")):
            if path.stem != self.name:
                with suppress(OSError):
                    yield _read(path.read_text())


def _read(text: str) -> Counts:
    return {
        figure: {(name, tuple((key, word) for key, word in labels)): value for name, labels, value in samples}
        for figure, samples in json.loads(text).items()
    }

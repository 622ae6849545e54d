"""What was typed into the cells of a table: read one by one, so that all faults are told at once, beside each."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from ivr.line.sentences import Sentence, as_sentence, sentence

Read = TypeVar("Read")


class Wrong(ValueError):
    """Some cells cannot be read: `cells` says why, by the names of their fields."""

    def __init__(self, cells: Mapping[str, Sentence]):
        self.cells = cells
        super().__init__(*cells.values())


class Faults:
    """What is wrong in the cells that were read so far."""

    def __init__(self) -> None:
        self.cells: dict[str, Sentence] = {}

    def add(self, field: str, fault: Sentence) -> None:
        """Tell it of a field, the first thing alone."""
        self.cells.setdefault(field, fault)

    def read(self, field: str, text: str, reader: Callable[[str], Read]) -> Read | None:
        """What a cell says; None where that is nothing, or wrong."""
        if not text:
            self.add(field, sentence("This is missing."))
            return None
        try:
            return reader(text)
        except ValueError as error:
            self.add(field, as_sentence(error))
            return None

    def end(self) -> None:
        """Wrong, where anything was."""
        if self.cells:
            raise Wrong(self.cells)

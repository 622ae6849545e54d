"""What was typed into the cells of a table: read one by one, so that all faults are told at once, beside each."""

from collections.abc import Callable, Mapping
from typing import Protocol, TypeVar

from ivr.line.sentences import Sentence, as_sentence, sentence

Read = TypeVar("Read")
Form = TypeVar("Form")


class Wrong(ValueError):
    """Some cells cannot be read: `cells` says why, by the names of their fields."""

    def __init__(self, cells: Mapping[str, Sentence]):
        self.cells = cells
        super().__init__(*cells.values())


class Cells(Protocol[Form]):
    """The cells of one fact. Beside them the form keeps what the line writes, for what no cells hold: whichever of
    both was changed counts, the cells first."""

    @property
    def COUNT(self) -> str:
        """The field that is there where the cells are."""

    def form_of(self, name: str, text: str, /) -> Form:
        """The cells that show this text, as it is kept."""

    def sent(self, name: str, form: Mapping[str, str], otherwise: Form, /) -> Form:
        """The cells as they were sent; `otherwise` where the form had none."""

    def said(self, form: Form, /) -> str:
        """What the cells say, as it is kept. Wrong."""


def typed(cells: Cells[Form], name: str, form: Mapping[str, str]) -> str:
    """What a form says: by its cells where they were changed, else as it is written beside them. Wrong."""
    found = _changed(cells, name, form)
    return form.get(name, "") if found is None else found


def are_changed(cells: Cells[Form], name: str, form: Mapping[str, str]) -> bool:
    """Whether the cells were changed, rather than what is written beside them."""
    try:
        return _changed(cells, name, form) is not None
    except Wrong:
        return True


def _changed(cells: Cells[Form], name: str, form: Mapping[str, str]) -> str | None:
    """What the cells say; None where nobody has changed them. Wrong."""
    if f"{name}-{cells.COUNT}" not in form:
        return None
    found = cells.said(cells.sent(name, form, cells.form_of(name, "")))
    return None if found == form.get(f"{name}-was") else found


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

"""What is wrong in a prompt file, and tables that find it out."""

from dataclasses import dataclass, field
from datetime import datetime
from difflib import get_close_matches
from typing import Any

from ivr.line.sentences import Sentence, as_sentence, sentence
from ivr.line.text import one_line

_REQUIRED: Any = object()


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong in a prompt file: where it stands and how to mend it."""

    file: str
    key: str
    fix: str

    def __post_init__(self) -> None:
        if not self.key:  # an empty name is told as TOML writes it
            object.__setattr__(self, "key", '""')

    def __str__(self) -> str:
        return one_line(f"{self.file}: {self.key}: {self.fix}")

    @property
    def told(self) -> Sentence:
        """All of it on one line, which remembers its parts."""
        return as_sentence(self.fix).about(f"{self.file}: {self.key}", str(self))


@dataclass
class TomlTable:
    """A TOML table that is asked for its keys and remembers which nobody asked for."""

    file: str
    path: str
    values: dict[str, Any]
    problems: list[Problem]
    asked: set[str] = field(default_factory=set)

    def fault(self, key: str, fix: str) -> None:
        self.problems.append(Problem(self.file, f"{self.path}.{key}" if key else self.path, fix))

    def get(self, key: str, kind: type | tuple[type, ...], example: str, default: Any = _REQUIRED) -> Any:
        self.asked.add(key)
        if key not in self.values:
            if default is _REQUIRED:
                self.fault(key, sentence("is missing: write %(key)s = %(example)s", key=key, example=example))
                return None
            return default
        value = self.values[key]
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is int) or isinstance(value, datetime):
            self.fault(
                key,
                sentence("has the wrong kind of value: write it like %(key)s = %(example)s", key=key, example=example),
            )
            return None if default is _REQUIRED else default
        return value

    def strings(self, key: str, example: str, default: Any = _REQUIRED) -> tuple[str, ...]:
        value = self.get(key, list, example, default)
        if value is None:
            return ()
        if not all(isinstance(item, str) for item in value):
            self.fault(
                key,
                sentence(
                    "holds something that is no text: write it like %(key)s = %(example)s", key=key, example=example
                ),
            )
            return ()
        if repeated := sorted({item for item in value if value.count(item) > 1}):
            self.fault(key, sentence("names %(repeated)r twice: take one of them out", repeated=repeated[0]))
        return tuple(value)

    def table(self, key: str, example: str) -> "TomlTable | None":
        """A table within this one; None where there is none."""
        values = self.get(key, dict, example, None)
        return None if values is None else TomlTable(self.file, f"{self.path}.{key}", values, self.problems)

    @property
    def name(self) -> str:
        """The key of the table among its like: ``mail`` of ``text.mail``."""
        return self.path.partition(".")[2]

    def refuse_strangers(self) -> None:
        for key in sorted(self.values.keys() - self.asked):
            close = get_close_matches(key, self.asked, 1)
            known = ", ".join(sorted(self.asked))
            self.fault(
                key,
                sentence("is not known; did you mean %(close)s?", close=close[0])
                if close
                else sentence("is not known; known here: %(known)s", known=known),
            )

"""What the line waits for: keys or words in a Gather, a transfer's end, a voice in a Record."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class OpenGather:
    """A Gather that listens, its defaults filled in. ``timeout`` is in seconds."""

    url: str
    method: str
    timeout: float
    num_digits: int | None
    finish_on_key: str
    takes_keys: bool
    takes_speech: bool
    action_on_empty_result: bool
    language: str


@dataclass(frozen=True)
class Transfer:
    """A transfer: whom the carrier rings, and as whom. Times are in seconds.

    ``kind`` is Number, Client or Sip; several numbers ring at once. ``url`` is None without
    an action. ``told`` is the document that the one who answers hears before they are joined,
    None without one.
    """

    kind: str
    numbers: tuple[str, ...]
    caller_id: str
    url: str | None
    method: str
    timeout: float
    time_limit: float
    attributes: Mapping[str, str]
    told: str | None = None
    told_method: str = "POST"

    @property
    def number(self) -> str:
        """The (first) number that rings."""
        return self.numbers[0]


@dataclass(frozen=True)
class OpenRecord:
    """A Record that waits for the caller's voice. Times are in seconds."""

    url: str
    method: str
    timeout: float
    max_length: float
    finish_on_key: str

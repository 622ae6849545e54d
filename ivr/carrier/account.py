"""The account with a carrier, as the settings tell it."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class CarrierAccount:
    """Which carrier, and what it knows this line by; "" for what is not set.

    `signing_key` is what its webhooks are checked with, called `set_as` in the environment; further
    secrets may sign by their ids (`shared_keys`). `account` and `api_key` fetch recordings, at the
    host `space` where a carrier gives everybody one.
    """

    name: str
    set_as: str
    account: str = ""
    signing_key: str = field(default="", repr=False)
    api_key: str = field(default="", repr=False)
    shared_keys: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    space: str = ""

    @property
    def connected(self) -> bool:
        """Whether the carrier's webhooks can be told from others."""
        return bool(self.signing_key or self.shared_keys)

"""An answer leaves in one piece.

uvicorn writes the head of an answer and then its body, each by a call to the system and in a packet of its own.
For an answer as short as a webhook's that costs more than to find it.
"""

from asyncio import Transport
from typing import Any

_HEAD, _END, _ONLY_A_NOTICE = b"HTTP/1.1 ", b"\r\n\r\n", b"HTTP/1.1 100 "


class WholeAnswers:
    """A transport that holds the head of an answer until its body comes, or `flush` says that none will."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._held = b""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Send this, or hold it where it is a head."""
        if not self._held and data.startswith(_HEAD) and data.endswith(_END) and not data.startswith(_ONLY_A_NOTICE):
            self._held = data
            return
        held, self._held = self._held, b""
        self._transport.write(held + data if held else data)

    def flush(self) -> None:
        """Send what is held."""
        if self._held:
            held, self._held = self._held, b""
            self._transport.write(held)

    def close(self) -> None:
        """Close it once all is sent."""
        self.flush()
        self._transport.close()

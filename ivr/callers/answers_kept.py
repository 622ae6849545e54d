"""The line's answers, asked for once: a thousand callers mostly hear the same documents."""

from collections.abc import Mapping
from datetime import datetime

from ivr.handset.transport import Reply, Transport


class AnswersKept:
    """Carries as `transport` does, and gives the same answer to the same request within the same second of
    the telephone's clock, by which digits in a row are told apart. The first of each goes through the real
    webhook, signed."""

    def __init__(self, transport: Transport) -> None:
        self.origin = transport.origin
        self.asked = 0
        self._transport = transport
        self._kept: dict[tuple[object, ...], Reply] = {}

    def post(self, url: str, form: Mapping[str, str], now: datetime | None = None) -> Reply:
        """Post the form, or return what was answered before."""
        request = ("POST", url, *sorted(form.items()), _second(now))
        if request not in self._kept:
            self.asked += 1
            self._kept[request] = self._transport.post(url, form, now)
        return self._kept[request]

    def get(self, url: str, now: datetime | None = None) -> Reply:
        """Get the address, or return what was answered before."""
        request = ("GET", url, _second(now))
        if request not in self._kept:
            self.asked += 1
            self._kept[request] = self._transport.get(url, now)
        return self._kept[request]


def _second(now: datetime | None) -> datetime | None:
    return now and now.replace(microsecond=0)

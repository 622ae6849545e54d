"""Recordings that a carrier has made, fetched from its API and from nowhere else.

A webhook brings a recording's address and its name. Only the name is taken, and the address is
made from it, since a request may name any host.
"""

from __future__ import annotations

import logging
import re
import time
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import requests  # loaded when something is fetched: callers do without

log = logging.getLogger(__name__)

TRIES = 3
PATIENCE = 1.0
"""A recording may not be there yet when its webhook comes: seconds between tries [own value]."""

TIMEOUT = 2.5
"""Seconds for one request; with all tries still under the 15 of a webhook."""

LARGEST = 4 * 1024 * 1024
"""Bytes: four minutes of 16-bit sound at 8 kHz, more than any recording here may last."""


class NotFetched(Exception):
    """The recording cannot be had. The message is for the log: it names no number."""


class RecordedMedia(Protocol):
    """The recordings of an account with a carrier."""

    def fetch(self, name: str) -> bytes:
        """The recording as a sound file. NotFetched."""

    def remove(self, name: str) -> None:
        """Delete it there: what was taken over is kept in one place only. A failure is logged."""


@dataclass(frozen=True, slots=True)
class Bearer:
    """A key in the head of a request (RFC 6750)."""

    key: str = field(repr=False)

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """The request with the key."""
        request.headers["Authorization"] = f"Bearer {self.key}"
        return request


@dataclass(frozen=True)
class ApiMedia:
    """Recordings under one address of an API, each at its name: `sound` and `about` end the addresses
    of the sound itself and of the record that is deleted. A name is `pattern`."""

    address: str
    auth: tuple[str, str] | Bearer = field(repr=False)
    pattern: re.Pattern[str]
    sound: str = ".wav"
    about: str = ".json"

    def fetch(self, name: str) -> bytes:
        """The recording as a sound file. NotFetched."""
        if not self.pattern.fullmatch(name):
            raise NotFetched("a webhook brought no name of a recording")
        for again in range(TRIES):
            if again:
                time.sleep(PATIENCE)
            content = self.tried(name)
            if content is not None:
                return content
        raise NotFetched(f"recording {name} is not there after {TRIES} tries")

    def remove(self, name: str) -> None:
        """Delete it there. A failure is logged."""
        import requests

        if not self.pattern.fullmatch(name):
            return
        try:
            asked("DELETE", f"{self.address}/{name}{self.about}", self.auth).close()
        except requests.RequestException as error:
            log.warning("recording %s was not deleted at the carrier: %s", name, type(error).__name__)

    def tried(self, name: str) -> bytes | None:
        """The recording; None where it is not there yet."""
        return got(f"{self.address}/{name}{self.sound}", name, self.auth)


def asked(method: str, url: str, auth: tuple[str, str] | Bearer | None) -> requests.Response:
    """What the carrier's API answers; no redirection is followed, and the content is still to be read."""
    import requests

    return requests.request(method, url, auth=auth, timeout=TIMEOUT, allow_redirects=False, stream=True)


def got(url: str, name: str, auth: tuple[str, str] | Bearer | None) -> bytes | None:
    """What is at an address of the carrier's, up to LARGEST; None where nothing is. NotFetched."""
    import requests

    try:
        with closing(asked("GET", url, auth)) as answer:
            if answer.status_code == 404:
                return None
            if answer.status_code != 200:
                raise NotFetched(f"recording {name} was answered with {answer.status_code}")
            return _whole(answer, name)
    except requests.RequestException as error:
        raise NotFetched(f"recording {name}: {type(error).__name__}") from error


def _whole(answer: requests.Response, name: str) -> bytes:
    content = bytearray()
    for part in answer.iter_content(64 * 1024):
        content += part
        if len(content) > LARGEST:
            raise NotFetched(f"recording {name} is larger than {LARGEST} bytes")
    return bytes(content)

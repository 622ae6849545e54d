"""Recordings that the carrier has made, fetched from its API and from nowhere else.

A webhook brings a recording's address and its SID. Only the SID is taken, and the address is
made from it, since a request may name any host (Twilio, "Recording resource": media are at
``/2010-04-01/Accounts/{AccountSid}/Recordings/{Sid}.wav``, with basic authentication).
"""

import logging
import re
import time
from contextlib import closing
from dataclasses import dataclass

import requests

log = logging.getLogger(__name__)

API = "https://api.twilio.com"

TRIES = 3
PATIENCE = 1.0
"""A recording may not be there yet when its webhook comes: seconds between tries [own value]."""

TIMEOUT = 2.5
"""Seconds for one request; with all tries still under the 15 of a webhook."""

LARGEST = 4 * 1024 * 1024
"""Bytes: four minutes of 16-bit sound at 8 kHz, more than any recording here may last."""

_SID = re.compile(r"RE[0-9a-fA-F]{32}")


class NotFetched(Exception):
    """The recording cannot be had. The message is for the log: it names no number."""


@dataclass(frozen=True, slots=True)
class Recordings:
    """The recordings of an account; `token` is its auth token."""

    account_sid: str
    token: str

    def fetch(self, sid: str) -> bytes:
        """The recording as a WAV file. NotFetched."""
        if not _SID.fullmatch(sid):
            raise NotFetched("a webhook brought no SID of a recording")
        for again in range(TRIES):
            if again:
                time.sleep(PATIENCE)
            content = self._tried(sid)
            if content is not None:
                return content
        raise NotFetched(f"recording {sid} is not there after {TRIES} tries")

    def remove(self, sid: str) -> None:
        """Delete it there: what was taken over is kept in one place only. A failure is logged."""
        if not _SID.fullmatch(sid):
            return
        try:
            requests.delete(
                self._address(sid, ".json"), auth=self._auth, timeout=TIMEOUT, allow_redirects=False
            ).close()
        except requests.RequestException as error:
            log.warning("recording %s was not deleted at the carrier: %s", sid, type(error).__name__)

    def _tried(self, sid: str) -> bytes | None:
        """The recording; None where it is not there yet."""
        try:
            answer = requests.get(
                self._address(sid, ".wav"), auth=self._auth, timeout=TIMEOUT, allow_redirects=False, stream=True
            )
            with closing(answer):
                if answer.status_code == 404:
                    return None
                if answer.status_code != 200:
                    raise NotFetched(f"recording {sid} was answered with {answer.status_code}")
                return _whole(answer, sid)
        except requests.RequestException as error:
            raise NotFetched(f"recording {sid}: {type(error).__name__}") from error

    @property
    def _auth(self) -> tuple[str, str]:
        return self.account_sid, self.token

    def _address(self, sid: str, ending: str) -> str:
        return f"{API}/2010-04-01/Accounts/{self.account_sid}/Recordings/{sid}{ending}"


def _whole(answer: requests.Response, sid: str) -> bytes:
    """All that is sent, up to LARGEST."""
    content = bytearray()
    for part in answer.iter_content(64 * 1024):
        content += part
        if len(content) > LARGEST:
            raise NotFetched(f"recording {sid} is larger than {LARGEST} bytes")
    return bytes(content)

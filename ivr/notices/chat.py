"""Notices into chats: to the address that a chat system gives out (an incoming webhook), as ``{"text": ...}``, which
Slack, Mattermost, Rocket.Chat, Google Chat and Teams take.

Staff type these addresses, so that they must lead nobody into the house: https alone, no address that is not
public (unless the city allows that), nothing that answers is followed or shown, and what was looked at is what is
connected to, whatever the name leads to a moment later.
"""

import json
import socket
import ssl
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from urllib.parse import SplitResult, urlsplit

from urllib3 import HTTPSConnectionPool, ProxyManager, Timeout
from urllib3.exceptions import HTTPError

from ivr.notices.kinds import Letter
from ivr.notices.sending import PATIENCE, Undelivered
from ivr.notices.wishes import LONGEST_CHAT
from ivr.people.refusals import Refused
from ivr.people.telling import Told, told

_ONCE: dict[str, Any] = {"retries": False, "redirect": False}
_BUSY = frozenset({408, 425, 429})


@dataclass(frozen=True, slots=True)
class Chat:
    """Posts letters. `private`: addresses of the house's own network may be posted to as well."""

    private: bool = False

    def send(self, to: str, letter: Letter) -> None:
        """Post it now. Undelivered."""
        parts = taken_apart(to)
        if parts is None:
            raise Undelivered(_NO_ADDRESS, for_good=True)
        host, body = parts.hostname or "", json.dumps({"text": f"{letter.subject}\n{letter.text}"}).encode()
        try:
            status = self._posted(to, parts, host, body)
        except Refused as error:
            raise Undelivered(told(error.message), for_good=True) from error
        except (HTTPError, OSError) as error:
            raise Undelivered(_unreachable(host, error)) from error
        if not 200 <= status < 300:
            final = status < 500 and status not in _BUSY
            raise Undelivered(
                told("The chat at %(host)s refuses: %(status)s", host=host, status=status), for_good=final
            )

    def _posted(self, to: str, parts: SplitResult, host: str, body: bytes) -> int:
        """The status of the answer."""
        headers = {"Host": parts.netloc, "Content-Type": "application/json", "User-Agent": "my-number-line"}
        known: dict[str, Any] = {"timeout": Timeout(total=PATIENCE), "ssl_context": ssl.create_default_context()}
        from requests.utils import get_environ_proxies  # a worker of calls goes without

        if proxy := get_environ_proxies(to).get("https"):  # which looks names up itself, and says where one may go
            usable(to, self.private)
            with ProxyManager(proxy, **known) as manager:
                return manager.urlopen("POST", to, body=body, headers=headers, **_ONCE).status
        # by address, so that no other is connected to than was looked at; its certificate is still the name's
        named = {"server_hostname": host, "assert_hostname": host, **known}
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        with HTTPSConnectionPool(self._place(host, parts.port or 443), parts.port or 443, **named) as pool:
            return pool.urlopen("POST", target, body, headers, **_ONCE).status

    def _place(self, host: str, port: int) -> str:
        """The address that a name leads to. Undelivered where it is one that must not be posted to."""
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError as error:
            raise Undelivered(_unreachable(host, error)) from error
        places = [str(each[4][0]) for each in found]
        if not self.private and not all(ip_address(place.partition("%")[0]).is_global for place in places):
            raise Undelivered(_PRIVATE, for_good=True)
        return places[0]


def usable(text: str, private: bool) -> str:
    """The address as it is kept. Refused where it is none, or leads into the house's own network."""
    parts = taken_apart(text)
    if parts is None:
        raise Refused(_NO_ADDRESS[0])
    try:
        inside = not ip_address(parts.hostname or "").is_global
    except ValueError:  # a name: it is looked up when something is sent
        inside = False
    if inside and not private:
        raise Refused(_PRIVATE[0])
    return text


def taken_apart(text: str) -> SplitResult | None:
    """An address of https without name and password; None where it is none."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return None
    usual = parts.scheme == "https" and parts.hostname and port != 0 and "@" not in parts.netloc
    return parts if usual and text.isascii() and text.isprintable() and len(text) <= LONGEST_CHAT else None


_NO_ADDRESS: Told = told("This is no address of a chat: copy the one that it shows, which begins with https://")
_PRIVATE: Told = told("This address leads into the network of the house, to which this server posts nothing.")


def _unreachable(host: str, error: Exception) -> Told:
    """Not what the error says, which may repeat the address: that is a secret."""
    return told("The chat at %(host)s cannot be reached (%(error)s).", host=host, error=type(error).__name__)

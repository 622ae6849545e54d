"""Who counts as one visitor: an IPv4 address, or the /64 of an IPv6 one.

A household or a company is handed a /64 (RFC 6177, RFC 7084) and picks addresses in it as it
likes: whoever counts single addresses counts nothing.
"""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

from flask import request

PREFIX = 64
"""Bits of an IPv6 address that tell visitors apart."""

NOWHERE = "nowhere"
"""All whose address cannot be told, as of a server behind a socket file: they count as one."""

_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: the last 32 bits are an IPv4 address


def network(address: str | None) -> str:
    """What an address counts as."""
    found = _address(address or "")
    if found is None:
        return NOWHERE
    if isinstance(found, IPv4Address):
        return str(found)
    return str(ip_network((int(found) >> 128 - PREFIX << 128 - PREFIX, PREFIX)))


def visitor() -> str:
    """What the visitor of this request counts as."""
    return network(request.remote_addr)


def address() -> IPv4Address | IPv6Address | None:
    """Where this request comes from, as the server saw it, or the last of the proxies that are trusted."""
    return _address(request.remote_addr or "")


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """The address in what a server or proxy says, which may add brackets, a zone and a port."""
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    if isinstance(found, IPv6Address):
        return found.ipv4_mapped or (IPv4Address(int(found) & 0xFFFFFFFF) if found in _NAT64 else found)
    return found

"""The networks from which the console may be reached."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network

Address = IPv4Address | IPv6Address
Networks = tuple[IPv4Network | IPv6Network, ...]


def networks(text: str) -> Networks:
    """Networks and single addresses with blanks or commas between them. ValueError where one is none, or has bits
    set that no network has, which may be a slip."""
    return tuple(map(ip_network, text.replace(",", " ").split()))


def within(found: Networks, address: Address | None) -> bool:
    """Whether an address is in one of them: where there are none, all are; one that cannot be told never is."""
    return not found or (address is not None and any(address in each for each in found))

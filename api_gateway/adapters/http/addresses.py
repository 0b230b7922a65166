"""Where a request comes from, for the throttles of sign-in."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Network = IPv4Network | IPv6Network


def client_address(peer: str, forwarded_for: Sequence[str], trusted: Sequence[Network]) -> str:
    """The peer, or, if it is a proxy that we trust, the last address that no such proxy has.

    `forwarded_for`: the values of X-Forwarded-For in order. Each hop writes the one before it at the end, so what
    stands left of the first address that we do not trust may be made up, and is not looked at.
    """
    client = _parsed(peer)
    hops = [hop.strip() for value in forwarded_for for hop in value.split(",")]
    while client is not None and hops and any(client in network for network in trusted):
        before = _parsed(hops.pop())
        if before is None:
            break
        client = before
    return str(client) if client is not None else peer


def networks(texts: Sequence[str]) -> tuple[Network, ...]:
    """Addresses or networks, such as `10.0.0.0/8`. Raises ValueError for anything else."""
    return tuple(ip_network(text, strict=False) for text in texts)


def _parsed(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address

"""Where a request comes from, and whether nobody on the way could read it: by what proxies that we trust say."""

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from starlette.datastructures import Headers
from starlette.types import Scope

Network = IPv4Network | IPv6Network


def client_address(peer: str, forwarded_for: Sequence[str], trusted: Sequence[Network]) -> str:
    """The peer, or, if it is a proxy that we trust, the last address that no such proxy has.

    `forwarded_for`: the values of X-Forwarded-For in order. Each hop writes the one before it at the end, so what
    stands left of the first address that we do not trust may be made up, and is not looked at.
    """
    client = _parsed(peer)
    hops = [hop.strip() for value in forwarded_for for hop in value.split(",")]
    while client is not None and hops and _is_trusted(client, trusted):
        before = _parsed(hops.pop())
        if before is None:
            break
        client = before
    return str(client) if client is not None else peer


def is_https(scope: Scope, trusted: Sequence[Network]) -> bool:
    """Whether the client speaks HTTPS, as far as the server or a proxy that we trust knows.

    The first word of X-Forwarded-Proto is nearest to the client. One who makes it up deceives only themselves.
    """
    peer = _parsed(scope["client"][0]) if scope.get("client") else None
    if peer is None or not _is_trusted(peer, trusted):
        return bool(scope["scheme"] == "https")
    said = Headers(scope=scope).get("x-forwarded-proto", scope["scheme"])
    return said.partition(",")[0].strip().lower() == "https"


def is_among(peer: str, trusted: Sequence[Network]) -> bool:
    """Whether it is a proxy that we trust."""
    address = _parsed(peer)
    return address is not None and _is_trusted(address, trusted)


def networks(texts: Sequence[str]) -> tuple[Network, ...]:
    """Addresses or networks, such as `10.0.0.0/8`. Raises ValueError for anything else."""
    return tuple(ip_network(text, strict=False) for text in texts)


def _is_trusted(address: IPv4Address | IPv6Address, trusted: Sequence[Network]) -> bool:
    return any(address in network for network in trusted)


@lru_cache(maxsize=4096)
def _parsed(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address

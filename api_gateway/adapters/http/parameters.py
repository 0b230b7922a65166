"""What operations take beside their body, checked once for all of them."""

import re
import uuid
from ipaddress import ip_address, ip_network
from typing import Annotated, Any

from fastapi import Depends, Header, Path, Query, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api_gateway.app.identify_caller import IdentifyCaller
from api_gateway.domain.identity import Caller
from chassis.errors import InvalidArgument, Unauthenticated

_bearer = HTTPBearer(auto_error=False, description="An access token from `POST /api/v1/sessions`.")
_ETAG = re.compile(r'(?:W/)?"(\d{1,18})"')

Id = Annotated[
    str,
    Path(
        pattern=r"^[0-9a-f]{32}$", description="32 hex digits", examples=["9f86d081884c7d659a2feaa0c55ad015"]
    ),
]
NodeId = Annotated[
    str,
    Path(pattern=r"^(root|[0-9a-f]{32})$", description="A node's id, or `root` for your drive's root folder"),
]
PageLimit = Annotated[int, Query(ge=1, le=1000, description="At most this many items")]
Cursor = Annotated[
    str, Query(max_length=4096, description="`next_cursor` of the page before; empty for the first")
]


async def identified(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> Caller:
    """Every operation but the public ones depends on this."""
    if credentials is None:
        raise Unauthenticated("Send an access token: Authorization: Bearer …")
    identify: IdentifyCaller = request.app.state.identify_caller
    return await identify(credentials.credentials)


Identified = Annotated[Caller, Depends(identified)]


def command_id(
    idempotency_key: Annotated[
        str | None,
        Header(
            min_length=1,
            max_length=128,
            pattern=r"^[\x21-\x7e]+$",
            description="Makes repeating this request harmless: the first answer is given again.",
        ),
    ] = None,
) -> str:
    return idempotency_key or uuid.uuid4().hex


CommandId = Annotated[str, Depends(command_id)]


def expected_revision(
    if_match: Annotated[str | None, Header(description="The ETag that the node must still have")] = None,
) -> int | None:
    if if_match is None or if_match.strip() == "*":
        return None
    match = _ETAG.fullmatch(if_match.strip())
    if match is None:
        raise InvalidArgument('If-Match takes one ETag, such as "7".')
    return int(match[1])


ExpectedRevision = Annotated[int | None, Depends(expected_revision)]


def client_address(request: Request) -> str:
    """The peer's address, or what a proxy that we trust says it is: the last hop that is not such a proxy."""
    peer = request.client.host if request.client else ""
    trusted = request.app.state.trusted_proxies
    hops = [peer, *reversed(request.headers.get("x-forwarded-for", "").split(","))]
    for index, hop in enumerate(hops):
        following = hops[index + 1].strip() if index + 1 < len(hops) else ""
        if not following or not _is_trusted(hop.strip(), trusted):
            return hop.strip()
    return peer


def _is_trusted(address: str, trusted: tuple[Any, ...]) -> bool:
    try:
        return any(ip_address(address) in network for network in trusted)
    except ValueError:
        return False


def networks(texts: list[str]) -> tuple[Any, ...]:
    """Parsed once at start; ValueError for what is no address or network."""
    return tuple(ip_network(text, strict=False) for text in texts)


ClientAddress = Annotated[str, Depends(client_address)]

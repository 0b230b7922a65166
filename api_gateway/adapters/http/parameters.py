"""What operations take beside their body, checked once for all of them."""

import re
import uuid
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Header, Path, Query, Request

from api_gateway.adapters.http.addresses import client_address
from api_gateway.adapters.http.models.bases import ID, OTHER_ID
from api_gateway.adapters.http.wiring import bounds_of
from api_gateway.domain.errors import RevisionStale, TimeInvalid
from chassis.errors import InvalidArgument

_STRONG_TAG = re.compile(r'"([\x21\x23-\x7e]*)"')
_WEAK_TAG = re.compile(r'W/"[\x21\x23-\x7e]*"')

_POSITION = r"[0-9a-f]{1,64}\.[0-9a-z]{1,64}\.[0-9]{1,18}"
_WHOLE_POSITION = re.compile(_POSITION)
MOST_SEEN = 16

NodeId = Annotated[
    str,
    Path(
        pattern=r"^(root|[0-9a-f]{32})$",
        description="A node's id, or `root` for your drive's root folder",
        examples=["root"],
    ),
]
FileId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$", description="A file's id", examples=[ID])]
VersionNumber = Annotated[
    int, Path(ge=1, le=2**53, description="A version's number, as its file's list says", examples=[1])
]
JobId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$", description="A job's id", examples=[ID])]
UploadId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$", description="An upload's id", examples=[ID])]
BundleId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$", description="A bundle's id", examples=[ID])]
SessionId = Annotated[
    str,
    Path(
        pattern=r"^(current|[0-9a-f]{32})$",
        description="A session's id, or `current` for the one that asks",
        examples=["current"],
    ),
]
# For the document; csrf.py looks at it.
CsrfToken = Annotated[
    str | None,
    Header(
        alias="Stowage-Csrf",
        max_length=200,
        description="With cookies: the value of the cookie `stowage_csrf` (`__Host-stowage_csrf` over HTTPS)",
    ),
]
PageLimit = Annotated[int, Query(ge=1, le=1000, description="At most this many items")]
Cursor = Annotated[
    str, Query(max_length=4096, description="`next_cursor` of the page before; empty for the first")
]


def moment(name: str, text: str | None) -> datetime | None:
    """A time as RFC 3339 writes it. Raises TimeInvalid for the 31st of February."""
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError as error:
        raise TimeInvalid(f"query.{name}: is no time.") from error


async def _command_id(
    idempotency_key: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            pattern=r"^[ -~]{1,128}$",
            description="1-128 printable ASCII characters. Makes repeating this request harmless: with the same "
            "key the first answer is given again. Without one, a fresh one is made up.",
            examples=["5f0c6f4e-rename-films"],
        ),
    ] = None,
) -> str:
    return idempotency_key or uuid.uuid4().hex


CommandId = Annotated[str, Depends(_command_id)]


async def _batch_id(
    idempotency_key: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            pattern=r"^[ -~]{1,124}$",
            description="1-124 printable ASCII characters. Item `i` is repeatable as `<key>#<i>`. Without one, a fresh "
            "one is made up.",
            examples=["5f0c6f4e-tidy-up"],
        ),
    ] = None,
) -> str:
    return idempotency_key or uuid.uuid4().hex


BatchId = Annotated[str, Depends(_batch_id)]


async def _expected_revision(
    if_match: Annotated[
        str | None,
        Header(
            alias="If-Match",
            description="The ETag that the node must still have, or `*`",
            examples=['"7"'],
            json_schema_extra={"pattern": r'^(\*|(W/)?"[!#-~]*")$'},
        ),
    ] = None,
) -> int | None:
    return None if if_match is None else revision_of(if_match.strip())


def revision_of(tag: str) -> int | None:
    """The revision that an If-Match names; None for `*`, which any node matches.

    Raises RevisionStale for a tag that no node has (RFC 9110 compares strongly), InvalidArgument for what is none.
    """
    if tag == "*":
        return None
    match = _STRONG_TAG.fullmatch(tag)
    if match is not None and match[1].isdecimal() and len(match[1]) <= 18:
        return int(match[1])
    if match is not None or _WEAK_TAG.fullmatch(tag):
        raise RevisionStale("The node has another ETag.")
    raise InvalidArgument('header.If-Match: takes one ETag, such as "7".')


ExpectedRevision = Annotated[int | None, Depends(_expected_revision)]


async def _seen(
    request: Request,
    _: Annotated[
        str | None,
        Header(
            alias="Stowage-Seq",
            description="What answers before this one said in `Stowage-Seq`: nothing older is answered. At most "
            f"{MOST_SEEN}, with commas between them or each in a header of its own; those of other drives are ignored",
            examples=[f"{ID}.{OTHER_ID}.41"],
            json_schema_extra={"pattern": f"^({_POSITION}(, *{_POSITION}){{0,{MOST_SEEN - 1}}})?$"},
        ),
    ] = None,
) -> tuple[str, ...]:
    listed = [each.strip() for line in request.headers.getlist("stowage-seq") for each in line.split(",")]
    positions = [each for each in listed if each]  # empty elements of a list mean nothing (RFC 9110, 5.6.1)
    if len(positions) > MOST_SEEN or not all(_WHOLE_POSITION.fullmatch(each) for each in positions):
        raise InvalidArgument("header.Stowage-Seq: takes what answers say in this header.")
    return tuple(positions)


Seen = Annotated[tuple[str, ...], Depends(_seen)]


async def _client_address(request: Request) -> str:
    return client_address(
        request.client.host if request.client else "",
        request.headers.getlist("x-forwarded-for"),
        bounds_of(request).trusted_proxies,
    )


ClientAddress = Annotated[str, Depends(_client_address)]

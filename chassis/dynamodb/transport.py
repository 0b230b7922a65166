"""DynamoDB's JSON protocol over HTTP: one request, sent once.

botocore is used for credentials and the names of AWS's endpoints, not for the requests: it spends three quarters of
their time on itself (docs/decisions/0001-dynamodb-transport.md).
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from ssl import SSLContext, create_default_context
from typing import Any, Protocol
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import msgspec
from aiobotocore.session import AioSession
from botocore.session import get_session

from chassis.dynamodb import capacity
from chassis.dynamodb.answers import error_of
from chassis.dynamodb.credentials import Credentials
from chassis.dynamodb.lines import Answer, Lines
from chassis.dynamodb.proxied import open_proxied
from chassis.dynamodb.signing import SERVICE, Keys, Signer
from chassis.dynamodb.values import Wire

_TARGET = "DynamoDB_20120810."
# Inside one region, packing takes longer than sending.
_HEADERS = {"Accept-Encoding": "identity", "User-Agent": "stowage"}
_PORTS = {"http": 80, "https": 443}
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(dict[str, Any]).decode


class _Rows(msgspec.Struct):
    """A Query's answer. Its items stay as they came: whoever asked knows best what to make of them."""

    Items: msgspec.Raw
    LastEvaluatedKey: dict[str, Any] | None = None
    ConsumedCapacity: dict[str, Any] | None = None


_decode_rows = msgspec.json.Decoder(_Rows).decode


class Transport(Protocol):
    """Sends one request, once. Whoever calls it sets the deadline."""

    async def call(self, operation: str, request: Wire) -> Wire:
        """`operation` as in the API ("PutItem"). Raises DynamoError; existing items in errors are still wire values.

        A Query's `Items` may be a msgspec.Raw: JSON that nobody has decoded yet.
        """
        ...


class Poster(Protocol):
    """Connections to one server."""

    async def post(self, headers: dict[str, str], body: bytes) -> Answer:
        """Raises NotSent, OutcomeUnknown."""
        ...


class HttpTransport:
    """Over one pool of connections, which is shared by the process."""

    def __init__(
        self,
        lines: Poster,
        signer: Signer,
        keys: Callable[[], Awaitable[Keys]],
        now: Callable[[], datetime],
    ) -> None:
        self._lines = lines
        self._signer = signer
        self._keys = keys
        self._now = now

    async def call(self, operation: str, request: Wire) -> Wire:
        body = _encode(capacity.asking(operation, request))
        signed = self._signer.headers(_TARGET + operation, body, await self._keys(), self._now())
        status, answer = await self._lines.post({**signed, **_HEADERS}, body)
        if status != 200:
            raise error_of(status, answer)
        decoded = msgspec.structs.asdict(_decode_rows(answer)) if operation == "Query" else _decode(answer)
        capacity.note(operation, decoded)
        return decoded


@asynccontextmanager
async def open_transport(
    *, endpoint: str | None, region: str, max_connections: int
) -> AsyncIterator[HttpTransport]:
    """Nothing remote is asked yet: neither the database nor whoever hands out credentials."""
    session = AioSession()
    url = endpoint or _url_at_aws(region)
    tls = create_default_context(cafile=session.get_config_variable("ca_bundle"))
    signer = Signer(host=urlsplit(url).netloc, region=region)
    async with _open_lines(url, most=max_connections, tls=tls) as lines:
        yield HttpTransport(lines, signer, Credentials(session).current, lambda: datetime.now(UTC))


@asynccontextmanager
async def _open_lines(url: str, *, most: int, tls: SSLContext) -> AsyncIterator[Poster]:
    parts = urlsplit(url)
    host = parts.hostname or ""
    proxy = None if proxy_bypass(host) else getproxies().get(parts.scheme)
    if proxy is not None:
        async with open_proxied(url, proxy, most=most, tls=tls) as proxied:
            yield proxied
        return
    lines = Lines(
        host,
        parts.port or _PORTS[parts.scheme],
        most=most,
        tls=tls if parts.scheme == "https" else None,
    )
    try:
        yield lines
    finally:
        await lines.close()


def _url_at_aws(region: str) -> str:
    """botocore knows the endpoints of all partitions, but says them only to a client. This one is never used."""
    unused = {"aws_access_key_id": "-", "aws_secret_access_key": "-"}
    return str(get_session().create_client(SERVICE, region_name=region, **unused).meta.endpoint_url)

"""DynamoDB's JSON protocol over HTTP: one request, sent once.

botocore is used for credentials and the names of AWS's endpoints, not for the requests: it spends three quarters of
their time on itself (docs/decisions/0001-dynamodb-transport.md).
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from ssl import create_default_context
from typing import Any, Protocol
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import msgspec
from aiobotocore.session import AioSession
from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientSession,
    ClientTimeout,
    ConnectionTimeoutError,
    DummyCookieJar,
    TCPConnector,
)
from botocore.session import get_session
from yarl import URL

from chassis.dynamodb import capacity
from chassis.dynamodb.answers import error_of
from chassis.dynamodb.credentials import Credentials
from chassis.dynamodb.errors import NotSent, OutcomeUnknown
from chassis.dynamodb.signing import SERVICE, Keys, Signer
from chassis.dynamodb.values import Wire

_TARGET = "DynamoDB_20120810."
_CONNECT_SECONDS = 2.0
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


class HttpTransport:
    """Over one pool of connections, which is shared by the process."""

    def __init__(
        self,
        http: ClientSession,
        url: str,
        signer: Signer,
        keys: Callable[[], Awaitable[Keys]],
        now: Callable[[], datetime],
    ) -> None:
        self._http = http
        self._url = URL(url)
        self._signer = signer
        self._keys = keys
        self._now = now

    async def call(self, operation: str, request: Wire) -> Wire:
        body = _encode(capacity.asking(operation, request))
        headers = self._signer.headers(_TARGET + operation, body, await self._keys(), self._now())
        try:
            async with self._http.post(
                self._url, data=body, headers=headers, allow_redirects=False
            ) as response:
                answer = await response.read()
        except (ClientConnectorError, ConnectionTimeoutError) as error:
            raise NotSent from error
        except ClientError as error:
            raise OutcomeUnknown from error
        if response.status != 200:
            raise error_of(response.status, answer)
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
    parts = urlsplit(url)
    proxy = None if proxy_bypass(parts.hostname or "") else getproxies().get(parts.scheme)
    tls = create_default_context(cafile=session.get_config_variable("ca_bundle"))
    async with ClientSession(
        connector=TCPConnector(limit=max_connections, ssl=tls),
        timeout=ClientTimeout(total=None, connect=_CONNECT_SECONDS),
        cookie_jar=DummyCookieJar(),
        # Inside one region, packing takes longer than sending.
        headers={"Accept-Encoding": "identity", "User-Agent": "stowage"},
        proxy=proxy,
    ) as http:
        signer = Signer(host=parts.netloc, region=region)
        yield HttpTransport(http, url, signer, Credentials(session).current, lambda: datetime.now(UTC))


def _url_at_aws(region: str) -> str:
    """botocore knows the endpoints of all partitions, but says them only to a client. This one is never used."""
    unused = {"aws_access_key_id": "-", "aws_secret_access_key": "-"}
    return str(get_session().create_client(SERVICE, region_name=region, **unused).meta.endpoint_url)

"""Requests through an HTTP proxy, as the environment names one: aiohttp knows how to speak to those."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ssl import SSLContext

from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientSession,
    ClientTimeout,
    ConnectionTimeoutError,
    DummyCookieJar,
    TCPConnector,
)
from yarl import URL

from chassis.dynamodb.errors import NotSent, OutcomeUnknown
from chassis.dynamodb.lines import CONNECT_SECONDS, Answer


class ProxiedLines:
    """As `Lines`."""

    def __init__(self, http: ClientSession, url: str) -> None:
        self._http = http
        self._url = URL(url)

    async def post(self, headers: dict[str, str], body: bytes) -> Answer:
        """Raises NotSent, OutcomeUnknown."""
        try:
            async with self._http.post(
                self._url, data=body, headers=headers, allow_redirects=False
            ) as response:
                return response.status, await response.read()
        except (ClientConnectorError, ConnectionTimeoutError) as error:
            raise NotSent from error
        except ClientError as error:
            raise OutcomeUnknown from error


@asynccontextmanager
async def open_proxied(url: str, proxy: str, *, most: int, tls: SSLContext) -> AsyncIterator[ProxiedLines]:
    """At most so many connections."""
    async with ClientSession(
        connector=TCPConnector(limit=most, ssl=tls),
        timeout=ClientTimeout(total=None, connect=CONNECT_SECONDS),
        cookie_jar=DummyCookieJar(),
        proxy=proxy,
    ) as http:
        yield ProxiedLines(http, url)

"""Browsers on other sites: none, but for the origins that the settings name (the Fetch standard's CORS protocol).

Those use access tokens and never cookies: Access-Control-Allow-Credentials is not sent, and csrf.py refuses. So a hole
in such a site opens only the sessions that were made there, not those of everybody who is signed in here.
"""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_METHODS = b"DELETE, GET, PATCH, POST, PUT"
_ACCEPTED = (
    b"Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, If-Range, Range, "
    b"Stowage-Part-Sha256, X-Request-Id"
)
_EXPOSED = (
    b"Accept-Ranges, Content-Disposition, Content-Range, ETag, Retry-After, Stowage-Seq, WWW-Authenticate, "
    b"X-Request-Id"
)
_PREFLIGHT_SECONDS = b"600"


class Cors:
    """Answers preflights of allowed origins; everybody else's go on and end as any unknown method does."""

    def __init__(self, app: ASGIApp, origins: frozenset[str]) -> None:
        self._app = app
        self._origins = origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not self._origins:
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        origin = headers.get("origin", "")
        shared = _Shared(send, origin.encode("latin-1") if origin in self._origins else None)
        if (
            scope["method"] == "OPTIONS"
            and origin in self._origins
            and "access-control-request-method" in headers
        ):
            await _grant(shared)
        else:
            await self._app(scope, receive, shared)


class _Shared:
    """Lets a page of this origin read the answer. Without one it only says that the answer depends on it."""

    def __init__(self, send: Send, origin: bytes | None) -> None:
        self._send = send
        self._origin = origin

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = [*message.get("headers", ()), (b"vary", b"Origin")]
            if self._origin is not None:
                headers += [
                    (b"access-control-allow-origin", self._origin),
                    (b"access-control-expose-headers", _EXPOSED),
                ]
            message = {**message, "headers": headers}
        await self._send(message)


async def _grant(send: "_Shared") -> None:
    await send(
        {
            "type": "http.response.start",
            "status": 204,
            "headers": [
                (b"access-control-allow-methods", _METHODS),
                (b"access-control-allow-headers", _ACCEPTED),
                (b"access-control-max-age", _PREFLIGHT_SECONDS),
            ],
        }
    )
    await send({"type": "http.response.body", "body": b""})

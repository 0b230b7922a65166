"""HEAD wherever GET is: the same status and headers, no body (RFC 9110, 9.3.2)."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_KEY = "stowage.head_only"


class HeadOfGet:
    """Routes see a GET. The server writes no body either way; what is costly to make may ask `wants_head_only`."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return
        # A copy: the server looks at its own to see whether a body is due.
        inner = {**scope, "method": "GET", _KEY: True}
        try:
            await self._app(inner, receive, _Bodiless(send))
        finally:
            if "route" in inner:
                scope["route"] = inner["route"]


def wants_head_only(scope: Scope) -> bool:
    return _KEY in scope


class _Bodiless:
    def __init__(self, send: Send) -> None:
        self._send = send

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await self._send(message)

"""What browsers are told about every answer: which page may do what, and who may look at it."""

from collections.abc import Iterable, Mapping

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api_gateway.adapters.http.addresses import Network, is_https

# default-src does not stand in for these three (CSP level 3).
_CLOSED = "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
# Answers are data: should one ever be shown as a page, it can do nothing.
DATA_POLICY = f"default-src 'none'; {_CLOSED}"
# What people put here must not run as if it were ours: `sandbox` gives it an origin of its own.
UNTRUSTED_POLICY = f"sandbox; {DATA_POLICY}"
DOCS_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    f"connect-src 'self'; {_CLOSED}"
)
# Without includeSubDomains: other hosts below this one are not ours to decide about.
STRICT_TRANSPORT = "max-age=31536000"

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
}
UNLESS_SAID = {"Cache-Control": "no-store", "Content-Security-Policy": DATA_POLICY}

RawHeader = tuple[bytes, bytes]


def _raw(headers: Mapping[str, str]) -> dict[bytes, bytes]:
    """As ASGI has them: names in lower case."""
    return {name.lower().encode(): value.encode() for name, value in headers.items()}


_ALWAYS, _UNLESS_SAID = _raw(ALWAYS), _raw(UNLESS_SAID)
_STRICT_TRANSPORT = (b"strict-transport-security", STRICT_TRANSPORT.encode())


def page_policy(storage_origins: Iterable[str]) -> str:
    """For the web page's files. `storage_origins`: where its browser sends and fetches bytes.

    Scripts come from here only, none inline, none made from text; WebAssembly is, for hashing (it can call nothing
    that its script does not hand it). Styles come from files, too: Vuetify would write its theme into a style
    element, so its theming is off (frontend/src/styles/theme.css). Of storage it may show pictures and films, and read
    bytes, which it shows as text or draws: nothing from there is ever a page, in a frame or otherwise.
    """
    storage = "".join(f" {origin}" for origin in storage_origins)
    return (
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; "
        f"img-src 'self' data: blob:{storage}; media-src 'self'{storage}; "
        f"font-src 'self'; manifest-src 'self'; worker-src 'self'; connect-src 'self'{storage}; "
        "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )


class BrowserPolicy:
    """The outermost layer: writes these headers on whatever goes out, and notes in `scheme` how it is reached."""

    def __init__(self, app: ASGIApp, trusted_proxies: tuple[Network, ...]) -> None:
        self._app = app
        self._trusted = trusted_proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        secure = is_https(scope, self._trusted)

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": _guarded(message.get("headers", ()), secure=secure)}
            await send(message)

        await self._app({**scope, "scheme": "https" if secure else "http"}, receive, guarded)


def _guarded(headers: Iterable[RawHeader], *, secure: bool) -> list[RawHeader]:
    said = [(name, value) for name, value in headers if name not in _ALWAYS]
    names = {name for name, _ in said}
    said += _ALWAYS.items()
    said += (header for header in _UNLESS_SAID.items() if header[0] not in names)
    # Over plain HTTP browsers must not listen to it, and anybody could have written it (RFC 6797, 7.2).
    if secure:
        said.append(_STRICT_TRANSPORT)
    return said

"""That a change made with cookies was meant: browsers add cookies by themselves, whoever made the page that asks.

Two locks, each enough by itself. Pages of other sites are told by what browsers say of a request, as in Go's
CrossOriginProtection (https://words.filippo.io/csrf/). And a header must repeat what only a page from here can read:
a digest of the session's id, so that it stays through renewals, is the same in every tab, and fits no other session.
"""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from urllib.parse import urlsplit

from fastapi import Request

from api_gateway.adapters.http.refusals import CsrfFailed

HEADER = "Stowage-Csrf"
_PURPOSE = b"stowage csrf\0"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


def is_unsafe(request: Request) -> bool:
    """Whether the method may change something (RFC 9110, 9.2.1)."""
    return request.method not in _SAFE


def token_of(session_id: str) -> str:
    """What requests of this session must bring along."""
    digest = hashlib.sha256(_PURPOSE + session_id.encode()).digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode()


def refuse_other_sites(request: Request) -> None:
    """Raises CsrfFailed. A client that says nothing of a site is no browser, and brings no cookies by itself."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        from_here = site in ("same-origin", "none")
    else:  # older browsers, and all where this host is reached without HTTPS
        origin = request.headers.get("origin")
        # Without the scheme: what stands in front may have taken HTTPS off.
        from_here = origin is None or _is_of(origin, request.headers.get("host"))
    if not from_here:
        raise CsrfFailed("Cookies are taken from pages of this server only; others use access tokens.")


def _is_of(origin: str, host: str | None) -> bool:
    try:
        return urlsplit(origin).netloc == host
    except ValueError:  # such as `http://[`
        return False


def refuse_without_token(request: Request, session_id: str) -> None:
    """Raises CsrfFailed unless the header repeats the token of this session."""
    shown = request.headers.get(HEADER, "")
    if not hmac.compare_digest(shown.encode(), token_of(session_id).encode()):
        raise CsrfFailed(f"Send the value of the csrf cookie in the header {HEADER}.")

"""A browser's session: three cookies.

The access and the refresh token are out of reach of scripts; the third is for scripts to repeat in a header (csrf.py).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from fastapi import Depends, Request, Response

from api_gateway.adapters.http import csrf
from api_gateway.adapters.http.paths import PREFIX
from api_gateway.adapters.http.refusals import CookiesContradictory, RefreshTokenMissing
from api_gateway.adapters.http.wiring import ports_of
from api_gateway.domain.identity import SignedIn, Tokens

# Codes of refusals after which a browser can do nothing with its cookies any more.
SESSION_IS_OVER = frozenset({"session_ended", "refresh_token_invalid"})


@dataclass(frozen=True, slots=True)
class _Cookie:
    """What a browser is told of one: where it goes along, and who may read it."""

    name: str
    path: str = "/"
    same_site: Literal["lax", "strict"] = "strict"
    readable: bool = False


@dataclass(frozen=True, slots=True)
class _Cookies:
    access: _Cookie
    refresh: _Cookie
    csrf: _Cookie


_REFRESH_PATH = f"{PREFIX}/sessions"
# Lax: a link on another site may lead to a file; what changes something needs the csrf header besides.
_PLAIN = _Cookies(
    _Cookie("stowage_access", same_site="lax"),
    _Cookie("stowage_refresh", path=_REFRESH_PATH),
    _Cookie("stowage_csrf", readable=True),
)
# With these prefixes browsers take them over HTTPS only, and the first and last from no other host (RFC 6265bis,
# 4.1.3): a neighbouring site cannot plant a session of its own.
_SECURE = _Cookies(
    _Cookie("__Host-stowage_access", same_site="lax"),
    _Cookie("__Secure-stowage_refresh", path=_REFRESH_PATH),
    _Cookie("__Host-stowage_csrf", readable=True),
)


@dataclass(frozen=True, slots=True)
class CookieJar:
    """The cookies of the browser that asks. Over HTTPS the plain names count for nothing."""

    request: Request

    @property
    def access_token(self) -> str:
        """Empty if there is none. Raises CookiesContradictory."""
        return self._value(self._cookies.access)

    def refresh_token(self) -> str:
        """Only if the request was meant. Raises RefreshTokenMissing, CookiesContradictory, CsrfFailed."""
        self.request.state.is_by_cookie = True
        csrf.refuse_other_sites(self.request)
        session_id, _, token = self._value(self._cookies.refresh).partition(".")
        if not token:
            raise RefreshTokenMissing("Send a refresh token in the body, or as a cookie.")
        csrf.refuse_without_token(self.request, session_id)
        return token

    def keep(self, answer: Response, tokens: Tokens | SignedIn) -> None:
        """Each for as long as what is in it; the csrf token as long as there is something to renew."""
        cookies = self._cookies
        self._set(answer, cookies.access, tokens.access_token, tokens.access_expires_at)
        # The id goes before the token, which is opaque here: the csrf token is checked against it.
        refresh = f"{tokens.session_id}.{tokens.refresh_token}"
        self._set(answer, cookies.refresh, refresh, tokens.refresh_expires_at)
        self._set(answer, cookies.csrf, csrf.token_of(tokens.session_id), tokens.refresh_expires_at)

    def drop(self, answer: Response) -> None:
        for cookie in (self._cookies.access, self._cookies.refresh, self._cookies.csrf):
            answer.delete_cookie(
                cookie.name,
                cookie.path,
                secure=self._is_secure,
                httponly=not cookie.readable,
                samesite=cookie.same_site,
            )

    @property
    def _is_secure(self) -> bool:
        return bool(self.request.scope["scheme"] == "https")

    @property
    def _cookies(self) -> _Cookies:
        return _SECURE if self._is_secure else _PLAIN

    def _set(self, answer: Response, cookie: _Cookie, value: str, expires_at: datetime) -> None:
        life = expires_at - ports_of(self.request).now()
        answer.set_cookie(
            cookie.name,
            value,
            max_age=max(0, int(life.total_seconds())),
            path=cookie.path,
            secure=self._is_secure,
            httponly=not cookie.readable,
            samesite=cookie.same_site,
        )

    def _value(self, cookie: _Cookie) -> str:
        """By hand: the usual parsers take the last of two, and which one that is, a neighbouring site can decide."""
        pairs = (
            pair.partition("=")
            for header in self.request.headers.getlist("cookie")
            for pair in header.split(";")
        )
        values = {value.strip() for name, _, value in pairs if name.strip() == cookie.name}
        if len(values) > 1:
            raise CookiesContradictory(f"The cookie {cookie.name} comes twice. Clear this site's cookies.")
        return next(iter(values), "")


async def cookie_jar(request: Request) -> CookieJar:
    return CookieJar(request)


# Taking this parameter makes an operation one that sets cookies, and clears them when the session is found over.
Cookies = Annotated[CookieJar, Depends(cookie_jar)]

"""A valid access token whenever one is needed, renewed before it ends."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

from stowage_client.api.models import Tokens
from stowage_client.errors import ApiError, NotSignedIn
from stowage_client.session_store import Session, SessionStore

# Renewed this long before it ends, so that it is still good when the request arrives.
_MARGIN_SECONDS = 60.0


class TokenSource:
    """Access tokens of one server's session; safe for many tasks and many processes at once."""

    def __init__(
        self,
        store: SessionStore,
        server: str,
        *,
        refresh: Callable[[str], Awaitable[Tokens]],
        now: Callable[[], float],
    ) -> None:
        self._store = store
        self._server = server
        self._refresh = refresh
        self._now = now
        self._session: Session | None = None
        self._one_at_a_time = asyncio.Lock()

    def session(self) -> Session:
        """Raises NotSignedIn if nobody is signed in at this server."""
        if self._session is None:
            self._session = self._store.load(self._server)
        if self._session is None:
            raise NotSignedIn(f"You are not signed in at {self._server}.")
        return self._session

    async def access_token(self) -> str:
        """A token that is good for a while yet. Raises NotSignedIn if the session has ended."""
        session = self.session()
        if session.access_expires_at - self._now() > _MARGIN_SECONDS:
            return session.access_token
        return await self.renew(rejected=session.access_token)

    async def renew(self, *, rejected: str) -> str:
        """Another token than `rejected`: the one that somebody else fetched meanwhile, or a new one.

        Raises NotSignedIn if the server says that the session has ended.
        """
        async with self._one_at_a_time, self._store.renewing(self._server):
            stored = self._store.load(self._server)
            if stored is None:
                self._session = None
                raise NotSignedIn(f"You were signed out at {self._server}.")
            if stored.access_token == rejected:
                stored = await self._renewed(stored)
            self._session = stored
            return stored.access_token

    async def _renewed(self, session: Session) -> Session:
        try:
            tokens = await self._refresh(session.refresh_token)
        except ApiError as error:
            if error.status != 401:
                raise
            self._store.remove(self._server)
            self._session = None
            raise NotSignedIn(f"Your session at {self._server} has ended.") from error
        renewed = replace(
            session,
            session_id=tokens.session_id,
            access_token=tokens.access_token,
            access_expires_at=self._now() + tokens.access_ttl_seconds,
            refresh_token=tokens.refresh_token,
            refresh_expires_at=self._now() + tokens.refresh_ttl_seconds,
        )
        self._store.save(renewed)
        return renewed

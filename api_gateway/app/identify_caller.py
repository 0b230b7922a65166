"""Who asks, proven on every request: by the token, and by its session being alive."""

from dataclasses import dataclass

from api_gateway.domain.errors import SessionEnded
from api_gateway.domain.identity import Caller
from api_gateway.ports.session_cache import SessionCache
from api_gateway.ports.sessions import Sessions
from api_gateway.ports.tokens import Tokens


@dataclass(frozen=True, slots=True)
class IdentifyCaller:
    """Costs one look into the cache, and one rpc when that does not know the session."""

    tokens: Tokens
    cache: SessionCache
    sessions: Sessions

    async def __call__(self, token: str) -> Caller:
        """Raises Unauthenticated, SessionEnded (or the user service's own refusal), Unavailable."""
        caller = await self.tokens.prove(token)
        match await self.cache.standing(caller):
            case "ended":
                raise SessionEnded("This session was ended. Please sign in again.")
            case "unknown":
                await self.sessions.check()
        return caller

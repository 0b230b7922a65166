"""Hand out tokens for a session."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from user_service.domain.refresh_tokens import RefreshToken
from user_service.domain.session import Session
from user_service.domain.tokens import ACCESS_TOKEN_LIFE, AccessToken, Tokens
from user_service.ports.token_signer import TokenSigner


@dataclass(frozen=True, slots=True)
class TokenIssuer:
    """`session_life` is how long a session lasts without being used; each refresh starts it anew."""

    signer: TokenSigner
    session_life: timedelta

    def issue(self, session: Session, refresh_token: RefreshToken, now: datetime) -> Tokens:
        """Raises Unavailable if there is no key to sign with."""
        access = self.access(session, now)
        return Tokens(
            session_id=session.id,
            access_token=access.text,
            access_expires_at=access.expires_at,
            refresh_token=refresh_token.text,
            refresh_expires_at=session.expires_at,
        )

    def access(self, session: Session, now: datetime) -> AccessToken:
        """Raises Unavailable if there is no key to sign with."""
        expires_at = min(now + ACCESS_TOKEN_LIFE, session.expires_at)
        text = self.signer.sign(session.account_id, session.id, issued_at=now, expires_at=expires_at)
        return AccessToken(text, expires_at)

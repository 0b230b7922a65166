"""What a client holds while it is signed in."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from user_service.domain.ids import AccountId, SessionId

# How long a service honours what it cannot ask about; a tombstone in Redis lives as long.
ACCESS_TOKEN_LIFE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Tokens:
    """An access token for requests and a refresh token for the next pair."""

    session_id: SessionId
    access_token: str = field(repr=False)
    access_expires_at: datetime
    refresh_token: str = field(repr=False)
    refresh_expires_at: datetime


@dataclass(frozen=True, slots=True)
class AccessToken:
    """By itself, for whoever goes on for a session without renewing it."""

    text: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose access token came with a call, already verified."""

    account_id: AccountId
    session_id: SessionId

"""People, their sessions, and who a request speaks for."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal, Self


@dataclass(frozen=True, slots=True)
class Caller:
    """Who a request speaks for. The id of an account is also that of its drive."""

    account_id: str
    session_id: str
    seen: tuple[str, ...] = ()
    # When the token ends that proved it; None where nobody looks.
    until: datetime | None = field(default=None, compare=False)

    def having_seen(self, positions: tuple[str, ...]) -> Self:
        """Must not be told anything older than these, each `<driveid>.<journal_id>.<seq>`."""
        return replace(self, seen=positions)


@dataclass(frozen=True, slots=True)
class Account:
    """A person who can sign in."""

    id: str
    email: str
    display_name: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Session:
    """One signed-in device."""

    id: str
    device: str
    created_at: datetime
    last_seen_at: datetime
    current: bool


@dataclass(frozen=True, slots=True)
class SessionList:
    """All sessions of an account."""

    items: tuple[Session, ...]
    next_cursor: None = None


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a client shows to be let in, and what it exchanges for the next ones."""

    access_token: str
    access_expires_at: datetime
    refresh_token: str
    refresh_expires_at: datetime
    session_id: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105  # the scheme's name, not a secret

    def without_tokens(self) -> "BrowserSession":
        return BrowserSession(self.access_expires_at, self.refresh_expires_at, self.session_id)


@dataclass(frozen=True, slots=True)
class Access:
    """An access token by itself, which no client ever sees."""

    token: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The answer to signing in: tokens, and whose they are."""

    account: Account
    access_token: str
    access_expires_at: datetime
    refresh_token: str
    refresh_expires_at: datetime
    session_id: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105  # the scheme's name, not a secret

    def without_tokens(self) -> "BrowserSignedIn":
        return BrowserSignedIn(self.account, self.access_expires_at, self.refresh_expires_at, self.session_id)


@dataclass(frozen=True, slots=True)
class BrowserSession:
    """What a page learns of a session whose tokens it cannot see."""

    access_expires_at: datetime
    refresh_expires_at: datetime
    session_id: str


@dataclass(frozen=True, slots=True)
class BrowserSignedIn:
    """The same after signing in, and whose it is."""

    account: Account
    access_expires_at: datetime
    refresh_expires_at: datetime
    session_id: str

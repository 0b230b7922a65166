"""One signed-in device of an account, and the life of its refresh token.

live ──rotate──> live (the token it had is kept for the grace) ──end──> ended
  └──────────────── reuse of an older token, or end ───────────────────^
"""

import unicodedata
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from user_service.domain.ids import AccountId, SessionId

GRACE = timedelta(seconds=60)
# An ended session is remembered for an hour, so that repeating its end is not an error.
ENDED_SESSION_LIFE = timedelta(hours=1)
# A client that refreshes more often than this within a minute has a fault; its oldest repeats count as reuse.
MAX_RETIRED_TOKENS = 16
MAX_DEVICE_LENGTH = 100


@dataclass(frozen=True, slots=True)
class RetiredToken:
    """A refresh token that was exchanged lately; its successor is answered again until the grace is over."""

    token_hash: str = field(repr=False)
    rotated_at: datetime


@dataclass(frozen=True, slots=True)
class Session:
    """`expires_at`, in whole seconds, moves with each refresh. An ended session has no token and stays ended."""

    id: SessionId
    account_id: AccountId
    device: str
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    token_hash: str = field(repr=False)
    retired: tuple[RetiredToken, ...] = ()
    ended_at: datetime | None = None

    def is_live(self, now: datetime) -> bool:
        return self.ended_at is None and now < self.expires_at

    def may_repeat(self, token_hash: str, now: datetime) -> bool:
        """Whether the token was exchanged so lately that its successor is answered again."""
        return any(
            retired.token_hash == token_hash and now - retired.rotated_at <= GRACE for retired in self.retired
        )

    def rotated(self, successor_hash: str, *, now: datetime, expires_at: datetime) -> "Session":
        recent = [retired for retired in self.retired if now - retired.rotated_at <= GRACE]
        recent.append(RetiredToken(self.token_hash, now))
        return replace(
            self,
            token_hash=successor_hash,
            retired=tuple(recent[-MAX_RETIRED_TOKENS:]),
            last_seen_at=now,
            expires_at=expires_at,
        )

    def ended(self, now: datetime) -> "Session":
        if self.ended_at is not None:
            return self
        expires_at = expiry(now, ENDED_SESSION_LIFE)
        return replace(self, ended_at=now, expires_at=expires_at, token_hash="", retired=())


def expiry(now: datetime, life: timedelta) -> datetime:
    """Whole seconds, because what forgets expired sessions knows nothing finer."""
    return (now + life).replace(microsecond=0)


def device_name_of(typed: str) -> str:
    """Gives what a device calls itself as one short line; never refuses, since nobody typed it."""
    shown = "".join(char for char in typed[: 4 * MAX_DEVICE_LENGTH] if unicodedata.category(char)[0] != "C")
    return unicodedata.normalize("NFC", shown).strip()[:MAX_DEVICE_LENGTH]

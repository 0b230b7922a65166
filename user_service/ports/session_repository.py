"""Where sessions are kept."""

from typing import Protocol

from user_service.domain.account import Account
from user_service.domain.ids import AccountId, SessionId
from user_service.domain.session import Session


class SessionRepository(Protocol):
    """Sessions by account and id. Reads see every write that was answered before.

    Every method MAY raise `chassis.errors.Unavailable`; of a write the outcome is then unknown.
    A write whose answer was lost is resolved by reading back, if that is possible.
    """

    async def open(self, session: Session, account: Account) -> bool:
        """Keeps a new session of `account`.

        MUST give False, and keep nothing, if the account is no longer active or has another
        `password_version`:
        otherwise a sign-in that overlaps a change of the password would survive it."""
        ...

    async def get(self, account_id: AccountId, session_id: SessionId) -> Session | None:
        """Gives a session, live, ended or expired, until it is forgotten some time after `expires_at`."""
        ...

    async def list(self, account_id: AccountId) -> list[Session]:
        """Gives all that are not forgotten, in no order."""
        ...

    async def rotate(self, before: Session, after: Session) -> bool:
        """Writes the tokens and times of `after` if those of `before` still stand.

        Gives False, and writes nothing, if the session has another token by now, has ended, or is gone."""
        ...

    async def end(self, session: Session) -> None:
        """Writes that the session has ended at `session.ended_at`. MUST NOT change one that has ended before,
        nor bring back one that is gone; both are as good."""
        ...

    async def forget(self, session: Session) -> None:
        """Drops a session that has expired. MUST NOT drop one whose `expires_at` has changed since it was read."""
        ...

"""The rows of `users`, `user_emails` and `sessions`. Times are Unix milliseconds, but for the TTL's seconds."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from user_service.domain.account import Account, AccountState
from user_service.domain.ids import AccountId, SessionId
from user_service.domain.session import RetiredToken, Session


@dataclass(frozen=True, slots=True)
class UserRow:
    """One account. Partition key `ID`, sort key `email`."""

    id: AccountId = field(metadata={"attribute": "ID"})
    email: str
    display_name: str
    password_hash: str
    password_version: int
    created_at: int
    command_hash: str
    state: AccountState

    @classmethod
    def of(cls, account: Account) -> "UserRow":
        return cls(
            id=account.id,
            email=account.email,
            display_name=account.display_name,
            password_hash=account.password_hash,
            password_version=account.password_version,
            created_at=milliseconds(account.created_at),
            command_hash=account.command_hash,
            state=account.state,
        )

    def account(self) -> Account:
        return Account(
            id=self.id,
            email=self.email,
            display_name=self.display_name,
            password_hash=self.password_hash,
            password_version=self.password_version,
            created_at=time_of(self.created_at),
            command_hash=self.command_hash,
            state=self.state,
        )


@dataclass(frozen=True, slots=True)
class EmailRow:
    """Whose address it is. That there is one row per address is what makes addresses unique."""

    email: str
    userid: AccountId


@dataclass(frozen=True, slots=True)
class RetiredRow:
    """A refresh token that was exchanged lately."""

    hash: str
    rotated_at: int


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One session. Partition key `userid`, sort key `sessionid`; `expires_at` is the TTL."""

    userid: AccountId
    sessionid: SessionId
    device: str
    created_at: int
    last_seen_at: int
    expires_at: int
    refresh_hash: str | None
    retired: tuple[RetiredRow, ...]
    ended_at: int | None

    @classmethod
    def of(cls, session: Session) -> "SessionRow":
        return cls(
            userid=session.account_id,
            sessionid=session.id,
            device=session.device,
            created_at=milliseconds(session.created_at),
            last_seen_at=milliseconds(session.last_seen_at),
            expires_at=int(session.expires_at.timestamp()),
            refresh_hash=session.token_hash or None,
            retired=tuple(
                RetiredRow(retired.token_hash, milliseconds(retired.rotated_at))
                for retired in session.retired
            ),
            ended_at=None if session.ended_at is None else milliseconds(session.ended_at),
        )

    def session(self) -> Session:
        return Session(
            id=self.sessionid,
            account_id=self.userid,
            device=self.device,
            created_at=time_of(self.created_at),
            last_seen_at=time_of(self.last_seen_at),
            expires_at=datetime.fromtimestamp(self.expires_at, UTC),
            token_hash=self.refresh_hash or "",
            retired=tuple(RetiredToken(row.hash, time_of(row.rotated_at)) for row in self.retired or ()),
            ended_at=None if self.ended_at is None else time_of(self.ended_at),
        )


def milliseconds(time: datetime) -> int:
    return round(time.timestamp() * 1000)


def time_of(unix_milliseconds: int) -> datetime:
    seconds, rest = divmod(unix_milliseconds, 1000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest * 1000)

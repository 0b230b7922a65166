"""In-memory ports of user_service. They keep the same promises as the real adapters (tests/contracts)."""

import hashlib
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from chassis.errors import Unavailable
from user_service.domain.account import Account
from user_service.domain.errors import AccountNotFound, EmailTaken, TooManyAttempts
from user_service.domain.ids import AccountId, SessionId
from user_service.domain.password import Password
from user_service.domain.session import Session
from user_service.ports.password_hasher import Verdict


@dataclass(slots=True)
class FakeClock:
    """Stands still until it is told to go on."""

    time: datetime = datetime(2026, 1, 1, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time

    def advance(self, *, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


@dataclass(slots=True)
class CountingEntropy:
    """Gives 1, 2, 3 … as ids and secrets."""

    given: int = 0

    def new_id(self) -> str:
        self.given += 1
        return f"{self.given:032x}"

    def secret(self, size_bytes: int) -> bytes:
        self.given += 1
        return self.given.to_bytes(size_bytes, "big")


@dataclass(slots=True)
class InMemoryAccountRepository:
    """Accounts by id."""

    rows: dict[AccountId, Account] = field(default_factory=dict)

    async def add(self, account: Account) -> None:
        if await self.find(account.email) is not None:
            raise EmailTaken
        self.rows[account.id] = account

    async def get(self, account_id: AccountId) -> Account | None:
        return self.rows.get(account_id)

    async def find(self, email: str) -> Account | None:
        return next((account for account in self.rows.values() if account.email == email), None)

    async def rename(self, account: Account, display_name: str) -> Account:
        stored = self.rows.get(account.id)
        if stored is None:
            raise AccountNotFound
        self.rows[account.id] = replace(stored, display_name=display_name)
        return self.rows[account.id]

    async def replace_password(self, before: Account, after: Account) -> bool:
        stored = self.rows.get(before.id)
        if stored is None or stored.password_hash != before.password_hash:
            return False
        self.rows[before.id] = replace(
            stored, password_hash=after.password_hash, password_version=after.password_version
        )
        return True


@dataclass(slots=True)
class InMemorySessionRepository:
    """Sessions by account and id; looks at the accounts as the real transaction does."""

    accounts: InMemoryAccountRepository
    rows: dict[tuple[AccountId, SessionId], Session] = field(default_factory=dict)

    async def open(self, session: Session, account: Account) -> bool:
        stored = self.accounts.rows.get(account.id)
        if stored is None or not stored.is_active or stored.password_version != account.password_version:
            return False
        self.rows[session.account_id, session.id] = session
        return True

    async def get(self, account_id: AccountId, session_id: SessionId) -> Session | None:
        return self.rows.get((account_id, session_id))

    async def list(self, account_id: AccountId) -> list[Session]:
        return [session for (owner, _), session in self.rows.items() if owner == account_id]

    async def rotate(self, before: Session, after: Session) -> bool:
        stored = self.rows.get((before.account_id, before.id))
        if stored is None or stored.ended_at is not None or stored.token_hash != before.token_hash:
            return False
        self.rows[before.account_id, before.id] = after
        return True

    async def end(self, session: Session) -> None:
        assert session.ended_at is not None
        stored = self.rows.get((session.account_id, session.id))
        if stored is not None:
            self.rows[session.account_id, session.id] = stored.ended(session.ended_at)

    async def forget(self, session: Session) -> None:
        stored = self.rows.get((session.account_id, session.id))
        if stored is not None and stored.expires_at == session.expires_at:
            del self.rows[session.account_id, session.id]


@dataclass(slots=True)
class InMemorySessionCache:
    """Keeps what was said and until when; while `away`, forgets what it is told."""

    clock: FakeClock
    away: bool = False
    values: dict[str, tuple[str, datetime]] = field(default_factory=dict)

    async def fill(self, session_id: SessionId, account_id: AccountId, life: timedelta) -> None:
        if not self.away and life >= timedelta(milliseconds=1) and self.value(session_id) is None:
            self.values[session_id] = (f"live:{account_id}", self.clock.now() + life)

    async def bury(self, session_id: SessionId) -> None:
        if not self.away:
            self.values[session_id] = ("ended", self.clock.now() + timedelta(minutes=11))

    def value(self, session_id: str) -> str | None:
        value, until = self.values.get(session_id, ("", self.clock.now()))
        return value if until > self.clock.now() else None


@dataclass(slots=True)
class InstantPasswordHasher:
    """SHA-256, so that tests are quick. A hash is outdated when `parameters` has changed since."""

    parameters: str = "1"
    full: bool = False
    verified: int = 0
    salts: int = 0

    async def hash(self, password: Password) -> str:
        self._admit()
        self.salts += 1
        return self._stored(password, self.parameters, str(self.salts))

    async def verify(self, password: Password, stored: str | None) -> Verdict:
        self._admit()
        self.verified += 1
        if stored is None:
            return Verdict(correct=False)
        parameters, salt, _ = stored.split("$")
        correct = stored == self._stored(password, parameters, salt)
        return Verdict(correct, outdated=correct and parameters != self.parameters)

    def _admit(self) -> None:
        if self.full:
            raise TooManyAttempts("Too many passwords are being checked.", retry_after_seconds=1)

    @staticmethod
    def _stored(password: Password, parameters: str, salt: str) -> str:
        return f"{parameters}${salt}${hashlib.sha256((salt + password.text).encode()).hexdigest()}"


@dataclass(slots=True)
class ReadableTokenSigner:
    """Tokens that tests can read: `<account>/<session>/<issued>/<expires>` in Unix seconds."""

    without_key: bool = False

    def sign(
        self, account_id: AccountId, session_id: SessionId, *, issued_at: datetime, expires_at: datetime
    ) -> str:
        if self.without_key:
            raise Unavailable("There is no key to sign with yet.")
        return f"{account_id}/{session_id}/{issued_at.timestamp():.0f}/{expires_at.timestamp():.0f}"

    async def key_set(self) -> str:
        if self.without_key:
            raise Unavailable("There is no key to sign with yet.")
        return '{"keys": []}'

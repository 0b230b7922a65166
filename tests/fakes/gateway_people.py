"""Accounts and sessions as user_service keeps them, as far as the gateway sees it."""

import hashlib
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from api_gateway.domain.identity import Access, Account, Caller, Session, SignedIn, Tokens
from api_gateway.ports.session_cache import Standing
from chassis.errors import Kind, RemoteError
from chassis.rpc.context import identity
from tests.fakes.token_keys import TokenKeys

NOW = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)


@dataclass(slots=True)
class _Person:
    account: Account
    password: str


class InMemoryPeople:
    """Implements Accounts and Sessions. Signs real tokens with `keys`; `addresses` are those that throttles saw."""

    def __init__(self, keys: TokenKeys) -> None:
        self.keys = keys
        self.people: dict[str, _Person] = {}
        self.sessions: dict[str, str] = {}  # session id -> account id
        self.ended: set[str] = set()
        self.addresses: list[str] = []
        self.command_ids: list[str] = []
        self.checks = 0
        self.prolonged = 0
        self.now: Callable[[], datetime] = lambda: datetime.now(UTC)
        self.patience = 20  # attempts of one address
        self._refresh: dict[str, str] = {}  # refresh token -> session id

    async def register(
        self, *, command_id: str, email: str, password: str, display_name: str, client_address: str
    ) -> Account:
        self.addresses.append(client_address)
        self.command_ids.append(command_id)
        if "@" not in email:
            raise RemoteError(Kind.INVALID, "email_invalid", "This is no e-mail address.")
        if len(password) < 8:
            raise RemoteError(Kind.INVALID, "password_unacceptable", "At least 8 characters.")
        if any(person.account.email == email for person in self.people.values()):
            raise RemoteError(Kind.CONFLICT, "email_taken", "Another account has the address.")
        account = Account(uuid.uuid4().hex, email, display_name, NOW)
        self.people[account.id] = _Person(account, password)
        return account

    async def get(self) -> Account:
        return self._me().account

    async def rename(self, display_name: str | None) -> Account:
        person = self._me()
        if display_name is not None:
            person.account = replace(person.account, display_name=display_name)
        return person.account

    async def change_password(self, *, current_password: str, new_password: str, client_address: str) -> None:
        self.addresses.append(client_address)
        person = self._me()
        if person.password != current_password:
            raise RemoteError(
                Kind.UNAUTHENTICATED, "credentials_wrong", "The present password is another one."
            )
        if len(new_password) < 8:
            raise RemoteError(Kind.INVALID, "password_unacceptable", "At least 8 characters.")
        person.password = new_password

    async def sign_in(self, *, email: str, password: str, device: str, client_address: str) -> SignedIn:
        self.addresses.append(client_address)
        if self.addresses.count(client_address) > self.patience:
            raise RemoteError(Kind.THROTTLED, "too_many_attempts", "Wait.", retry_after_seconds=7.2)
        for person in self.people.values():
            if (person.account.email, person.password) == (email, password):
                tokens = self._opened(person.account.id)
                return SignedIn(
                    person.account,
                    tokens.access_token,
                    tokens.access_expires_at,
                    tokens.refresh_token,
                    tokens.refresh_expires_at,
                    tokens.session_id,
                )
        raise RemoteError(
            Kind.UNAUTHENTICATED, "credentials_wrong", "E-mail and password do not belong together."
        )

    async def refresh(self, refresh_token: str) -> Tokens:
        session_id = self._refresh.get(refresh_token)
        if session_id is None or session_id in self.ended:
            raise RemoteError(Kind.UNAUTHENTICATED, "refresh_token_invalid", "Sign in again.")
        # As within the grace: whoever repeats an exchange gets the same successor.
        return self._tokens(session_id, hashlib.sha256(refresh_token.encode()).hexdigest())

    async def check(self) -> None:
        self.checks += 1
        if identity().session_id in self.ended:
            raise RemoteError(Kind.UNAUTHENTICATED, "session_ended", "The session is over.")

    async def prolong_access(self) -> Access:
        self.prolonged += 1
        me = identity()
        if me.session_id in self.ended:
            raise RemoteError(Kind.UNAUTHENTICATED, "session_ended", "The session is over.")
        now = self.now()
        token = self.keys.token(sub=me.account_id, sid=me.session_id, now=now)
        return Access(token, now + timedelta(minutes=10))

    async def list(self) -> tuple[Session, ...]:
        me = identity()
        return tuple(
            Session(each, "a laptop", NOW, NOW, each == me.session_id)
            for each, owner in self.sessions.items()
            if owner == me.account_id and each not in self.ended
        )

    async def end(self, session_id: str) -> None:
        ending = session_id or identity().session_id
        if self.sessions.get(ending) != identity().account_id:
            raise RemoteError(Kind.NOT_FOUND, "session_not_found", "You have no such session.")
        self.ended.add(ending)

    def open_session(self, account_id: str) -> Tokens:
        """Without a password, as nobody else can."""
        return self._opened(account_id)

    def _me(self) -> _Person:
        person = self.people.get(identity().account_id)
        if person is None:
            raise RemoteError(Kind.NOT_FOUND, "account_not_found", "The account is gone.")
        return person

    def _opened(self, account_id: str) -> Tokens:
        session_id = uuid.uuid4().hex
        self.sessions[session_id] = account_id
        return self._tokens(session_id, uuid.uuid4().hex)

    def _tokens(self, session_id: str, refresh_token: str) -> Tokens:
        now = datetime.now(UTC)
        self._refresh[refresh_token] = session_id
        access = self.keys.token(sub=self.sessions[session_id], sid=session_id)
        return Tokens(
            access, now + timedelta(minutes=10), refresh_token, now + timedelta(days=30), session_id
        )


class InMemorySessionCache:
    """Implements SessionCache; `notes` is what Redis would hold."""

    def __init__(self) -> None:
        self.notes: dict[str, str] = {}

    async def standing(self, caller: Caller) -> Standing:
        note = self.notes.get(f"session:{caller.session_id}")
        if note == "ended":
            return "ended"
        return "live" if note == f"live:{caller.account_id}" else "unknown"

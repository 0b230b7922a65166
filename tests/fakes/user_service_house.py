"""Every use case of user_service, wired on fakes; and a wrapper that loses answers."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from chassis.errors import Unavailable
from tests.fakes.user_service import (
    CountingEntropy,
    FakeClock,
    InMemoryAccountRepository,
    InMemorySessionCache,
    InMemorySessionRepository,
    InstantPasswordHasher,
    ReadableTokenSigner,
)
from user_service.adapters.memory.throttle import MemoryThrottle
from user_service.app.attempts import AttemptGuard
from user_service.app.change_password import ChangePassword, PasswordChange
from user_service.app.end_sessions import EndSession, SessionEnder
from user_service.app.prolong_access import ProlongAccess
from user_service.app.read_sessions import CheckSession, ListSessions
from user_service.app.refresh import Refresh
from user_service.app.register import Register, Registration
from user_service.app.sign_in import Credentials, SignIn
from user_service.app.token_issuer import TokenIssuer
from user_service.domain.account import Account
from user_service.domain.attempts import AttemptLimits
from user_service.domain.refresh_tokens import RefreshTokenMint
from user_service.domain.tokens import Caller, Tokens

PASSWORD = "correct horse battery staple"
EMAIL = "ada@example.com"
COMMON_PASSWORDS = frozenset({"password1", "a1b2c3d4e5"})
SESSION_LIFE = timedelta(days=30)


class LosesAnswers:
    """Wraps a repository. `lose("end")`: the next call of `end` is carried out, and then not answered.

    `before("end", action)`: something else happens just before the next call of `end`.
    """

    def __init__(self, inner: object) -> None:
        self._inner = inner
        self._lost: set[str] = set()
        self._before: dict[str, Callable[[], Awaitable[object]]] = {}

    def lose(self, name: str) -> None:
        self._lost.add(name)

    def before(self, name: str, action: Callable[[], Awaitable[object]]) -> None:
        self._before[name] = action

    def __getattr__(self, name: str) -> Any:
        async def call(*args: object) -> object:
            if action := self._before.pop(name, None):
                await action()
            answer = await getattr(self._inner, name)(*args)
            if name in self._lost:
                self._lost.remove(name)
                raise Unavailable
            return answer

        return call


class NoThrottle:
    """Redis is away."""

    async def take(self, buckets: object) -> float:
        raise Unavailable

    async def give_back(self, buckets: object) -> None:
        raise Unavailable


@dataclass(slots=True)
class SignedIn:
    """One device of somebody."""

    account: Account
    tokens: Tokens

    @property
    def caller(self) -> Caller:
        return Caller(self.account.id, self.tokens.session_id)


class House:
    """The fakes by name, and the use cases on them. `accounts` and `sessions` can lose answers."""

    def __init__(self, limits: AttemptLimits | None = None) -> None:
        self.clock = FakeClock()
        self.entropy = CountingEntropy()
        self.stored_accounts = InMemoryAccountRepository()
        self.stored_sessions = InMemorySessionRepository(self.stored_accounts)
        self.accounts = accounts = LosesAnswers(self.stored_accounts)
        self.sessions = sessions = LosesAnswers(self.stored_sessions)
        self.cache = InMemorySessionCache(self.clock)
        self.hasher = InstantPasswordHasher()
        self.signer = ReadableTokenSigner()
        self.throttle = MemoryThrottle(self.clock)
        self.mint = mint = RefreshTokenMint(b"server secret")
        self.guard = guard = AttemptGuard(
            self.throttle, MemoryThrottle(self.clock), limits or AttemptLimits()
        )
        issuer = TokenIssuer(self.signer, SESSION_LIFE)
        ender = SessionEnder(sessions, self.cache, self.clock)
        self.register = Register(
            accounts, self.hasher, guard, mint, self.clock, self.entropy, COMMON_PASSWORDS
        )
        self.sign_in = SignIn(
            accounts, sessions, self.cache, self.hasher, guard, issuer, mint, ender, self.clock, self.entropy
        )
        self.refresh = Refresh(accounts, sessions, issuer, mint, ender, self.clock)
        self.check_session = CheckSession(sessions, self.cache, self.clock)
        self.prolong_access = ProlongAccess(accounts, sessions, issuer, self.clock)
        self.list_sessions = ListSessions(sessions, self.clock)
        self.end_session = EndSession(sessions, ender)
        self.change_password = ChangePassword(accounts, self.hasher, guard, ender, COMMON_PASSWORDS)

    async def new_account(self, email: str = EMAIL, password: str = PASSWORD) -> Account:
        return await self.register(registration(email=email, password=password))

    async def new_session(
        self, email: str = EMAIL, password: str = PASSWORD, device: str = "laptop"
    ) -> SignedIn:
        return SignedIn(*await self.sign_in(credentials(email=email, password=password, device=device)))


def registration(
    *,
    command_id: str = "key-1",
    email: str = EMAIL,
    password: str = PASSWORD,
    display_name: str = "Ada",
    address: str = "192.0.2.1",
) -> Registration:
    return Registration(command_id, email, password, display_name, address)


def credentials(
    *, email: str = EMAIL, password: str = PASSWORD, device: str = "laptop", address: str = "192.0.2.1"
) -> Credentials:
    return Credentials(email, password, device, address)


def password_change(
    current: str = PASSWORD, new: str = "another good password", address: str = "192.0.2.1"
) -> PasswordChange:
    return PasswordChange(current, new, address)

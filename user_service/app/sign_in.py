"""Open a session."""

from contextlib import suppress
from dataclasses import dataclass, field

from chassis.errors import Unavailable
from user_service.app.attempts import AttemptGuard
from user_service.app.end_sessions import SessionEnder
from user_service.app.token_issuer import TokenIssuer
from user_service.domain.account import Account
from user_service.domain.attempts import Purpose
from user_service.domain.email import normalise_email
from user_service.domain.errors import CredentialsWrong, EmailInvalid, TooManyAttempts
from user_service.domain.ids import SessionId
from user_service.domain.password import Password, presented_password
from user_service.domain.refresh_tokens import SECRET_BYTES, RefreshTokenMint
from user_service.domain.session import Session, device_name_of, expiry
from user_service.domain.tokens import Tokens
from user_service.ports.account_repository import AccountRepository
from user_service.ports.clock import Clock
from user_service.ports.entropy import Entropy
from user_service.ports.password_hasher import PasswordHasher
from user_service.ports.session_cache import LIVE_COPY_LIFE, SessionCache
from user_service.ports.session_repository import SessionRepository


@dataclass(frozen=True, slots=True)
class Credentials:
    """What somebody who wants in says. `address` is that of the person's client."""

    email: str
    password: str = field(repr=False)
    device: str
    address: str


@dataclass(frozen=True, slots=True)
class SignIn:
    """Wrong e-mail and wrong password are one answer and take one time."""

    accounts: AccountRepository
    sessions: SessionRepository
    cache: SessionCache
    hasher: PasswordHasher
    guard: AttemptGuard
    issuer: TokenIssuer
    mint: RefreshTokenMint
    ender: SessionEnder
    clock: Clock
    entropy: Entropy

    async def __call__(self, credentials: Credentials) -> tuple[Account, Tokens]:
        """Raises CredentialsWrong, TooManyAttempts, Unavailable. Repeating it may open a second session."""
        try:
            email = normalise_email(credentials.email)
        except EmailInvalid as error:
            raise CredentialsWrong from error  # that no such account can exist is no secret
        async with self.guard.attempt(Purpose.SIGN_IN, account=email, address=credentials.address):
            account = await self._prove(email, credentials.password)
            tokens = await self._open_session(account, credentials.device)
        await self.ender.end_surplus(account.id)
        return account, tokens

    async def _prove(self, email: str, typed: str) -> Account:
        account = await self.accounts.find(email)
        password = presented_password(typed)
        if password is None:
            raise CredentialsWrong
        usable = account is not None and account.is_active
        verdict = await self.hasher.verify(password, account.password_hash if account and usable else None)
        if account is None or not usable or not verdict.correct:
            raise CredentialsWrong
        if verdict.outdated:
            await self._rehash(account, password)
        return account

    async def _rehash(self, account: Account, password: Password) -> None:
        """The parameters have changed since; only now do we know the password again."""
        with suppress(TooManyAttempts, Unavailable):  # the next sign-in will do it
            rehashed = account.with_password_rehashed(await self.hasher.hash(password))
            await self.accounts.replace_password(account, rehashed)

    async def _open_session(self, account: Account, device: str) -> Tokens:
        now = self.clock.now()
        session_id = SessionId(self.entropy.new_id())
        token = self.mint.first(account.id, session_id, self.entropy.secret(SECRET_BYTES))
        session = Session(
            id=session_id,
            account_id=account.id,
            device=device_name_of(device),
            created_at=now,
            last_seen_at=now,
            expires_at=expiry(now, self.issuer.session_life),
            token_hash=token.hash,
        )
        tokens = self.issuer.issue(session, token, now)  # first, since it may fail for want of a key
        if not await self.sessions.open(session, account):
            raise CredentialsWrong  # the password was changed while we compared the old one
        await self.cache.fill(session.id, account.id, LIVE_COPY_LIFE)
        return tokens

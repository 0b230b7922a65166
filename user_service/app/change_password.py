"""Set a new password."""

from dataclasses import dataclass, field

from chassis.errors import Unavailable
from user_service.app.attempts import AttemptGuard
from user_service.app.end_sessions import SessionEnder
from user_service.domain.account import Account
from user_service.domain.attempts import Purpose
from user_service.domain.errors import AccountNotFound, CredentialsWrong
from user_service.domain.ids import AccountId
from user_service.domain.password import Password, new_password, presented_password
from user_service.domain.tokens import Caller
from user_service.ports.account_repository import AccountRepository
from user_service.ports.common_passwords import CommonPasswords
from user_service.ports.password_hasher import PasswordHasher

# A lost race means that the password was changed or hashed anew meanwhile; each reading settles one.
_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class PasswordChange:
    """What the caller says. `address` is that of the person's client."""

    current: str = field(repr=False)
    new: str = field(repr=False)
    address: str


@dataclass(frozen=True, slots=True)
class ChangePassword:
    """Ends every session but the caller's. Repeating it is harmless: the new password in place is success."""

    accounts: AccountRepository
    hasher: PasswordHasher
    guard: AttemptGuard
    ender: SessionEnder
    common: CommonPasswords

    async def __call__(self, caller: Caller, change: PasswordChange) -> None:
        """Raises PasswordUnacceptable, CredentialsWrong, AccountNotFound, TooManyAttempts, Unavailable."""
        account = await self._account(caller.account_id)
        new = new_password(change.new, email=account.email, common=self.common)
        current = presented_password(change.current)
        attempt = self.guard.attempt(
            Purpose.CHANGE_PASSWORD, account=caller.account_id, address=change.address
        )
        async with attempt:
            await self._replace(account, current, new)
            await self.ender.end_others(caller.account_id, kept=caller.session_id)

    async def _account(self, account_id: AccountId) -> Account:
        account = await self.accounts.get(account_id)
        if account is None or not account.is_active:
            raise AccountNotFound
        return account

    async def _replace(self, account: Account, current: Password | None, new: Password) -> None:
        for _ in range(_ATTEMPTS):
            if not await self._is(current, account):
                if await self._is(new, account):
                    return
                raise CredentialsWrong("The present password is wrong.")
            changed = account.with_new_password(await self.hasher.hash(new))
            if await self.accounts.replace_password(account, changed):
                return
            account = await self._account(account.id)
        raise Unavailable("The password is being changed elsewhere; please try again.")

    async def _is(self, password: Password | None, account: Account) -> bool:
        return password is not None and (await self.hasher.verify(password, account.password_hash)).correct

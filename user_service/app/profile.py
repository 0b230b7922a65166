"""Read and change one's own account."""

from dataclasses import dataclass

from user_service.domain.account import Account, display_name_of
from user_service.domain.errors import AccountNotFound
from user_service.domain.tokens import Caller
from user_service.ports.account_repository import AccountRepository


@dataclass(frozen=True, slots=True)
class GetAccount:
    """The caller's account."""

    accounts: AccountRepository

    async def __call__(self, caller: Caller) -> Account:
        """Raises AccountNotFound, Unavailable."""
        account = await self.accounts.get(caller.account_id)
        if account is None:
            raise AccountNotFound
        return account


@dataclass(frozen=True, slots=True)
class UpdateAccount:
    """Changes what is given, leaves the rest. Harmless to repeat: the last one stands."""

    accounts: AccountRepository

    async def __call__(self, caller: Caller, *, display_name: str | None) -> Account:
        """Raises DisplayNameInvalid, AccountNotFound, Unavailable."""
        account = await GetAccount(self.accounts)(caller)
        if display_name is None:
            return account
        return await self.accounts.rename(account, display_name_of(display_name))

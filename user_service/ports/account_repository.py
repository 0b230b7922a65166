"""Where accounts are kept."""

from typing import Protocol

from user_service.domain.account import Account
from user_service.domain.ids import AccountId


class AccountRepository(Protocol):
    """Accounts by id and by address. Reads see every write that was answered before.

    Every method MAY raise `chassis.errors.Unavailable`; of a write the outcome is then unknown.
    A write whose answer was lost is resolved by reading back, if that is possible.
    """

    async def add(self, account: Account) -> None:
        """Keeps a new account. MUST raise EmailTaken, and keep nothing, if another one has the address,
        however many try at once."""
        ...

    async def get(self, account_id: AccountId) -> Account | None: ...

    async def find(self, email: str) -> Account | None:
        """Gives the account of a normalised address. MUST cost the same whether there is one or not."""
        ...

    async def rename(self, account: Account, display_name: str) -> Account:
        """Sets the display name, gives the account as it is then. MUST raise AccountNotFound if gone."""
        ...

    async def replace_password(self, before: Account, after: Account) -> bool:
        """Writes the password of `after` if the one of `before` still stands.

        Gives False, and writes nothing, if the account has another password hash by now or is gone."""
        ...

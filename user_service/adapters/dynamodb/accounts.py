"""Accounts in the tables `users` and `user_emails`."""

import hashlib

from chassis.dynamodb import (
    ConditionFailed,
    DynamoDB,
    Table,
    TransactionCancelled,
    Value,
    equals,
    exists,
    not_exists,
)
from user_service.adapters.dynamodb.repeats import transact_until_known, until_known
from user_service.adapters.dynamodb.rows import EmailRow, UserRow
from user_service.domain.account import Account
from user_service.domain.errors import AccountNotFound, EmailTaken
from user_service.domain.ids import AccountId


def users_table(db: DynamoDB, prefix: str) -> Table[UserRow]:
    return Table(db, f"{prefix}users", UserRow, partition_key="ID", sort_key="email")


class DynamoAccountRepository:
    """An AccountRepository. The index on `email` is not read here: it lags, and `user_emails` does not."""

    def __init__(self, db: DynamoDB, *, prefix: str) -> None:
        self._db = db
        self._users = users_table(db, prefix)
        self._emails = Table(db, f"{prefix}user_emails", EmailRow, partition_key="email")

    async def add(self, account: Account) -> None:
        actions = [
            self._users.putting(UserRow.of(account), not_exists("ID")),
            self._emails.putting(EmailRow(account.email, account.id), not_exists("email")),
        ]
        try:
            await transact_until_known(self._db, actions, token=account.id)
        except TransactionCancelled as error:
            holder = error.reasons[1].existing
            if holder is None:
                raise
            if holder.userid != account.id:  # else an earlier sending of this very account
                raise EmailTaken("Another account has this e-mail address.") from error

    async def get(self, account_id: AccountId) -> Account | None:
        page = await self._users.query(account_id, limit=1)
        return page.items[0].account() if page.items else None

    async def find(self, email: str) -> Account | None:
        holder = await self._emails.get(email)
        # Without an account a row that does not exist is read, so that both cases take the same time.
        account_id = holder.userid if holder else hashlib.sha256(email.encode()).hexdigest()[:32]
        row = await self._users.get(account_id, email)
        return row.account() if row else None

    async def rename(self, account: Account, display_name: str) -> Account:
        try:
            row = await until_known(
                lambda: self._users.update(
                    account.id, account.email, set={"display_name": display_name}, condition=exists("ID")
                )
            )
        except ConditionFailed as error:
            raise AccountNotFound from error
        return row.account()

    async def replace_password(self, before: Account, after: Account) -> bool:
        changes: dict[str, Value] = {
            "password_hash": after.password_hash,
            "password_version": after.password_version,
        }
        condition = exists("ID") & equals("password_hash", before.password_hash)
        try:
            await until_known(
                lambda: self._users.update(before.id, before.email, set=changes, condition=condition)
            )
        except ConditionFailed as error:
            # A hash has its own salt: if this one stands there, it is we who wrote it.
            return error.existing is not None and error.existing.password_hash == after.password_hash
        return True

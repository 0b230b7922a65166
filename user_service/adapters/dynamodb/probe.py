"""Whether the tables can be read."""

from chassis.dynamodb import DynamoDB
from user_service.adapters.dynamodb.accounts import DynamoAccountRepository
from user_service.adapters.dynamodb.sessions import DynamoSessionRepository
from user_service.domain.ids import AccountId, SessionId

_NOBODY = "0" * 32


class TablesProbe:
    """Reads what is not there from each table."""

    def __init__(self, db: DynamoDB, *, prefix: str) -> None:
        self._accounts = DynamoAccountRepository(db, prefix=prefix)
        self._sessions = DynamoSessionRepository(db, prefix=prefix)

    async def __call__(self) -> None:
        """Raises Unavailable, in words."""
        await self._accounts.find(_NOBODY)
        await self._sessions.get(AccountId(_NOBODY), SessionId(_NOBODY))

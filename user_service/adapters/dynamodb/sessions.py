"""Sessions in the table `sessions`."""

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
from user_service.adapters.dynamodb.accounts import users_table
from user_service.adapters.dynamodb.repeats import transact_until_known, until_known
from user_service.adapters.dynamodb.rows import SessionRow
from user_service.domain.account import Account, AccountState
from user_service.domain.ids import AccountId, SessionId
from user_service.domain.session import Session


class DynamoSessionRepository:
    """A SessionRepository. Expired rows go by TTL, days late at times: the domain looks at `expires_at`."""

    def __init__(self, db: DynamoDB, *, prefix: str) -> None:
        self._db = db
        self._users = users_table(db, prefix)
        self._sessions = Table(
            db, f"{prefix}sessions", SessionRow, partition_key="userid", sort_key="sessionid"
        )

    async def open(self, session: Session, account: Account) -> bool:
        unchanged = (
            exists("ID")
            & equals("password_version", account.password_version)
            & equals("state", AccountState.ACTIVE)
        )
        actions = [
            self._users.checking(account.id, account.email, condition=unchanged),
            self._sessions.putting(SessionRow.of(session), not_exists("sessionid")),
        ]
        try:
            await transact_until_known(self._db, actions, token=session.id)
        except TransactionCancelled as error:
            of_account, of_session = error.reasons
            if of_session.existing is not None:  # an earlier sending: the random hash is in it
                return bool(of_session.existing.refresh_hash == session.token_hash)
            if of_account.code == "None":
                raise
            return False
        return True

    async def get(self, account_id: AccountId, session_id: SessionId) -> Session | None:
        row = await self._sessions.get(account_id, session_id)
        return row.session() if row else None

    async def list(self, account_id: AccountId) -> list[Session]:
        return [row.session() async for row in self._sessions.query_all(account_id)]

    async def rotate(self, before: Session, after: Session) -> bool:
        row = SessionRow.of(after)
        changes: dict[str, Value] = {
            "refresh_hash": after.token_hash,
            "retired": row.retired,
            "last_seen_at": row.last_seen_at,
            "expires_at": row.expires_at,
        }
        unchanged = exists("sessionid") & not_exists("ended_at") & equals("refresh_hash", before.token_hash)
        try:
            await until_known(
                lambda: self._sessions.update(row.userid, row.sessionid, set=changes, condition=unchanged)
            )
        except ConditionFailed as error:
            # Our own earlier sending, or another exchange of the same token: its successor is the same.
            return error.existing is not None and error.existing.refresh_hash == after.token_hash
        return True

    async def end(self, session: Session) -> None:
        row = SessionRow.of(session)
        assert row.ended_at is not None, "only an ended session can be written as ended"
        changes: dict[str, Value] = {"ended_at": row.ended_at, "expires_at": row.expires_at}
        try:
            await until_known(
                lambda: self._sessions.update(
                    row.userid,
                    row.sessionid,
                    set=changes,
                    remove=["refresh_hash", "retired"],
                    condition=exists("sessionid") & not_exists("ended_at"),
                )
            )
        except ConditionFailed:
            return  # ended before, or gone: both are as good

    async def forget(self, session: Session) -> None:
        row = SessionRow.of(session)
        unchanged = equals("expires_at", row.expires_at)
        try:
            await until_known(lambda: self._sessions.delete(row.userid, row.sessionid, condition=unchanged))
        except ConditionFailed:
            return  # gone already, or used again

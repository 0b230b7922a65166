"""Uploads in DynamoDB."""

import uuid
from collections.abc import Sequence
from dataclasses import replace

from chassis.dynamodb import (
    Action,
    Condition,
    ConditionFailed,
    DynamoDB,
    Index,
    Reason,
    Table,
    TransactionCancelled,
    equals,
    exists,
    not_exists,
    one_of,
)
from file_upload_service.adapters.dynamodb.budget import (
    counting_one_less,
    counting_one_more,
    explain_refused_count,
)
from file_upload_service.adapters.dynamodb.cursor import UploadCursors
from file_upload_service.adapters.dynamodb.persistence import until_known
from file_upload_service.adapters.dynamodb.rows import (
    Attributes,
    KeyRow,
    UploadRow,
    changed,
    part_sort_key,
    to_parts,
    to_row,
    to_upload,
)
from file_upload_service.domain.errors import PartClaimed, UploadNotFound
from file_upload_service.domain.ids import AccountId, UploadId
from file_upload_service.domain.part import Part, PartClaim
from file_upload_service.domain.upload import ENDED, UNFINISHED, Upload
from file_upload_service.ports.uploads import AlreadyStarted, UploadMoved, UploadPage

TABLE = "upload_parts"
OWNER = Index("owner", "owner", "created_at")
ACTIONS_A_TRANSACTION = 100
# May be written by those who hold no lease, so a write that changes them must have seen them as they are.
UNLEASED = ("signed_until", "multipart_id")


class DynamoUploadRepository:
    def __init__(self, db: DynamoDB, table_prefix: str, cursors: UploadCursors) -> None:
        name = table_prefix + TABLE
        keys = {"partition_key": "uploadid", "sort_key": "userid"}
        self._db = db
        self._cursors = cursors
        self._rows = Table(db, name, UploadRow, **keys)
        self._keys = Table(db, name, KeyRow, **keys)

    async def start(self, upload: Upload, claims: Sequence[PartClaim], *, budget: int) -> None:
        row, room = to_row(upload), ACTIONS_A_TRANSACTION - 2
        if claims and not upload.plan.is_multipart:
            row, claims = replace(row, sha256=claims[0].sha256), ()
        actions = [
            self._rows.putting(row, not_exists("uploadid")),
            counting_one_more(self._rows, upload.account_id, budget=budget),
            *(claiming(self._rows, upload, claim) for claim in claims[:room]),
        ]
        token = str(uuid.uuid4())

        async def send(_: bool) -> None:  # noqa: FBT001 - the token makes a repeat harmless
            try:
                await self._db.transact(actions, request_token=token)
            except TransactionCancelled as refusal:
                _explain_refused_start(refusal.reasons)
                raise

        await until_known(send)
        if claims[room:]:
            await claim_parts(self._db, self._rows, upload, claims[room:])

    async def get(self, account_id: AccountId, upload_id: UploadId) -> Upload:
        row = await self._rows.get(upload_id, account_id)
        if row is None or row.state is None:
            raise UploadNotFound("There is no such upload.")
        return to_upload(row)

    async def load(self, account_id: AccountId, upload_id: UploadId) -> tuple[Upload, tuple[Part, ...]]:
        rows = [row async for row in self._rows.query_all(upload_id, begins_with=account_id)]
        if not rows or rows[0].userid != account_id or rows[0].state is None:
            raise UploadNotFound("There is no such upload.")
        return to_upload(rows[0]), to_parts(rows)

    async def save(self, before: Upload, after: Upload) -> Upload:
        old, new = to_row(before), to_row(after)
        changes = changed(old, new)
        condition = _still(old, changes)
        ends = before.counts_in_budget and not after.counts_in_budget

        async def send(maybe_written: bool) -> Upload:  # noqa: FBT001 - until_known's contract
            try:
                if ends:
                    await self._end(before, changes, condition)
                    return after
                row = await self._rows.update(before.id, before.account_id, set=changes, condition=condition)
                return to_upload(row)
            except ConditionFailed as refusal:
                existing: UploadRow | None = refusal.existing
            except TransactionCancelled as refusal:
                existing = refusal.reasons[0].existing
            if maybe_written and existing is not None and _holds(existing, changes, new):
                return to_upload(existing)
            raise UploadMoved

        return await until_known(send)

    async def drop(self, upload: Upload) -> None:
        parts = [
            row.userid async for row in self._keys.query_all(upload.id, begins_with=f"{upload.account_id}#")
        ]
        for first in range(0, len(parts), ACTIONS_A_TRANSACTION):
            batch = parts[first : first + ACTIONS_A_TRANSACTION]
            await self._db.transact([self._keys.deleting(upload.id, sort_key) for sort_key in batch])
        try:
            ended = not_exists("uploadid") | one_of("state", [str(state) for state in sorted(ENDED)])
            await self._keys.delete(upload.id, upload.account_id, condition=ended)
        except ConditionFailed:
            raise UploadMoved from None

    async def list_unfinished(self, account_id: AccountId, *, limit: int, cursor: str | None) -> UploadPage:
        start = self._cursors.take(account_id, cursor)
        page = await self._keys.query(account_id, index=OWNER, limit=limit, start=start, descending=True)
        gets = [self._rows.getting(key.uploadid, key.userid) for key in page.items]
        rows: list[UploadRow | None] = await self._db.batch_get(gets) if gets else []
        items = tuple(to_upload(row) for row in rows if row is not None and row.state in UNFINISHED)
        return UploadPage(items, self._cursors.give(account_id, page.next_start))

    async def _end(self, upload: Upload, changes: Attributes, condition: Condition) -> None:
        """Ends an upload and frees its place in the budget, both or neither."""
        await self._db.transact([
            self._rows.updating(upload.id, upload.account_id, set=changes, condition=condition),
            counting_one_less(self._rows, upload.account_id),
        ])  # fmt: skip


def claiming(rows: Table[UploadRow], upload: Upload, claim: PartClaim) -> Action:
    """Binds a number to a hash, unless it is bound to another one. A report stays."""
    unbound = not_exists("sha256") if upload.plan.is_multipart else exists("state") & not_exists("sha256")
    return rows.updating(
        upload.id,
        part_sort_key(upload, claim.number),
        set={"number": claim.number, "sha256": claim.sha256},
        condition=unbound | equals("sha256", claim.sha256),
    )


async def claim_parts(
    db: DynamoDB, rows: Table[UploadRow], upload: Upload, claims: Sequence[PartClaim]
) -> None:
    """At most 100, all or none. Raises PartClaimed."""

    async def send(_: bool) -> None:  # noqa: FBT001 - the same claim again changes nothing
        try:
            await db.transact([claiming(rows, upload, claim) for claim in claims])
        except TransactionCancelled as refusal:
            raise PartClaimed("A part was announced with another hash.") from refusal

    await until_known(send)


def _explain_refused_start(reasons: tuple[Reason, ...]) -> None:
    session, budget, *parts = reasons
    if session.existing is not None:
        raise AlreadyStarted(to_upload(session.existing))
    explain_refused_count(budget)
    if any(part.existing is not None for part in parts):
        raise PartClaimed("A part was announced with another hash.")


def _still(old: UploadRow, changes: Attributes) -> Condition:
    assert old.state is not None
    condition = exists("uploadid") & equals("state", str(old.state)) & equals("fence", old.fence)
    for name in UNLEASED:
        if name in changes:
            condition &= equals(name, getattr(old, name))
    return condition


def _holds(existing: UploadRow, changes: Attributes, new: UploadRow) -> bool:
    """Whether a write whose answer was lost is what stands there. A lease's holder is written once only."""
    same = existing.state == new.state and existing.fence == new.fence
    return same and all(getattr(existing, name) == value for name, value in changes.items())

"""Bundles in DynamoDB: a row each, whole in one attribute, for nobody asks for a part of it."""

import uuid
from dataclasses import dataclass

from msgspec.json import Decoder, Encoder

from chassis.dynamodb import (
    ConditionFailed,
    DynamoDB,
    Table,
    TransactionCancelled,
    equals,
    not_exists,
)
from file_upload_service.adapters.dynamodb.budget import (
    counting_one_less,
    counting_one_more,
    explain_refused_count,
)
from file_upload_service.adapters.dynamodb.persistence import until_known
from file_upload_service.adapters.dynamodb.rows import shard_of, to_millis
from file_upload_service.adapters.dynamodb.uploads import TABLE
from file_upload_service.domain.bundle import Bundle
from file_upload_service.domain.errors import BundleNotFound
from file_upload_service.domain.ids import AccountId, UploadId
from file_upload_service.ports.bundles import BundleStarted
from file_upload_service.ports.uploads import UploadMoved

# The index holds uploads and bundles apart, so that whoever looks for one kind finds no other.
SHARD_PREFIX = "bundle-"
_encode = Encoder().encode
_decode = Decoder(Bundle).decode


@dataclass(frozen=True, slots=True)
class BundleRow:
    """`bundle`: all of it, as JSON. `writes` stands apart, for conditions; what is due, for the index."""

    uploadid: str
    userid: str
    bundle: bytes | None = None
    writes: int = 0
    due_at: int | None = None
    due_shard: str | None = None


class DynamoBundleRepository:
    def __init__(self, db: DynamoDB, table_prefix: str) -> None:
        self._db = db
        self._rows = Table(db, table_prefix + TABLE, BundleRow, partition_key="uploadid", sort_key="userid")

    async def start(self, bundle: Bundle, *, budget: int) -> None:
        actions = [self._rows.putting(to_row(bundle), not_exists("uploadid"))]
        if bundle.counts_in_budget:
            actions.append(counting_one_more(self._rows, bundle.account_id, budget=budget))
        token = str(uuid.uuid4())

        async def send(_: bool) -> None:  # noqa: FBT001 - the token makes a repeat harmless
            try:
                await self._db.transact(actions, request_token=token)
            except TransactionCancelled as refusal:
                first, *others = refusal.reasons
                if first.existing is not None:
                    raise BundleStarted(to_bundle(first.existing)) from refusal
                for other in others:
                    explain_refused_count(other)
                raise

        await until_known(send)

    async def get(self, account_id: AccountId, bundle_id: UploadId) -> Bundle:
        row = await self._rows.get(bundle_id, account_id)
        if row is None or row.bundle is None:
            raise BundleNotFound("There is no such bundle.")
        return to_bundle(row)

    async def save(self, before: Bundle, after: Bundle) -> Bundle:
        row, unchanged = to_row(after), equals("writes", before.writes)
        ends = before.counts_in_budget and not after.counts_in_budget

        async def send(maybe_written: bool) -> Bundle:  # noqa: FBT001 - until_known's contract
            try:
                if ends:
                    put = self._rows.putting(row, unchanged)
                    await self._db.transact([put, counting_one_less(self._rows, before.account_id)])
                else:
                    await self._rows.put(row, condition=unchanged)
                return after
            except ConditionFailed as refusal:
                existing: BundleRow | None = refusal.existing
            except TransactionCancelled as refusal:
                existing = refusal.reasons[0].existing
            if maybe_written and existing is not None and existing.bundle == row.bundle:
                return after
            raise UploadMoved

        return await until_known(send)

    async def drop(self, bundle: Bundle) -> None:
        try:
            unchanged = not_exists("uploadid") | equals("writes", bundle.writes)
            await self._rows.delete(bundle.id, bundle.account_id, condition=unchanged)
        except ConditionFailed:
            raise UploadMoved from None


def to_row(bundle: Bundle) -> BundleRow:
    return BundleRow(
        uploadid=bundle.id,
        userid=bundle.account_id,
        bundle=_encode(bundle),
        writes=bundle.writes,
        due_at=to_millis(bundle.due_at),
        due_shard=SHARD_PREFIX + shard_of(bundle.id),
    )


def to_bundle(row: BundleRow) -> Bundle:
    return _decode(row.bundle or b"")

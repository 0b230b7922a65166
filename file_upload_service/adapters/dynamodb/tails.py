"""Tails of streams in DynamoDB: a row each, beside the upload's."""

from dataclasses import dataclass

from msgspec.json import Decoder, Encoder

from chassis.dynamodb import Condition, DynamoDB, Table, TransactionCancelled, equals, not_exists
from file_upload_service.adapters.dynamodb.persistence import until_known
from file_upload_service.adapters.dynamodb.rows import UploadRow, part_sort_key
from file_upload_service.adapters.dynamodb.uploads import TABLE
from file_upload_service.domain.stream import number_at
from file_upload_service.domain.tail import Segment, Tail
from file_upload_service.domain.upload import Upload
from file_upload_service.ports.uploads import UploadMoved

_encode = Encoder().encode
_decode = Decoder(Tail).decode


@dataclass(frozen=True, slots=True)
class TailRow:
    """`tail`: all of it, as JSON. `writes` stands apart, for conditions."""

    uploadid: str
    userid: str
    tail: bytes | None = None
    writes: int = 0


class DynamoTailRepository:
    """In one transaction with a look at the upload, so that nothing is appended to one that has left `open`, and with
    one at the part, so that nothing is appended behind whose back it was reported."""

    def __init__(self, db: DynamoDB, table_prefix: str) -> None:
        keys = {"partition_key": "uploadid", "sort_key": "userid"}
        self._db = db
        self._rows = Table(db, table_prefix + TABLE, TailRow, **keys)
        self._uploads = Table(db, table_prefix + TABLE, UploadRow, **keys)

    async def load(self, upload: Upload) -> Tail:
        row = await self._rows.get(upload.id, tail_sort_key(upload))
        return _decode(row.tail) if row is not None and row.tail is not None else Tail()

    async def save(self, upload: Upload, before: Tail, after: Tail, new: Segment) -> None:
        row = TailRow(upload.id, tail_sort_key(upload), _encode(after), after.writes)
        part = part_sort_key(upload, number_at(new.start))
        still = equals("state", str(upload.state)) & equals("fence", upload.fence)

        async def send(maybe_written: bool) -> None:  # noqa: FBT001 - until_known's contract
            try:
                await self._db.transact([
                    self._uploads.checking(upload.id, upload.account_id, condition=still),
                    self._rows.putting(row, is_still(before)),
                    self._uploads.checking(upload.id, part, condition=not_exists("etag")),
                ])  # fmt: skip
            except TransactionCancelled as refusal:
                there: TailRow | None = refusal.reasons[1].existing
                if maybe_written and there is not None and there.tail == row.tail:
                    return
                raise UploadMoved from refusal

        await until_known(send)


def tail_sort_key(upload: Upload) -> str:
    return f"{upload.account_id}#tail"


def is_still(before: Tail) -> Condition:
    """Of a tail's row: that nobody has written it since it was read so."""
    return not_exists("uploadid") if before.writes == 0 else equals("writes", before.writes)

"""Claims and reports of parts in DynamoDB."""

from collections.abc import Sequence

from chassis.dynamodb import DynamoDB, Table, TransactionCancelled, exists
from file_upload_service.adapters.dynamodb.persistence import until_known
from file_upload_service.adapters.dynamodb.rows import UploadRow, part_sort_key
from file_upload_service.adapters.dynamodb.tails import TailRow, is_still, tail_sort_key
from file_upload_service.adapters.dynamodb.uploads import TABLE, claim_parts
from file_upload_service.domain.errors import PartNotSigned
from file_upload_service.domain.part import PartClaim, PartReport
from file_upload_service.domain.tail import Tail
from file_upload_service.domain.upload import Upload
from file_upload_service.ports.uploads import UploadMoved


class DynamoPartRepository:
    """A row per part, so that parallel reports never touch the same item; a transaction per request. An only part has
    no row: it stands on its upload's."""

    def __init__(self, db: DynamoDB, table_prefix: str) -> None:
        self._db = db
        keys = {"partition_key": "uploadid", "sort_key": "userid"}
        self._rows = Table(db, table_prefix + TABLE, UploadRow, **keys)
        self._tails = Table(db, table_prefix + TABLE, TailRow, **keys)

    async def claim(self, upload: Upload, claims: Sequence[PartClaim]) -> None:
        await claim_parts(self._db, self._rows, upload, claims)

    async def report(
        self, upload: Upload, reports: Sequence[PartReport], *, tail: Tail | None = None
    ) -> None:
        actions = [
            self._rows.updating(
                upload.id,
                part_sort_key(upload, report.number),
                set={"etag": report.etag},
                condition=exists("sha256"),
            )
            for report in reports
        ]
        if tail is not None:
            still = self._tails.checking(upload.id, tail_sort_key(upload), condition=is_still(tail))
            actions.append(still)

        async def send(_: bool) -> None:  # noqa: FBT001 - the same report again changes nothing
            try:
                await self._db.transact(actions)
            except TransactionCancelled as refusal:
                if any(reason.code != "None" for reason in refusal.reasons[: len(reports)]):
                    raise PartNotSigned("A part was never signed.") from refusal
                raise UploadMoved from refusal

        await until_known(send)

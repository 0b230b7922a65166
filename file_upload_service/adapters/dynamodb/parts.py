"""Claims and reports of parts in DynamoDB."""

from collections.abc import Sequence

from chassis.dynamodb import DynamoDB, Table, TransactionCancelled, exists
from file_upload_service.adapters.dynamodb.persistence import until_known
from file_upload_service.adapters.dynamodb.rows import UploadRow, part_sort_key
from file_upload_service.adapters.dynamodb.uploads import TABLE, claim_parts
from file_upload_service.domain.errors import PartNotSigned
from file_upload_service.domain.part import PartClaim, PartReport
from file_upload_service.domain.upload import Upload


class DynamoPartRepository:
    """A row per part, so that parallel reports never touch the same item; a transaction per request. An only part has
    no row: it stands on its upload's."""

    def __init__(self, db: DynamoDB, table_prefix: str) -> None:
        self._db = db
        self._rows = Table(db, table_prefix + TABLE, UploadRow, partition_key="uploadid", sort_key="userid")

    async def claim(self, upload: Upload, claims: Sequence[PartClaim]) -> None:
        await claim_parts(self._db, self._rows, upload, claims)

    async def report(self, upload: Upload, reports: Sequence[PartReport]) -> None:
        actions = [
            self._rows.updating(
                upload.id,
                part_sort_key(upload, report.number),
                set={"etag": report.etag},
                condition=exists("sha256"),
            )
            for report in reports
        ]

        async def send(_: bool) -> None:  # noqa: FBT001 - the same report again changes nothing
            try:
                await self._db.transact(actions)
            except TransactionCancelled as refusal:
                raise PartNotSigned("A part was never signed.") from refusal

        await until_known(send)

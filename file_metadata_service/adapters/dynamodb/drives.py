"""Heads on DynamoDB."""

from dataclasses import dataclass

from chassis.dynamodb import ConditionFailed, OutcomeUnknown, Table, exists, not_exists
from file_metadata_service.adapters.dynamodb.record_rows import drive_of, drive_row
from file_metadata_service.adapters.dynamodb.rows import DriveRow
from file_metadata_service.domain.drives import Drive
from file_metadata_service.domain.ids import DriveId


@dataclass(frozen=True, slots=True)
class DynamoDriveRepository:
    table: Table[DriveRow]

    async def get(self, drive_id: DriveId) -> Drive | None:
        row = await self.table.get(drive_id)
        return drive_of(row) if row else None

    async def create(self, drive: Drive) -> Drive:
        try:
            await self.table.put(drive_row(drive), condition=not_exists("driveid"))
        except ConditionFailed as error:
            return drive_of(error.existing)
        except OutcomeUnknown:
            standing = await self.get(drive.id)
            if standing is None:
                raise
            return standing
        return drive

    async def set_quota(self, drive_id: DriveId, quota_bytes: int | None) -> Drive | None:
        try:
            row = await self.table.update(
                drive_id, set={"quota_bytes": quota_bytes}, condition=exists("driveid")
            )
        except ConditionFailed:
            return None
        return drive_of(row)

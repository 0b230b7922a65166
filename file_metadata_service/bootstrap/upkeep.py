"""What an operator runs beside the service. Needs the tables only: no service has to run, any may."""

import asyncio
import sys

from chassis.dynamodb import DynamoError, open_dynamodb
from chassis.errors import Unavailable
from file_metadata_service.adapters.dynamodb.drives import DynamoDriveRepository
from file_metadata_service.adapters.dynamodb.journal_renewal import DynamoJournalRenewal
from file_metadata_service.adapters.dynamodb.tables import tables_of
from file_metadata_service.adapters.system.clock import fresh_token
from file_metadata_service.adapters.terminal.fsck_report import (
    FsckReport,
    PlaceInvalid,
    dump_place,
    load_place,
)
from file_metadata_service.app.integrity.fsck import Fsck, NoSuchDrive, Place, Stage
from file_metadata_service.bootstrap.ports import fsck_ports
from file_metadata_service.domain.ids import DriveId
from file_metadata_service.settings import FsckSettings


async def fsck(
    settings: FsckSettings, *, repairs: bool, drive_id: str | None, resume_from: str | None
) -> int:
    """Looks at one drive, or at all; the exit code. Needs the tables only: no service has to run, any may."""
    report = FsckReport()
    try:
        resume = load_place(resume_from) if resume_from else None
        async with open_dynamodb(endpoint=settings.dynamodb_endpoint, region=settings.aws_region) as db:
            inspection = Fsck(fsck_ports(db, settings.table_prefix), repairs=repairs)
            if drive_id is None:
                return await report.follow(inspection.everything(resume))
            return await report.follow(inspection.drive(resume or Place(DriveId(drive_id))))
    except NoSuchDrive:
        return report.stopped("there is no such drive.")
    except PlaceInvalid:
        return report.stopped("that is no place to go on from.")
    except (Unavailable, DynamoError) as error:
        return report.stopped(str(error))
    except asyncio.CancelledError:
        report.stopped("by you.")
        raise


async def renew_journals(settings: FsckSettings) -> int:
    """Of all drives; how many these are. Raises Unavailable, DynamoError: say it again."""
    async with open_dynamodb(endpoint=settings.dynamodb_endpoint, region=settings.aws_region) as db:
        return await DynamoJournalRenewal(tables_of(db, settings.table_prefix).drives, fresh_token)()


async def recount(settings: FsckSettings, *, repairs: bool, drive_id: str) -> int:
    """What fsck counts over a whole drive, and what it looks at after that; the exit code."""
    totals = dump_place(Place(DriveId(drive_id), Stage.TOTALS))
    return await fsck(settings, repairs=repairs, drive_id=drive_id, resume_from=totals)


async def set_quota(settings: FsckSettings, *, drive_id: str, quota_bytes: int | None) -> int:
    """Needs the table of drives only; the exit code."""
    async with open_dynamodb(endpoint=settings.dynamodb_endpoint, region=settings.aws_region) as db:
        drives = DynamoDriveRepository(tables_of(db, settings.table_prefix).drives)
        drive = await drives.set_quota(DriveId(drive_id), quota_bytes)
    if drive is None:
        sys.stderr.write("There is no such drive: it comes into being with its first use.\n")
        return 1
    limit = "no limit" if drive.quota_bytes is None else f"{drive.quota_bytes} bytes"
    sys.stdout.write(f"{drive.id}: {drive.bytes_used} bytes used, {limit}\n")
    return 0

"""Where ports meet their adapters. Waits for nothing remote."""

import asyncio
import os
import sys
from dataclasses import replace
from pathlib import Path

from chassis.consul_leadership import ConsulLeadership
from chassis.consul_lock import ConsulLock
from chassis.dynamodb import DynamoDB, DynamoError, open_dynamodb
from chassis.errors import Unavailable
from chassis.redis_line import open_redis
from chassis.service import Server, Service
from file_metadata_service.adapters.dynamodb.blob_collection import DynamoBlobCollection
from file_metadata_service.adapters.dynamodb.blobs import DynamoBlobDecisions
from file_metadata_service.adapters.dynamodb.census import DynamoCensus
from file_metadata_service.adapters.dynamodb.drives import DynamoDriveRepository
from file_metadata_service.adapters.dynamodb.jobs import DynamoJobRepository
from file_metadata_service.adapters.dynamodb.journal import DynamoJournalReader, DynamoJournalUpkeep
from file_metadata_service.adapters.dynamodb.journal_renewal import DynamoJournalRenewal
from file_metadata_service.adapters.dynamodb.ledger import DynamoLedger
from file_metadata_service.adapters.dynamodb.listings import (
    DynamoFolderListing,
    DynamoPackedListing,
    DynamoTrashListing,
)
from file_metadata_service.adapters.dynamodb.node_walk import DynamoNodeWalk
from file_metadata_service.adapters.dynamodb.sights import DynamoSights
from file_metadata_service.adapters.dynamodb.tables import tables_of
from file_metadata_service.adapters.dynamodb.versions import DynamoDueVersions, DynamoVersionListing
from file_metadata_service.adapters.redis.caching import redis_caching
from file_metadata_service.adapters.redis.wake_ups import RedisWakeUps
from file_metadata_service.adapters.rpc.policy import POLICY
from file_metadata_service.adapters.rpc.registration import registering
from file_metadata_service.adapters.rpc.token_keys import KeysOfUserService
from file_metadata_service.adapters.sqlite.index_folder import index_folder
from file_metadata_service.adapters.sqlite.search_index import SqliteSearchIndex
from file_metadata_service.adapters.system.clock import JitteredPause, SystemClock, fresh_token
from file_metadata_service.adapters.telemetry.committer_watch import committer_watch
from file_metadata_service.adapters.telemetry.job_watch import job_watch
from file_metadata_service.adapters.telemetry.leadership import MeasuredLeadership
from file_metadata_service.adapters.telemetry.read_watch import read_watch
from file_metadata_service.adapters.telemetry.search_watch import search_watch
from file_metadata_service.adapters.terminal.fsck_report import (
    FsckReport,
    PlaceInvalid,
    dump_place,
    load_place,
)
from file_metadata_service.app.compact_journal import DAY_MS, JournalLimits
from file_metadata_service.app.groups import GroupLimits
from file_metadata_service.app.index_keeper import IndexKeeper
from file_metadata_service.app.integrity.fsck import Fsck, FsckPorts, NoSuchDrive, Place, Stage
from file_metadata_service.app.search_names import SearchNames
from file_metadata_service.app.sweeper import Sweeper
from file_metadata_service.app.use_cases import Policy, Ports, UseCases
from file_metadata_service.app.waking import AllWakeUps
from file_metadata_service.domain.ids import DriveId
from file_metadata_service.domain.retention import Retention
from file_metadata_service.ports.answer_cache import Caching
from file_metadata_service.ports.committer_watch import CommitterWatch
from file_metadata_service.ports.wake_ups import WakeUps
from file_metadata_service.settings import FsckSettings, MetadataSettings

PROBE = DriveId("probe")
SWEEPER_LOCK = "stowage/file-metadata-service/sweeper"


def dynamo_ports(
    db: DynamoDB, table_prefix: str, watch: CommitterWatch, wake_ups: WakeUps, caching: Caching
) -> Ports:
    """Every port of the use cases on DynamoDB and this machine's clock."""
    tables = tables_of(db, table_prefix)
    pause = JitteredPause()
    jobs = DynamoJobRepository(db, table_prefix)
    trash = DynamoTrashListing(tables.trash)
    return Ports(
        drives=DynamoDriveRepository(tables.drives),
        ledger=DynamoLedger(db, tables),
        folder_listing=DynamoFolderListing(tables.entries),
        packed_listing=DynamoPackedListing(tables.entries),
        trash_listing=trash,
        due_trash=trash,
        version_listing=DynamoVersionListing(tables.versions),
        due_versions=DynamoDueVersions(tables.versions),
        journal=DynamoJournalReader(tables.journal),
        journal_upkeep=DynamoJournalUpkeep(db, tables.drives, tables.journal),
        wake_ups=wake_ups,
        caching=caching,
        blobs=DynamoBlobDecisions(db, tables.blobs, pause),
        blob_collection=DynamoBlobCollection(tables.blobs, tables.parts),
        jobs=jobs,
        due_jobs=jobs,
        clock=SystemClock(),
        pause=pause,
        sleep=asyncio.sleep,
        tokens=fresh_token,
        watch=watch,
        job_watch=job_watch(),
    )


def fsck_ports(db: DynamoDB, table_prefix: str) -> FsckPorts:
    """What an inspection needs, on DynamoDB and this machine's clock."""
    tables = tables_of(db, table_prefix)
    return FsckPorts(
        drives=DynamoDriveRepository(tables.drives),
        ledger=DynamoLedger(db, tables),
        census=DynamoCensus(tables),
        sights=DynamoSights(db, tables),
        journal=DynamoJournalReader(tables.journal),
        jobs=DynamoJobRepository(db, table_prefix),
        clock=SystemClock(),
        pause=JitteredPause(),
        tokens=fresh_token,
    )


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
    """What fsck counts over a whole drive, without the rest; the exit code."""
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


def policy_of(settings: MetadataSettings) -> Policy:
    return Policy(
        id_secret=settings.id_secret.get_secret_value().encode(),
        default_quota_bytes=settings.default_quota_bytes or None,
        limits=GroupLimits(commands=settings.group_commands),
        journal=JournalLimits(age_ms=settings.journal_days * DAY_MS, entries=settings.journal_entries),
        trash_retention_ms=settings.trash_days * DAY_MS,
        retention=Retention(max_versions=settings.versions_max, days=settings.versions_days),
    )


async def build(service: Service[MetadataSettings]) -> Server:
    """The whole service, as `chassis.service` runs it."""
    settings = service.settings
    db = await service.stack.enter_async_context(
        open_dynamodb(endpoint=settings.dynamodb_endpoint, region=settings.aws_region)
    )
    watch = committer_watch()
    redis = await service.stack.enter_async_context(open_redis(settings.redis_url))
    wake_ups = RedisWakeUps(redis)
    service.stack.push_async_callback(wake_ups.finish)
    caching = await service.stack.enter_async_context(redis_caching(settings.redis_url, read_watch()))
    ports = dynamo_ports(db, settings.table_prefix, watch, wake_ups, caching)
    keeper = await _keep_indexes(service, db, ports)
    ports = replace(ports, wake_ups=AllWakeUps((wake_ups, keeper)))
    use_cases = UseCases(ports, policy_of(settings))
    watch.count_waiting(lambda: use_cases.committers.waiting)
    service.stack.push_async_callback(use_cases.compactions.finish)
    service.stack.push_async_callback(use_cases.committers.finish)
    _start_background(service, ports, use_cases)
    service.probe("dynamodb", lambda: ports.drives.get(PROBE))
    keys = KeysOfUserService(service.channel("user-service"))
    verifier = service.verifier(keys.fetch)
    search = SearchNames(reader=use_cases.reader, keeper=keeper, cursors=use_cases.cursors)
    return service.rpc_server(policy=POLICY, register=registering(use_cases, search), verifier=verifier)


async def _keep_indexes(service: Service[MetadataSettings], db: DynamoDB, ports: Ports) -> IndexKeeper:
    """In this instance's own folder, which may be lost at any time."""
    settings, stack = service.settings, service.stack
    wished = Path(settings.search_dir) if settings.search_dir else None
    folder = stack.enter_context(index_folder(wished))
    index = SqliteSearchIndex(folder, most_bytes=settings.search_cache_bytes)
    stack.push_async_callback(index.close)
    watch = search_watch()
    watch.measure_size(index.size_bytes)
    keeper = IndexKeeper(
        drives=ports.drives,
        journal=ports.journal,
        ledger=ports.ledger,
        nodes=DynamoNodeWalk(tables_of(db, settings.table_prefix)),
        index=index,
        clock=ports.clock,
        watch=watch,
    )
    stack.push_async_callback(keeper.finish)
    return keeper


def _start_background(service: Service[MetadataSettings], ports: Ports, use_cases: UseCases) -> None:
    """Jobs in every instance; what one is enough for, by a lock."""
    settings = service.settings
    lock = ConsulLock(
        settings.consul_http_addr,
        f"{SWEEPER_LOCK}/{settings.table_prefix}",
        holder=f"{os.uname().nodename}/{os.getpid()}",
        token=settings.consul_http_token.get_secret_value(),
    )
    leadership = ConsulLeadership(lock)
    service.stack.push_async_callback(leadership.close)
    sweeper = Sweeper(
        duties=use_cases.duties,
        leadership=MeasuredLeadership(leadership),
        clock=ports.clock,
        sleep=ports.sleep,
    )
    service.start(use_cases.jobs.runner.run(), name="jobs")
    service.start(sweeper.run(), name="sweeper")

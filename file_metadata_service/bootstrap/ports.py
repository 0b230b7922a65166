"""Where ports meet their adapters."""

import asyncio

from chassis.dynamodb import DynamoDB
from file_metadata_service.adapters.dynamodb.blob_census import DynamoBlobCensus
from file_metadata_service.adapters.dynamodb.blob_collection import DynamoBlobCollection
from file_metadata_service.adapters.dynamodb.blobs import DynamoBlobDecisions
from file_metadata_service.adapters.dynamodb.census import DynamoCensus
from file_metadata_service.adapters.dynamodb.drives import DynamoDriveRepository
from file_metadata_service.adapters.dynamodb.jobs import DynamoJobRepository
from file_metadata_service.adapters.dynamodb.journal import DynamoJournalReader, DynamoJournalUpkeep
from file_metadata_service.adapters.dynamodb.known_blobs import DynamoKnownBlobs
from file_metadata_service.adapters.dynamodb.ledger import DynamoLedger
from file_metadata_service.adapters.dynamodb.listings import (
    DynamoFolderListing,
    DynamoPackedListing,
    DynamoTrashListing,
)
from file_metadata_service.adapters.dynamodb.sights import DynamoSights
from file_metadata_service.adapters.dynamodb.tables import tables_of
from file_metadata_service.adapters.dynamodb.versions import DynamoDueVersions, DynamoVersionListing
from file_metadata_service.adapters.system.clock import JitteredPause, SystemClock, fresh_token
from file_metadata_service.adapters.telemetry.job_watch import job_watch
from file_metadata_service.app.integrity.fsck import FsckPorts
from file_metadata_service.app.use_case_ports import Ports
from file_metadata_service.ports.answer_cache import Caching
from file_metadata_service.ports.committer_watch import CommitterWatch
from file_metadata_service.ports.wake_ups import WakeUps


def dynamo_ports(
    db: DynamoDB, table_prefix: str, watch: CommitterWatch, wake_ups: WakeUps, caching: Caching
) -> Ports:
    """Every port of the use cases on DynamoDB and this machine's clock."""
    tables, pause = tables_of(db, table_prefix), JitteredPause()
    jobs, trash = DynamoJobRepository(db, table_prefix), DynamoTrashListing(tables.trash)
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
        blob_census=DynamoBlobCensus(db, tables.blobs),
        known_blobs=DynamoKnownBlobs(tables.blobs, tables.contents),
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

"""Past versions on DynamoDB, by file and by when they are due."""

from dataclasses import dataclass

from chassis.dynamodb import Table
from file_metadata_service.adapters.dynamodb.node_rows import version_of
from file_metadata_service.adapters.dynamodb.rows import VersionRow
from file_metadata_service.adapters.dynamodb.tables import DUE
from file_metadata_service.domain.ids import DriveId, NodeId
from file_metadata_service.domain.versions import PastVersion
from file_metadata_service.ports.listings import Page
from file_metadata_service.ports.versions import DueFile

# Of ids, the first of their hex digits: see `due_shard`.
SHARDS = "0123456789abcdef"


@dataclass(frozen=True, slots=True)
class DynamoVersionListing:
    table: Table[VersionRow]

    async def page(self, file_id: NodeId, *, below: int, limit: int) -> Page[PastVersion]:
        page = await self.table.query(file_id, before=below, limit=limit, descending=True)
        items = tuple(map(version_of, page.items))
        return Page(items, str(items[-1].number) if items and page.next_start is not None else None)


@dataclass(frozen=True, slots=True)
class DynamoDueVersions:
    """Each shard in turn: an equal part of what is wanted, so that none waits behind another."""

    table: Table[VersionRow]

    async def due(self, *, until_ms: int, limit: int) -> tuple[DueFile, ...]:
        found = dict[DueFile, None]()
        for shard in SHARDS:
            page = await self.table.query(
                shard, index=DUE, between=(0, until_ms), limit=-(-limit // len(SHARDS))
            )
            found |= dict.fromkeys(DueFile(DriveId(row.userid), NodeId(row.fileid)) for row in page.items)
        return tuple(found)

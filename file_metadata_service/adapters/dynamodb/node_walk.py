"""All nodes of a drive, by the index of owners: first folders, then files."""

import json
from dataclasses import dataclass

from chassis.dynamodb import Index
from file_metadata_service.adapters.dynamodb.tables import Tables
from file_metadata_service.domain.ids import DriveId, NodeId
from file_metadata_service.ports.ledger import Key, file_key, folder_key
from file_metadata_service.ports.listings import Page

BY_OWNER = Index("userid", "userid")
# As many as one BatchGetItem reads.
KEYS_PER_PAGE = 100


@dataclass(frozen=True, slots=True)
class DynamoNodeWalk:
    tables: Tables

    async def page(self, drive_id: DriveId, *, start: str | None) -> Page[Key]:
        """The index holds keys only: of its rows nothing but the id is there."""
        shelf, after = json.loads(start) if start else ("folders", None)
        if shelf == "folders":
            folders = await self.tables.folders.query(
                drive_id, index=BY_OWNER, limit=KEYS_PER_PAGE, start=after
            )
            keys = tuple(folder_key(NodeId(row.id)) for row in folders.items)
            return Page(keys, json.dumps(["folders" if folders.next_start else "files", folders.next_start]))
        files = await self.tables.files.query(drive_id, index=BY_OWNER, limit=KEYS_PER_PAGE, start=after)
        keys = tuple(file_key(NodeId(row.id)) for row in files.items)
        return Page(keys, json.dumps(["files", files.next_start]) if files.next_start else None)

"""Where each of the ledger's keys stands, and the actions that bring a row from one state to the next."""

from dataclasses import dataclass, fields
from typing import Any

from chassis.dynamodb import Action, Get, Table, equals, exists, not_exists
from file_metadata_service.adapters.dynamodb.mapping import PARTS_SUFFIX, stored
from file_metadata_service.adapters.dynamodb.tables import Tables
from file_metadata_service.domain.blobs import Blob, BlobState
from file_metadata_service.domain.ids import DriveId
from file_metadata_service.domain.nodes import File, Folder
from file_metadata_service.ports.ledger import Item, Key, Row, Shelf, Taking


@dataclass(frozen=True, slots=True)
class Place:
    """A table, the name of its partition key, and one row's keys in it."""

    table: Table[Any]
    partition_name: str
    partition: str
    sort: str | int | None = None

    def getting(self) -> Get:
        return self.table.getting(self.partition, self.sort)


@dataclass(frozen=True, slots=True)
class Shelves:
    tables: Tables

    def place(self, drive_id: DriveId, key: Key) -> Place:
        """A node's sort key is its drive: somebody else's is not even found."""
        tables = self.tables
        match key.shelf:
            case Shelf.FOLDER:
                return Place(tables.folders, "id", key.partition, drive_id)
            case Shelf.FILE:
                return Place(tables.files, "id", key.partition, drive_id)
            case Shelf.ENTRY:
                return Place(tables.entries, "folderid", key.partition, key.sort)
            case Shelf.VERSION:
                return Place(tables.versions, "fileid", key.partition, int(key.sort))
            case Shelf.TRASH:
                return Place(tables.trash, "driveid", drive_id, key.sort)
            case Shelf.BLOB:
                return Place(tables.blobs, "blobid", key.partition)
            case Shelf.PARTS:
                return Place(tables.parts, "blobid", key.partition + PARTS_SUFFIX)
            case Shelf.COMMAND:
                return Place(tables.commands, "driveid", drive_id, key.sort)

    def action(self, drive_id: DriveId, item: Item) -> Action:
        """Every action carries a condition: nothing is overwritten blindly, nothing rises from the dead."""
        place = self.place(drive_id, item.key)
        table, partition, sort = place.table, place.partition, place.sort
        if item.after is None:
            return table.deleting(partition, sort, exists(place.partition_name))
        after = stored(drive_id, item.key, item.after)
        if item.before is None:
            return table.putting(after, not_exists(place.partition_name))
        condition = exists(place.partition_name)
        if isinstance(item.before, Blob):
            condition &= equals("state", item.before.state) & equals("references", item.before.references)
        if item.whole or not _is_the_same(item.before, item.after):
            return table.putting(after, condition)
        changed = _difference(stored(drive_id, item.key, item.before), after)
        return table.updating(partition, sort, set=changed, condition=condition)

    def taking(self, drive_id: DriveId, taking: Taking) -> Action:
        """Counts without having read: whoever looks for what nothing refers to finds the blob no more."""
        place = self.place(drive_id, taking.key)
        return place.table.updating(
            place.partition,
            add={"references": taking.count},
            remove=("zero_shard", "zero_since"),
            condition=equals("state", BlobState.LIVE),
        )


def _is_the_same(before: Row, after: Row) -> bool:
    """A name can go from one node to another."""
    if isinstance(before, Folder | File) and isinstance(after, Folder | File):
        return before.id == after.id
    return type(before) is type(after)


def _difference(before: Any, after: Any) -> dict[str, Any]:
    """The attributes that change; None removes one. Attributes of a later version of this service are left
    alone.
    """
    return {
        field.name: getattr(after, field.name)
        for field in fields(after)
        if getattr(after, field.name) != getattr(before, field.name)
    }

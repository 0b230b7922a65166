"""Rows as they were written before v0004 say the same afterwards."""

from typing import Any

import pytest

from chassis.dynamodb import open_dynamodb
from file_metadata_service.adapters.dynamodb.ledger import DynamoLedger
from file_metadata_service.adapters.dynamodb.tables import tables_of
from file_metadata_service.domain.ids import AccountId, Actor, BlobId, DriveId, NodeId
from file_metadata_service.domain.names import NodeKind, entry_key
from file_metadata_service.domain.nodes import File, Folder, Version
from file_metadata_service.domain.versions import PastVersion
from file_metadata_service.ports.ledger import Key, Row, Shelf, file_key, folder_key, version_key
from migrations.file_metadata_service import v0001_drives_and_nodes, v0004_nodes_in_one_attribute
from migrations.tables import Engine

DRIVE, OTHER_DRIVE = DriveId("d" * 32), DriveId("e" * 32)
AN_ACCOUNT = Actor(AccountId("a" * 32))
FOLDER = Folder(
    id=NodeId("1" * 32),
    drive_id=DRIVE,
    parent_id=NodeId(DRIVE),
    name="Größe 🍎",
    revision=1,
    seq=2,
    created_at_ms=3,
    updated_at_ms=4,
    trashed_at_ms=5,
)
FIRST = Version(1, BlobId("b" * 32), 2**42, "text/plain", "c" * 64, "p23", 6, AN_ACCOUNT, kept=True)
SECOND = Version(2, BlobId("c" * 32), 0, "image/png", "d" * 64, "p5g", 7, AN_ACCOUNT)
FILE = File(
    id=NodeId("2" * 32),
    drive_id=DRIVE,
    parent_id=FOLDER.id,
    name="a.txt",
    revision=2,
    seq=8,
    created_at_ms=9,
    updated_at_ms=10,
    current=SECOND,
    unkept_versions=1,
)
ENTRY = Key(Shelf.ENTRY, FOLDER.id, entry_key(NodeKind.FILE, FILE.name))
SAID: dict[Key, Row] = {
    folder_key(FOLDER.id): FOLDER,
    file_key(FILE.id): FILE,
    ENTRY: FILE,
    version_key(FILE.id, 1): PastVersion(version=FIRST, replaced_at_ms=11, due_at_ms=12),
}


def text(value: str) -> dict[str, str]:
    return {"S": value}


def whole(value: int) -> dict[str, str]:
    return {"N": str(value)}


def old_content(version: Version) -> dict[str, Any]:
    content: dict[str, Any] = {
        "version": whole(version.number),
        "blobid": text(version.blob_id),
        "size": whole(version.size_bytes),
        "type": text(version.content_type),
        "hash": text(version.content_hash),
        "layout": text(version.layout),
        "created_at": whole(version.created_at_ms),
        "actor": text(str(version.actor)),
    }
    return {"M": content | ({"kept": {"BOOL": True}} if version.kept else {})}


def old_node(node: Folder | File) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": text(node.id),
        "userid": text(node.drive_id),
        "folderid": text(str(node.parent_id)),
        "name": text(node.name),
        "revision": whole(node.revision),
        "seq": whole(node.seq),
        "created_at": whole(node.created_at_ms),
        "updated_at": whole(node.updated_at_ms),
    }
    if node.trashed_at_ms is not None:
        row["trashed_at"] = whole(node.trashed_at_ms)
    return row | ({"current": old_content(node.current)} if isinstance(node, File) else {})


@pytest.fixture
def old_rows(engine: Engine) -> None:
    v0001_drives_and_nodes.apply(engine)
    due = {"due_shard": text("2"), "due_at": whole(12)}
    keys = {"entry_key": text(ENTRY.sort), "updated_key": text("f\x0100"), "size_key": text("f\x0101")}
    rows = {
        "folders": old_node(FOLDER),
        "files": old_node(FILE) | {"unkept": whole(1)},
        # The oldest do not say how many past versions there are.
        "entries": old_node(FILE) | keys,
        "versions": {
            "fileid": text(FILE.id),
            "number": whole(1),
            "userid": text(DRIVE),
            "content": old_content(FIRST),
            "replaced_at": whole(11),
        }
        | due,
    }
    for table, row in rows.items():
        engine.client.put_item(TableName=engine.prefix + table, Item=row)


def every_row(engine: Engine) -> list[Any]:
    tables = ("folders", "files", "entries", "versions")
    return [engine.client.scan(TableName=engine.prefix + table)["Items"] for table in tables]


@pytest.mark.usefixtures("old_rows")
async def test_what_was_said_is_said_still(engine: Engine, dynamodb_endpoint: str) -> None:
    v0004_nodes_in_one_attribute.apply(engine)

    async with open_dynamodb(endpoint=dynamodb_endpoint, region="us-east-1") as db:
        ledger = DynamoLedger(db, tables_of(db, engine.prefix))
        assert await ledger.read(DRIVE, SAID) == SAID
        assert set((await ledger.read(OTHER_DRIVE, [ENTRY])).values()) == {None}


@pytest.mark.usefixtures("old_rows")
def test_a_second_run_changes_nothing(engine: Engine) -> None:
    v0004_nodes_in_one_attribute.apply(engine)
    once = every_row(engine)

    v0004_nodes_in_one_attribute.apply(engine)

    assert every_row(engine) == once


@pytest.mark.usefixtures("old_rows")
def test_what_another_run_rewrote_meanwhile_stays(engine: Engine) -> None:
    other = Engine(engine.client, engine.prefix, lambda _: None)

    def slowly(row: dict[str, Any]) -> dict[str, Any]:
        v0004_nodes_in_one_attribute.apply(other)
        return row | {"node": {"B": b"late"}}

    engine.rewrite_rows("folders", "node", slowly)

    assert b"late" not in [row["node"]["B"] for row in every_row(engine)[0]]

"""Rows of blobs as they were written before v0005 say the same afterwards."""

from dataclasses import replace
from typing import Any

import pytest

from chassis.dynamodb import open_dynamodb
from file_metadata_service.adapters.dynamodb.ledger import DynamoLedger
from file_metadata_service.adapters.dynamodb.tables import tables_of
from file_metadata_service.domain.blobs import Blob, BlobParts, BlobState
from file_metadata_service.domain.ids import AccountId, Actor, BlobId, DriveId, NodeId
from file_metadata_service.domain.nodes import File, Version
from file_metadata_service.ports.ledger import Key, Row, blob_key, parts_key
from migrations.file_metadata_service import (
    v0001_drives_and_nodes,
    v0003_ended_blobs_expire,
    v0005_blobs_in_one_attribute,
)
from migrations.tables import Engine

DRIVE = DriveId("d" * 32)
ANN = Actor(AccountId("a" * 32))
CONTENT = Version(1, BlobId("b" * 32), 2**42, "text/plain", "c" * 64, "p23", 6, ANN, kept=True)
FILE = File(
    id=NodeId("2" * 32),
    drive_id=DRIVE,
    parent_id=NodeId(DRIVE),
    name="Größe 🍎",
    revision=2,
    seq=8,
    created_at_ms=9,
    updated_at_ms=10,
    current=CONTENT,
    unkept_versions=3,
)
LIVE = Blob(
    id=BlobId("b" * 32),
    drive_id=DRIVE,
    state=BlobState.LIVE,
    decided_at_ms=9,
    references=0,
    size_bytes=2**42,
    content_hash="c" * 64,
    layout="p23",
    only_part=b"\x00\xff" * 16,
    committed=FILE,
    seq=8,
    zero_since_ms=77,
)
ABANDONED = Blob(id=BlobId("e" * 32), drive_id=DRIVE, state=BlobState.ABANDONED, decided_at_ms=5)
ALIAS = replace(
    LIVE, id=BlobId("f" * 32), state=BlobState.ALIAS, only_part=None, zero_since_ms=None, alias_of=LIVE.id
)
PARTS = BlobParts(BlobId("b" * 32), (b"\x01" * 32,))
SAID: dict[Key, Row] = {blob_key(it.id): it for it in (LIVE, ABANDONED, ALIAS)} | {parts_key(LIVE.id): PARTS}
COMMITTED = (
    '{"id":"22222222222222222222222222222222","drive":"dddddddddddddddddddddddddddddddd",'
    '"parent":"dddddddddddddddddddddddddddddddd","name":"Größe 🍎","revision":2,"seq":8,"created_at":9,'
    '"updated_at":10,"content":{"version":1,"blob":"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb","size":4398046511104,'
    '"type":"text/plain","hash":"cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc",'
    '"layout":"p23","at":6,"by":"%s","kept":true},"unkept":3}'
)


def text(value: str) -> dict[str, str]:
    return {"S": value}


def whole(value: int) -> dict[str, str]:
    return {"N": str(value)}


def old(blob: Blob) -> dict[str, Any]:
    row: dict[str, Any] = {
        "blobid": text(blob.id),
        "driveid": text(blob.drive_id),
        "state": text(blob.state),
        "decided_at": whole(blob.decided_at_ms),
        "references": whole(blob.references),
        "size": whole(blob.size_bytes),
        "seq": whole(blob.seq),
    }
    if blob.committed:
        row |= {"content_hash": text(blob.content_hash), "layout": text(blob.layout)}
        row["committed"] = text(COMMITTED % ANN)
    if blob.only_part:
        row["only_part"] = {"B": blob.only_part}
    if blob.zero_since_ms:
        row |= {"zero_shard": text(blob.id[:1]), "zero_since": whole(blob.zero_since_ms)}
    if blob.alias_of:
        row |= {"alias_of": text(blob.alias_of), "expires_at": whole(99)}
    return row


@pytest.fixture
def old_rows(engine: Engine) -> None:
    v0001_drives_and_nodes.apply(engine)
    v0003_ended_blobs_expire.apply(engine)
    parts = {"blobid": text(f"{LIVE.id}#parts"), "sha256": {"B": b"\x01" * 32}}
    for row in (*map(old, (LIVE, ABANDONED, ALIAS)), parts):
        engine.client.put_item(TableName=f"{engine.prefix}blobs", Item=row)


def rows(engine: Engine) -> list[Any]:
    return list(engine.client.scan(TableName=f"{engine.prefix}blobs")["Items"])


@pytest.mark.usefixtures("old_rows")
async def test_what_was_said_is_said_still(engine: Engine, dynamodb_endpoint: str) -> None:
    v0005_blobs_in_one_attribute.apply(engine)

    async with open_dynamodb(endpoint=dynamodb_endpoint, region="us-east-1") as db:
        assert await DynamoLedger(db, tables_of(db, engine.prefix)).read(DRIVE, SAID) == SAID
    assert {row["blobid"]["S"]: row["expires_at"] for row in rows(engine) if "expires_at" in row} == {
        ALIAS.id: whole(99)
    }


@pytest.mark.usefixtures("old_rows")
def test_a_second_run_changes_nothing_and_the_hashes_of_parts_are_never_touched(engine: Engine) -> None:
    v0005_blobs_in_one_attribute.apply(engine)
    once = rows(engine)
    said: list[str] = []

    v0005_blobs_in_one_attribute.apply(Engine(engine.client, engine.prefix, said.append))

    assert (rows(engine), said) == (once, [])

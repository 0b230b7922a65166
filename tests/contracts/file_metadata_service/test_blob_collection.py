"""What letting go of blobs promises, of the store in memory and of DynamoDB alike."""

from dataclasses import replace

import pytest

from file_metadata_service.app.use_case_ports import Ports
from file_metadata_service.domain.blobs import Blob, BlobParts, BlobState
from file_metadata_service.domain.errors import CursorInvalid
from file_metadata_service.domain.ids import BlobId
from file_metadata_service.ports.blob_collection import UnreferencedPage
from file_metadata_service.ports.ledger import Item, RowsRefused, Writing, blob_key, parts_key
from tests.contracts.file_metadata_service.test_store import DRIVE, a_writing, ports

__all__ = ["ports"]

USED = Blob(
    id=BlobId("99"),
    drive_id=DRIVE.id,
    state=BlobState.LIVE,
    decided_at_ms=1,
    references=1,
    content_hash="c0",
    layout="p23",
)


def unused(blob_id: str, since_ms: int) -> Blob:
    return replace(USED, id=BlobId(blob_id), references=0, zero_since_ms=since_ms)


async def put(ports: Ports, *blobs: Blob) -> None:
    await ports.drives.create(DRIVE)
    await ports.ledger.write(a_writing(DRIVE, *(Item(blob_key(it.id), None, it) for it in blobs)))


def changing(before: Blob, after: Blob) -> Writing:
    return a_writing(replace(DRIVE, seq=1), Item(blob_key(before.id), before, after))


async def standing(ports: Ports, blob_id: BlobId) -> Blob:
    row = (await ports.ledger.read(DRIVE.id, [blob_key(blob_id)]))[blob_key(blob_id)]
    assert isinstance(row, Blob)
    return row


async def listed(ports: Ports, since_ms: int, limit: int = 100) -> list[str]:
    """By pages; however long an index lags, a local engine's does not."""
    found, cursor = list[str](), None
    while True:
        page: UnreferencedPage = await ports.blob_collection.unreferenced(
            since_ms, limit=limit, cursor=cursor
        )
        assert len(page.blobs) <= limit
        found += [blob.id for blob in page.blobs]
        if (cursor := page.next_cursor) is None:
            return sorted(found)


@pytest.mark.parametrize("limit", [1, 2, 100])
async def test_what_has_been_unreferenced_for_long_enough_is_listed(ports: Ports, limit: int) -> None:
    await put(ports, USED, *(unused(f"{shard}{n}", 10 + n) for shard in "0af" for n in range(3)))
    assert await listed(ports, 11, limit) == ["00", "01", "a0", "a1", "f0", "f1"]


@pytest.mark.parametrize("cursor", ["x", "1", "1.", ".a", "-1.a", "1.x", "\u0661.a", "9" * 30 + ".a"])
async def test_a_cursor_that_is_none_is_refused(ports: Ports, cursor: str) -> None:
    with pytest.raises(CursorInvalid):
        await ports.blob_collection.unreferenced(1, limit=1, cursor=cursor)


async def test_only_what_is_unreferenced_still_is_condemned_and_it_stays_listed(ports: Ports) -> None:
    old, young = unused("a1", 10), unused("b1", 12)
    await put(ports, USED, old, young)
    asked = [USED.id, old.id, young.id, BlobId("c1")]
    for _ in range(2):
        assert await ports.blob_collection.condemn(asked, since_ms=11) == [old.id]
    assert await standing(ports, old.id) == replace(old, state=BlobState.CONDEMNED)
    assert (await standing(ports, USED.id), await standing(ports, young.id)) == (USED, young)
    assert await listed(ports, 11) == [old.id]


async def test_what_is_abandoned_is_not_condemned(ports: Ports) -> None:
    await ports.blobs.abandon(DRIVE.id, [BlobId("a1")], at_ms=1)
    assert await ports.blob_collection.condemn([BlobId("a1")], since_ms=9) == []
    assert (await standing(ports, BlobId("a1"))).state is BlobState.ABANDONED


async def test_a_reference_that_was_taken_first_keeps_the_bytes(ports: Ports) -> None:
    blob = unused("a1", 10)
    await put(ports, blob)
    await ports.ledger.write(changing(blob, blob.taken()))
    assert await ports.blob_collection.condemn([blob.id], since_ms=11) == []
    assert await standing(ports, blob.id) == blob.taken()


async def test_a_reference_that_comes_too_late_is_refused_whatever_it_has_read(ports: Ports) -> None:
    blob = unused("a1", 10)
    await put(ports, blob)
    assert await ports.blob_collection.condemn([blob.id], since_ms=11) == [blob.id]
    with pytest.raises(RowsRefused):
        await ports.ledger.write(changing(blob, blob.taken()))
    assert (await standing(ports, blob.id)).state is BlobState.CONDEMNED


async def test_what_is_deleted_is_gone_with_the_hashes_of_its_parts(ports: Ports) -> None:
    blob, other = unused("a1", 10), unused("b1", 10)
    await put(ports, blob, other)
    hashes = BlobParts(blob.id, (b"\x01" * 32, b"\x02" * 32))
    writing = a_writing(replace(DRIVE, seq=1), Item(parts_key(blob.id), None, hashes))
    await ports.ledger.write(writing)
    await ports.blob_collection.condemn([blob.id], since_ms=11)
    for _ in range(2):
        await ports.blob_collection.bury([blob.id, other.id, BlobId("c1")], at_ms=2_000_000_000_000)
    gone = await standing(ports, blob.id)
    assert (gone.state, gone.zero_since_ms) == (BlobState.GONE, None)
    assert await ports.ledger.read(DRIVE.id, [parts_key(blob.id)]) == {parts_key(blob.id): None}
    assert await standing(ports, other.id) == other
    assert await listed(ports, 11) == [other.id]
    assert await ports.blob_collection.condemn([blob.id], since_ms=11) == []

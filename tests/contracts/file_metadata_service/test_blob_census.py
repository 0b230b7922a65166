"""What the census of blobs promises, of the store in memory and of DynamoDB alike."""

from dataclasses import replace

import pytest

from file_metadata_service.app.use_case_ports import Ports
from file_metadata_service.domain.blobs import Blob, BlobParts, BlobState
from file_metadata_service.domain.ids import BlobId
from file_metadata_service.ports.ledger import Item, parts_key
from tests.contracts.file_metadata_service.test_blob_collection import DRIVE, USED, a_writing, ports, put

__all__ = ["ports"]

LIVE = [replace(USED, id=BlobId(f"{number}{number}"), size_bytes=number) for number in range(5)]


async def all_live(ports: Ports, limit: int) -> list[Blob]:
    found, start = list[Blob](), None
    while True:
        page = await ports.blob_census.live(limit=limit, start=start)
        assert len(page.items) <= limit
        found += page.items
        if (start := page.next_start) is None:
            return sorted(found, key=lambda blob: blob.id)


async def test_each_row_that_is_asked_for_is_told_in_order(ports: Ports) -> None:
    condemned = replace(USED, id=BlobId("c0"), state=BlobState.CONDEMNED)
    await put(ports, USED, condemned)
    (gone_before,) = await ports.blobs.abandon(DRIVE.id, [BlobId("ab")], at_ms=1)

    asked = [condemned.id, BlobId("never"), USED.id, gone_before.id]

    assert await ports.blob_census.standing(asked) == [condemned, None, USED, gone_before]


@pytest.mark.parametrize("limit", [1, 2, 100])
async def test_live_blobs_are_listed_once_each_and_nothing_else_is(ports: Ports, limit: int) -> None:
    await put(ports, *LIVE, replace(USED, id=BlobId("c0"), state=BlobState.CONDEMNED))
    await ports.blobs.abandon(DRIVE.id, [BlobId("ab")], at_ms=1)
    hashes = BlobParts(LIVE[0].id, (b"a" * 32, b"b" * 32))
    await ports.ledger.write(a_writing(replace(DRIVE, seq=1), Item(parts_key(hashes.blob_id), None, hashes)))

    assert await all_live(ports, limit) == LIVE

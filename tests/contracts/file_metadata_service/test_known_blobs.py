"""What finding known bytes promises, of the store in memory and of DynamoDB alike."""

import asyncio
from dataclasses import replace

import pytest

from file_metadata_service.app.use_case_ports import Ports
from file_metadata_service.domain.blobs import Blob, BlobState
from file_metadata_service.domain.ids import BlobId, DriveId
from tests.contracts.file_metadata_service.test_blob_collection import USED, put, standing, unused
from tests.contracts.file_metadata_service.test_store import ports

__all__ = ["ports"]

CONTENT = USED.content
ELSEWHERE = [
    {"drive_id": DriveId("b" * 32)},
    {"size_bytes": 1},
    {"layout": "p24"},
    {"content_hash": "c1"},
]


async def test_live_blobs_are_found_by_their_content(ports: Ports) -> None:
    alias = replace(USED, id=BlobId("a1"), state=BlobState.ALIAS, references=0, alias_of=USED.id)
    other = replace(USED, id=BlobId("a2"), content_hash="c1")
    await put(ports, USED, alias, other, replace(USED, id=BlobId("a3"), state=BlobState.CONDEMNED))
    assert list(await ports.known_blobs.of_content(CONTENT)) == [USED.id]


@pytest.mark.parametrize("otherwise", ELSEWHERE)
async def test_content_that_differs_in_anything_is_not_found(
    ports: Ports, otherwise: dict[str, object]
) -> None:
    await put(ports, USED)
    assert list(await ports.known_blobs.of_content(replace(CONTENT, **otherwise))) == []  # type: ignore[arg-type]  # parameters


async def test_of_the_same_content_twice_both_are_found(ports: Ports) -> None:
    await put(ports, USED, replace(USED, id=BlobId("a1")))
    assert set(await ports.known_blobs.of_content(CONTENT)) == {USED.id, "a1"}


async def test_what_is_referred_to_is_kept_as_it_is(ports: Ports) -> None:
    await put(ports, USED)
    assert await ports.known_blobs.keep(USED.id, at_ms=50) == USED
    assert await standing(ports, USED.id) == USED


async def test_what_is_not_referred_to_begins_its_time_anew_but_never_an_earlier_one(ports: Ports) -> None:
    old = unused("a1", 10)
    await put(ports, old)
    for at_ms, since_ms in ((50, 50), (40, 50)):
        kept = replace(old, zero_since_ms=since_ms)
        assert await ports.known_blobs.keep(old.id, at_ms=at_ms) == kept
        assert await standing(ports, old.id) == kept
    assert await ports.blob_collection.condemn([old.id], since_ms=49) == []
    assert await ports.blob_collection.condemn([old.id], since_ms=50) == [old.id]


@pytest.mark.parametrize("state", [it for it in BlobState if it is not BlobState.LIVE])
async def test_what_is_not_live_is_not_kept(ports: Ports, state: BlobState) -> None:
    row = replace(USED, state=state, references=0)
    await put(ports, row)
    assert await ports.known_blobs.keep(row.id, at_ms=50) is None
    stands = await standing(ports, row.id)
    assert (stands.state, stands.references, stands.zero_since_ms) == (state, 0, None)
    assert await ports.known_blobs.keep(BlobId("c1"), at_ms=50) is None


@pytest.mark.parametrize("_round", range(20))
async def test_of_keeping_and_condemning_at_once_one_wins(ports: Ports, _round: int) -> None:
    blob = unused("a1", 10)
    await put(ports, blob)
    kept, condemned = await asyncio.gather(
        ports.known_blobs.keep(blob.id, at_ms=50), ports.blob_collection.condemn([blob.id], since_ms=20)
    )
    assert (kept is None) == (condemned == [blob.id])
    assert isinstance(kept, Blob) == ((await standing(ports, blob.id)).state is BlobState.LIVE)

"""Bytes that nothing is made of any more."""

import pytest

from chassis.errors import Unavailable
from file_upload_service.domain.ids import BlobId, blob_key
from tests.fakes.upload_faults import KILLS, Fault, Faults, Killed
from tests.fakes.upload_world import Instance, World

BLOBS = [BlobId(f"{number}" * 32) for number in range(5)]


def store(world: World, *blob_ids: BlobId) -> None:
    for blob_id in blob_ids:
        world.store.objects[blob_key(blob_id)] = b"bytes"
        world.store.checksums[blob_key(blob_id)] = "checksum"


async def cycle(instance: Instance) -> int:
    """How many passes it took."""
    passes = 1
    while await instance.collect_blobs():
        passes += 1
    return passes


async def test_what_nothing_refers_to_goes_page_by_page(world: World) -> None:
    store(world, *BLOBS)
    world.unreferenced.unused |= set(BLOBS)

    assert await cycle(world.instance()) == 3

    assert not world.store.objects
    assert world.unreferenced.gone == set(BLOBS)


async def test_what_metadata_does_not_condemn_keeps_its_bytes(world: World) -> None:
    used, unused = BLOBS[:2]
    store(world, used, unused)
    world.unreferenced.listed.add(used)
    world.unreferenced.unused.add(unused)

    await cycle(world.instance())

    assert set(world.store.objects) == {blob_key(used)}
    assert world.unreferenced.gone == {unused}


async def test_one_that_cannot_be_deleted_holds_up_no_other_and_stays_condemned(world: World) -> None:
    store(world, *BLOBS)
    world.unreferenced.unused |= set(BLOBS)
    delete, stubborn = world.store.delete, blob_key(BLOBS[0])

    async def refuses(key: str) -> None:
        if key == stubborn:
            raise Unavailable("not now")
        await delete(key)

    world.store.delete = refuses  # type: ignore[method-assign]  # this object cannot be deleted
    await cycle(world.instance())

    assert set(world.store.objects) == {stubborn}
    assert world.unreferenced.condemned == {BLOBS[0]}
    world.store.delete = delete  # type: ignore[method-assign]  # it is well again
    await cycle(world.instance())
    assert not world.store.objects


@pytest.mark.parametrize("at", range(6))
@pytest.mark.parametrize("fault", Fault, ids=lambda fault: fault.name)
async def test_whoever_dies_or_hears_nothing_is_followed_by_another(
    world: World, at: int, fault: Fault
) -> None:
    """It lists, condemns, deletes twice, confirms, lists."""
    used, *unused = BLOBS[:4]
    store(world, used, *unused)
    world.unreferenced.listed.add(used)
    world.unreferenced.unused |= set(unused)
    instance = world.instance(Faults(at=at, fault=fault))
    try:
        await cycle(instance)
    except* Killed:
        assert fault in KILLS
    except* Unavailable:
        assert fault not in KILLS
    assert instance.faults.struck

    await cycle(world.instance())

    assert set(world.store.objects) == {blob_key(used)}
    assert world.unreferenced.gone == set(unused)
    assert not world.unreferenced.condemned

"""One sync for all who wait, and never one that began too early."""

import asyncio
import threading
from pathlib import Path

import pytest

from chassis.errors import Unavailable
from file_upload_service.adapters.disk.durability import NoDurability, SyncfsDurability


class SlowDisk:
    """A sync lasts until it is let go."""

    def __init__(self) -> None:
        self.begun = 0
        self.begins = threading.Semaphore(0)
        self.may_end = threading.Semaphore(0)

    def sync(self, _: Path) -> None:
        self.begun += 1
        self.begins.release()
        self.may_end.acquire()

    async def has_begun(self) -> None:
        await asyncio.to_thread(self.begins.acquire)


async def test_who_comes_during_a_sync_waits_for_the_next_one_and_all_of_them_share_it() -> None:
    disk = SlowDisk()
    durability = SyncfsDurability(Path("/"), sync=disk.sync)
    first = asyncio.create_task(durability.flush())
    await disk.has_begun()
    later = [asyncio.create_task(durability.flush()) for _ in range(50)]
    await asyncio.sleep(0)

    disk.may_end.release()
    await first
    await disk.has_begun()
    assert not any(task.done() for task in later)
    disk.may_end.release()
    await asyncio.gather(*later)

    assert disk.begun == 2


async def test_who_gives_up_does_not_take_the_others_sync_along() -> None:
    disk = SlowDisk()
    durability = SyncfsDurability(Path("/"), sync=disk.sync)
    impatient, patient = (asyncio.create_task(durability.flush()) for _ in range(2))
    await disk.has_begun()
    impatient.cancel()
    await asyncio.sleep(0)
    disk.may_end.release()

    await patient
    assert impatient.cancelled()


async def test_a_disk_that_fails_tells_everybody_and_is_asked_again(tmp_path: Path) -> None:
    missing = tmp_path / "missing"
    durability = SyncfsDurability(missing)

    results = await asyncio.gather(durability.flush(), durability.flush(), return_exceptions=True)
    assert all(isinstance(result, Unavailable) for result in results)
    with pytest.raises(Unavailable):
        await durability.check()

    missing.mkdir()
    await durability.flush()
    await durability.check()


async def test_a_store_that_syncs_by_itself_is_left_alone() -> None:
    await NoDurability().flush()

"""Stores that would lose data are refused by name, and nothing is left in any."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from chassis.errors import Unavailable
from file_upload_service.app.clear_trials import ClearTrials
from file_upload_service.app.prove_store import ProveStore
from file_upload_service.app.store_trial import UNFIT_PAUSE_SECONDS, ProvenLeadership, StoreTrial
from file_upload_service.domain.defects import DefectKind, Outcome
from file_upload_service.domain.ids import TRIALS_PREFIX
from file_upload_service.domain.policy import Policy
from file_upload_service.domain.store_flaws import Flaw, StoreUnfit
from file_upload_service.ports.inventory import InventoryPage
from tests.fakes.upload_clock import FakeClock
from tests.fakes.upload_integrity import InMemoryInventory, Integrity
from tests.fakes.upload_object_store import InMemoryObjectStore
from tests.fakes.upload_trials import (
    LIARS,
    InMemoryTrials,
    KeepingParts,
    Rejecting,
    StoresWhatItRefuses,
    Strange,
)
from tests.fakes.upload_world import World

STORAGE = Path(__file__).parents[3] / "docs" / "storage.md"


def proof(store: InMemoryObjectStore, trials: InMemoryTrials | None = None) -> ProveStore:
    return ProveStore(
        store=store,
        inventory=InMemoryInventory(store),
        trials=trials or InMemoryTrials(store),
        clock=FakeClock(),
        new_id=lambda: "trial",
    )


async def test_a_store_that_keeps_its_word_passes_and_is_left_as_it_was() -> None:
    store = InMemoryObjectStore()
    store.objects["blobs/ab/cd/abcd"] = b"somebody's"

    await proof(store)()

    assert store.objects == {"blobs/ab/cd/abcd": b"somebody's"}
    assert not store.multiparts


@pytest.mark.parametrize("flaw", [flaw for flaw in Flaw if flaw is not Flaw.UNLISTED])
async def test_each_flaw_is_found_by_its_own_name(flaw: Flaw) -> None:
    make_store, make_trials = LIARS[flaw]
    store = make_store()

    with pytest.raises(StoreUnfit) as refusal:
        await proof(store, make_trials(store))()

    assert refusal.value.flaw is flaw
    assert flaw is Flaw.KEEPS or not (store.objects or store.multiparts)


async def test_bytes_that_were_refused_and_are_there_are_found() -> None:
    store = InMemoryObjectStore()

    with pytest.raises(StoreUnfit) as refusal:
        await proof(store, StoresWhatItRefuses(store))()

    assert refusal.value.flaw is Flaw.OTHER_BYTES


async def test_parts_that_cannot_be_ended_are_found() -> None:
    with pytest.raises(StoreUnfit) as refusal:
        await proof(KeepingParts())()

    assert refusal.value.flaw is Flaw.KEEPS


async def test_a_store_that_does_not_list_what_it_holds_is_found() -> None:
    class Blind(InMemoryInventory):
        async def objects(self, *, prefix: str, after: str | None) -> InventoryPage:
            return InventoryPage((), None)

    store = InMemoryObjectStore()
    blind = ProveStore(
        store=store,
        inventory=Blind(store),
        trials=InMemoryTrials(store),
        clock=FakeClock(),
        new_id=lambda: "trial",
    )
    with pytest.raises(StoreUnfit) as refusal:
        await blind()

    assert refusal.value.flaw is Flaw.UNLISTED


async def test_what_a_trial_that_was_killed_has_left_goes_when_it_is_old() -> None:
    store, clock = InMemoryObjectStore(), FakeClock()
    inventory = InMemoryInventory(store)
    old, young = f"{TRIALS_PREFIX}a/alone", f"{TRIALS_PREFIX}b/alone"
    for key in (old, young):
        store.objects[key], store.checksums[key] = b"left", "checksum"
        await store.create_multipart(key)
    inventory.since[young] = clock.now() - timedelta(minutes=5)

    clear = ClearTrials(store, inventory, clock, Policy())
    assert await clear()

    assert set(store.objects) == {young}
    assert {held.key for held in store.multiparts.values()} == {young}
    assert not await clear()


async def test_fsck_passes_over_a_trial(world: World) -> None:
    key = f"{TRIALS_PREFIX}a/alone"
    world.store.objects[key], world.store.checksums[key] = b"just tried", "checksum"
    await world.store.create_multipart(key)

    integrity = Integrity(world)
    integrity.inventory.since[key] = world.clock.now() - timedelta(minutes=90)
    assert await integrity.run(grace=timedelta()) == []


async def test_fsck_finds_a_trial_that_nobody_took_away_and_does(world: World) -> None:
    key = f"{TRIALS_PREFIX}a/alone"
    world.store.objects[key], world.store.checksums[key] = b"left", "checksum"
    await world.store.create_multipart(key)
    integrity = Integrity(world)
    integrity.inventory.since[key] = world.clock.now() - timedelta(hours=3)

    def findings(outcome: Outcome) -> list[tuple[DefectKind, str, Outcome]]:
        return [(DefectKind.TRIAL_LEFT, key, outcome)] * 2  # an object and a multipart upload

    assert await integrity.run(grace=timedelta()) == findings(Outcome.FOUND)
    assert await integrity.run(grace=timedelta(), repairs=True) == findings(Outcome.REPAIRED)
    assert await integrity.run(grace=timedelta()) == []


async def test_nobody_sweeps_before_its_storage_has_passed() -> None:
    asked = []

    class Willing:
        async def holds(self) -> bool:
            asked.append(True)
            return True

    store, clock = InMemoryObjectStore(), FakeClock()
    _, make_trials = LIARS[Flaw.REPLACES]
    lying = make_trials(store)
    trial = StoreTrial(proof(store, lying), clock)
    leadership = ProvenLeadership(Willing(), trial)
    task = await trying(trial)
    assert not await leadership.holds()
    assert not asked  # nor keeps others from it

    lying._replaces = False  # type: ignore[attr-defined]  # somebody has put a better one there
    await clock.advance_seconds(UNFIT_PAUSE_SECONDS)
    await task

    assert await leadership.holds()


async def trying(trial: StoreTrial) -> asyncio.Task[None]:
    task = asyncio.create_task(trial.run())
    for _ in range(500):
        await asyncio.sleep(0)
    return task


async def why_not(trial: StoreTrial) -> str:
    with pytest.raises(Unavailable) as refusal:
        await trial.check()
    return refusal.value.detail


async def test_an_instance_takes_work_when_its_storage_has_passed() -> None:
    trial = StoreTrial(proof(InMemoryObjectStore()), FakeClock())
    assert "not been tried" in await why_not(trial)

    await trial.run()

    await trial.check()


async def test_it_says_what_is_missing_and_looks_again_later() -> None:
    store, clock = InMemoryObjectStore(), FakeClock()
    _, make_trials = LIARS[Flaw.REPLACES]
    lying = make_trials(store)
    trial = StoreTrial(proof(store, lying), clock)
    task = await trying(trial)
    assert (
        await why_not(trial)
        == "The storage behind S3_ENDPOINT would lose data: it replaces an object in spite of If-None-Match on a PUT."
    )

    lying._replaces = False  # type: ignore[attr-defined]  # somebody has put a better one there
    await clock.advance_seconds(UNFIT_PAUSE_SECONDS)

    await task
    await trial.check()


@pytest.mark.parametrize("store", [Strange(), Rejecting()])
async def test_what_no_storage_would_answer_is_no_pass_and_no_end(store: InMemoryObjectStore) -> None:
    trial = StoreTrial(proof(store), FakeClock())
    task = await trying(trial)

    assert "answers what is not expected" in await why_not(trial)
    assert not task.done()
    task.cancel()


@pytest.mark.parametrize("flaw", Flaw)
def test_every_flaw_stands_on_the_page_about_storage(flaw: Flaw) -> None:
    assert f"it {flaw}" in STORAGE.read_text()

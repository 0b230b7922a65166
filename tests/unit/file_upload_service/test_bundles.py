"""Many small files at once: each has its own end, whatever becomes of the others, of calls and of processes."""

import asyncio
import hashlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from chassis.errors import InvalidArgument, Unavailable
from file_upload_service.domain.bundle import MAX_FILES, Bundle, BundledFile, BundleState
from file_upload_service.domain.errors import (
    BundleNotFound,
    CommandIdReused,
    TooManyUploads,
)
from file_upload_service.domain.ids import NodeId
from file_upload_service.domain.layout import SMALLEST_PART_BYTES
from file_upload_service.domain.outcome import Committed
from file_upload_service.domain.policy import Policy
from file_upload_service.domain.target import ConflictRule, Target
from file_upload_service.domain.transfer import Reach, SignedParts
from tests.fakes.upload_faults import KILLS, Fault, Faults, Killed
from tests.fakes.upload_world import ADA, BOB, Instance, World

BODIES = (b"one", b"", b"three")
WEEK = timedelta(days=7)


def a_file(
    name: str, body: bytes, *, folder: str = "root", rule: ConflictRule = ConflictRule.FAIL
) -> BundledFile:
    return BundledFile(
        target=Target(NodeId(folder), name, rule),
        size_bytes=len(body),
        content_type="text/plain",
        sha256=hashlib.sha256(body).digest(),
    )


def some_files(bodies: Sequence[bytes] = BODIES) -> list[BundledFile]:
    return [a_file(f"{number}.txt", body) for number, body in enumerate(bodies, 1)]


async def start(
    instance: Instance, files: Sequence[BundledFile], command: str = "b"
) -> tuple[Bundle, SignedParts]:
    bundle, signed = await instance.start_bundle(ADA, command, files, Reach.PUBLIC)
    assert signed is not None
    return bundle, signed


def send(world: World, signed: SignedParts, bodies: Sequence[bytes] = BODIES) -> None:
    for part in signed.parts:
        world.store.send(part, bodies[part.number - 1])


def names(world: World) -> set[str]:
    return {name for _, name in world.metadata.files}


def codes(bundle: Bundle) -> list[str | None]:
    return [file.failure.code if file.failure else None for file in bundle.files]


async def sweep_for(world: World, time: timedelta) -> None:
    """As the sweeper does from time to time."""
    sweeper = world.instance()
    for _ in range(4):
        await world.clock.advance(time / 4)
        await sweeper.sweep_bundles()


async def test_all_of_them_become_files_by_one_listing_one_flush_and_one_commit() -> None:
    world, faults = World(), Faults()
    one = world.instance(faults)
    bundle, signed = await start(one, some_files())
    send(world, signed)
    faults.calls.clear()

    done = await one.complete_bundle(ADA.account_id, bundle.id)

    assert done.state is BundleState.ENDED
    assert [file.committed.name for file in done.files if file.committed] == ["1.txt", "2.txt", "3.txt"]
    assert (
        world.durability.flushed == set(world.store.objects) == {bundle.key(number) for number in (1, 2, 3)}
    )
    assert faults.calls == [
        "InMemoryBundleRepository.get",
        "InMemoryObjectStore.sizes",
        "CountingDurability.flush",
        "InMemoryMetadata.commit_many",
        "InMemoryBundleRepository.save",
    ]
    assert world.uploads.open_count[ADA.account_id] == 0


async def test_starting_asks_once_for_each_folder_and_writes_once() -> None:
    world, faults = World(), Faults()
    world.metadata.folders.add("c" * 32)
    files = [*some_files(), a_file("4.txt", b"", folder="c" * 32)]

    bundle, _ = await start(world.instance(faults), files)

    asked = ["InMemoryMetadata.check_upload"] * 2
    assert faults.calls == [*asked, "InMemoryBundleRepository.start"]
    assert [file.target.folder_id for file in bundle.files] == [ADA.account_id] * 3 + ["c" * 32]


async def test_one_that_may_not_go_where_it_shall_spoils_no_other() -> None:
    world = World()
    one = world.instance()
    bundle, signed = await start(one, [a_file("a", b"one"), a_file("b", b"", folder="d" * 32)])
    assert [part.number for part in signed.parts] == [1]
    send(world, signed)

    done = await one.complete_bundle(ADA.account_id, bundle.id)

    assert codes(done) == [None, "node_not_found"]
    assert names(world) == {"a"}


async def test_one_whose_name_is_taken_is_refused_for_good_and_its_bytes_are_freed() -> None:
    world = World()
    one = world.instance()
    bundle, signed = await start(one, [a_file("a", b"one"), a_file("a", b""), a_file("b", b"three")])
    send(world, signed)

    done = await one.complete_bundle(ADA.account_id, bundle.id)
    again = await one.complete_bundle(ADA.account_id, bundle.id)

    assert again == done
    assert codes(done) == [None, "name_taken", None]
    assert set(world.store.objects) == {bundle.key(1), bundle.key(3)}


async def test_if_none_may_there_is_nothing_to_send_and_nothing_left_open() -> None:
    world = World()
    bundle, signed = await world.instance().start_bundle(
        ADA, "b", [a_file("a", b"", folder="d" * 32)], Reach.PUBLIC
    )
    assert signed is None
    await sweep_for(world, timedelta(seconds=4))

    assert world.bundles.bundles[ADA.account_id, bundle.id].state is BundleState.ENDED
    assert world.uploads.open_count[ADA.account_id] == 0


async def test_those_that_have_not_arrived_may_come_later() -> None:
    world = World()
    one = world.instance()
    bundle, signed = await start(one, some_files())
    world.store.send(signed.parts[0], BODIES[0])

    first = await one.complete_bundle(ADA.account_id, bundle.id)
    _, more = await start(one, some_files())
    assert [part.number for part in more.parts] == [2, 3]
    send(world, more)
    second = await one.complete_bundle(ADA.account_id, bundle.id)

    assert (first.state, first.undecided) == (BundleState.OPEN, (2, 3))
    assert (second.state, second.undecided) == (BundleState.ENDED, ())


async def test_what_metadata_did_not_answer_is_asked_again() -> None:
    world = World()
    one = world.instance()
    bundle, signed = await start(one, some_files())
    send(world, signed)

    world.metadata.unwell = {2}
    with pytest.raises(Unavailable):
        await one.complete_bundle(ADA.account_id, bundle.id)
    world.metadata.unwell = set()
    done = await one.complete_bundle(ADA.account_id, bundle.id)

    assert codes(done) == [None] * 3
    assert len(names(world)) == 3


async def test_the_same_command_is_the_same_bundle_with_fresh_urls() -> None:
    world = World()
    one = world.instance()
    first, _ = await start(one, some_files())
    await world.clock.advance(timedelta(hours=3))
    second, signed = await start(world.instance(), some_files())

    assert second.id == first.id
    assert second.signed_until > signed.expire_at > world.clock.now()
    with pytest.raises(CommandIdReused):
        await start(one, some_files((b"other",)))


async def test_of_somebody_else_s_bundle_nobody_hears() -> None:
    world = World()
    one = world.instance()
    bundle, _ = await start(one, some_files())
    with pytest.raises(BundleNotFound):
        await one.complete_bundle(BOB.account_id, bundle.id)
    with pytest.raises(BundleNotFound):
        await one.abort_bundle(BOB.account_id, bundle.id)


@pytest.mark.parametrize(
    "files",
    [
        [],
        some_files([b""] * (MAX_FILES + 1)),
        [replace(a_file("a", b""), size_bytes=SMALLEST_PART_BYTES + 1)],
        [replace(a_file("a", b""), size_bytes=-1)],
        [replace(a_file("a", b""), sha256=b"short")],
    ],
)
async def test_what_is_no_bundle_is_refused(files: list[BundledFile]) -> None:
    world = World()
    with pytest.raises(InvalidArgument):
        await start(world.instance(), files)
    assert world.bundles.bundles == {}


async def test_a_bundle_counts_among_the_open_uploads() -> None:
    world = World(policy=Policy(open_uploads_an_account=1))
    one = world.instance()
    bundle, _ = await start(one, some_files())
    with pytest.raises(TooManyUploads):
        await start(one, some_files(), command="another")
    await one.abort_bundle(ADA.account_id, bundle.id)
    await start(one, some_files(), command="another")


async def test_what_is_ended_leaves_nothing_even_of_bytes_that_come_late() -> None:
    world = World()
    one = world.instance()
    bundle, signed = await start(one, some_files())
    world.store.send(signed.parts[0], BODIES[0])

    ended = await one.abort_bundle(ADA.account_id, bundle.id)
    assert ended == await one.abort_bundle(ADA.account_id, bundle.id)
    assert codes(ended) == ["already_aborted"] * 3
    assert not world.store.objects
    world.store.send(signed.parts[1], BODIES[1])
    await sweep_for(world, timedelta(hours=3))

    assert not world.store.objects
    assert names(world) == set()


async def test_ending_leaves_what_is_committed() -> None:
    world = World()
    one = world.instance()
    bundle, signed = await start(one, some_files())
    world.store.send(signed.parts[0], BODIES[0])
    await one.complete_bundle(ADA.account_id, bundle.id)

    ended = await one.abort_bundle(ADA.account_id, bundle.id)

    assert codes(ended) == [None, "already_aborted", "already_aborted"]
    assert set(world.store.objects) == {bundle.key(1)}


async def test_one_that_nobody_completes_ends_by_itself_and_is_forgotten() -> None:
    world = World()
    bundle, signed = await start(world.instance(), some_files())
    send(world, signed)

    await world.clock.advance(WEEK)
    await sweep_for(world, timedelta(hours=4))
    assert not world.store.objects
    assert codes(world.bundles.bundles[ADA.account_id, bundle.id]) == ["upload_expired"] * 3
    await sweep_for(world, 2 * WEEK)
    assert world.bundles.bundles == {}
    assert world.uploads.open_count[ADA.account_id] == 0


async def test_the_row_of_a_good_one_goes_and_its_bytes_stay() -> None:
    world = World()
    one = world.instance()
    bundle, signed = await start(one, some_files())
    send(world, signed)
    await one.complete_bundle(ADA.account_id, bundle.id)
    await sweep_for(world, 2 * WEEK)

    assert world.bundles.bundles == {}
    assert len(world.store.objects) == 3


@pytest.mark.parametrize("fault", Fault)
@pytest.mark.parametrize("at", range(8))
async def test_whatever_call_of_complete_goes_wrong_a_repeat_gets_it_done(at: int, fault: Fault) -> None:
    world = World()
    bundle, signed = await start(world.instance(), [*some_files(BODIES[:2]), a_file("1.txt", BODIES[2])])
    send(world, signed)

    broken = world.instance(Faults(at, fault))
    try:
        await broken.complete_bundle(ADA.account_id, bundle.id)
    except (Unavailable, Killed):
        assert broken.faults.struck
    done = await world.instance().complete_bundle(ADA.account_id, bundle.id)

    assert codes(done) == [None, None, "name_taken"]
    assert set(world.store.objects) == {bundle.key(1), bundle.key(2)}
    assert world.uploads.open_count[ADA.account_id] == 0


@pytest.mark.parametrize("fault", KILLS)
@pytest.mark.parametrize("at", range(8))
async def test_whoever_dies_in_the_middle_and_never_comes_back_leaves_nothing(at: int, fault: Fault) -> None:
    world = World()
    bundle, signed = await start(world.instance(), [*some_files(BODIES[:2]), a_file("1.txt", BODIES[2])])
    send(world, signed)
    broken = world.instance(Faults(at, fault))
    with suppress(Killed):
        await broken.complete_bundle(ADA.account_id, bundle.id)
    await world.clock.advance(WEEK)
    await sweep_for(world, timedelta(hours=4))

    kept = {file.blob_id for file in world.metadata.files.values()}
    assert {bundle.key(number) for number in (1, 2, 3) if bundle.blob_id(number) in kept} == set(
        world.store.objects
    )
    assert world.uploads.open_count[ADA.account_id] == 0


@pytest.mark.parametrize("head_start", range(6))
async def test_of_complete_and_abort_at_once_both_answer_what_became_of_each(head_start: int) -> None:
    world = World()
    bundle, signed = await start(world.instance(), some_files())
    send(world, signed)
    completing = asyncio.create_task(world.instance(Faults()).complete_bundle(ADA.account_id, bundle.id))
    for _ in range(2 * head_start):
        await asyncio.sleep(0)
    aborted = await world.instance(Faults()).abort_bundle(ADA.account_id, bundle.id)
    completed = await completing

    files = {file.blob_id for file in world.metadata.files.values()}
    for seen in (aborted, completed):
        assert {bundle.blob_id(n) for n, file in enumerate(seen.files, 1) if file.committed} == files
    assert {key.rpartition("/")[2] for key in world.store.objects} == files


async def test_of_two_completes_at_once_each_answers_all() -> None:
    world = World()
    bundle, signed = await start(world.instance(), some_files())
    send(world, signed)
    both = await asyncio.gather(
        *(world.instance(Faults()).complete_bundle(ADA.account_id, bundle.id) for _ in range(2))
    )
    assert both[0] == both[1]
    assert len(names(world)) == 3


async def test_a_key_used_again_for_other_files_acknowledges_none_of_them() -> None:
    """Their bytes are not what lies under the keys that the same `command_id` leads to."""
    world = World()
    first, signed = await start(world.instance(), some_files())
    send(world, signed)
    await world.instance().complete_bundle(ADA.account_id, first.id)
    await sweep_for(world, timedelta(days=8))
    held = dict(world.store.objects)
    again, _ = await start(world.instance(), [a_file("x.txt", b"uno"), *some_files()[1:]])
    assert again.id == first.id
    done = await world.instance().complete_bundle(ADA.account_id, again.id)
    assert [it.failure.code if it.failure else it.committed for it in done.files] == [
        "command_id_reused",
        first_result(world, first, 2),
        first_result(world, first, 3),
    ]
    await sweep_for(world, timedelta(days=9))
    assert world.store.objects == held
    assert names(world) == {"1.txt", "2.txt", "3.txt"}


def first_result(world: World, bundle: Bundle, number: int) -> Committed:
    """Of the same bytes: as of any repeat."""
    return world.metadata.committed[bundle.blob_id(number)]

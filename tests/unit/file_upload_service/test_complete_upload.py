"""From parts to a file."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from chassis.errors import Kind, RemoteError, Unavailable
from file_upload_service.app.redirect import Redirect
from file_upload_service.domain.errors import (
    AlreadyAborted,
    PartNotSigned,
    PartsMissing,
    UploadNotFound,
)
from file_upload_service.domain.ids import NodeId, UploadId
from file_upload_service.domain.part import PartReport
from file_upload_service.domain.target import ConflictRule
from file_upload_service.domain.transfer import Reach
from file_upload_service.domain.upload import UploadState
from tests.fakes.upload_faults import Fault, Faults
from tests.fakes.upload_world import ADA, World, claim, new_upload
from tests.unit.file_upload_service.uploads import (
    FIRST,
    LARGE_BYTES,
    SECOND,
    send,
    sent_large,
    sent_small,
    start_large,
    start_small,
)


async def test_a_file_of_one_part_is_there_at_once(world: World) -> None:
    upload = await sent_small(world, world.instance())

    done = await world.instance().complete(upload.id)

    assert done.state is UploadState.COMMITTED
    assert done.committed is not None
    assert done.committed.name == "letter.txt"
    assert done.committed.position.startswith(f"{ADA.account_id}.journal.")


async def test_an_empty_file_is_a_file(world: World) -> None:
    instance = world.instance()
    upload = await instance.start(new_upload(0), claim(1, b""))
    await send(world, instance, upload, b"")

    assert (await instance.complete(upload.id)).state is UploadState.COMMITTED


async def test_a_file_of_several_parts_is_put_together(world: World) -> None:
    upload = await sent_large(world, world.instance())

    done = await world.instance().complete(upload.id)

    assert done.state is UploadState.COMMITTED
    assert world.store.objects[upload.key] == FIRST + SECOND
    assert not world.store.multiparts


async def test_completing_one_part_takes_five_remote_calls(world: World) -> None:
    upload = await sent_small(world, world.instance())
    instance = world.instance()

    await instance.complete(upload.id)

    assert [call for call in instance.faults.calls if not call.startswith("CountingDurability")] == [
        "InMemoryUploadRepository.load",
        "InMemoryObjectStore.head",
        "InMemoryUploadRepository.save",
        "InMemoryMetadata.commit",
        "InMemoryUploadRepository.save",
    ]


async def test_completing_several_reported_parts_takes_seven_remote_calls(world: World) -> None:
    upload = await sent_large(world, world.instance())
    instance = world.instance()

    await instance.complete(upload.id)

    calls = [call for call in instance.faults.calls if not call.startswith("CountingDurability")]
    assert len(calls) == 7


async def test_bytes_are_flushed_before_metadata_hears_of_them(world: World) -> None:
    upload = await sent_small(world, world.instance())
    instance = world.instance()

    await instance.complete(upload.id)

    calls = instance.faults.calls
    assert calls.index("CountingDurability.flush") < calls.index("InMemoryMetadata.commit")
    assert upload.key in world.durability.flushed


async def test_parts_may_be_reported_with_the_completion(world: World) -> None:
    instance = world.instance()
    upload = await start_large(instance)
    reports = await send(world, instance, upload, FIRST, SECOND)

    assert (await instance.complete(upload.id, *reports)).state is UploadState.COMMITTED


async def test_s3_is_asked_for_what_was_never_reported(world: World) -> None:
    instance = world.instance()
    upload = await start_large(instance)
    await send(world, instance, upload, FIRST, SECOND)

    assert (await instance.complete(upload.id)).state is UploadState.COMMITTED


async def test_a_wrong_report_does_no_harm(world: World) -> None:
    upload = await sent_large(world, world.instance())

    done = await world.instance().complete(upload.id, PartReport(1, '"made up"'))

    assert done.state is UploadState.COMMITTED


async def test_parts_that_s3_has_put_together_and_half_removed_are_not_missed(world: World) -> None:
    upload = await sent_large(world, world.instance())
    (multipart_id,) = world.store.multiparts
    await world.store.complete_and_die_while_cleaning_up(multipart_id)

    assert (await world.instance().complete(upload.id)).state is UploadState.COMMITTED


async def test_a_part_never_claimed_is_missed_and_the_upload_stays_open(world: World) -> None:
    upload = await world.instance().start(new_upload(LARGE_BYTES), claim(1, FIRST))

    with pytest.raises(PartsMissing, match="2"):
        await world.instance().complete(upload.id)

    assert (await world.uploads.get(ADA.account_id, upload.id)).state is UploadState.OPEN


async def test_a_part_never_sent_is_missed_and_can_be_sent_then(world: World) -> None:
    instance = world.instance()
    upload = await start_large(instance)
    signed = await instance.sign_parts(ADA, upload.id, [claim(1, FIRST)], Reach.PUBLIC)
    world.store.send(signed.parts[0], FIRST)
    await instance.report_parts(ADA.account_id, upload.id, [PartReport(1, "x"), PartReport(2, "y")])

    with pytest.raises(PartsMissing, match="2"):
        await instance.complete(upload.id)
    await send(world, instance, upload, FIRST, SECOND)

    assert (await instance.complete(upload.id)).state is UploadState.COMMITTED


async def test_a_small_file_never_sent_is_missed(world: World) -> None:
    upload = await start_small(world.instance())

    with pytest.raises(PartsMissing):
        await world.instance().complete(upload.id)


async def test_an_upload_whose_start_was_cut_off_before_s3_heard_of_it_misses_its_parts(world: World) -> None:
    with pytest.raises(Unavailable):
        await start_large(world.instance(Faults(at=2, fault=Fault.REFUSED)))
    upload = next(iter(world.uploads.uploads.values()))
    assert upload.multipart_id is None

    with pytest.raises(PartsMissing):
        await world.instance().complete(upload.id)

    await sent_large(world, world.instance())
    assert (await world.instance().complete(upload.id)).state is UploadState.COMMITTED


async def test_repeating_a_completion_gives_the_first_result(world: World) -> None:
    upload = await sent_large(world, world.instance())

    first = await world.instance().complete(upload.id)

    assert await world.instance().complete(upload.id) == first
    assert len(world.metadata.committed) == 1


async def test_two_completions_at_once_are_one(world: World) -> None:
    upload = await sent_large(world, world.instance())
    one, two = world.instance(), world.instance()

    first, second = await asyncio.gather(
        one.complete(upload.id),
        asyncio.wait_for(_advancing(world, two.complete(upload.id)), timeout=5),
    )

    assert first == second
    assert first.state is UploadState.COMMITTED


async def _advancing(world: World, work):
    """Lets time pass while the work waits for somebody else."""
    from datetime import timedelta

    task = asyncio.create_task(work)
    while not task.done():
        await world.clock.advance(timedelta(seconds=0.25))
    return task.result()


async def test_what_nobody_started_cannot_be_completed(world: World) -> None:
    with pytest.raises(UploadNotFound):
        await world.instance().complete(UploadId("0" * 32))


async def test_a_report_of_an_unsigned_part_is_refused(world: World) -> None:
    upload = await world.instance().start(new_upload(LARGE_BYTES), claim(1, FIRST))

    with pytest.raises(PartNotSigned):
        await world.instance().complete(upload.id, PartReport(2, "e"))


class TestRefusedByMetadata:
    async def taken(self, world: World) -> UploadId:
        """An upload whose name is taken by the time it is complete."""
        upload = await sent_small(world, world.instance())
        other = await sent_small(world, world.instance(), command_id="other")
        await world.instance().complete(other.id)
        with pytest.raises(RemoteError, match="name_taken"):
            await world.instance().complete(upload.id)
        return upload.id

    async def test_the_upload_stays_stored_and_says_why(self, world: World) -> None:
        upload_id = await self.taken(world)

        row = await world.uploads.get(ADA.account_id, upload_id)

        assert row.state is UploadState.STORED
        assert row.failure is not None
        assert row.failure.code == "name_taken"
        assert row.due_at == row.stored_at + world.policy.stored_life

    async def test_another_name_will_do(self, world: World) -> None:
        upload_id = await self.taken(world)

        done = await world.instance().complete(upload_id, redirect=Redirect(name="letter 2.txt"))

        assert done.committed is not None
        assert done.committed.name == "letter 2.txt"
        assert done.failure is None

    async def test_another_rule_will_do(self, world: World) -> None:
        upload_id = await self.taken(world)

        done = await world.instance().complete(upload_id, redirect=Redirect(conflict=ConflictRule.REPLACE))

        assert done.committed is not None
        assert done.committed.revision == 2

    async def test_another_folder_will_do_and_a_missing_one_will_not(self, world: World) -> None:
        upload_id = await self.taken(world)
        world.metadata.folders.add("f" * 32)

        with pytest.raises(RemoteError, match="node_not_found"):
            await world.instance().complete(upload_id, redirect=Redirect(folder_id=NodeId("e" * 32)))
        done = await world.instance().complete(upload_id, redirect=Redirect(folder_id=NodeId("f" * 32)))

        assert done.state is UploadState.COMMITTED

    async def test_it_still_counts_in_the_budget(self, world: World) -> None:
        await self.taken(world)

        assert world.uploads.open_count[ADA.account_id] == 1


class TestAgainstAbort:
    async def test_what_is_aborted_cannot_be_completed(self, world: World) -> None:
        upload = await sent_small(world, world.instance())
        await world.instance().abort(upload.id)

        with pytest.raises(AlreadyAborted):
            await world.instance().complete(upload.id)

    async def test_a_blob_that_was_abandoned_ends_its_upload(self, world: World) -> None:
        upload = await sent_small(world, world.instance())
        world.metadata.abandoned.add(upload.blob_id)

        with pytest.raises(AlreadyAborted):
            await world.instance().complete(upload.id)

        assert (await world.uploads.get(ADA.account_id, upload.id)).state is UploadState.ABORTED
        assert not world.store.objects


class TestProof:
    async def test_other_bytes_under_the_key_end_in_failed_and_are_removed(self, world: World) -> None:
        upload = await sent_small(world, world.instance())
        world.store.objects[upload.key] = b"HELLO"
        world.store.checksums[upload.key] = "other"

        done = await world.instance().complete(upload.id)

        assert done.state is UploadState.FAILED
        assert done.failure is not None
        assert done.failure.code == "content_mismatch"
        assert not world.metadata.files
        assert not world.store.objects

    async def test_a_file_cut_short_is_never_committed(self, world: World) -> None:
        upload = await sent_large(world, world.instance())
        world.store.objects[upload.key] = FIRST
        world.store.checksums[upload.key] = "cut"

        assert (await world.instance().complete(upload.id)).state is UploadState.FAILED
        assert not world.metadata.files

    async def test_a_key_taken_by_the_right_bytes_is_success(self, world: World) -> None:
        """What a complete that was answered with a lost connection leaves behind."""
        upload = await sent_large(world, world.instance())
        faults = Faults(at=2, fault=Fault.ANSWER_LOST)
        broken = world.instance(faults)

        waiting = await broken.complete(upload.id)

        assert faults.calls[2] == "InMemoryObjectStore.complete_multipart"
        assert waiting.state is UploadState.ASSEMBLING
        assert (await world.instance().complete(upload.id)).state is UploadState.COMMITTED

    async def test_an_answer_of_success_is_not_believed_until_the_object_is_there(self, world: World) -> None:
        upload = await sent_large(world, world.instance())
        world.store.hides_next_objects = 1

        waiting = await world.instance().complete(upload.id)

        assert waiting.state is UploadState.ASSEMBLING
        assert not world.metadata.files
        assert (await world.instance().complete(upload.id)).state is UploadState.COMMITTED

    async def test_a_command_id_that_was_used_for_a_file_long_ago_destroys_nothing(
        self, world: World
    ) -> None:
        """Its row is gone, so Start cannot know; the file must not be touched, nor this one be called stored."""
        first = await sent_small(world, world.instance(), conflict=ConflictRule.REPLACE)
        await world.instance().complete(first.id)
        await world.uploads.drop(first)
        again = await world.instance().start(new_upload(5, conflict=ConflictRule.REPLACE), claim(1, b"other"))

        done = await world.instance().complete(again.id)

        assert done.state is UploadState.FAILED
        assert world.store.objects[first.key] == b"hello"


async def test_a_refusal_that_is_no_refusal_is_tried_again(world: World) -> None:
    upload = await sent_small(world, world.instance())

    class Unwell:
        async def commit(self, *_: object) -> None:
            raise RemoteError(Kind.INTERNAL, "internal", "internal")

    instance = world.instance()
    object.__setattr__(instance.complete_upload.finish_upload, "metadata", Unwell())
    waiting = await instance.complete(upload.id)

    assert waiting.state is UploadState.STORED
    assert waiting.failure is None
    assert (await world.instance().complete(upload.id)).state is UploadState.COMMITTED


async def test_a_slow_store_is_not_waited_for_and_the_work_goes_on(world: World) -> None:
    world = World(policy=replace(world.policy, quick=timedelta(milliseconds=20)))
    upload = await sent_large(world, world.instance())
    gate = asyncio.Event()
    complete = world.store.complete_multipart

    async def slow(*args: object) -> None:
        await gate.wait()
        await complete(*args)

    world.store.complete_multipart = slow  # type: ignore[method-assign]  # this store is slow
    instance = world.instance()

    waiting = await instance.complete(upload.id)
    assert waiting.state is UploadState.ASSEMBLING
    for _ in range(4):  # far beyond one lease: it is renewed
        await world.clock.advance(timedelta(seconds=6))
    assert await world.instance().sweep() == 0
    gate.set()
    for _ in range(20):
        await asyncio.sleep(0)

    assert (await world.uploads.get(ADA.account_id, upload.id)).state is UploadState.COMMITTED
    await instance.background.close()

"""Opening an upload."""

import asyncio

import pytest

from chassis.errors import InvalidArgument, RemoteError
from file_upload_service.domain.errors import (
    CommandIdReused,
    FileTooLarge,
    PartClaimed,
    PartNumberInvalid,
    TooManyUploads,
)
from file_upload_service.domain.layout import MAX_FILE_BYTES
from file_upload_service.domain.policy import Policy
from file_upload_service.domain.transfer import Reach
from file_upload_service.domain.upload import UploadState
from tests.fakes.upload_world import ADA, BOB, World, claim, new_upload
from tests.unit.file_upload_service.uploads import SMALL, sent_small, start_large, start_small


async def test_an_upload_knows_its_place_and_its_parts(world: World) -> None:
    upload = await world.instance().start(new_upload(20 << 20))

    assert upload.state is UploadState.OPEN
    assert upload.target.folder_id == ADA.account_id
    assert upload.drive_id == ADA.account_id
    assert (upload.plan.layout, upload.plan.part_count) == ("p23", 3)


async def test_named_parts_are_signed_at_once(world: World) -> None:
    upload, signed = await world.instance().start_upload(
        ADA, new_upload(5), [claim(1, SMALL)], Reach.INTERNAL
    )

    assert signed is not None
    assert [part.number for part in signed.parts] == [1]
    assert signed.parts[0].size_bytes == 5
    assert signed.expire_at == world.clock.now() + world.policy.upload_url_life
    assert upload.signed_until >= signed.expire_at


async def test_a_file_of_one_part_takes_two_remote_calls(world: World) -> None:
    instance = world.instance()

    await start_small(instance)

    assert instance.faults.calls == ["InMemoryMetadata.check_upload", "InMemoryUploadRepository.start"]


async def test_a_file_of_several_parts_takes_four_remote_calls(world: World) -> None:
    instance = world.instance()

    await start_large(instance)

    assert len(instance.faults.calls) == 4


async def test_the_row_is_written_before_s3_is_asked_for_anything(world: World) -> None:
    instance = world.instance()

    await start_large(instance)

    calls = instance.faults.calls
    assert calls.index("InMemoryUploadRepository.start") < calls.index("InMemoryObjectStore.create_multipart")


async def test_repeating_a_start_gives_the_same_upload_and_opens_nothing_more(world: World) -> None:
    first = await start_large(world.instance())
    again = await start_large(world.instance())

    assert again == first
    assert len(world.store.multiparts) == 1
    assert world.uploads.open_count[ADA.account_id] == 1


async def test_twenty_starts_at_once_with_one_command_are_one_upload(world: World) -> None:
    uploads = await asyncio.gather(*(start_large(world.instance()) for _ in range(20)))

    assert {upload.id for upload in uploads} == {uploads[0].id}
    assert world.uploads.open_count[ADA.account_id] == 1


async def test_repeating_a_start_after_its_commit_gives_that_upload_though_the_name_is_taken(
    world: World,
) -> None:
    upload = await sent_small(world, world.instance())
    await world.instance().complete(upload.id)

    again = await start_small(world.instance())

    assert again.state is UploadState.COMMITTED


async def test_another_request_under_the_same_command_is_refused(world: World) -> None:
    await start_small(world.instance())

    with pytest.raises(CommandIdReused):
        await start_small(world.instance(), name="other.txt")


async def test_a_repeat_that_names_another_hash_is_refused(world: World) -> None:
    await start_small(world.instance())

    with pytest.raises(PartClaimed):
        await world.instance().start(new_upload(5), claim(1, b"other"))


async def test_two_people_may_use_the_same_command_id(world: World) -> None:
    ada = await world.instance().start(new_upload(5))
    bob = await world.instance().start(new_upload(5), caller=BOB)

    assert ada.id != bob.id


async def test_what_metadata_refuses_is_refused_and_leaves_nothing(world: World) -> None:
    with pytest.raises(RemoteError, match="node_not_found"):
        await world.instance().start(new_upload(5, folder_id="nowhere"))

    assert not world.uploads.uploads


async def test_an_account_has_a_budget_of_open_uploads(world: World) -> None:
    world = World(policy=Policy(open_uploads_an_account=2))
    for number in range(2):
        await world.instance().start(new_upload(5, command_id=f"c{number}", name=f"n{number}"))

    with pytest.raises(TooManyUploads):
        await world.instance().start(new_upload(5, command_id="c3", name="n3"))


async def test_an_upload_that_ends_gives_its_place_in_the_budget_back(world: World) -> None:
    world = World(policy=Policy(open_uploads_an_account=1))
    first = await start_small(world.instance())
    await world.instance().abort(first.id)

    await world.instance().start(new_upload(5, command_id="c2", name="n2"))

    assert world.uploads.open_count[ADA.account_id] == 1


@pytest.mark.parametrize("command_id", ["", "x" * 129, "ümlaut", "tab\t"])
async def test_a_command_id_is_short_and_printable(world: World, command_id: str) -> None:
    with pytest.raises(InvalidArgument):
        await world.instance().start(new_upload(5, command_id=command_id))


async def test_sizes_that_no_plan_covers_are_refused_before_anybody_is_asked(world: World) -> None:
    instance = world.instance()

    with pytest.raises(FileTooLarge):
        await instance.start(new_upload(MAX_FILE_BYTES + 1))
    with pytest.raises(InvalidArgument):
        await instance.start(new_upload(-1))

    assert not instance.faults.calls


async def test_parts_that_the_plan_does_not_have_are_refused(world: World) -> None:
    for number in (0, 2, -1):
        with pytest.raises(PartNumberInvalid):
            await world.instance().start(new_upload(5), claim(number, SMALL))
    with pytest.raises(PartNumberInvalid):
        await world.instance().start(new_upload(5), claim(1, SMALL), claim(1, SMALL))

"""What owners see, and what they download."""

from datetime import timedelta

import pytest

from chassis.errors import InvalidArgument, RemoteError
from file_upload_service.domain.ids import NodeId
from file_upload_service.domain.transfer import Reach, SignedDownload
from tests.fakes.upload_world import ADA, BOB, World, new_upload
from tests.unit.file_upload_service.uploads import sent_small, start_large


async def test_an_owner_lists_what_has_not_ended_latest_first(world: World) -> None:
    for number in range(5):
        await world.clock.advance(timedelta(seconds=1))
        await world.instance().start(new_upload(5, command_id=f"c{number}", name=f"n{number}"))
    await world.instance().start(new_upload(5), caller=BOB)
    ended = await sent_small(world, world.instance())
    await world.instance().abort(ended.id)

    first = await world.instance().list_uploads(ADA.account_id, limit=3, cursor=None)
    second = await world.instance().list_uploads(ADA.account_id, limit=3, cursor=first.next_cursor)

    names = [upload.target.name for upload in (*first.items, *second.items)]
    assert names == ["n4", "n3", "n2", "n1", "n0"]
    assert second.next_cursor is None


@pytest.mark.parametrize("limit", [-1, 1001])
async def test_a_page_has_a_sensible_size(world: World, limit: int) -> None:
    with pytest.raises(InvalidArgument):
        await world.instance().list_uploads(ADA.account_id, limit=limit, cursor=None)


async def test_an_upload_shows_which_parts_were_claimed_and_reported(world: World) -> None:
    upload = await start_large(world.instance())

    _, parts = await world.instance().get_upload.with_parts(ADA.account_id, upload.id)

    assert [(part.number, part.etag) for part in parts] == [(1, None), (2, None)]


async def test_a_download_is_signed_only_after_metadata_has_agreed(world: World) -> None:
    upload = await sent_small(world, world.instance())
    done = await world.instance().complete(upload.id)
    assert done.committed is not None
    instance = world.instance()

    signed = await instance.sign_download(ADA, done.committed.node_id, None, Reach.INTERNAL)

    assert signed.url == f"internal://{upload.key}"
    assert signed.expire_at == world.clock.now() + world.policy.download_url_life
    assert instance.faults.calls == ["InMemoryMetadata.check_download"]
    for caller, node_id in ((BOB, done.committed.node_id), (ADA, NodeId("0" * 32))):
        with pytest.raises(RemoteError, match="node_not_found"):
            await world.instance().sign_download(caller, node_id, None, Reach.PUBLIC)


async def test_of_many_downloads_each_is_signed_or_refused_by_itself(world: World) -> None:
    upload = await sent_small(world, world.instance())
    done = await world.instance().complete(upload.id)
    assert done.committed is not None
    instance, mine = world.instance(), done.committed.node_id

    missing, signed = await instance.sign_download.many(
        ADA, [(NodeId("0" * 32), None), (mine, None)], Reach.INTERNAL
    )

    assert isinstance(missing, RemoteError)
    assert missing.code == "node_not_found"
    assert isinstance(signed, SignedDownload)
    assert signed.url == f"internal://{upload.key}"
    assert instance.faults.calls == ["InMemoryMetadata.check_downloads"]
    [theirs] = await world.instance().sign_download.many(BOB, [(mine, None)], Reach.INTERNAL)
    assert isinstance(theirs, RemoteError)
    with pytest.raises(InvalidArgument):
        await instance.sign_download.many(ADA, [(mine, None)] * 101, Reach.INTERNAL)

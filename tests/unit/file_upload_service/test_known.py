"""Content that the drive holds already is not sent again."""

import asyncio
from datetime import timedelta

import pytest

from chassis.errors import DomainError, InvalidArgument, Unavailable
from file_upload_service.app.redirect import Redirect
from file_upload_service.domain.errors import PartsMissing, UploadNotFound
from file_upload_service.domain.ids import BlobId, blob_key
from file_upload_service.domain.part import PartClaim
from file_upload_service.domain.target import ConflictRule
from file_upload_service.domain.transfer import Reach
from file_upload_service.domain.upload import Upload, UploadState
from tests.fakes.upload_integrity import Integrity
from tests.fakes.upload_world import ADA, BOB, World, claim, new_upload
from tests.unit.file_upload_service.test_crashes import after_everything
from tests.unit.file_upload_service.uploads import (
    FIRST,
    LARGE_BYTES,
    SECOND,
    SMALL,
    hash_of,
    hold,
    send,
    sent_large,
    start_large,
    start_small,
)

LARGE = hash_of(FIRST, SECOND)


def became(world: World, upload: Upload) -> BlobId:
    """The bytes of the file that it became."""
    assert upload.committed is not None
    (blob_id,) = [
        it.blob_id for it in world.metadata.files.values() if it.node_id == upload.committed.node_id
    ]
    return blob_id


@pytest.mark.parametrize("bodies", [(SMALL,), (FIRST, SECOND), (b"",)])
async def test_known_content_is_a_file_as_soon_as_it_is_started(
    world: World, bodies: tuple[bytes, ...]
) -> None:
    known = hold(world, *bodies)
    size, claims = sum(map(len, bodies)), [claim(number, body) for number, body in enumerate(bodies, 1)]
    new = new_upload(size, content_hash=hash_of(*bodies))
    upload, signed = await world.instance().start_upload(ADA, new, claims, Reach.PUBLIC)
    assert (upload.state, signed, became(world, upload)) == (UploadState.COMMITTED, None, known)
    assert list(world.store.objects) == [blob_key(known)]
    assert not world.store.multiparts
    assert world.uploads.open_count[ADA.account_id] == 0
    await after_everything(world)


async def test_what_storage_does_not_let_be_looked_at_is_sent(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refused(_: str) -> None:
        raise PermissionError

    hold(world, SMALL)
    monkeypatch.setattr(world.store, "head", refused)

    assert (await start_small(world.instance(), content_hash=hash_of(SMALL))).state is UploadState.OPEN


async def test_a_repeated_start_answers_the_same_file(world: World) -> None:
    hold(world, SMALL)
    first = await start_small(world.instance(), content_hash=hash_of(SMALL))
    for hash_ in (hash_of(SMALL), ""):
        again = await start_small(world.instance(), content_hash=hash_)
        assert again.committed == first.committed
    assert len(world.metadata.committed) == 1


async def test_an_open_upload_becomes_a_file_of_known_bytes_and_what_it_had_sent_goes(world: World) -> None:
    upload = await sent_large(world, world.instance())
    known = hold(world, FIRST, SECOND)
    upload = (await world.instance().use_known(ADA, upload.id, LARGE)).upload
    assert became(world, upload) == known
    await world.clock.advance(world.policy.upload_url_life * 2 + world.policy.late_bytes_margin)
    await world.instance().sweep()
    assert not world.store.multiparts
    await after_everything(world)


async def test_bytes_that_arrive_late_beside_a_known_file_go_too(world: World) -> None:
    upload = await start_small(world.instance())
    signed = await world.instance().sign_parts(ADA, upload.id, [claim(1, SMALL)], Reach.PUBLIC)
    known = hold(world, SMALL)
    await world.instance().use_known(ADA, upload.id, hash_of(SMALL))
    world.store.send(signed.parts[0], SMALL)
    fsck = Integrity(world)
    assert [it async for it in fsck.fsck().everything() if it.findings] == []
    await after_everything(world)
    assert list(world.store.objects) == [blob_key(known)]


@pytest.mark.parametrize("hash_", [hash_of(b"other"), ""])
async def test_unknown_content_is_sent_as_ever(world: World, hash_: str) -> None:
    hold(world, SMALL)
    upload = await start_small(world.instance(), content_hash=hash_)
    assert upload.state is UploadState.OPEN
    await send(world, world.instance(), upload, SMALL)
    assert (await world.instance().complete(upload.id)).committed is not None
    await after_everything(world)


async def test_another_accounts_content_is_unknown(world: World) -> None:
    hold(world, SMALL, caller=BOB)
    upload = await start_small(world.instance(), content_hash=hash_of(SMALL))
    assert upload.state is UploadState.OPEN
    upload = (await world.instance().use_known(ADA, upload.id, hash_of(SMALL))).upload
    assert upload.state is UploadState.OPEN


async def test_nobody_uses_what_is_known_for_anothers_upload(world: World) -> None:
    upload = await start_small(world.instance())
    with pytest.raises(UploadNotFound):
        await world.instance().use_known(BOB, upload.id, hash_of(SMALL))


@pytest.mark.parametrize("hash_", ["x", "AB" * 32, "ab" * 31, "ab" * 33, "٠" * 64])
async def test_what_cannot_be_a_hash_is_refused_before_anything_is_written(world: World, hash_: str) -> None:
    with pytest.raises(InvalidArgument):
        await start_small(world.instance(), content_hash=hash_)
    assert not world.uploads.uploads
    upload = await start_small(world.instance())
    with pytest.raises(InvalidArgument):
        await world.instance().use_known(ADA, upload.id, hash_)


@pytest.mark.parametrize("damage", ["missing", "shorter", "other"])
async def test_storage_that_does_not_hold_what_metadata_knows_gives_nothing(
    world: World, damage: str
) -> None:
    key = blob_key(hold(world, FIRST, SECOND))
    if damage == "missing":
        await world.store.delete(key)
    elif damage == "shorter":
        world.store.objects[key] = FIRST
    else:
        world.store.checksums[key] = "AAAA-2"
    upload = await start_large(world.instance(), content_hash=LARGE)
    assert upload.state is UploadState.OPEN


@pytest.mark.parametrize("call", ["find_known", "head"])
async def test_trouble_in_looking_is_no_reason_not_to_send(
    world: World, call: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def unwell(*_: object) -> None:
        raise Unavailable

    hold(world, SMALL)
    monkeypatch.setattr(world.metadata if call == "find_known" else world.store, call, unwell)
    upload = await start_small(world.instance(), content_hash=hash_of(SMALL))
    assert upload.state is UploadState.OPEN


async def test_known_bytes_that_are_condemned_before_the_commit_have_to_be_sent(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = hold(world, SMALL)
    head = world.store.head

    async def condemned_meanwhile(key: str) -> object:
        world.metadata.condemned.add(known)
        return await head(key)

    monkeypatch.setattr(world.store, "head", condemned_meanwhile)
    upload = await start_small(world.instance(), content_hash=hash_of(SMALL))
    assert (upload.state, upload.known, upload.stored_at) == (UploadState.OPEN, None, None)
    monkeypatch.undo()
    await send(world, world.instance(), upload, SMALL)
    done = await world.instance().complete(upload.id)
    assert became(world, done) == upload.blob_id
    assert world.uploads.open_count[ADA.account_id] == 0


async def test_a_known_file_whose_name_was_taken_meanwhile_waits_for_another_one(world: World) -> None:
    known = hold(world, SMALL)
    upload = await start_small(world.instance())
    other = await world.instance().start(new_upload(5, command_id="other", content_hash=hash_of(SMALL)))
    assert other.committed is not None
    upload = (await world.instance().use_known(ADA, upload.id, hash_of(SMALL))).upload
    assert (upload.state, upload.failure and upload.failure.code) == (UploadState.STORED, "name_taken")
    with pytest.raises(DomainError, match="name_taken"):
        await world.instance().complete(upload.id)
    done = await world.instance().complete(upload.id, redirect=Redirect(conflict=ConflictRule.RENAME))
    assert became(world, done) == known
    await after_everything(world)


async def test_what_waited_too_long_for_its_name_has_to_be_sent(world: World) -> None:
    known = hold(world, SMALL)
    upload = await start_small(world.instance())
    await world.instance().start(new_upload(5, command_id="other", content_hash=hash_of(SMALL)))
    await world.instance().use_known(ADA, upload.id, hash_of(SMALL))
    world.metadata.condemned.add(known)
    with pytest.raises(PartsMissing):
        await world.instance().complete(upload.id, redirect=Redirect(conflict=ConflictRule.RENAME))
    await send(world, world.instance(), upload, SMALL)
    done = await world.instance().complete(upload.id)
    assert became(world, done) == upload.blob_id


async def test_one_that_waits_for_another_name_can_be_given_up(world: World) -> None:
    known = hold(world, SMALL)
    upload = await start_small(world.instance())
    await world.instance().start(new_upload(5, command_id="other", content_hash=hash_of(SMALL)))
    await world.instance().use_known(ADA, upload.id, hash_of(SMALL))
    assert (await world.instance().abort(upload.id)).state is UploadState.ABORTED
    await after_everything(world)
    assert list(world.store.objects) == [blob_key(known)]


@pytest.mark.parametrize("pause", range(16))
@pytest.mark.parametrize("what", ["abort", "complete", "use_known", "sweep"])
async def test_of_using_what_is_known_and_something_else_at_once_one_wins(
    world: World, what: str, pause: int
) -> None:
    upload = await sent_large(world, world.instance())
    hold(world, FIRST, SECOND)
    if what == "sweep":
        await world.clock.advance(timedelta(days=7))
    other = world.instance()
    doing = {
        "abort": lambda: other.abort(upload.id),
        "complete": lambda: other.complete(upload.id),
        "use_known": lambda: other.use_known(ADA, upload.id, LARGE),
        "sweep": lambda: other.sweep(),
    }

    async def late() -> object:
        for _ in range(pause):
            await asyncio.sleep(0)
        return await doing[what]()

    async def tick() -> None:
        while True:
            await asyncio.sleep(0)
            await world.clock.advance(timedelta(milliseconds=50))

    ticking = asyncio.create_task(tick())
    await asyncio.gather(world.instance().use_known(ADA, upload.id, LARGE), late(), return_exceptions=True)
    ticking.cancel()
    assert len(world.metadata.committed) <= 1
    assert bool(world.metadata.committed) != bool(world.metadata.abandoned)
    await after_everything(world)


async def test_the_hash_of_other_parts_in_the_same_size_is_other_content(world: World) -> None:
    hold(world, FIRST, SECOND)
    new = new_upload(LARGE_BYTES, content_hash=hash_of(FIRST, b"liat"))
    upload = await world.instance().start(new, PartClaim(1, bytes(32)))
    assert upload.state is UploadState.OPEN


async def test_a_key_used_again_when_its_row_is_gone_takes_no_byte_from_the_file_it_made(
    world: World,
) -> None:
    """The file is known by then, to itself: whoever sent it may say its hash with the same `command_id`."""
    first = await start_small(world.instance(), conflict=ConflictRule.REPLACE)
    await send(world, world.instance(), first, SMALL)
    await world.instance().complete(first.id)
    await ages(world)
    again = await start_small(world.instance(), conflict=ConflictRule.REPLACE, content_hash=hash_of(SMALL))
    assert (again.id, again.state) == (first.id, UploadState.COMMITTED)
    await ages(world)
    assert list(world.store.objects) == [blob_key(BlobId(first.id))]
    await after_everything(world)


async def test_bytes_sent_under_the_key_of_a_file_of_known_bytes_go(world: World) -> None:
    known = hold(world, SMALL)
    await start_small(world.instance(), conflict=ConflictRule.REPLACE, content_hash=hash_of(SMALL))
    await ages(world)
    again = await start_small(world.instance(), conflict=ConflictRule.REPLACE)
    await send(world, world.instance(), again, SMALL)
    done = await world.instance().complete(again.id)
    assert (done.state, became(world, done)) == (UploadState.COMMITTED, known)
    await ages(world)
    assert list(world.store.objects) == [blob_key(known)]


async def test_a_key_used_again_for_other_known_bytes_is_told_so(world: World) -> None:
    first = await start_small(world.instance(), conflict=ConflictRule.REPLACE)
    await send(world, world.instance(), first, SMALL)
    await world.instance().complete(first.id)
    await ages(world)
    hold(world, b"otherwise")
    held = set(world.store.objects)
    new = new_upload(9, content_hash=hash_of(b"otherwise"), conflict=ConflictRule.REPLACE)
    upload, _ = await world.instance().start_upload(ADA, new, [claim(1, b"otherwise")], Reach.PUBLIC)
    assert upload.failure is not None
    assert (upload.id, upload.state, upload.failure.code) == (
        first.id,
        UploadState.FAILED,
        "command_id_reused",
    )
    await ages(world)
    assert set(world.store.objects) == held


async def ages(world: World) -> None:
    """Until the rows of uploads that ended are dropped."""
    await world.clock.advance(timedelta(days=8))
    await world.instance().sweep()
    await world.instance().sweep()
    assert not world.uploads.uploads

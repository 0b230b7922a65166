"""Of a changed file only what changed is sent: the rest is copied inside storage."""

import asyncio
from datetime import timedelta

import pytest

from chassis.errors import InvalidArgument, Unavailable
from file_upload_service.app.copy_known import COPIES_A_ROUND, Copied
from file_upload_service.domain.errors import PartNumberInvalid, UploadNotFound
from file_upload_service.domain.ids import BlobId, NodeId, blob_key
from file_upload_service.domain.known import BaseVersion, KnownParts, PartCopy
from file_upload_service.domain.layout import MIB, plan_for
from file_upload_service.domain.part import Part, PartClaim
from file_upload_service.domain.target import ConflictRule
from file_upload_service.domain.transfer import Reach
from file_upload_service.domain.upload import Upload, UploadState
from file_upload_service.ports.object_store import PartsRejected
from tests.fakes.upload_world import ADA, BOB, World, claim, new_upload
from tests.unit.file_upload_service.test_crashes import after_everything
from tests.unit.file_upload_service.uploads import hash_of, hold, hold_file, send

PART = 8 * MIB
ONE, TWO, END = b"1" * PART, b"2" * PART, b"end"
CHANGED = (b"!" * PART, TWO, END)
SIZE = sum(map(len, CHANGED))
BLOB = BlobId("f" * 32)


async def replacing(world: World, **facts: object) -> Upload:
    asked = {"conflict": ConflictRule.REPLACE} | facts
    return await world.instance().start(new_upload(SIZE, **asked))  # type: ignore[arg-type]  # a test's own words


def claims(*bodies: bytes) -> list[PartClaim]:
    return [claim(number, body) for number, body in enumerate(bodies, 1)]


def arrived(copied: Copied) -> list[int]:
    return [part.number for part in copied.parts if part.etag]


async def test_of_a_file_that_replaces_another_only_what_changed_is_sent(world: World) -> None:
    hold_file(world, ONE, TWO, END)
    upload = await replacing(world)
    copied = await world.instance().use_known(ADA, upload.id, hash_of(*CHANGED), claims(*CHANGED))
    assert (arrived(copied), copied.more, copied.upload.state) == ([2, 3], False, UploadState.OPEN)
    signed = await world.instance().sign_parts(ADA, upload.id, claims(*CHANGED)[:1], Reach.PUBLIC)
    world.store.send(signed.parts[0], CHANGED[0])
    done = await world.instance().complete(upload.id)
    assert done.committed is not None
    assert world.store.objects[upload.key] == b"".join(CHANGED)
    await after_everything(world)


async def test_parts_are_found_wherever_they_stand_in_the_base(world: World) -> None:
    node = hold_file(world, ONE, TWO, END, name="base.bin")
    upload = await replacing(world, name="new.bin")
    bodies = (TWO, ONE, END)
    copied = await world.instance().use_known(ADA, upload.id, "", claims(*bodies), BaseVersion(node))
    assert arrived(copied) == [1, 2, 3]
    done = await world.instance().complete(upload.id)
    assert done.committed is not None
    assert world.store.objects[upload.key] == b"".join(bodies)


async def test_a_repeat_copies_nothing_again(world: World) -> None:
    hold_file(world, ONE, TWO, END)
    upload = await replacing(world)
    for _ in range(2):
        copied = await world.instance().use_known(ADA, upload.id, "", claims(*CHANGED))
        assert arrived(copied) == [2, 3]
    assert world.store.copied == [2, 3]


async def test_what_was_sent_already_is_not_copied_over(world: World) -> None:
    hold_file(world, ONE, TWO, END)
    upload = await replacing(world)
    reports = await send(world, world.instance(), upload, *CHANGED)
    await world.instance().report_parts(ADA.account_id, upload.id, reports)
    await world.instance().use_known(ADA, upload.id, "", claims(*CHANGED))
    assert world.store.copied == []


async def test_a_part_that_was_announced_with_other_bytes_is_left_alone(world: World) -> None:
    hold_file(world, ONE, TWO, END)
    upload = await replacing(world)
    await world.instance().sign_parts(ADA, upload.id, [claim(2, ONE)], Reach.PUBLIC)
    copied = await world.instance().use_known(ADA, upload.id, "", claims(*CHANGED))
    assert arrived(copied) == [3]


async def test_who_replaces_nothing_and_names_no_base_copies_nothing(world: World) -> None:
    hold_file(world, ONE, TWO, END)
    for facts in ({"conflict": ConflictRule.RENAME}, {"name": "other", "command_id": "other"}):
        upload = await replacing(world, **facts)
        assert arrived(await world.instance().use_known(ADA, upload.id, "", claims(*CHANGED))) == []


async def test_another_accounts_file_is_no_base(world: World) -> None:
    node = hold_file(world, ONE, TWO, END, caller=BOB)
    upload = await replacing(world)
    for base in (BaseVersion(node), BaseVersion(NodeId("e" * 32)), None):
        assert arrived(await world.instance().use_known(ADA, upload.id, "", claims(*CHANGED), base)) == []
    with pytest.raises(UploadNotFound):
        await world.instance().use_known(BOB, upload.id, "", claims(*CHANGED))
    assert world.store.copied == []


@pytest.mark.parametrize("trouble", ["gone", "other bytes", "unwell", "refused", "metadata unwell"])
async def test_what_cannot_be_copied_is_sent(
    world: World, trouble: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def unwell(*_: object) -> None:
        raise Unavailable

    async def refused(*_: object) -> None:
        raise PartsRejected

    hold_file(world, ONE, TWO, END)
    key = blob_key(next(iter(world.metadata.live)))
    if trouble == "gone":
        await world.store.delete(key)
    elif trouble == "other bytes":
        world.store.objects[key] = bytes(SIZE)
    elif trouble == "unwell":
        monkeypatch.setattr(world.store, "copy_part", unwell)
    elif trouble == "refused":
        monkeypatch.setattr(world.store, "copy_part", refused)
    else:
        monkeypatch.setattr(world.metadata, "find_base", unwell)
    upload = await replacing(world)
    copied = await world.instance().use_known(ADA, upload.id, "", claims(*CHANGED))
    assert (arrived(copied), copied.more) == ([], False)
    await send(world, world.instance(), upload, *CHANGED)
    assert (await world.instance().complete(upload.id)).committed is not None
    assert world.store.objects[upload.key] == b"".join(CHANGED)


async def test_condemned_bytes_are_no_base(world: World) -> None:
    hold_file(world, ONE, TWO, END)
    world.metadata.condemned |= set(world.metadata.live)
    upload = await replacing(world)
    assert arrived(await world.instance().use_known(ADA, upload.id, "", claims(*CHANGED))) == []


async def test_the_whole_goes_before_its_parts(world: World) -> None:
    hold_file(world, ONE, TWO, END)
    hold(world, *CHANGED, blob_id="e" * 32)
    upload = await replacing(world)
    copied = await world.instance().use_known(ADA, upload.id, hash_of(*CHANGED), claims(*CHANGED))
    assert copied.upload.state is UploadState.COMMITTED
    assert world.store.copied == []


@pytest.mark.parametrize("number", [0, 4, 1000])
async def test_a_part_that_there_is_not_is_refused(world: World, number: int) -> None:
    upload = await replacing(world)
    with pytest.raises(PartNumberInvalid):
        await world.instance().use_known(ADA, upload.id, "", [claim(number, ONE)])


async def test_what_is_no_hash_or_named_twice_is_refused(world: World) -> None:
    upload = await replacing(world)
    with pytest.raises(InvalidArgument):
        await world.instance().use_known(ADA, upload.id, "", [PartClaim(1, b"short")])
    with pytest.raises(PartNumberInvalid):
        await world.instance().use_known(ADA, upload.id, "", [claim(1, ONE), claim(1, ONE)])


async def test_what_takes_long_is_told_and_goes_on_when_asked_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy_part = world.store.copy_part

    async def slowly(key: str, multipart_id: str, copy: PartCopy) -> object:
        await world.clock.advance(timedelta(seconds=1))
        return await copy_part(key, multipart_id, copy)

    monkeypatch.setattr(world.store, "copy_part", slowly)
    node, count = hold_file(world, TWO, END, name="base.bin"), COPIES_A_ROUND + 3
    upload = await world.instance().start(new_upload(count * PART + 1))
    wanted = [claim(number, TWO) for number in range(1, count + 1)]
    first = await world.instance().use_known(ADA, upload.id, "", wanted, BaseVersion(node))
    assert (len(arrived(first)), first.more) == (COPIES_A_ROUND, True)
    then = await world.instance().use_known(ADA, upload.id, "", wanted, BaseVersion(node))
    assert (len(arrived(then)), then.more) == (count, False)


@pytest.mark.parametrize("pause", range(0, 30, 2))
async def test_an_upload_that_is_ended_while_it_is_copied_leaves_nothing(world: World, pause: int) -> None:
    hold_file(world, ONE, TWO, END)
    upload = await replacing(world)

    async def late() -> object:
        for _ in range(pause):
            await asyncio.sleep(0)
        return await world.instance().abort(upload.id)

    copying = world.instance().use_known(ADA, upload.id, "", claims(*CHANGED))
    await asyncio.gather(copying, late(), return_exceptions=True)
    assert (await world.uploads.get(ADA.account_id, upload.id)).state is UploadState.ABORTED
    await after_everything(world)


def test_of_a_source_of_at_most_5_mib_nothing_is_copied() -> None:
    plan, body = plan_for(2 * PART), b"x" * (5 * MIB)
    wanted = claim(1, body)
    assert KnownParts(BLOB, len(body), (wanted.sha256,)).copies(plan, [wanted], ()) == []


def test_a_part_of_another_length_is_not_the_part() -> None:
    """It would take a hash that two lengths have."""
    wanted = claim(2, b"tail")
    known = KnownParts(BLOB, 2 * PART, (claim(1, ONE).sha256, wanted.sha256))
    assert known.copies(plan_for(PART + 4), [wanted], ()) == []
    assert len(known.copies(plan_for(2 * PART), [wanted], ())) == 1
    assert known.copies(plan_for(2 * PART), [wanted], [Part(2, wanted.sha256, "etag")]) == []
    assert len(known.copies(plan_for(2 * PART), [wanted], [Part(2, wanted.sha256)])) == 1

"""Uploads whose length nobody knows when they begin."""

import contextlib
from dataclasses import replace

import pytest

from chassis.errors import Kind, RemoteError, Unavailable
from file_upload_service.domain.content import content_hash
from file_upload_service.domain.errors import (
    CommandIdReused,
    LengthDecided,
    LengthUnknown,
    PartNumberInvalid,
    PartsMissing,
    UploadNotFound,
)
from file_upload_service.domain.layout import MIB
from file_upload_service.domain.part import PartReport
from file_upload_service.domain.transfer import Reach
from file_upload_service.domain.upload import Upload, UploadState
from file_upload_service.ports.uploads import UploadMoved
from tests.fakes.upload_faults import Fault, Faults
from tests.fakes.upload_world import ADA, BOB, Instance, World, claim, new_upload

FULL, REST = bytes(8 * MIB), b"the rest"
SIZE = len(FULL) + len(REST)


async def begun(instance: Instance, **facts: object) -> Upload:
    return await instance.start(new_upload(None, **facts))


async def send(
    world: World, upload: Upload, number: int, body: bytes, *, size_bytes: int | None = None
) -> PartReport:
    signed = await world.instance().sign_parts(
        ADA, upload.id, [claim(number, body)], Reach.PUBLIC, size_bytes=size_bytes
    )
    return PartReport(number, world.store.send(signed.parts[0], body))


async def sent(world: World) -> tuple[Upload, list[PartReport]]:
    upload = await begun(world.instance())
    return upload, [
        await send(world, upload, 1, FULL),
        await send(world, upload, 2, REST, size_bytes=SIZE),
    ]


async def test_a_stream_becomes_a_file_of_the_length_that_is_said_at_its_end(world: World) -> None:
    upload, reports = await sent(world)

    done = await world.instance().complete(upload.id, *reports, size_bytes=SIZE)

    assert done.state is UploadState.COMMITTED
    assert world.store.objects[upload.key] == FULL + REST
    held = world.metadata.files[ADA.account_id, "letter.txt"].bytes_
    assert (held.plan.layout, held.plan.size_bytes, held.plan.part_count) == ("s1", SIZE, 2)
    hashes = [claim(1, FULL).sha256, claim(2, REST).sha256]
    assert held.content_hash == content_hash(hashes)


@pytest.mark.parametrize("body", [b"", b"x", FULL])
async def test_a_stream_may_have_a_single_part(world: World, body: bytes) -> None:
    upload = await begun(world.instance())
    report = await send(world, upload, 1, body, size_bytes=len(body))

    done = await world.instance().complete(upload.id, report, size_bytes=len(body))

    assert done.state is UploadState.COMMITTED
    assert world.store.objects[upload.key] == body


async def test_while_it_is_open_its_parts_are_signed_whole(world: World) -> None:
    upload = await begun(world.instance())

    claims = [claim(number, FULL) for number in (1, 200, 201, 401, 601)]
    signed = await world.instance().sign_parts(ADA, upload.id, claims, Reach.PUBLIC)

    assert [part.size_bytes // MIB for part in signed.parts] == [8, 8, 64, 512, 4096]


async def test_it_is_not_complete_before_somebody_says_how_long_it_is(world: World) -> None:
    upload = await begun(world.instance())
    report = await send(world, upload, 1, FULL)

    with pytest.raises(LengthUnknown):
        await world.instance().complete(upload.id, report)

    assert (await world.uploads.get(ADA.account_id, upload.id)).plan.is_open
    done = await world.instance().complete(upload.id, report, size_bytes=len(FULL))
    assert done.state is UploadState.COMMITTED


async def test_a_length_that_was_said_with_the_last_part_need_not_be_repeated(world: World) -> None:
    upload, reports = await sent(world)

    done = await world.instance().complete(upload.id, *reports)

    assert done.state is UploadState.COMMITTED


@pytest.mark.parametrize("size", [len(FULL), SIZE - 1, SIZE + 1, 3 * len(FULL)])
async def test_a_second_length_is_refused_wherever_it_is_said(world: World, size: int) -> None:
    upload, reports = await sent(world)

    with pytest.raises(LengthDecided):
        await world.instance().complete(upload.id, *reports, size_bytes=size)
    with pytest.raises(LengthDecided):
        await send(world, upload, 2, REST, size_bytes=size)

    assert (await world.instance().complete(upload.id, *reports)).state is UploadState.COMMITTED


@pytest.mark.parametrize("size", [0, len(FULL) - 1])
async def test_a_length_that_contradicts_what_was_announced_is_refused_and_costs_nothing(
    world: World, size: int
) -> None:
    upload = await begun(world.instance())
    report = await send(world, upload, 1, FULL)

    with pytest.raises(LengthDecided):
        await world.instance().complete(upload.id, report, size_bytes=size)
    with pytest.raises(LengthDecided):
        await send(world, upload, 1, FULL, size_bytes=size)

    done = await world.instance().complete(upload.id, report, size_bytes=len(FULL))
    assert done.state is UploadState.COMMITTED


async def test_a_closed_stream_has_no_further_parts(world: World) -> None:
    upload, _ = await sent(world)

    with pytest.raises(PartNumberInvalid):
        await send(world, upload, 3, REST)


async def test_missing_parts_leave_a_stream_open_with_its_length(world: World) -> None:
    upload = await begun(world.instance())
    first = await send(world, upload, 1, FULL)

    with pytest.raises(PartsMissing):
        await world.instance().complete(upload.id, first, size_bytes=SIZE)

    second = await send(world, upload, 2, REST, size_bytes=SIZE)
    done = await world.instance().complete(upload.id, first, second, size_bytes=SIZE)
    assert done.state is UploadState.COMMITTED


async def test_a_stream_is_refused_as_soon_as_it_is_certain_that_it_has_no_room(world: World) -> None:
    world.metadata.room_bytes = 10 * MIB
    upload = await begun(world.instance())
    await send(world, upload, 1, FULL)

    with pytest.raises(RemoteError) as refusal:
        await send(world, upload, 2, FULL)

    assert refusal.value.kind is Kind.QUOTA
    await send(world, upload, 2, REST, size_bytes=SIZE)  # that much has


@pytest.mark.parametrize("trouble", [Unavailable("away"), RemoteError(Kind.CONFLICT, "name_taken", "")])
async def test_what_else_metadata_says_meanwhile_does_not_stop_the_bytes(
    world: World, trouble: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = await begun(world.instance())

    async def refuse(*_: object) -> None:
        raise trouble

    monkeypatch.setattr(world.metadata, "check_upload", refuse)

    assert (await send(world, upload, 1, FULL)).etag


async def test_somebody_elses_stream_is_not_found_and_stays_open(world: World) -> None:
    upload = await begun(world.instance())

    with pytest.raises(UploadNotFound):
        await world.instance().sign_parts(BOB, upload.id, [claim(1, b"")], Reach.PUBLIC, size_bytes=0)

    assert (await world.uploads.get(ADA.account_id, upload.id)).plan.is_open


async def test_of_two_who_close_it_differently_at_once_one_is_refused(world: World) -> None:
    upload = await begun(world.instance())
    before = await world.uploads.get(ADA.account_id, upload.id)
    await world.uploads.save(before, before.closed(5))

    with pytest.raises(UploadMoved):
        await world.uploads.save(before, before.closed(6))

    with pytest.raises(LengthDecided):
        await send(world, upload, 1, b"sixsix", size_bytes=6)


@pytest.mark.parametrize("fault", [Fault.REFUSED, Fault.ANSWER_LOST])
async def test_closing_may_be_repeated_after_any_broken_call(world: World, fault: Fault) -> None:
    upload = await begun(world.instance())
    counted = Faults()
    await world.instance(counted).sign_parts(
        ADA, upload.id, [claim(1, REST)], Reach.PUBLIC, size_bytes=len(REST)
    )
    for step in range(len(counted.calls)):
        upload = await begun(world.instance(), command_id=f"again-{step}")
        instance = world.instance(Faults(step, fault))
        with contextlib.suppress(Unavailable):
            await instance.sign_parts(ADA, upload.id, [claim(1, REST)], Reach.PUBLIC, size_bytes=len(REST))

        report = await send(world, upload, 1, REST, size_bytes=len(REST))

        assert report.etag


async def test_the_same_command_is_the_same_stream_and_never_a_file_of_known_length(world: World) -> None:
    first = await begun(world.instance())
    again = await begun(world.instance())

    assert again.id == first.id
    with pytest.raises(CommandIdReused):
        await world.instance().start(new_upload(0))


async def test_a_stream_is_never_taken_for_known_content_before_its_length_is_said(world: World) -> None:
    empty = await begun(world.instance())
    report = await send(world, empty, 1, b"", size_bytes=0)
    await world.instance().complete(empty.id, report, size_bytes=0)
    known = replace(
        new_upload(None, name="other", command_id="other"), content_hash=content_hash([claim(1, b"").sha256])
    )

    upload = await world.instance().start(known)

    assert upload.state is UploadState.OPEN

"""Signing and reporting parts."""

from datetime import timedelta

import pytest

from chassis.errors import InvalidArgument
from file_upload_service.domain.errors import (
    PartClaimed,
    PartNotSigned,
    PartNumberInvalid,
    UploadNotFound,
    UploadNotOpen,
)
from file_upload_service.domain.part import PartClaim, PartReport
from file_upload_service.domain.transfer import Reach
from tests.fakes.upload_object_store import SentInVain
from tests.fakes.upload_world import ADA, BOB, World, claim, new_upload
from tests.unit.file_upload_service.uploads import FIRST, SECOND, SMALL, send, start_large, start_small


async def test_signing_takes_one_read_and_one_transaction(world: World) -> None:
    upload = await start_large(world.instance())
    instance = world.instance()

    await instance.sign_parts(ADA, upload.id, [claim(1, FIRST), claim(2, SECOND)], Reach.PUBLIC)

    assert len(instance.faults.calls) == 2


async def test_a_url_expired_is_asked_for_again(world: World) -> None:
    upload = await start_large(world.instance())
    await world.clock.advance(timedelta(hours=5))

    signed = await world.instance().sign_parts(ADA, upload.id, [claim(1, FIRST)], Reach.PUBLIC)

    assert signed.expire_at == world.clock.now() + timedelta(hours=1)
    row, _ = await world.uploads.load(ADA.account_id, upload.id)
    assert row.signed_until >= signed.expire_at


async def test_the_row_always_says_until_when_bytes_can_arrive_and_is_written_seldom(world: World) -> None:
    upload = await start_large(world.instance())
    writes = 0
    for _ in range(60):
        await world.clock.advance(timedelta(minutes=5))
        instance = world.instance()
        signed = await instance.sign_parts(ADA, upload.id, [claim(1, FIRST)], Reach.PUBLIC)
        writes += "InMemoryUploadRepository.save" in instance.faults.calls
        row, _ = await world.uploads.load(ADA.account_id, upload.id)
        assert row.signed_until >= signed.expire_at
    assert writes <= 5


async def test_a_number_belongs_to_its_first_hash(world: World) -> None:
    upload = await start_large(world.instance())

    with pytest.raises(PartClaimed):
        await world.instance().sign_parts(ADA, upload.id, [claim(1, b"other bytes")], Reach.PUBLIC)


async def test_a_refused_claim_leaves_the_other_numbers_of_its_request_free(world: World) -> None:
    upload = await world.instance().start(new_upload(30 << 20), claim(1, FIRST))

    with pytest.raises(PartClaimed):
        await world.instance().sign_parts(
            ADA, upload.id, [claim(1, b"other"), claim(2, SECOND)], Reach.PUBLIC
        )

    _, parts = await world.uploads.load(ADA.account_id, upload.id)
    assert [part.number for part in parts] == [1]


async def test_the_same_claim_again_keeps_what_was_reported(world: World) -> None:
    upload = await start_large(world.instance())
    await world.instance().report_parts(ADA.account_id, upload.id, [PartReport(1, '"etag"')])

    await world.instance().sign_parts(ADA, upload.id, [claim(1, FIRST)], Reach.PUBLIC)

    _, parts = await world.uploads.load(ADA.account_id, upload.id)
    assert parts[0].etag == '"etag"'


@pytest.mark.parametrize("number", [0, -1, 3, 1001])
async def test_a_number_outside_of_the_plan_is_refused(world: World, number: int) -> None:
    upload = await start_large(world.instance())

    with pytest.raises(PartNumberInvalid):
        await world.instance().sign_parts(ADA, upload.id, [claim(number, FIRST)], Reach.PUBLIC)


async def test_a_hash_has_32_bytes_and_a_request_100_parts(world: World) -> None:
    upload = await world.instance().start(new_upload(2000 << 20))
    sign = world.instance().sign_parts

    with pytest.raises(InvalidArgument):
        await sign(ADA, upload.id, [PartClaim(1, b"short")], Reach.PUBLIC)
    with pytest.raises(InvalidArgument):
        await sign(ADA, upload.id, [claim(n, FIRST) for n in range(1, 102)], Reach.PUBLIC)


async def test_other_peoples_uploads_do_not_exist(world: World) -> None:
    upload = await start_small(world.instance())
    instance = world.instance()

    with pytest.raises(UploadNotFound):
        await instance.sign_parts(BOB, upload.id, [claim(1, SMALL)], Reach.PUBLIC)
    with pytest.raises(UploadNotFound):
        await instance.report_parts(BOB.account_id, upload.id, [PartReport(1, "e")])
    with pytest.raises(UploadNotFound):
        await instance.get_upload(BOB.account_id, upload.id)
    with pytest.raises(UploadNotFound):
        await instance.abort_upload(BOB.account_id, upload.id)


async def test_an_ended_upload_takes_no_more_parts(world: World) -> None:
    upload = await start_small(world.instance())
    await world.instance().abort(upload.id)

    with pytest.raises(UploadNotOpen):
        await send(world, world.instance(), upload, SMALL)
    with pytest.raises(UploadNotOpen):
        await world.instance().report_parts(ADA.account_id, upload.id, [PartReport(1, "e")])


async def test_reports_may_be_repeated_and_the_latest_counts(world: World) -> None:
    upload = await start_large(world.instance())
    for etag in ("one", "one", "two"):
        await world.instance().report_parts(ADA.account_id, upload.id, [PartReport(1, etag)])

    _, parts = await world.uploads.load(ADA.account_id, upload.id)
    assert parts[0].etag == "two"


async def test_a_part_that_was_never_signed_cannot_be_reported(world: World) -> None:
    upload = await world.instance().start(new_upload(9 << 20))

    with pytest.raises(PartNotSigned):
        await world.instance().report_parts(ADA.account_id, upload.id, [PartReport(1, "e")])


async def test_a_url_takes_no_other_bytes(world: World) -> None:
    _, signed = await world.instance().start_upload(ADA, new_upload(5), [claim(1, SMALL)], Reach.PUBLIC)
    assert signed is not None

    for wrong in (b"HELLO", b"hello!", b""):
        with pytest.raises(SentInVain):
            world.store.send(signed.parts[0], wrong)

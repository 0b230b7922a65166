"""What the service relies on of its memory of tails."""

from dataclasses import replace

import pytest

from file_upload_service.domain.errors import PartNotSigned
from file_upload_service.domain.layout import OPEN_STREAM
from file_upload_service.domain.part import Part, PartClaim, PartReport
from file_upload_service.domain.tail import Segment, Tail
from file_upload_service.domain.upload import Upload
from file_upload_service.ports.uploads import UploadMoved
from tests.contracts.file_upload_service.engines import Tables
from tests.fakes.upload_clock import START
from tests.fakes.upload_samples import POLICY, an_upload

FIRST = Tail((Segment(0, 5, bytes(range(32)), 0),), 1)
SECOND = Tail((*FIRST.segments, Segment(5, 7, bytes(32), 5)), 2)


async def begun(tables: Tables) -> Upload:
    upload = replace(an_upload(START), plan=OPEN_STREAM)
    await tables.uploads.start(upload, [], budget=1_000)
    return upload


async def test_what_was_written_is_read_back_whole(tables: Tables) -> None:
    upload = await begun(tables)
    assert await tables.tails.load(upload) == Tail()

    await tables.tails.save(upload, Tail(), FIRST, FIRST.segments[0])
    await tables.tails.save(upload, FIRST, SECOND, SECOND.segments[1])

    assert await tables.tails.load(upload) == SECOND
    loaded, parts = await tables.uploads.load(upload.account_id, upload.id)
    assert (loaded.plan, parts) == (OPEN_STREAM, ())


async def test_who_has_not_seen_the_last_write_writes_nothing(tables: Tables) -> None:
    upload = await begun(tables)
    await tables.tails.save(upload, Tail(), FIRST, FIRST.segments[0])

    with pytest.raises(UploadMoved):
        await tables.tails.save(upload, Tail(), FIRST, FIRST.segments[0])

    assert await tables.tails.load(upload) == FIRST


async def test_nothing_is_written_once_the_part_that_would_hold_it_is_reported(tables: Tables) -> None:
    upload = await begun(tables)
    await tables.parts.claim(upload, [PartClaim(1, bytes(32))])
    await tables.tails.save(upload, Tail(), FIRST, FIRST.segments[0])
    await tables.parts.report(upload, [PartReport(1, "etag")], tail=FIRST)

    with pytest.raises(UploadMoved):
        await tables.tails.save(upload, FIRST, SECOND, SECOND.segments[1])

    assert await tables.tails.load(upload) == FIRST


async def test_a_part_is_not_reported_in_place_of_a_tail_that_was_written_since(tables: Tables) -> None:
    upload = await begun(tables)
    await tables.parts.claim(upload, [PartClaim(1, bytes(32))])
    await tables.tails.save(upload, Tail(), FIRST, FIRST.segments[0])

    with pytest.raises(UploadMoved):
        await tables.parts.report(upload, [PartReport(1, "etag")], tail=Tail())
    assert (await tables.uploads.load(upload.account_id, upload.id))[1] == (Part(1, bytes(32)),)

    with pytest.raises(PartNotSigned):
        await tables.parts.report(upload, [PartReport(2, "etag")], tail=FIRST)
    await tables.parts.report(upload, [PartReport(1, "etag")], tail=FIRST)
    assert (await tables.uploads.load(upload.account_id, upload.id))[1] == (Part(1, bytes(32), "etag"),)


async def test_nothing_is_written_once_the_upload_is_closed_or_has_left_open(tables: Tables) -> None:
    upload = await begun(tables)
    closed = await tables.uploads.save(upload, upload.closed(9))

    with pytest.raises(UploadMoved):
        await tables.tails.save(upload, Tail(), FIRST, FIRST.segments[0])
    await tables.uploads.save(closed, closed.aborting("h", START, POLICY))
    with pytest.raises(UploadMoved):
        await tables.tails.save(closed, Tail(), FIRST, FIRST.segments[0])

    assert await tables.tails.load(upload) == Tail()


async def test_a_tail_goes_with_its_upload(tables: Tables) -> None:
    upload = await begun(tables)
    await tables.tails.save(upload, Tail(), FIRST, FIRST.segments[0])
    aborting = await tables.uploads.save(upload, upload.aborting("h", START, POLICY))
    ended = await tables.uploads.save(aborting, aborting.ended(START, POLICY))

    await tables.uploads.drop(ended)

    assert await tables.tails.load(upload) == Tail()

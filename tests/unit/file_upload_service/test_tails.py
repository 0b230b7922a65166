"""Streams that grow at their end: nothing that was acknowledged is lost, whatever breaks."""

import contextlib
import hashlib
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import Kind, RemoteError, Unavailable
from file_upload_service.domain.errors import (
    LengthDecided,
    OffsetWrong,
    PartsMissing,
    SegmentInvalid,
    UploadNotFound,
    UploadNotOpen,
)
from file_upload_service.domain.ids import UploadId
from file_upload_service.domain.layout import OPEN_STREAM
from file_upload_service.domain.part import Part
from file_upload_service.domain.tail import (
    CELL_BYTES,
    MOST_SEGMENTS_A_CELL,
    Segment,
    Tail,
    arrived_bytes,
    progress,
    upload_of_tail,
)
from file_upload_service.domain.transfer import Reach
from file_upload_service.domain.upload import Upload
from file_upload_service.ports.uploads import UploadMoved
from tests.fakes.upload_faults import Fault, Faults, Killed
from tests.fakes.upload_world import ADA, BOB, Instance, World, claim, new_upload
from tests.unit.file_upload_service.uploads import FIRST, send


def segment(start: int, body: bytes, seen: int | None = None) -> Segment:
    """`seen`: as if it joined nothing, unless it is said."""
    return Segment(start, len(body), hashlib.sha256(body).digest(), start if seen is None else seen)


async def begun(world: World, **facts: object) -> Upload:
    return await world.instance().start(new_upload(None, **facts))


async def append(
    world: World, instance: Instance, upload: Upload, start: int, body: bytes, seen: int | None = None
) -> int:
    piece = segment(start, body, seen)
    await put(world, upload, piece, body)
    return await instance.append_tail(ADA.account_id, upload.id, piece)


async def put(world: World, upload: Upload, piece: Segment, body: bytes) -> None:
    signed = await world.instance().sign_segment(ADA, upload.id, piece, Reach.INTERNAL)
    if piece.key(upload.id) not in world.store.objects:
        world.store.send(signed.parts[0], body)


async def offset_of(world: World, upload: Upload) -> int:
    return (await world.instance().follow_stream(ADA.account_id, upload.id)).offset


async def bytes_of(world: World, upload: Upload) -> bytes:
    """What anybody finds who asks for the tail."""
    seen, urls = await world.instance().get_tail(ADA.account_id, upload.id, Reach.INTERNAL)
    assert len(urls) == len(seen.tail.segments)
    return b"".join(world.store.objects[each.key(upload.id)] for each in seen.tail.segments)


async def test_what_is_appended_is_there_for_whoever_asks(world: World) -> None:
    upload = await begun(world)

    assert await append(world, world.instance(), upload, 0, b"Dear ") == 5
    assert await append(world, world.instance(), upload, 5, b"Charles") == 12

    assert await offset_of(world, upload) == 12
    assert await bytes_of(world, upload) == b"Dear Charles"
    assert {each.key(upload.id) for each in world.uploads.tails[ADA.account_id, upload.id].segments} <= (
        world.durability.flushed
    )


async def test_pieces_are_joined_into_one_and_the_old_ones_go_only_then(world: World) -> None:
    upload = await begun(world)
    await append(world, world.instance(), upload, 0, b"Dear ")
    await append(world, world.instance(), upload, 5, b"Char")

    assert await append(world, world.instance(), upload, 5, b"Charles", seen=9) == 12
    assert len(world.store.objects) == 2
    assert await append(world, world.instance(), upload, 0, b"Dear Charles, hello", seen=12) == 19

    assert await bytes_of(world, upload) == b"Dear Charles, hello"
    assert len(world.store.objects) == 1


@pytest.mark.parametrize(
    ("start", "body"), [(4, b"x"), (6, b"x"), (0, b"Dear"), (0, b"Dea"), (1, b"ear Charles")]
)
async def test_who_does_not_begin_where_it_ends_is_refused(world: World, start: int, body: bytes) -> None:
    upload = await begun(world)
    await append(world, world.instance(), upload, 0, b"Dear ")

    with pytest.raises(OffsetWrong, match="5 bytes"):
        await append(world, world.instance(), upload, start, body, seen=5)

    assert await bytes_of(world, upload) == b"Dear "


async def test_of_two_who_join_the_same_piece_the_second_takes_nothing_of_the_first(world: World) -> None:
    upload = await begun(world)
    await append(world, world.instance(), upload, 0, b"Dear ")
    bodies = (b"Dear A", b"Dear Bob")
    for body in bodies:
        await put(world, upload, segment(0, body, seen=5), body)

    assert await world.instance().append_tail(ADA.account_id, upload.id, segment(0, bodies[0], seen=5)) == 6
    with pytest.raises(OffsetWrong, match="6 bytes"):
        await world.instance().append_tail(ADA.account_id, upload.id, segment(0, bodies[1], seen=5))

    assert await bytes_of(world, upload) == b"Dear A"


async def test_who_came_too_late_leaves_nothing_in_storage(world: World) -> None:
    upload = await begun(world)
    late, last = segment(0, b"Dear Bob"), segment(0, b"Dear A")
    await put(world, upload, late, b"Dear Bob")
    await append(world, world.instance(), upload, 0, b"Dear A")

    for _ in range(2):
        with pytest.raises(OffsetWrong):
            await world.instance().append_tail(ADA.account_id, upload.id, late)

    assert set(world.store.objects) == {last.key(upload.id)}


async def test_who_came_too_late_deletes_nothing_that_others_made_of_the_same_bytes(world: World) -> None:
    upload = await begun(world)
    await append(world, world.instance(), upload, 0, b"Dear ")
    await append(world, world.instance(), upload, 0, b"Dear Charles", seen=5)

    with pytest.raises(OffsetWrong):
        await append(world, world.instance(), upload, 0, b"Dear Charles", seen=0)

    assert await bytes_of(world, upload) == b"Dear Charles"


async def test_a_part_is_not_claimed_for_a_tail_that_has_grown(world: World) -> None:
    upload = await begun(world)
    await append(world, world.instance(), upload, 0, b"Dear A")

    with pytest.raises(OffsetWrong, match="6 bytes"):
        await world.instance().sign_parts(ADA, upload.id, [claim(1, FIRST)], Reach.INTERNAL, offset=5)

    assert (await world.uploads.load(ADA.account_id, upload.id))[1] == ()


async def test_a_part_made_of_a_tail_does_not_take_the_place_of_what_was_appended_since(world: World) -> None:
    upload = await begun(world)
    reports = await send(world, world.instance(), upload, FIRST)
    await append(world, world.instance(), upload, 0, b"Dear A")

    with pytest.raises(OffsetWrong, match="6 bytes"):
        await world.instance().report_parts(ADA.account_id, upload.id, reports, offset=0)

    assert await bytes_of(world, upload) == b"Dear A"


async def test_a_part_made_of_a_tail_may_be_reported_again(world: World) -> None:
    upload = await begun(world)
    await append(world, world.instance(), upload, 0, FIRST[:100])
    reports = await send(world, world.instance(), upload, FIRST)

    for _ in range(2):
        await world.instance().report_parts(ADA.account_id, upload.id, reports, offset=100)

    assert await offset_of(world, upload) == CELL_BYTES


def overtaken(
    save: Callable[..., Awaitable[None]], first: Callable[[], Awaitable[None]]
) -> Callable[..., Any]:
    """The same call, but the first time somebody else is quicker."""
    waiting = [first]

    async def call(*args: Any, **kwargs: Any) -> None:
        if waiting:
            await waiting.pop()()
        await save(*args, **kwargs)

    return call


async def test_whoever_reports_a_part_in_between_is_seen_by_who_appends(world: World) -> None:
    upload = await begun(world)
    reports = await send(world, world.instance(), upload, FIRST)

    async def report() -> None:
        await world.instance().report_parts(ADA.account_id, upload.id, reports, offset=0)

    world.tails.save = overtaken(world.tails.save, report)
    with pytest.raises(OffsetWrong, match=f"{CELL_BYTES} bytes"):
        await append(world, world.instance(), upload, 0, b"Dear A")

    assert await offset_of(world, upload) == CELL_BYTES


async def test_whoever_appends_in_between_is_seen_by_who_reports_a_part(world: World) -> None:
    upload = await begun(world)
    reports = await send(world, world.instance(), upload, FIRST)

    async def write() -> None:
        await append(world, world.instance(), upload, 0, b"Dear A")

    world.uploads.report = overtaken(world.uploads.report, write)
    with pytest.raises(OffsetWrong, match="6 bytes"):
        await world.instance().report_parts(ADA.account_id, upload.id, reports, offset=0)

    assert await bytes_of(world, upload) == b"Dear A"


async def test_the_same_again_is_harmless(world: World) -> None:
    upload = await begun(world)
    for _ in range(3):
        assert await append(world, world.instance(), upload, 0, b"Dear ") == 5


async def test_bytes_that_have_not_arrived_are_not_acknowledged(world: World) -> None:
    upload = await begun(world)
    piece = segment(0, b"Dear ")

    with pytest.raises(PartsMissing):
        await world.instance().append_tail(ADA.account_id, upload.id, piece)

    assert await offset_of(world, upload) == 0


async def test_a_part_takes_the_place_of_the_tail_that_it_holds(world: World) -> None:
    upload = await begun(world)
    await append(world, world.instance(), upload, 0, FIRST[:100])
    reports = await send(world, world.instance(), upload, FIRST)

    await world.instance().report_parts(ADA.account_id, upload.id, reports, durable=True)
    assert await offset_of(world, upload) == CELL_BYTES
    assert await bytes_of(world, upload) == b""
    assert await append(world, world.instance(), upload, CELL_BYTES, b"more") == CELL_BYTES + 4

    assert len([key for key in world.store.objects if key.startswith("tails/")]) == 1


async def test_a_stream_that_is_a_file_has_no_tail_left(world: World) -> None:
    upload = await begun(world)
    await append(world, world.instance(), upload, 0, FIRST[:100])
    reports = await send(world, world.instance(), upload, FIRST)

    await world.instance().complete(upload.id, *reports, size_bytes=CELL_BYTES)

    assert set(world.store.objects) == {upload.key}


async def test_a_stream_is_a_file_though_storage_does_not_let_its_tail_be_listed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refused(_: str) -> None:
        raise PermissionError

    monkeypatch.setattr(world.store, "clear", refused)
    upload = await begun(world)
    reports = await send(world, world.instance(), upload, FIRST)

    done = await world.instance().complete(upload.id, *reports, size_bytes=CELL_BYTES)

    assert done.committed is not None


async def test_an_aborted_stream_has_no_tail_left(world: World) -> None:
    upload = await begun(world)
    await append(world, world.instance(), upload, 0, b"Dear ")

    await world.instance().abort(upload.id)

    assert world.store.objects == {}
    with pytest.raises(UploadNotOpen):
        await append(world, world.instance(), upload, 5, b"x")


async def test_a_piece_that_arrives_after_the_end_goes_with_the_row(world: World) -> None:
    upload = await begun(world)
    piece = segment(0, b"late")
    signed = await world.instance().sign_segment(ADA, upload.id, piece, Reach.PUBLIC)
    reports = await send(world, world.instance(), upload, FIRST)
    await world.instance().complete(upload.id, *reports, size_bytes=CELL_BYTES)
    world.store.send(signed.parts[0], b"late")

    await world.clock.advance(timedelta(days=8))
    await world.instance().sweep()

    assert set(world.store.objects) == {upload.key}
    assert world.uploads.uploads == {}


async def test_nothing_is_appended_once_the_length_is_said(world: World) -> None:
    upload = await begun(world)
    await world.instance().sign_parts(ADA, upload.id, [claim(1, b"12345")], Reach.PUBLIC, size_bytes=5)

    with pytest.raises(LengthDecided):
        await append(world, world.instance(), upload, 0, b"1")


async def test_nothing_is_appended_to_a_file_of_known_length(world: World) -> None:
    upload = await world.instance().start(new_upload(5))
    with pytest.raises(OffsetWrong):
        await append(world, world.instance(), upload, 0, b"1")


async def test_somebody_elses_stream_is_not_found(world: World) -> None:
    upload = await begun(world)
    piece = segment(0, b"x")
    for call in (
        world.instance().sign_segment(BOB, upload.id, piece, Reach.PUBLIC),
        world.instance().append_tail(BOB.account_id, upload.id, piece),
        world.instance().get_tail(BOB.account_id, upload.id, Reach.PUBLIC),
        world.instance().follow_stream(BOB.account_id, upload.id),
    ):
        with pytest.raises(UploadNotFound):
            await call


async def test_what_has_no_room_is_not_signed(world: World) -> None:
    world.metadata.room_bytes = 4
    upload = await begun(world)

    with pytest.raises(RemoteError) as refusal:
        await append(world, world.instance(), upload, 0, b"Dear ")

    assert refusal.value.kind is Kind.QUOTA


@pytest.mark.parametrize(
    "piece",
    [
        Segment(0, 0, bytes(32), 0),
        Segment(-1, 5, bytes(32), 0),
        Segment(0, 5, bytes(32), -1),
        Segment(0, 5, b"short", 0),
        Segment(1, CELL_BYTES, bytes(32), 1),
        Segment(CELL_BYTES - 1, 2, bytes(32), CELL_BYTES - 1),
    ],
)
async def test_a_piece_that_cannot_be_is_refused(world: World, piece: Segment) -> None:
    upload = await begun(world)
    with pytest.raises(SegmentInvalid):
        await world.instance().sign_segment(ADA, upload.id, piece, Reach.PUBLIC)
    with pytest.raises(SegmentInvalid):
        await world.instance().append_tail(ADA.account_id, upload.id, piece)


async def test_pieces_that_nobody_joins_are_bounded(world: World) -> None:
    upload = await begun(world)
    for start in range(MOST_SEGMENTS_A_CELL):
        await append(world, world.instance(), upload, start, bytes([start]))

    with pytest.raises(SegmentInvalid):
        await append(world, world.instance(), upload, MOST_SEGMENTS_A_CELL, b"x")

    joined = bytes(range(MOST_SEGMENTS_A_CELL)) + b"x"
    assert await append(world, world.instance(), upload, 0, joined, seen=MOST_SEGMENTS_A_CELL) == 33


FAULTS = [(step, fault) for step in range(9) for fault in Fault]


@pytest.mark.parametrize(("step", "fault"), FAULTS)
async def test_whatever_breaks_what_was_acknowledged_stays_and_the_rest_can_be_sent_again(
    world: World, step: int, fault: Fault
) -> None:
    upload = await begun(world)
    await append(world, world.instance(), upload, 0, b"Dear ")

    answered = 5
    with contextlib.suppress(Killed, Unavailable):
        answered = await append(
            world, world.instance(Faults(step, fault)), upload, 0, b"Dear Charles", seen=5
        )
    offset = await offset_of(world, upload)

    assert offset in {5, 12}
    assert offset >= answered
    assert await bytes_of(world, upload) == b"Dear Charles"[:offset]
    if offset == 5:
        await append(world, world.instance(), upload, 0, b"Dear Charles", seen=5)
    assert await bytes_of(world, upload) == b"Dear Charles"
    await world.instance().abort(upload.id)
    assert world.store.objects == {}


async def test_of_two_who_append_at_once_one_is_told_where_it_ends_now(world: World) -> None:
    upload = await begun(world)
    for body in (b"one", b"other"):
        piece = segment(0, body)
        signed = await world.instance().sign_segment(ADA, upload.id, piece, Reach.PUBLIC)
        world.store.send(signed.parts[0], body)
    before = await world.tails.load(upload)
    await world.instance().append_tail(ADA.account_id, upload.id, segment(0, b"one"))

    with pytest.raises(UploadMoved):
        await world.tails.save(upload, before, Tail((segment(0, b"other"),), 1), segment(0, b"other"))
    assert await bytes_of(world, upload) == b"one"


STEPS = st.lists(st.tuples(st.integers(0, 9), st.integers(1, 9)), max_size=20)


@given(steps=STEPS)
def test_a_tail_has_no_gap_and_ends_where_it_says_whatever_is_joined(steps: list[tuple[int, int]]) -> None:
    tail, end = Tail(), 0
    for joined, more in steps:
        starts = [*(each.start for each in tail.segments), end]
        start = starts[max(0, len(starts) - 1 - joined)]
        tail = tail.with_segment(Segment(start, end - start + more, bytes(32), end), end)
        end += more
        assert tail.end == end
        borders = [0, *(each.end for each in tail.segments)]
        assert [each.start for each in tail.segments] == borders[:-1]


@given(numbers=st.sets(st.integers(1, 12)))
def test_a_stream_is_as_far_as_its_parts_without_a_gap(numbers: set[int]) -> None:
    parts = [Part(number, bytes(32), "etag") for number in sorted(numbers)]
    first_missing = next(number for number in range(1, 14) if number not in numbers)

    assert arrived_bytes(OPEN_STREAM, parts) == (first_missing - 1) * CELL_BYTES


def test_a_tail_behind_a_gap_is_not_counted() -> None:
    tail = Tail((Segment(CELL_BYTES, 5, bytes(32), CELL_BYTES),))

    assert progress(OPEN_STREAM, [], tail)[0] == 0
    assert progress(OPEN_STREAM, [Part(1, bytes(32), "etag")], tail)[0] == CELL_BYTES + 5


def test_a_key_of_a_tail_leads_to_its_upload() -> None:
    key = Segment(7, 5, b"a" * 32, 7).key(new_id())

    assert upload_of_tail(key) == new_id()
    assert upload_of_tail("tails/x") is None
    assert upload_of_tail("blobs/aa/bb") is None


def new_id() -> UploadId:
    return UploadId("f" * 32)

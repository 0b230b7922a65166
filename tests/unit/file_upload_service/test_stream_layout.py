"""Cutting a file whose length nobody knows when it begins."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chassis.errors import InvalidArgument
from file_upload_service.domain import stream
from file_upload_service.domain.errors import FileTooLarge, LengthDecided, PartNumberInvalid
from file_upload_service.domain.layout import GIB, MIB, OPEN_STREAM, closed_stream, plan_for

BORDERS = [rung.offset for rung in stream.RUNGS] + [stream.MAX_STREAM_BYTES]
SIZES = st.one_of(
    st.integers(0, stream.MAX_STREAM_BYTES),
    st.builds(
        lambda border, delta: max(0, min(stream.MAX_STREAM_BYTES, border + delta)),
        st.sampled_from(BORDERS),
        st.integers(-2, 2),
    ),
)


@given(size=SIZES)
@example(size=0)
@example(size=stream.MAX_STREAM_BYTES)
def test_a_stream_of_any_length_stays_within_the_limits_of_s3(size: int) -> None:
    plan = closed_stream(size)

    assert 1 <= plan.part_count <= 1000
    lengths = [plan.length_of(number) for number in range(1, plan.part_count + 1)]
    assert all(length <= 5 * GIB for length in lengths)
    assert all(length >= 5 * MIB for length in lengths[:-1])
    assert lengths[-1] > 0 or size == 0


@given(size=SIZES)
def test_its_parts_cover_every_byte_once_and_in_order(size: int) -> None:
    plan = closed_stream(size)

    end = 0
    for number in range(1, plan.part_count + 1):
        assert plan.start_of(number) == end
        end += plan.length_of(number)
    assert end == size


@given(size=SIZES.filter(bool), place=st.floats(0, 1, exclude_max=True))
def test_a_part_is_found_by_any_offset_in_it_whether_the_length_is_known_or_not(
    size: int, place: float
) -> None:
    offset = min(size - 1, int(size * place))

    number = stream.number_at(offset)

    plan = closed_stream(size)
    assert plan.start_of(number) <= offset < plan.start_of(number) + plan.length_of(number)
    assert OPEN_STREAM.start_of(number) == plan.start_of(number)


@given(size=SIZES)
def test_while_it_is_open_every_part_but_the_last_is_as_long_as_it_will_be(size: int) -> None:
    plan = closed_stream(size)

    for number in range(1, plan.part_count):
        assert OPEN_STREAM.length_of(number) == plan.length_of(number)
    assert OPEN_STREAM.length_of(plan.part_count) >= plan.length_of(plan.part_count)


@pytest.mark.parametrize(
    ("size", "count"),
    [
        (0, 1),
        (8 * MIB, 1),
        (8 * MIB + 1, 2),
        (1600 * MIB, 200),
        (1600 * MIB + 1, 201),
        (14400 * MIB + 1, 401),
        (116800 * MIB + 1, 601),
        (stream.MAX_STREAM_BYTES, 1000),
    ],
)
def test_parts_grow_with_the_stream(size: int, count: int) -> None:
    plan = closed_stream(size)

    assert (plan.layout, plan.part_count) == ("s1", count)


def test_a_stream_is_put_together_by_storage_even_if_it_is_one_part() -> None:
    assert closed_stream(1).is_multipart
    assert OPEN_STREAM.is_multipart
    assert not plan_for(1).is_multipart


@given(size=st.integers(stream.MAX_STREAM_BYTES + 1, 1 << 60))
def test_a_stream_above_the_largest_is_refused(size: int) -> None:
    with pytest.raises(FileTooLarge):
        OPEN_STREAM.closed(size)


def test_a_stream_has_no_negative_length() -> None:
    with pytest.raises(InvalidArgument):
        OPEN_STREAM.closed(-1)


def test_a_stream_has_no_part_beyond_the_thousandth() -> None:
    for number in (0, 1001):
        with pytest.raises(PartNumberInvalid):
            OPEN_STREAM.length_of(number)


def test_a_length_is_decided_once() -> None:
    plan = OPEN_STREAM.closed(9)

    assert plan.closed(9) is plan
    with pytest.raises(LengthDecided):
        plan.closed(10)
    with pytest.raises(LengthDecided):
        plan_for(9).closed(10)

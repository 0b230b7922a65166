"""Cutting files into parts."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chassis.errors import InvalidArgument
from file_upload_service.domain.errors import FileTooLarge, PartNumberInvalid
from file_upload_service.domain.layout import GIB, LADDER, MAX_FILE_BYTES, MIB, plan_for

SIZES = st.one_of(
    st.integers(0, MAX_FILE_BYTES),
    st.builds(
        lambda rung, delta: max(0, min(MAX_FILE_BYTES, rung * 1000 + delta)),
        st.sampled_from([size for _, size in LADDER]),
        st.integers(-2, 2),
    ),
)


@given(size=SIZES)
@example(size=0)
@example(size=1)
@example(size=8 * MIB)
@example(size=8 * MIB + 1)
@example(size=MAX_FILE_BYTES)
def test_a_plan_stays_within_the_limits_of_s3(size: int) -> None:
    plan = plan_for(size)

    assert 1 <= plan.part_count <= 1000
    lengths = [plan.length_of(number) for number in range(1, plan.part_count + 1)]
    assert all(length <= 5 * GIB for length in lengths)
    assert all(length >= 5 * MIB for length in lengths[:-1])
    assert lengths[-1] > 0 or size == 0


@given(size=SIZES)
def test_the_parts_of_a_plan_cover_every_byte_once_and_in_order(size: int) -> None:
    plan = plan_for(size)

    end = 0
    for number in range(1, plan.part_count + 1):
        assert (number - 1) * plan.part_size_bytes == end
        end += plan.length_of(number)
    assert end == size


@given(size=SIZES)
def test_a_plan_takes_the_smallest_rung_that_needs_at_most_a_thousand_parts(size: int) -> None:
    plan = plan_for(size)

    smaller = [rung for _, rung in LADDER if rung < plan.part_size_bytes]
    assert all(rung * 1000 < size for rung in smaller)


@pytest.mark.parametrize(
    ("size", "layout", "count"),
    [
        (0, "p23", 1),
        (8 * MIB, "p23", 1),
        (8 * MIB + 1, "p23", 2),
        (8000 * MIB, "p23", 1000),
        (8000 * MIB + 1, "p24", 501),
        (4096 * 1000 * MIB, "p32", 1000),
        (4096 * 1000 * MIB + 1, "p5g", 801),
        (5000 * GIB, "p5g", 1000),
    ],
)
def test_layouts_are_named_by_the_size_of_their_parts(size: int, layout: str, count: int) -> None:
    plan = plan_for(size)

    assert (plan.layout, plan.part_count) == (layout, count)


@given(size=st.integers(MAX_FILE_BYTES + 1, 1 << 80))
def test_a_file_above_the_largest_plan_is_refused(size: int) -> None:
    with pytest.raises(FileTooLarge):
        plan_for(size)


@given(size=st.integers(max_value=-1))
def test_a_negative_size_is_refused(size: int) -> None:
    with pytest.raises(InvalidArgument):
        plan_for(size)


@given(size=SIZES, beyond=st.integers(1, 1 << 40))
def test_a_number_that_a_plan_does_not_have_has_no_length(size: int, beyond: int) -> None:
    plan = plan_for(size)

    for number in (0, -beyond, plan.part_count + beyond):
        with pytest.raises(PartNumberInvalid):
            plan.length_of(number)

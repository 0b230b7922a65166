"""What a Range header asks for, and what it may not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_gateway.domain.byte_ranges import MAX_RANGES, ByteRange, wanted_ranges
from api_gateway.domain.errors import RangeNotSatisfiable


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        ("bytes=0-9", [(0, 9)]),
        ("Bytes = 0-9", [(0, 9)]),
        ("bytes=0-0", [(0, 0)]),
        ("bytes=90-", [(90, 99)]),
        ("bytes=90-1000", [(90, 99)]),
        ("bytes=-5", [(95, 99)]),
        ("bytes=-1000", [(0, 99)]),
        ("bytes=50-59,0-9", [(50, 59), (0, 9)]),
        ("bytes=,0-9 ,\t,20-29,", [(0, 9), (20, 29)]),
        ("bytes=0-9,100-", [(0, 9)]),
        ("bytes=0-9,-0", [(0, 9)]),
        ("bytes=0-9,20-29,10-19", [(0, 29)]),
        ("bytes=20-29,0-9,5-14", [(20, 29), (0, 14)]),
        (f"bytes=0-{'9' * 400}", [(0, 99)]),
    ],
)
def test_ranges_are_those_that_the_file_has(header: str, wanted: list[tuple[int, int]]) -> None:
    assert [(each.first, each.last) for each in wanted_ranges(header, 100)] == wanted


@pytest.mark.parametrize(
    "header",
    ["", "bytes", "bytes=", "bytes=,", "bytes=-", "bytes=9-0", "bytes=a-b", "bytes=0-9-10", "bytes=0 -9",
     "bytes=0-9,9-0", "bytes=\u0661-\u0662", "bytes=+1-2", "items=0-9", "0-9", "bytes=1-2;3-4"],
)  # fmt: skip
def test_what_cannot_be_meant_is_ignored(header: str) -> None:
    assert wanted_ranges(header, 100) == ()


@pytest.mark.parametrize("header", ["bytes=0-", "bytes=-5", "bytes=5-9"])
def test_an_empty_file_has_no_ranges_and_is_sent_whole(header: str) -> None:
    assert wanted_ranges(header, 0) == ()


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=100-200,300-", "bytes=-0"])
def test_ranges_that_all_begin_behind_the_end_are_refused(header: str) -> None:
    with pytest.raises(RangeNotSatisfiable) as refused:
        wanted_ranges(header, 100)
    assert refused.value.size_bytes == 100


def test_too_many_are_refused_even_if_they_would_be_one() -> None:
    assert wanted_ranges("bytes=" + ",".join(["0-"] * MAX_RANGES), 100) == (ByteRange(0, 99),)
    with pytest.raises(RangeNotSatisfiable):
        wanted_ranges("bytes=" + ",".join(["0-"] * (MAX_RANGES + 1)), 100)


_PAIRS = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 60)).map(sorted), min_size=1, max_size=MAX_RANGES
)


@given(pairs=_PAIRS)
def test_every_byte_asked_for_is_sent_once_and_no_other(pairs: list[list[int]]) -> None:
    wanted = wanted_ranges("bytes=" + ",".join(f"{first}-{last}" for first, last in pairs), 61)
    sent = [byte for each in wanted for byte in range(each.first, each.last + 1)]
    assert sorted(sent) == sorted({byte for first, last in pairs for byte in range(first, last + 1)})
    assert not any(one.touches(other) for one in wanted for other in wanted if one is not other)

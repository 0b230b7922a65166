"""How files are divided: every byte once, as the server and S3 want it."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stowage_client.errors import NotUnderstood
from stowage_client.layout import Span, content_hash, spans

MIB = 2**20
LAYOUTS = [*(f"p{exponent}" for exponent in range(23, 33)), "p5g"]


@given(st.sampled_from(LAYOUTS), st.floats(min_value=0, max_value=1), st.integers(0, 3))
def test_the_parts_cover_every_byte_once(layout: str, share: float, more: int) -> None:
    part_bytes = 5 * 1024 * MIB if layout == "p5g" else 2 ** int(layout[1:])
    size = min(1000 * part_bytes, int(share * 1000 * part_bytes) + more)

    parts = list(spans(layout, size))

    assert [part.number for part in parts] == list(range(1, len(parts) + 1))
    assert len(parts) == max(1, -(-size // part_bytes))
    assert sum(part.size_bytes for part in parts) == size
    assert all(part.offset == (part.number - 1) * part_bytes for part in parts)


def test_an_empty_file_has_one_empty_part() -> None:
    assert list(spans("p23", 0)) == [Span(1, 0, 0)]


def test_the_schedule_of_unknown_length_grows() -> None:
    parts = list(spans("s1", 1600 * MIB + 64 * MIB + 1))

    assert len(parts) == 202
    assert parts[199] == Span(200, 1592 * MIB, 8 * MIB)
    assert parts[200] == Span(201, 1600 * MIB, 64 * MIB)
    assert parts[201].size_bytes == 1


@pytest.mark.parametrize("layout", ["", "p", "p22", "p33", "x1", "pxx", "s2", "p²³"])
def test_an_unknown_layout_is_told(layout: str) -> None:
    with pytest.raises(NotUnderstood):
        list(spans(layout, 10))


def test_a_file_that_is_too_big_for_its_layout_is_told() -> None:
    with pytest.raises(NotUnderstood):
        list(spans("p23", 1000 * 8 * MIB + 1))


def test_the_content_hash_is_the_hash_of_the_parts_hashes() -> None:
    digests = [hashlib.sha256(part).digest() for part in (b"one", b"two")]

    assert content_hash(digests) == hashlib.sha256(b"".join(digests)).hexdigest()

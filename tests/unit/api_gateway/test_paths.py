"""Names from a path as it stands in a URL."""

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_gateway.domain.errors import PathInvalid
from api_gateway.domain.paths import segments_of

names = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=20).filter(
    lambda name: name not in (".", "..")
)


@given(st.lists(names, max_size=6))
def test_what_is_encoded_by_name_comes_back_by_name(path: list[str]) -> None:
    assert segments_of("/".join(quote(name, safe="") for name in path).encode()) == tuple(path)


@given(st.binary(max_size=30))
def test_any_bytes_are_names_or_a_refusal(raw: bytes) -> None:
    try:
        segments = segments_of(raw)
    except PathInvalid:
        return
    assert all(segment and segment not in (".", "..") for segment in segments)


@pytest.mark.parametrize("raw", [b"%C0%AE", b"%E0%80%AF", b"%ED%BF%BF", b"\xff"])
def test_overlong_and_half_characters_are_refused(raw: bytes) -> None:
    with pytest.raises(PathInvalid):
        segments_of(raw)

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NewType

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.dynamodb.values import Wire, codec_of, from_wire, to_wire

AccountId = NewType("AccountId", str)


class State(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Place:
    row: int
    shelf: str


@dataclass(frozen=True, slots=True)
class Book:
    id: AccountId = field(metadata={"attribute": "ID"})
    pages: int
    lent: bool
    cover: bytes
    state: State
    tags: tuple[str, ...]
    places: list[Place]
    scores: Mapping[str, int]
    note: str | None = None
    copies: int = 1
    readers: Sequence[str] = field(default_factory=tuple)


BOOK = Book(
    id=AccountId("b1"),
    pages=12345678901234567890,
    lent=False,
    cover=b"\x00\xff",
    state=State.CLOSED,
    tags=("a", ""),
    places=[Place(1, "x")],
    scores={"öl": 3},
    readers=("r",),
)


def over_the_wire(item: Wire) -> Wire:
    """As the transport sends it, and as the database answers it."""
    decoded: Wire = msgspec.json.decode(msgspec.json.encode(item))
    return decoded


def test_a_row_comes_back_as_it_was() -> None:
    codec = codec_of(Book)

    assert codec.decode(over_the_wire(codec.encode(BOOK))) == BOOK


def test_a_row_has_the_attributes_and_types_of_the_api() -> None:
    item = over_the_wire(codec_of(Book).encode(BOOK))

    assert item == {
        "ID": {"S": "b1"},
        "pages": {"N": "12345678901234567890"},
        "lent": {"BOOL": False},
        "cover": {"B": "AP8="},
        "state": {"S": "closed"},
        "tags": {"L": [{"S": "a"}, {"S": ""}]},
        "places": {"L": [{"M": {"row": {"N": "1"}, "shelf": {"S": "x"}}}]},
        "scores": {"M": {"öl": {"N": "3"}}},
        "copies": {"N": "1"},
        "readers": {"L": [{"S": "r"}]},
    }


def test_none_is_stored_as_absence_and_absence_decodes_to_the_default() -> None:
    @dataclass(frozen=True, slots=True)
    class Sparse:
        id: str
        due: int | None
        shard: str = "0"

    codec = codec_of(Sparse)

    assert codec.encode(Sparse("x", None)) == {"id": {"S": "x"}, "shard": {"S": "0"}}
    assert codec.decode({"id": {"S": "x"}}) == Sparse("x", None, "0")


def test_attributes_of_a_later_version_of_the_row_are_ignored() -> None:
    assert codec_of(Place).decode({"row": {"N": "1"}, "shelf": {"S": "x"}, "colour": {"S": "red"}}) == Place(
        1, "x"
    )


def test_an_enum_member_in_a_field_of_text_is_its_text() -> None:
    assert over_the_wire(codec_of(Place).encode(Place(1, State.OPEN))) == {
        "row": {"N": "1"},
        "shelf": {"S": "open"},
    }


def test_a_field_of_several_types_is_judged_by_its_value() -> None:
    @dataclass(frozen=True, slots=True)
    class Loose:
        value: int | str

    codec = codec_of(Loose)

    assert [codec.decode(codec.encode(Loose(value))) for value in (1, "1")] == [Loose(1), Loose("1")]


def test_values_outside_a_row_are_encoded_by_what_they_are() -> None:
    values = {"s": State.OPEN, "t": (1, True, b"x"), "m": {"gone": None, "kept": Place(1, "y")}}

    assert over_the_wire(to_wire(values)) == {
        "M": {
            "s": {"S": "open"},
            "t": {"L": [{"N": "1"}, {"BOOL": True}, {"B": "eA=="}]},
            "m": {"M": {"kept": {"M": {"row": {"N": "1"}, "shelf": {"S": "y"}}}}},
        }
    }


@pytest.mark.parametrize("value", [1.5, None, object(), {1, 2}])
def test_what_a_row_cannot_hold_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        to_wire(value)


PLAIN = st.recursive(
    st.text(st.characters(exclude_categories=["Cs"])) | st.integers() | st.booleans() | st.binary(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab"), inner, max_size=3),
    max_leaves=8,
)


@given(PLAIN)
def test_any_plain_value_comes_back_as_it_was(value: object) -> None:
    assert from_wire(over_the_wire(to_wire(value))) == value


def test_null_reads_as_none() -> None:
    assert from_wire({"NULL": True}) is None

"""Rows that are only looked at, many at once: some of their attributes, decoded as they stand in the answer.

A shape is a struct whose fields are called like the attributes, each of them `Bytes`; what may be absent has a default.
msgspec fills them in C, in a tenth of the time that rows of a table take.
"""

from functools import cache
from typing import Any, TypeVar

from msgspec import Raw, Struct, convert
from msgspec.json import Decoder

from chassis.dynamodb.conditions import Placeholders


class Bytes(Struct, gc=False):
    """On the wire it is base64."""

    B: bytes


Shape = TypeVar("Shape", bound=Struct)


def projection(shape: type[Struct], to: Placeholders) -> str:
    """The ProjectionExpression: the shape's fields and nothing else."""
    return ", ".join(to.name(field) for field in shape.__struct_fields__)


def shaped(shape: type[Shape], items: Raw | list[Any]) -> list[Shape]:
    """An answer's items, whether decoded already or not."""
    if isinstance(items, Raw):
        return _decoder(shape).decode(items)
    return convert(items, list[shape], strict=False)  # type: ignore[valid-type]  # a type at run time


@cache
def _decoder(shape: type[Shape]) -> "Decoder[list[Shape]]":
    return Decoder(list[shape], strict=False)  # type: ignore[valid-type]  # as above

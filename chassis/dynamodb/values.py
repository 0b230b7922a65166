"""Rows as frozen dataclasses, and their way to and from DynamoDB's attribute values.

boto3's TypeSerializer walks a ladder of isinstance checks and Decimals for each value; here the ladder is climbed once
per dataclass when its codec is built, and a dictionary look-up per value remains.
"""

import dataclasses
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Any, Generic, TypeVar, Union

Wire = dict[str, Any]
Value = str | int | bool | bytes | Sequence[Any] | Mapping[str, Any]
Row = TypeVar("Row")


def to_wire(value: Any) -> Wire:
    """One attribute value. TypeError for what DynamoDB or a row cannot hold (None and floats included)."""
    encode = _ENCODERS.get(type(value))
    if encode is not None:
        return encode(value)
    if isinstance(value, str):
        return {"S": str(value)}
    if isinstance(value, Mapping):
        return {"M": {key: to_wire(item) for key, item in value.items() if item is not None}}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {"M": codec_of(type(value)).encode(value)}
    raise TypeError(f"a row cannot hold a {type(value).__name__}")


def _list_to_wire(value: Sequence[Any]) -> Wire:
    return {"L": [to_wire(item) for item in value]}


_ENCODERS: dict[type, Callable[[Any], Wire]] = {
    str: lambda value: {"S": value},
    int: lambda value: {"N": str(value)},
    bool: lambda value: {"BOOL": value},
    bytes: lambda value: {"B": value},
    list: _list_to_wire,
    tuple: _list_to_wire,
}


def from_wire(wire: Wire) -> Any:
    """One attribute value without a declared type. Numbers are whole: rows hold no fractions."""
    ((kind, value),) = wire.items()
    match kind:
        case "N":
            return int(value)
        case "L":
            return [from_wire(item) for item in value]
        case "M":
            return {key: from_wire(item) for key, item in value.items()}
        case "NULL":
            return None
        case _:
            return value


class RowCodec(Generic[Row]):
    """Encodes and decodes one dataclass. A field's attribute is its name, or `metadata={"attribute": …}`.

    None is stored as absence; an absent attribute decodes to the field's default, else to None.
    """

    def __init__(self, row: type[Row]) -> None:
        hints = typing.get_type_hints(row)
        fields = dataclasses.fields(row)  # type: ignore[arg-type]  # Row cannot be bound to "some dataclass"
        self._row = row
        self._attributes = [(field.name, field.metadata.get("attribute", field.name)) for field in fields]
        self._decoders = [
            (attribute, _decoder(hints[name]), _default(field))
            for (name, attribute), field in zip(self._attributes, fields, strict=True)
        ]

    def encode(self, row: Row) -> Wire:
        item: Wire = {}
        for name, attribute in self._attributes:
            value = getattr(row, name)
            if value is not None:
                item[attribute] = to_wire(value)
        return item

    def decode(self, item: Wire) -> Row:
        return self._row(
            *[
                decode(item[attribute]) if attribute in item else default()
                for attribute, decode, default in self._decoders
            ]
        )


_CODECS: dict[type, RowCodec[Any]] = {}


def codec_of(row: type[Row]) -> RowCodec[Row]:
    """The codec of a dataclass, built once."""
    codec = _CODECS.get(row)
    if codec is None:
        codec = _CODECS[row] = RowCodec(row)
    return codec


def _default(field: "dataclasses.Field[Any]") -> Callable[[], Any]:
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory
    default = None if field.default is dataclasses.MISSING else field.default
    return lambda: default


def _decoder(hint: Any) -> Callable[[Wire], Any]:
    hint = _bare(hint)
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (tuple, list):
        item = _decoder(arguments[0])
        return lambda wire: origin(item(each) for each in wire["L"])
    if origin is not None and isinstance(origin, type) and issubclass(origin, Mapping):
        entry = _decoder(arguments[1])
        return lambda wire: {key: entry(each) for key, each in wire["M"].items()}
    if hint in _DECODERS:
        return _DECODERS[hint]
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return lambda wire: hint(wire["S"])
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        codec = codec_of(hint)
        return lambda wire: codec.decode(wire["M"])
    return from_wire


def _bare(hint: Any) -> Any:
    """Without `| None`, NewType and aliases around it."""
    if isinstance(hint, typing.NewType):
        return _bare(hint.__supertype__)
    if typing.get_origin(hint) in (Union, types.UnionType):
        (inner,) = (each for each in typing.get_args(hint) if each is not type(None))
        return _bare(inner)
    return hint


_DECODERS: dict[Any, Callable[[Wire], Any]] = {
    str: lambda wire: wire["S"],
    int: lambda wire: int(wire["N"]),
    bool: lambda wire: wire["BOOL"],
    bytes: lambda wire: bytes(wire["B"]),
}

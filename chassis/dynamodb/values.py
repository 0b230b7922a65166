"""Rows as frozen dataclasses, and their way to and from DynamoDB's attribute values.

boto3's TypeSerializer walks a ladder of isinstance checks and Decimals for each value; here the ladder is climbed once
per dataclass when its codec is built, and one call per value remains.

A `Wire` is a request or an answer as in the JSON of the API, but for bytes, which go out as bytes (the transport's
JSON encoder knows base64) and come in as base64 text.
"""

import dataclasses
import types
import typing
from base64 import b64decode
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from operator import attrgetter
from typing import Any, Generic, TypeVar, Union

Wire = dict[str, Any]
Value = str | int | bool | bytes | Sequence[Any] | Mapping[str, Any]
Row = TypeVar("Row")
Encode = Callable[[Any], Wire]
Decode = Callable[[Wire], Any]


def to_wire(value: Any) -> Wire:
    """One attribute value, by what it is. TypeError for what a row cannot hold (None and floats included)."""
    encode = _ENCODERS.get(type(value))
    if encode is not None:
        return encode(value)
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Mapping):
        return {"M": {key: to_wire(item) for key, item in value.items() if item is not None}}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {"M": codec_of(type(value)).encode(value)}
    raise TypeError(f"a row cannot hold a {type(value).__name__}")


def from_wire(wire: Wire) -> Any:
    """One attribute value without a declared type. Numbers are whole: rows hold no fractions."""
    ((kind, value),) = wire.items()
    match kind:
        case "N":
            return int(value)
        case "B":
            return b64decode(value)
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
        attributes = [field.metadata.get("attribute", field.name) for field in fields]
        names = [field.name for field in fields]
        self._row = row
        self._read = attrgetter(*names) if len(names) > 1 else lambda it: (getattr(it, names[0]),)
        self._encoders = [(at, _encoder(hints[name])) for at, name in zip(attributes, names, strict=True)]
        self._decoders = [
            (attribute, _decoder(hints[field.name]), _default(field))
            for attribute, field in zip(attributes, fields, strict=True)
        ]

    def encode(self, row: Row) -> Wire:
        values = self._read(row)
        return {
            attribute: encode(value)
            for (attribute, encode), value in zip(self._encoders, values, strict=True)
            if value is not None
        }

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


def _encoder(hint: Any) -> Encode:
    """What encodes a field by its declared type, so that nothing is looked up per value."""
    hint = _bare(hint)
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (tuple, list, Sequence):
        item = _encoder(arguments[0])
        return lambda value: {"L": [item(each) for each in value]}
    if _is_a(origin, Mapping):
        entry = _encoder(arguments[1])
        return lambda value: {"M": {key: entry(each) for key, each in value.items()}}
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        codec = codec_of(hint)
        return lambda value: {"M": codec.encode(value)}
    if _is_a(hint, StrEnum):
        return _text
    return _ENCODERS.get(hint, to_wire) if isinstance(hint, type) else to_wire


def _decoder(hint: Any) -> Decode:
    hint = _bare(hint)
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (tuple, list, Sequence):
        item, sequence = _decoder(arguments[0]), list if origin is list else tuple
        return lambda wire: sequence(item(each) for each in wire["L"])
    if _is_a(origin, Mapping):
        entry = _decoder(arguments[1])
        return lambda wire: {key: entry(each) for key, each in wire["M"].items()}
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        codec = codec_of(hint)
        return lambda wire: codec.decode(wire["M"])
    if _is_a(hint, StrEnum):
        return lambda wire: hint(wire["S"])
    return _DECODERS.get(hint, from_wire) if isinstance(hint, type) else from_wire


def _is_a(hint: Any, base: type) -> bool:
    return isinstance(hint, type) and issubclass(hint, base)


def _bare(hint: Any) -> Any:
    """Without `| None` and NewType around it; any other union stays, and is judged value by value."""
    if isinstance(hint, typing.NewType):
        return _bare(hint.__supertype__)
    if typing.get_origin(hint) in (Union, types.UnionType):
        inner = [each for each in typing.get_args(hint) if each is not type(None)]
        return _bare(inner[0]) if len(inner) == 1 else hint
    return hint


def _text(value: str) -> Wire:
    # The JSON encoder takes str itself only, so an enum's member gives its text.
    return {"S": value if type(value) is str else str(value)}


def _items(value: Sequence[Any]) -> Wire:
    return {"L": [to_wire(item) for item in value]}


_ENCODERS: dict[Any, Encode] = {
    str: _text,
    int: lambda value: {"N": str(value)},
    bool: lambda value: {"BOOL": value},
    bytes: lambda value: {"B": value},
    list: _items,
    tuple: _items,
}

_DECODERS: dict[Any, Decode] = {
    str: lambda wire: wire["S"],
    int: lambda wire: int(wire["N"]),
    bool: lambda wire: wire["BOOL"],
    bytes: lambda wire: b64decode(wire["B"]),
}

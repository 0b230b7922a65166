"""Conditions and updates as expressions with placeholders, so that no name or value is ever part of the text."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from chassis.dynamodb.values import Value, Wire, to_wire


class Placeholders:
    """Hands out `#n` for names and `:v` for values, once each, for one request."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._values: dict[str, Wire] = {}

    def name(self, attribute: str) -> str:
        return self._names.setdefault(attribute, f"#n{len(self._names)}")

    def value(self, value: Value) -> str:
        placeholder = f":v{len(self._values)}"
        self._values[placeholder] = to_wire(value)
        return placeholder

    def request(self) -> Wire:
        """The request's ExpressionAttributeNames and -Values; DynamoDB refuses empty ones."""
        request: Wire = {}
        if self._names:
            request["ExpressionAttributeNames"] = {short: name for name, short in self._names.items()}
        if self._values:
            request["ExpressionAttributeValues"] = self._values
        return request


@dataclass(frozen=True, slots=True)
class Condition:
    """What must hold of the row as it stands; combine with `&` and `|`."""

    render: Callable[[Placeholders], str]

    def __and__(self, other: "Condition") -> "Condition":
        return Condition(lambda to: f"({self.render(to)}) AND ({other.render(to)})")

    def __or__(self, other: "Condition") -> "Condition":
        return Condition(lambda to: f"({self.render(to)}) OR ({other.render(to)})")


@cache
def exists(attribute: str) -> Condition:
    return Condition(lambda to: f"attribute_exists({to.name(attribute)})")


@cache
def not_exists(attribute: str) -> Condition:
    return Condition(lambda to: f"attribute_not_exists({to.name(attribute)})")


def equals(attribute: str, value: Value | None) -> Condition:
    """None: that there is no such attribute, as absence is how None is stored."""
    return not_exists(attribute) if value is None else _compare(attribute, "=", value)


def differs(attribute: str, value: Value) -> Condition:
    return _compare(attribute, "<>", value)


def less(attribute: str, value: Value) -> Condition:
    return _compare(attribute, "<", value)


def at_most(attribute: str, value: Value) -> Condition:
    return _compare(attribute, "<=", value)


def greater(attribute: str, value: Value) -> Condition:
    return _compare(attribute, ">", value)


def at_least(attribute: str, value: Value) -> Condition:
    return _compare(attribute, ">=", value)


def one_of(attribute: str, values: Sequence[Value]) -> Condition:
    """At most 100 values."""
    return Condition(lambda to: f"{to.name(attribute)} IN ({', '.join(to.value(value) for value in values)})")


def _compare(attribute: str, operator: str, value: Value) -> Condition:
    return Condition(lambda to: f"{to.name(attribute)} {operator} {to.value(value)}")


def render_update(
    to: Placeholders, assign: Mapping[str, Value | None], add: Mapping[str, int], remove: Sequence[str]
) -> str:
    """An UpdateExpression; a None in `assign` removes the attribute, as absence is how None is stored."""
    gone = [*remove, *(name for name, value in assign.items() if value is None)]
    clauses = {
        "SET": [
            f"{to.name(name)} = {to.value(value)}" for name, value in assign.items() if value is not None
        ],
        "ADD": [f"{to.name(name)} {to.value(value)}" for name, value in add.items()],
        "REMOVE": [to.name(name) for name in gone],
    }
    return " ".join(f"{verb} {', '.join(parts)}" for verb, parts in clauses.items() if parts)

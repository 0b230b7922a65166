"""Every operation of the document that needs a token, and where in its requests ids stand."""

import re
from dataclasses import dataclass
from typing import Any, Literal

from api_gateway.adapters.http.application import described

Where = Literal["path", "query", "body"]
# What each id names. A parameter or field that looks like an id must be here.
KIND_OF = {
    "node_id": "node",
    "id": "node",
    "parent_id": "node",
    "folder_id": "node",
    "file_id": "file",
    "upload_id": "upload",
    "bundle_id": "bundle",
    "session_id": "session",
    "job_id": "job",
    "cursor": "cursor",
    "path": "path",
}
# In paths, and no id.
PLAIN_IN_PATHS = {"number": "1"}
_LOOKS_LIKE_AN_ID = re.compile(r"(^|_)(ids?|cursor|path|token)$")


@dataclass(frozen=True, slots=True)
class Slot:
    """One place in an operation's request where the id of something stands."""

    where: Where
    name: str

    @property
    def kind(self) -> str:
        return KIND_OF[self.name]


@dataclass(frozen=True, slots=True)
class Operation:
    """`takes_json`: whether a case must say what its body is."""

    id: str
    method: str
    path: str
    slots: tuple[Slot, ...]
    takes_json: bool


def guarded_operations() -> list[Operation]:
    """In the order of the document. Raises AssertionError for an id of which nobody said what it names."""
    document = described()
    return [
        Operation(
            id=operation["operationId"],
            method=method.upper(),
            path=path.removeprefix("/api/v1"),
            slots=tuple(_slots(operation, document)),
            takes_json=_json_schema(operation, document) is not None,
        )
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if operation.get("security")
    ]


def _slots(operation: dict[str, Any], document: dict[str, Any]) -> list[Slot]:
    found: list[Slot] = []
    for each in operation.get("parameters", ()):
        parameter = _referred(each, document)
        name, where = parameter["name"], parameter["in"]
        if where == "path":
            assert name in KIND_OF or name in PLAIN_IN_PATHS, f"what does {name} in {operation} name?"
        if where in ("path", "query") and (name in KIND_OF or _LOOKS_LIKE_AN_ID.search(name)):
            assert name in KIND_OF, f"what does {name} of {operation['operationId']} name?"
            found.append(Slot(where, name))
    schema = _json_schema(operation, document) or {}
    for name in schema.get("properties", ()):
        if _LOOKS_LIKE_AN_ID.search(name):
            assert name in KIND_OF, f"what does {name} of {operation['operationId']} name?"
            found.append(Slot("body", name))
    return found


def _json_schema(operation: dict[str, Any], document: dict[str, Any]) -> dict[str, Any] | None:
    content = _referred(operation.get("requestBody", {}), document).get("content", {})
    if "application/json" not in content:
        return None
    schema = content["application/json"]["schema"]
    [body] = [each for each in (schema, *schema.get("anyOf", ())) if "$ref" in each or "properties" in each]
    return _referred(body, document)


def _referred(value: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    """The value itself, or what it refers to."""
    while "$ref" in value:
        _, section, name = value["$ref"].rsplit("/", 2)
        value = document["components"][section][name]
    return value

"""A request of each operation that would be right, were it not for one id or for its token."""

import json
import uuid
from dataclasses import dataclass, field
from typing import Any

from tests.e2e.front_door.belongings import CONTENT, Belongings
from tests.e2e.front_door.operations import PLAIN_IN_PATHS, Operation, Slot
from tests.e2e.person import PASSWORD, sha256

Json = dict[str, Any]
# What stands in a body beside ids. An operation that takes one and is not here fails the tests.
BODIES: dict[str, Json] = {
    "update_account": {"display_name": "Somebody else"},
    "change_password": {"current_password": PASSWORD, "new_password": f"{PASSWORD} too"},
    "create_folder": {"name": "new"},
    "update_node": {"name": "renamed"},
    "restore_node": {"name": "restored"},
    # Ids within their operations are test_foreign_ids.py's own.
    "run_batch": {"operations": [{"op": "create_folder", "parent_id": "root", "name": "new"}]},
    "run_together": {"steps": [{"op": "create_folder", "parent_id": "root", "name": "new"}]},
    "copy_node": {"name": "copied"},
    "keep_version": {"keep": True},
    "start_upload": {"name": "new.txt", "size": len(CONTENT)},
    "start_bundle": {
        "files": [{"folder_id": "root", "name": "new", "size": len(CONTENT), "sha256": sha256(CONTENT)}]
    },
    "use_known": {"content_hash": "c0" * 32},
    "sign_parts": {"parts": [{"number": 1, "sha256": sha256(CONTENT)}]},
    "report_parts": {"parts": [{"number": 1, "etag": '"0"'}]},
    # A name, because without one the last that was asked for counts, and that may have been a bad one.
    "complete_upload": {"name": "finished.txt"},
}
# What stands in the query beside ids.
QUERIES: dict[str, Json] = {"stream_changes": {"seconds": 1}, "append_to_stream": {"offset": 0}}
# Of one's own things, the one that an operation works on.
OWN: dict[tuple[str, str], str] = {
    ("restore_node", "node_id"): "trashed folder",
    ("update_node", "node_id"): "empty folder",
    ("copy_node", "node_id"): "empty folder",
    ("delete_for_ever", "node_id"): "another trashed folder",
    ("trash_node", "node_id"): "empty folder",
    ("complete_upload", "upload_id"): "ready",
    ("append_to_stream", "upload_id"): "stream",
}
DEFAULTS = {
    "node": "folder",
    "file": "file",
    "upload": "open",
    "bundle": "ready",
    "session": "live",
    "job": "ended",
    "path": "a folder's",
}


@dataclass(slots=True)
class Request:
    """What httpx takes, but for who asks."""

    method: str
    url: str
    options: Json = field(default_factory=dict)


def request_for(operation: Operation, mine: Belongings, *, foreign: dict[Slot, str] | None = None) -> Request:
    """With ids of one's own, and `foreign` in place of some."""
    values = {slot: _own(operation, slot, mine) for slot in operation.slots} | (foreign or {})
    path = operation.path
    for name, value in PLAIN_IN_PATHS.items():
        path = path.replace(f"{{{name}}}", value)
    options: Json = {
        "params": dict(QUERIES.get(operation.id, {})),
        "headers": {"Idempotency-Key": uuid.uuid4().hex},
    }
    body = dict(BODIES.get(operation.id, {}))
    for slot, value in values.items():
        if slot.where == "path":
            path = path.replace(f"{{{slot.name}}}", value)
        elif slot.where == "query" and value:
            options["params"][slot.name] = value
        elif slot.where == "body":
            body[slot.name] = value
    if operation.takes_json:
        options["json"] = body
    if operation.id in ("relay_part", "append_to_stream"):
        options["content"] = CONTENT
    if operation.id == "put_files":
        options["files"] = form_of(CONTENT)
    return Request(operation.method, path, options)


def form_of(*contents: bytes, folder_id: str = "root") -> list[tuple[str, tuple[str | None, bytes]]]:
    """A form of files, as httpx takes it."""
    plan = {"folder_id": folder_id, "files": [{"name": f"new {at}"} for at, _ in enumerate(contents)]}
    return [("plan", (None, json.dumps(plan).encode())), *(("file", ("x", each)) for each in contents)]


def _own(operation: Operation, slot: Slot, mine: Belongings) -> str:
    if slot.kind == "cursor":
        return ""
    chosen = OWN.get((operation.id, slot.name), DEFAULTS[slot.kind])
    return mine.ids[slot.kind][chosen]

"""Where an answer leads: which of its values the next operations take (OpenAPI's links).

Programs that explore the API walk along these, and readers see what an id is for.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from api_gateway.adapters.http.components import Document


class _Link(NamedTuple):
    """`parameters` and fields of `body` by name, from runtime expressions."""

    operation: str
    parameters: Mapping[str, str] = {}
    body: Mapping[str, Any] | None = None


def _node(operation: str, at: str) -> _Link:
    return _Link(operation, {"node_id": f"$response.body#{at}"})


def _as_seen(operation: str) -> _Link:
    """A change of the node that was answered, unless it has changed since."""
    return _Link(operation, {"node_id": "$response.body#/id", "If-Match": "$response.header.ETag"})


def _upload(operation: str) -> _Link:
    return _Link(operation, {"upload_id": "$response.body#/upload/id"})


def _bundle(operation: str) -> _Link:
    return _Link(operation, {"bundle_id": "$response.body#/id"})


def _job(operation: str, at: str) -> _Link:
    return _Link(operation, {"job_id": f"$response.body#{at}"})


def _session(at: str = "/session_id") -> _Link:
    return _Link("end_session", {"session_id": f"$response.body#{at}"})


def _restored(at: str) -> _Link:
    return _Link("restore_node", {"node_id": f"$response.body#{at}"}, body={})


_RENEWAL = _Link("refresh", body={"refresh_token": "$response.body#/refresh_token"})
_OF_FOLDER = (
    _node("get_node", "/id"),
    _node("list_folder", "/id"),
    _as_seen("update_node"),
    _as_seen("trash_node"),
    _Link("create_folder", body={"parent_id": "$response.body#/id", "name": "a folder in it"}),
    _Link("start_upload", body={"folder_id": "$response.body#/id", "name": "a file in it", "size": 4}),
)
_OF_CONTENT = {"file_id": "$response.body#/node_id"}
_OF_LISTED_VERSION = {"file_id": "$request.path.file_id", "number": "$response.body#/items/0/number"}

LINKS: Mapping[tuple[str, str], tuple[_Link, ...]] = {
    ("sign_in", "201"): (_RENEWAL, _session()),
    ("refresh", "200"): (_RENEWAL, _session()),
    ("list_sessions", "200"): (_session("/items/0/id"),),
    ("create_folder", "201"): _OF_FOLDER,
    ("list_folder", "200"): (
        _Link(
            "list_folder",
            {"node_id": "$request.path.node_id", "cursor": "$response.body#/next_cursor"},
        ),
        _node("get_node", "/items/0/id"),
        _node("update_node", "/items/0/id"),
    ),
    ("search_names", "200"): (_node("get_node", "/items/0/id"), _node("update_node", "/items/0/id")),
    ("list_recent", "200"): (_node("get_node", "/items/0/id"),),
    ("resolve_path", "200"): (_node("get_node", "/id"),),
    ("update_node", "200"): (_node("get_node", "/id"), _as_seen("trash_node")),
    ("trash_node", "200"): (_restored("/node/id"), _node("get_node", "/node/id")),
    ("list_changes", "200"): (
        _Link("list_changes", {"cursor": "$response.body#/next_cursor"}),
        _node("get_node", "/items/0/changes/0/node/id"),
    ),
    ("list_trash", "200"): (
        _restored("/items/0/node/id"),
        _node("delete_for_ever", "/items/0/node/id"),
    ),
    ("copy_node", "201"): (_node("get_node", "/id"), _as_seen("trash_node")),
    ("copy_node", "202"): (_job("get_job", "/id"), _job("cancel_job", "/id")),
    ("delete_for_ever", "202"): (_job("get_job", "/id"),),
    ("empty_trash", "202"): (_job("get_job", "/id"),),
    ("list_jobs", "200"): (
        _job("get_job", "/items/0/id"),
        _job("cancel_job", "/items/0/id"),
        _Link("list_jobs", {"cursor": "$response.body#/next_cursor"}),
    ),
    ("get_job", "200"): (_node("get_node", "/node_id"),),
    ("restore_node", "200"): (_node("get_node", "/id"), _as_seen("trash_node")),
    ("run_batch", "200"): (_node("get_node", "/results/0/node/id"),),
    ("run_together", "200"): (_node("get_node", "/results/0/node/id"),),
    ("start_upload", "201"): (
        *map(
            _upload,
            ("get_upload", "use_known", "sign_parts", "report_parts", "complete_upload", "abort_upload"),
        ),
        _Link("relay_part", {"upload_id": "$response.body#/upload/id", "number": "1"}),
        _Link("append_to_stream", {"upload_id": "$response.body#/upload/id", "offset": "0"}),
    ),
    ("start_bundle", "201"): (_bundle("complete_bundle"), _bundle("abort_bundle")),
    ("put_files", "200"): (_node("get_node", "/files/0/file/node_id"),),
    ("complete_bundle", "200"): (_node("get_node", "/files/0/file/node_id"), _bundle("abort_bundle")),
    ("complete_upload", "200"): (
        _node("get_node", "/node_id"),
        _node("trash_node", "/node_id"),
        _Link("get_content", _OF_CONTENT),
        _Link("head_content", _OF_CONTENT),
        _Link("list_versions", _OF_CONTENT),
    ),
    ("list_versions", "200"): (
        _Link("keep_version", _OF_LISTED_VERSION, body={"keep": True}),
        _Link("restore_version", _OF_LISTED_VERSION),
        _Link("delete_version", _OF_LISTED_VERSION),
        _Link(
            "get_content",
            {"file_id": "$request.path.file_id", "version": "$response.body#/items/0/number"},
        ),
        _Link(
            "list_versions",
            {"file_id": "$request.path.file_id", "cursor": "$response.body#/next_cursor"},
        ),
    ),
    ("restore_version", "200"): (_node("get_node", "/id"), _as_seen("trash_node")),
    ("list_uploads", "200"): (
        _Link("get_upload", {"upload_id": "$response.body#/items/0/id"}),
        _Link("abort_upload", {"upload_id": "$response.body#/items/0/id"}),
    ),
}


def connect(made: Document) -> None:
    """Writes each link beside the answer that it starts from."""
    operations = {each["operationId"]: each for path in made["paths"].values() for each in path.values()}
    for (operation, status), links in LINKS.items():
        answer = operations[operation]["responses"][status]
        answer["links"] = {link.operation: _written(link) for link in links}


def _written(link: _Link) -> Document:
    written: Document = {"operationId": link.operation}
    if link.parameters:
        written["parameters"] = dict(link.parameters)
    if link.body is not None:
        written["requestBody"] = dict(link.body)
    return written

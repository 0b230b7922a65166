"""Nodes, trash items and versions as compact JSON, for rows that keep them whole: journal, commands, blobs, trash."""

from typing import Any

from msgspec.json import decode, encode

from file_metadata_service.domain.ids import Actor, BlobId, DriveId, NodeId
from file_metadata_service.domain.journal import Change, Result
from file_metadata_service.domain.nodes import File, Folder, Node, Version
from file_metadata_service.domain.trash import TrashItem
from file_metadata_service.domain.versions import FileVersion

Form = dict[str, Any]


def dump_result(result: Result) -> str:
    """A list for a command of several steps."""
    if isinstance(result, tuple):
        return _dumps([_result_form(each) for each in result])
    return _dumps(_result_form(result))


def load_result(text: str) -> Result:
    form = decode(text)
    return tuple(map(_result, form)) if isinstance(form, list) else _result(form)


def load_trash_item(text: str) -> TrashItem:
    return _trash_item(decode(text))


def dump_changes(changes: tuple[Change, ...]) -> str:
    """A trashed node has left the tree: its parent is null, and where it was stands in `from`."""
    return _dumps([_change_form(change) for change in changes])


def load_changes(text: str) -> tuple[Change, ...]:
    """What `dump_changes` wrote."""
    return tuple(Change(_node(_placed(form)), Actor.parse(form["actor"])) for form in decode(text))


def _placed(form: Form) -> Form:
    return form | {"parent": form["from"]} if form["parent"] is None else form


def _result_form(result: Node | TrashItem | FileVersion) -> Form:
    match result:
        case TrashItem():
            return _trash_form(result)
        case FileVersion():
            return _file_version_form(result)
        case _:
            return _node_form(result)


def _result(form: Form) -> Node | TrashItem | FileVersion:
    if "file" in form:
        return _file_version(form)
    return _trash_item(form) if "node" in form else _node(form)


def _change_form(change: Change) -> Form:
    form = _node_form(change.node) | {"actor": str(change.actor)}
    if change.node.trashed_at_ms is not None:
        form |= {"parent": None, "from": change.node.parent_id}
    return form


def _node_form(node: Node) -> Form:
    form: Form = {
        "id": node.id,
        "drive": node.drive_id,
        "parent": node.parent_id,
        "name": node.name,
        "revision": node.revision,
        "seq": node.seq,
        "created_at": node.created_at_ms,
        "updated_at": node.updated_at_ms,
    }
    if node.trashed_at_ms is not None:
        form["trashed_at"] = node.trashed_at_ms
    if isinstance(node, File):
        form["content"] = _content_form(node.current)
        if node.unkept_versions:
            form["unkept"] = node.unkept_versions
    return form


def _content_form(version: Version) -> Form:
    form: Form = {
        "version": version.number,
        "blob": version.blob_id,
        "size": version.size_bytes,
        "type": version.content_type,
        "hash": version.content_hash,
        "layout": version.layout,
        "at": version.created_at_ms,
        "by": str(version.actor),
    }
    return form | {"kept": True} if version.kept else form


def _node(form: Form) -> Node:
    common: Form = {
        "id": NodeId(form["id"]),
        "drive_id": DriveId(form["drive"]),
        "parent_id": NodeId(form["parent"]),
        "name": form["name"],
        "revision": form["revision"],
        "seq": form["seq"],
        "created_at_ms": form["created_at"],
        "updated_at_ms": form["updated_at"],
        "trashed_at_ms": form.get("trashed_at"),
    }
    content = form.get("content")
    if content is None:
        return Folder(**common)
    return File(current=_version(content), unkept_versions=form.get("unkept", 0), **common)


def _version(content: Form) -> Version:
    return Version(
        number=content["version"],
        blob_id=BlobId(content["blob"]),
        size_bytes=content["size"],
        content_type=content["type"],
        content_hash=content["hash"],
        layout=content["layout"],
        created_at_ms=content["at"],
        actor=Actor.parse(content["by"]),
        kept=content.get("kept", False),
    )


def _file_version_form(it: FileVersion) -> Form:
    form: Form = {"file": it.file_id, "content": _content_form(it.version), "current": it.current}
    return form if it.replaced_at_ms is None else form | {"replaced_at": it.replaced_at_ms}


def _file_version(form: Form) -> FileVersion:
    return FileVersion(
        file_id=NodeId(form["file"]),
        version=_version(form["content"]),
        current=form["current"],
        replaced_at_ms=form.get("replaced_at"),
    )


def _trash_form(item: TrashItem) -> Form:
    form: Form = {
        "node": _node_form(item.node),
        "path": item.original_path,
        "trashed_at": item.trashed_at_ms,
        "expires_at": item.expires_at_ms,
    }
    if item.size_bytes is not None:
        form |= {"size": item.size_bytes, "nodes": item.node_count}
    return form


def _trash_item(form: Form) -> TrashItem:
    return TrashItem(
        node=_node(form["node"]),
        original_path=form["path"],
        trashed_at_ms=form["trashed_at"],
        expires_at_ms=form["expires_at"],
        size_bytes=form.get("size"),
        node_count=form.get("nodes"),
    )


def _dumps(form: Form | list[Form]) -> str:
    return encode(form).decode()

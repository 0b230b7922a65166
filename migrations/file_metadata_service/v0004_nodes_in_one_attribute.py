"""Nodes and versions stand in one attribute: stop file_metadata_service before, an earlier one cannot read them.

What was an attribute each becomes MessagePack by position, as `adapters/dynamodb/packed_nodes.py` of the service reads
it. 100,000 files take some minutes; a run that was ended half-way goes on where rows of old are left.
"""

from typing import Any

from msgspec.msgpack import encode

from migrations.tables import Engine

Item = dict[str, Any]


def apply(engine: Engine) -> None:
    engine.rewrite_rows("folders", "node", _folder)
    engine.rewrite_rows("files", "node", _file)
    engine.rewrite_rows("entries", "node", _entry)
    engine.rewrite_rows("versions", "version", _version)


def _folder(item: Item) -> Item:
    return _kept(item, "id", "userid") | {"node": _packed_node(item)}


def _file(item: Item) -> Item:
    return _kept(item, "id", "userid", "folderid") | {"node": _packed_node(item)}


def _entry(item: Item) -> Item:
    return _kept(item, "folderid", "entry_key", "updated_key", "size_key") | {"node": _packed_node(item)}


def _version(item: Item) -> Item:
    kept = _kept(item, "fileid", "number", "userid", "replaced_at", "due_shard", "due_at")
    return kept | {"version": {"B": encode(_content(item["content"]["M"]))}}


def _kept(item: Item, *names: str) -> Item:
    return {name: item[name] for name in names if name in item}


def _packed_node(item: Item) -> Item:
    current = _content(item["current"]["M"]) if "current" in item else None
    # The oldest rows do not say how many past versions there are: there was one of each number then.
    unkept = _whole(item, "unkept") if "unkept" in item else current[0] - 1 if current else 0
    texts = [item[name]["S"] for name in ("id", "userid", "folderid", "name")]
    numbers = [_whole(item, name) for name in ("revision", "seq", "created_at", "updated_at")]
    trashed_at = _whole(item, "trashed_at") if "trashed_at" in item else None
    return {"B": encode([*texts, *numbers, trashed_at, current, unkept])}


def _content(content: Item) -> list[Any]:
    texts = [content[name]["S"] for name in ("type", "hash", "layout")]
    start = [_whole(content, "version"), content["blobid"]["S"], _whole(content, "size")]
    kept = content.get("kept", {"BOOL": False})["BOOL"]
    return [*start, *texts, _whole(content, "created_at"), content["actor"]["S"], kept]


def _whole(item: Item, name: str) -> int:
    return int(item[name]["N"])

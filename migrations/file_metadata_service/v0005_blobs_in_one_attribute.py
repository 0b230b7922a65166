"""Blobs stand in one attribute but for what is counted: stop file_metadata_service before, an earlier one cannot
read them.

As v0004 did for nodes; `adapters/dynamodb/packed_blobs.py` of the service reads it. The hashes of parts, rows of the
same table, stay as they are.
"""

from typing import Any

from msgspec.json import decode
from msgspec.msgpack import encode

from migrations.tables import Engine

Item = dict[str, Any]


def apply(engine: Engine) -> None:
    engine.rewrite_rows("blobs", "blob", _blob, having="state")


def _blob(item: Item) -> Item:
    counted = ("blobid", "state", "references", "content_key", "zero_shard", "zero_since", "expires_at")
    kept = {name: item[name] for name in counted if name in item}
    return kept | {"blob": {"B": encode(_packed(item))}}


def _packed(item: Item) -> list[Any]:
    committed = decode(item["committed"]["S"]) if "committed" in item else None
    return [
        item["driveid"]["S"],
        _whole(item, "decided_at"),
        _whole(item, "size"),
        item.get("content_hash", {"S": ""})["S"],
        item.get("layout", {"S": ""})["S"],
        item["only_part"]["B"] if "only_part" in item else None,
        None if committed is None else _packed_file(committed),
        _whole(item, "seq"),
        item["alias_of"]["S"] if "alias_of" in item else None,
    ]


def _packed_file(form: Item) -> list[Any]:
    node = [form[name] for name in ("id", "drive", "parent", "name", "revision", "seq")]
    times = [form["created_at"], form["updated_at"], form.get("trashed_at")]
    content = form["content"]
    current = [content[name] for name in ("version", "blob", "size", "type", "hash", "layout", "at", "by")]
    return [*node, *times, [*current, content.get("kept", False)], form.get("unkept", 0)]


def _whole(item: Item, name: str) -> int:
    return int(item[name]["N"])

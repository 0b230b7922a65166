"""A node in a page looks like the node by itself."""

from dataclasses import fields
from datetime import UTC, datetime

import msgspec
import pytest

from api_gateway.adapters.rpc.packed_nodes import ListedFile, ListedFolder, unpacked
from api_gateway.domain.nodes import File, Folder

AT = datetime(2026, 5, 4, 9, 30, 0, 123000, UTC)
PLACE = ("d", "p")
COMMON = ("ä", 1, 2, AT, AT)
CONTENT = (5, "t", "h", "p23", 6)


@pytest.mark.parametrize(
    ("listed", "alone"),
    [
        (ListedFolder("id", *COMMON, *PLACE), Folder("id", *PLACE, *COMMON)),
        (ListedFile("id", *COMMON, *CONTENT, *PLACE), File("id", *PLACE, *COMMON, *CONTENT)),
    ],
)
def test_a_node_in_a_page_is_encoded_like_the_node_by_itself(
    listed: msgspec.Struct, alone: Folder | File
) -> None:
    assert msgspec.json.decode(msgspec.json.encode(listed)) == msgspec.json.decode(msgspec.json.encode(alone))
    assert {*listed.__struct_fields__, "kind"} == {field.name for field in fields(alone)}


def test_kinds_and_places_come_back_though_places_do_not_travel() -> None:
    nodes = [ListedFolder("id", *COMMON, *PLACE), ListedFile("id", *COMMON, *CONTENT, *PLACE)]
    sent = [{**msgspec.to_builtins(node), "created_at": AT, "updated_at": AT} for node in nodes]
    for each in sent:
        del each["drive_id"], each["parent_id"]
    came = unpacked(msgspec.msgpack.encode(sent), drive_id="d", parent_id="p")
    assert came == nodes
    assert [node.kind for node in came] == ["folder", "file"]

"""A node in a page looks like the node by itself."""

from dataclasses import fields
from datetime import UTC, datetime

import msgspec
import pytest

from api_gateway.adapters.rpc.packed_nodes import ListedFile, ListedFolder, unpacked
from api_gateway.domain.nodes import File, Folder

AT = datetime(2026, 5, 4, 9, 30, 0, 123000, UTC)
FOLDER = ("id", "d", "p", "ä", 1, 2, AT, AT)
FILE = (*FOLDER, 5, "t", "h", "p23", 6)


@pytest.mark.parametrize(
    ("listed", "alone"),
    [(ListedFolder(*FOLDER), Folder(*FOLDER)), (ListedFile(*FILE), File(*FILE))],
)
def test_a_node_in_a_page_is_encoded_like_the_node_by_itself(
    listed: msgspec.Struct, alone: Folder | File
) -> None:
    assert msgspec.json.decode(msgspec.json.encode(listed)) == msgspec.json.decode(msgspec.json.encode(alone))
    assert {*listed.__struct_fields__, "kind"} == {field.name for field in fields(alone)}


def test_kinds_come_back_as_they_were_packed() -> None:
    nodes = [ListedFolder(*FOLDER), ListedFile(*FILE)]
    assert unpacked(msgspec.msgpack.encode(nodes)) == nodes
    assert [node.kind for node in unpacked(msgspec.msgpack.encode(nodes))] == ["folder", "file"]

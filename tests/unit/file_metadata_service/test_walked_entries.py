"""Entries as jobs read them are the nodes that the rows say."""

import pytest
from msgspec import Raw
from msgspec.json import encode

from chassis.dynamodb.shapes import shaped
from chassis.dynamodb.values import codec_of
from file_metadata_service.adapters.dynamodb.node_rows import entry_of
from file_metadata_service.adapters.dynamodb.rows import ContentRow, EntryRow
from file_metadata_service.adapters.dynamodb.walked_entries import WalkedShape, walked
from file_metadata_service.domain.ids import NodeId


def a_row(current: ContentRow | None, unkept: int | None) -> EntryRow:
    return EntryRow("folder", "k", "u", "s", "id", "drive", "Ä 🍎", 2, 3, 4, 5, current, unkept)


def content(kept: bool | None) -> ContentRow:
    return ContentRow(7, "blob", 5 * 2**40, "text/plain", "c0", "p23", 6, "account:" + "a" * 32, kept)


@pytest.mark.parametrize(
    "row",
    [a_row(None, None), a_row(content(None), 0), a_row(content(True), 3), a_row(content(False), None)],
    ids=["a folder", "a file", "a kept version", "a row of old"],
)
def test_a_walk_gives_the_node_that_the_entry_says(row: EntryRow) -> None:
    answer = Raw(encode([codec_of(EntryRow).encode(row)]))
    (entry,) = shaped(WalkedShape, answer)
    assert walked(NodeId(row.folderid), entry) == entry_of(row)

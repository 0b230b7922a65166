"""What was stored once can be read for ever."""

from msgspec.msgpack import decode, encode

from file_metadata_service.adapters.dynamodb.packed_nodes import (
    pack_node,
    pack_version,
    unpack_node,
    unpack_version,
)
from file_metadata_service.domain.ids import AccountId, Actor, BlobId, DriveId, NodeId
from file_metadata_service.domain.nodes import File, Folder, Version

SOMEBODY = Actor(AccountId("a"))
VERSION = Version(3, BlobId("b"), 5 * 2**40, "text/plain", "c0", "p23", 6, SOMEBODY, kept=True)
FOLDER = Folder(
    id=NodeId("n"),
    drive_id=DriveId("d"),
    parent_id=NodeId("p"),
    name="Ä 🍎",
    revision=1,
    seq=2,
    created_at_ms=4,
    updated_at_ms=5,
)
FILE = File(
    id=NodeId("n"),
    drive_id=DriveId("d"),
    parent_id=NodeId("p"),
    name="Ä 🍎",
    revision=1,
    seq=2,
    created_at_ms=4,
    updated_at_ms=5,
    trashed_at_ms=6,
    current=VERSION,
    unkept_versions=2,
)
STORED_VERSION = [3, "b", 5 * 2**40, "text/plain", "c0", "p23", 6, "account:a", True]
STORED_FOLDER = ["n", "d", "p", "Ä 🍎", 1, 2, 4, 5, None, None, 0]
STORED_FILE = ["n", "d", "p", "Ä 🍎", 1, 2, 4, 5, 6, STORED_VERSION, 2]


def test_nodes_and_versions_are_stored_in_this_order() -> None:
    assert decode(pack_node(FOLDER)) == STORED_FOLDER
    assert decode(pack_node(FILE)) == STORED_FILE
    assert decode(pack_version(VERSION)) == STORED_VERSION


def test_what_is_stored_says_what_was_packed() -> None:
    assert unpack_node(encode(STORED_FOLDER)) == FOLDER
    assert unpack_node(encode(STORED_FILE)) == FILE
    assert unpack_version(encode(STORED_VERSION)) == VERSION


def test_a_field_of_a_later_time_is_passed_over() -> None:
    assert unpack_node(encode([*STORED_FOLDER, "later"])) == FOLDER

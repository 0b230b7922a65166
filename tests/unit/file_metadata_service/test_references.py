"""Blobs know how many versions are made of them."""

from dataclasses import replace

import pytest

from file_metadata_service.app.references import release, take
from file_metadata_service.app.tree import Tree
from file_metadata_service.domain.blobs import Blob, BlobState
from file_metadata_service.domain.drives import Drive
from file_metadata_service.domain.errors import BlobGone
from file_metadata_service.domain.ids import BlobId, DriveId
from file_metadata_service.ports.ledger import Key, Row, blob_key

DRIVE = Drive(id=DriveId("a" * 32), journal_id="j", created_at_ms=1)
BLOB = Blob(id=BlobId("b1"), drive_id=DRIVE.id, state=BlobState.LIVE, decided_at_ms=1, references=1)


def a_tree(row: Blob | None) -> Tree:
    known: dict[Key, Row | None] = {blob_key(BLOB.id): row}
    return Tree(DRIVE, known, now_ms=77)


def standing(tree: Tree) -> Blob | None:
    return tree.row(blob_key(BLOB.id), Blob)


def test_each_version_takes_one_and_releases_one() -> None:
    tree = a_tree(BLOB)
    take(tree, BLOB.id)
    assert standing(tree) == replace(BLOB, references=2)
    release(tree, BLOB.id)
    assert standing(tree) == BLOB


def test_without_references_a_blob_says_since_when() -> None:
    tree = a_tree(BLOB)
    release(tree, BLOB.id)
    assert standing(tree) == replace(BLOB, references=0, zero_since_ms=77)


def test_a_blob_may_be_taken_back_as_long_as_it_lives() -> None:
    tree = a_tree(replace(BLOB, references=0, zero_since_ms=5))
    take(tree, BLOB.id)
    assert standing(tree) == BLOB


@pytest.mark.parametrize(
    "row",
    [
        None,
        replace(BLOB, state=BlobState.ABANDONED),
        replace(BLOB, state=BlobState.CONDEMNED, references=0, zero_since_ms=5),
        replace(BLOB, state=BlobState.GONE, references=0),
        replace(BLOB, drive_id=DriveId("b" * 32)),
    ],
)
def test_what_does_not_live_in_this_drive_gives_no_reference(row: Blob | None) -> None:
    with pytest.raises(BlobGone):
        take(a_tree(row), BLOB.id)


def test_nothing_is_released_of_what_is_not_there() -> None:
    tree = a_tree(None)
    release(tree, BLOB.id)
    assert not tree.changed


def test_references_never_fall_below_none() -> None:
    assert BLOB.released(at_ms=1).released(at_ms=2).references == 0

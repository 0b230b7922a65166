"""Counting who is made of a blob: the one place where references are taken and released.

A blob without references is deleted from storage some time later, so each version that comes into being takes one in
the transaction that makes it, and each that ends releases one in the transaction that drops it.
"""

from file_metadata_service.app.blob_preview import NOTHING_SEEN, Preview
from file_metadata_service.app.tree import Tree
from file_metadata_service.domain.blobs import Blob
from file_metadata_service.domain.errors import BlobGone
from file_metadata_service.domain.ids import BlobId
from file_metadata_service.ports.ledger import blob_key


def take(tree: Tree, blob_id: BlobId) -> None:
    """One version more of a blob that one of the drive is made of. Raises BlobGone.

    It is not read for this: the write demands that it is live. Only if that was refused it is known here, and says why.
    """
    key = blob_key(blob_id)
    blob = _of_drive(tree, blob_id) if tree.stands(key) else None
    if blob is not None:
        tree.put(key, blob.taken())
    elif tree.stands(key) or tree.fell(key):
        raise BlobGone("The bytes of this version are not there any more.")
    else:
        tree.take(key)


def release(tree: Tree, blob_id: BlobId, preview: Preview = NOTHING_SEEN) -> None:
    """One version less; what is not there has nothing to release. Raises RowsMissing."""
    blob = _of_drive(tree, blob_id, preview)
    if blob is not None:
        tree.put(blob_key(blob_id), blob.released(at_ms=tree.now_ms))


def _of_drive(tree: Tree, blob_id: BlobId, preview: Preview = NOTHING_SEEN) -> Blob | None:
    """A blob belongs to one drive for ever."""
    key = blob_key(blob_id)
    if key in preview:
        tree.expect(key, preview[key])
    blob = tree.row(key, Blob)
    return blob if blob is not None and blob.drive_id == tree.drive.id else None

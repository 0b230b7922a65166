"""What happens to a file's past versions, in each transaction that touches them: the version's own row, the file that
counts them, the drive that counts their bytes, and the reference to their blob go together.
"""

from file_metadata_service.app.references import release
from file_metadata_service.app.tree import Tree
from file_metadata_service.domain.errors import VersionIsCurrent, VersionNotFound
from file_metadata_service.domain.ids import Actor
from file_metadata_service.domain.nodes import File
from file_metadata_service.domain.retention import Retention
from file_metadata_service.domain.versions import PastVersion
from file_metadata_service.ports.ledger import version_key


def version_of(tree: Tree, file: File, number: int) -> PastVersion:
    """Raises VersionNotFound, VersionIsCurrent."""
    if number == file.current.number:
        raise VersionIsCurrent("This is the file's current version.")
    past = tree.row(version_key(file.id, number), PastVersion) if 0 < number < file.current.number else None
    if past is None:
        raise VersionNotFound("The file has no such version.")
    return past


def supersede(tree: Tree, before: File, retention: Retention) -> None:
    """The current version becomes a past one; what takes its place is the caller's to write."""
    current = before.current
    due_at_ms = retention.first_due(tree.now_ms, alone=before.unkept_versions == 0)
    past = PastVersion(
        version=current, replaced_at_ms=tree.now_ms, due_at_ms=None if current.kept else due_at_ms
    )
    tree.create(version_key(before.id, current.number), past)
    tree.drive = tree.drive.superseding(current.size_bytes)


def forget(tree: Tree, file: File, past: PastVersion) -> None:
    """The version is no more. The file's own count is the caller's to write, once for all that it forgets."""
    release(tree, past.version.blob_id)
    tree.drop(version_key(file.id, past.number))
    tree.drive = tree.drive.freeing(past_bytes=past.version.size_bytes)


def rewrite(tree: Tree, file: File, actor: Actor) -> None:
    """A living file's row and its entry are one."""
    tree.set_node(file, actor)
    tree.set_entry(file)

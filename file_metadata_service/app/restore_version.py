"""Make a past version the current one again: by a new version of the same bytes. Nothing is rewritten."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from file_metadata_service.app.past_versions import rewrite, supersede, version_of
from file_metadata_service.app.references import take
from file_metadata_service.app.tree import Tree
from file_metadata_service.app.walks import living_file, real_id
from file_metadata_service.domain.ids import Actor, NodeId
from file_metadata_service.domain.nodes import File
from file_metadata_service.domain.retention import Retention
from file_metadata_service.domain.rights import Right
from file_metadata_service.ports.ledger import Key, version_key


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreVersion:
    """The new version counts in full in the drive, although it shares its bytes."""

    actor: Actor
    file_id: NodeId
    number: int
    if_revision: int | None
    retention: Retention

    def first_keys(self, tree: Tree) -> Iterable[Key]:
        return (*tree.node_keys(real_id(tree, self.file_id)), version_key(self.file_id, self.number))

    def __call__(self, tree: Tree) -> File:
        """Raises NodeNotFound, NotAFile, RevisionStale, VersionNotFound, VersionIsCurrent, QuotaExceeded,
        BlobGone.
        """
        before = living_file(tree, real_id(tree, self.file_id), self.actor, Right.WRITE)
        before.check_revision(self.if_revision)
        old = version_of(tree, before, self.number).version
        take(tree, old.blob_id)
        tree.drive = tree.drive.storing(old.size_bytes, new_files=0)
        supersede(tree, before, self.retention)
        version = replace(
            old,
            number=before.current.number + 1,
            created_at_ms=tree.now_ms,
            actor=self.actor,
            kept=False,
        )
        after = before.replaced(version, seq=tree.seq)
        rewrite(tree, after, self.actor)
        return after

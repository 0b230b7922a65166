"""Forget a past version for ever."""

from collections.abc import Iterable
from dataclasses import dataclass

from file_metadata_service.app.past_versions import forget, rewrite, version_of
from file_metadata_service.app.tree import Tree
from file_metadata_service.app.walks import living_file, real_id
from file_metadata_service.domain.ids import Actor, NodeId
from file_metadata_service.domain.rights import Right
from file_metadata_service.domain.versions import FileVersion
from file_metadata_service.ports.ledger import Key, version_key


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteVersion:
    """Also one that is kept: people may change their minds. Its number is never given again."""

    actor: Actor
    file_id: NodeId
    number: int

    def first_keys(self, tree: Tree) -> Iterable[Key]:
        return (*tree.node_keys(real_id(tree, self.file_id)), version_key(self.file_id, self.number))

    def __call__(self, tree: Tree) -> FileVersion:
        """What it was. Raises NodeNotFound, NotAFile, VersionNotFound, VersionIsCurrent."""
        file = living_file(tree, real_id(tree, self.file_id), self.actor, Right.WRITE)
        past = version_of(tree, file, self.number)
        forget(tree, file, past)
        rewrite(tree, file.with_unkept(0 if past.version.kept else -1, seq=tree.seq), self.actor)
        return FileVersion(
            file_id=file.id, version=past.version, current=False, replaced_at_ms=past.replaced_at_ms
        )

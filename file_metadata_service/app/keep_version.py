"""Keep a version for ever, or leave it to the retention again."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from file_metadata_service.app.past_versions import rewrite, version_of
from file_metadata_service.app.tree import Tree
from file_metadata_service.app.walks import living_file, real_id
from file_metadata_service.domain.ids import Actor, NodeId
from file_metadata_service.domain.nodes import File
from file_metadata_service.domain.rights import Right
from file_metadata_service.domain.versions import FileVersion, PastVersion
from file_metadata_service.ports.ledger import Key, version_key


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepVersion:
    """The current one, too: it will be kept once it is replaced."""

    actor: Actor
    file_id: NodeId
    number: int
    keep: bool

    def first_keys(self, tree: Tree) -> Iterable[Key]:
        return (*tree.node_keys(real_id(tree, self.file_id)), version_key(self.file_id, self.number))

    def __call__(self, tree: Tree) -> FileVersion:
        """As it is then. Raises NodeNotFound, NotAFile, VersionNotFound."""
        file = living_file(tree, real_id(tree, self.file_id), self.actor, Right.WRITE)
        if self.number == file.current.number:
            return self._keep_current(tree, file)
        return self._keep_past(tree, file, version_of(tree, file, self.number))

    def _keep_current(self, tree: Tree, file: File) -> FileVersion:
        if file.current.kept is not self.keep:
            file = file.keeping_current(self.keep, seq=tree.seq)
            rewrite(tree, file, self.actor)
        return FileVersion(file_id=file.id, version=file.current, current=True)

    def _keep_past(self, tree: Tree, file: File, past: PastVersion) -> FileVersion:
        if past.version.kept is not self.keep:
            # What is not kept any more is looked at at once: its time may have come long ago.
            due_at_ms = None if self.keep else tree.now_ms
            past = replace(past, version=replace(past.version, kept=self.keep), due_at_ms=due_at_ms)
            tree.put(version_key(file.id, past.number), past)
            rewrite(tree, file.with_unkept(-1 if self.keep else 1, seq=tree.seq), self.actor)
        return FileVersion(
            file_id=file.id, version=past.version, current=False, replaced_at_ms=past.replaced_at_ms
        )

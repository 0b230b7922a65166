"""Folders and files, and what may happen to them: each change gives the next state."""

from dataclasses import dataclass, replace
from typing import Self

from file_metadata_service.domain.errors import RevisionStale, RootIsFixed
from file_metadata_service.domain.ids import Actor, BlobId, DriveId, NodeId
from file_metadata_service.domain.names import NodeKind, entry_key

MAX_DEPTH = 128


@dataclass(frozen=True, slots=True)
class Version:
    """A file's content at one time. `created_at_ms` and `actor`: when it was committed, and by whom.

    `kept`: for ever, whatever the retention says.
    """

    number: int
    blob_id: BlobId
    size_bytes: int
    content_type: str
    content_hash: str
    layout: str
    created_at_ms: int
    actor: Actor
    kept: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Node:
    id: NodeId
    drive_id: DriveId
    # None for the root only. Of a node in the trash: where it was.
    parent_id: NodeId | None
    name: str
    revision: int
    seq: int
    created_at_ms: int
    updated_at_ms: int
    # Set on the top node of a deletion only; what hangs below it is gone because its chain is.
    trashed_at_ms: int | None = None

    def check_revision(self, expected: int | None) -> None:
        """Raises RevisionStale unless `expected` is None or the current one."""
        if expected is not None and expected != self.revision:
            raise RevisionStale("The item has changed since.")

    def placed(self, parent_id: NodeId, name: str, *, seq: int) -> Self:
        """The same node under another name or elsewhere. Raises RootIsFixed."""
        self._check_not_root()
        return replace(self, parent_id=parent_id, name=name, seq=seq)

    def trashed(self, *, at_ms: int, seq: int) -> Self:
        """In the trash, knowing where it was. Raises RootIsFixed."""
        self._check_not_root()
        return replace(self, trashed_at_ms=at_ms, seq=seq)

    def restored(self, parent_id: NodeId, name: str, *, seq: int) -> Self:
        """Out of the trash."""
        return replace(self, parent_id=parent_id, name=name, trashed_at_ms=None, seq=seq)

    def _check_not_root(self) -> None:
        if self.parent_id is None:
            raise RootIsFixed("The root folder stays where it is.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder(_Node):
    """A folder. Its revision stays 1, because it has no content of its own."""

    @property
    def kind(self) -> NodeKind:
        return NodeKind.FOLDER

    @property
    def entry_key(self) -> str:
        return entry_key(NodeKind.FOLDER, self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class File(_Node):
    """A file and its current version; past ones stand apart.

    The current one has the highest number that the file ever had: numbers are never given twice.
    `unkept_versions`: how many past ones there are that are not kept for ever.
    """

    current: Version
    unkept_versions: int = 0

    @property
    def kind(self) -> NodeKind:
        return NodeKind.FILE

    @property
    def entry_key(self) -> str:
        return entry_key(NodeKind.FILE, self.name)

    def replaced(self, version: Version, *, seq: int) -> "File":
        """The same file with new content; the revision grows."""
        return replace(
            self,
            current=version,
            revision=self.revision + 1,
            updated_at_ms=version.created_at_ms,
            seq=seq,
            unkept_versions=self.unkept_versions + (not self.current.kept),
        )

    def keeping_current(self, kept: bool, *, seq: int) -> "File":  # noqa: FBT001  # the verb says which
        """Its current version is kept for ever, or no more. No content changes, so the revision stays."""
        return replace(self, current=replace(self.current, kept=kept), seq=seq)

    def with_unkept(self, more: int, *, seq: int) -> "File":
        """So many past versions more, or less, that are not kept. The revision stays."""
        return replace(self, unkept_versions=max(0, self.unkept_versions + more), seq=seq)


Node = Folder | File


def new_folder(node_id: NodeId, parent: Folder, name: str, *, at_ms: int, seq: int) -> Folder:
    """A folder that comes into being."""
    return Folder(
        id=node_id,
        drive_id=parent.drive_id,
        parent_id=parent.id,
        name=name,
        revision=1,
        seq=seq,
        created_at_ms=at_ms,
        updated_at_ms=at_ms,
    )


def new_file(node_id: NodeId, parent: Folder, name: str, version: Version, *, seq: int) -> File:
    """A file that comes into being with its first version."""
    return File(
        id=node_id,
        drive_id=parent.drive_id,
        parent_id=parent.id,
        name=name,
        revision=1,
        seq=seq,
        created_at_ms=version.created_at_ms,
        updated_at_ms=version.created_at_ms,
        current=version,
    )

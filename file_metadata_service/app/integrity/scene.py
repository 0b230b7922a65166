"""What a check sees of a drive, and what it says of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from file_metadata_service.app.tree import RowsMissing
from file_metadata_service.domain.defects import Defect, DefectKind
from file_metadata_service.domain.drives import Drive
from file_metadata_service.domain.ids import AccountId, Actor, NodeId, root_of
from file_metadata_service.domain.jobs import JobId
from file_metadata_service.domain.journal import Change
from file_metadata_service.domain.nodes import File, Folder, Node
from file_metadata_service.ports.ledger import (
    Item,
    Key,
    Row,
    Shelf,
    Writing,
    file_key,
    folder_key,
)
from file_metadata_service.ports.sights import Sight

R = TypeVar("R")
# Who repairs, in the journal.
REPAIRER = Actor(AccountId("fsck"))


class JobUnknown(Exception):
    """A rule wants to know whether this job is over."""

    def __init__(self, job_id: JobId) -> None:
        super().__init__(job_id)
        self.job_id = job_id


@dataclass(slots=True)
class Scene:
    """The rows that are known, and at which head. A rule that wants others raises RowsMissing.

    `jobs_over`: what was known of jobs before the rows were read. One that is over never goes on.
    """

    head: Drive
    rows: dict[Key, Row | None] = field(default_factory=dict)
    misfiled: set[Key] = field(default_factory=set)
    jobs_over: Mapping[JobId, bool] = field(default_factory=dict)

    def see(self, sight: Sight) -> None:
        self.rows.update(sight.rows)
        self.misfiled.update(sight.misfiled)

    def need(self, *keys: Key) -> None:
        """Says early what will be asked for, so that it is read at once. Raises RowsMissing."""
        missing = frozenset(key for key in keys if key not in self.rows)
        if missing:
            raise RowsMissing(missing)

    def is_over(self, job_id: JobId) -> bool:
        """Nobody will place or remove what it holds any more. Raises JobUnknown."""
        if job_id not in self.jobs_over:
            raise JobUnknown(job_id)
        return self.jobs_over[job_id]

    def row(self, key: Key, sort: type[R]) -> R | None:
        """Raises RowsMissing."""
        self.need(key)
        row = self.rows[key]
        assert row is None or isinstance(row, sort)
        return row

    def folder(self, node_id: NodeId) -> Folder | None:
        if node_id == root_of(self.head.id):
            return self.head.root
        return self.row(folder_key(node_id), Folder)

    def node(self, node_id: NodeId) -> Node | None:
        """From both tables at once."""
        if node_id == root_of(self.head.id):
            return self.head.root
        self.need(folder_key(node_id), file_key(node_id))
        return self.folder(node_id) or self.row(file_key(node_id), File)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mending:
    """What one transaction puts right. `rows` None: dropped. `nodes`: what the journal tells of; they have its seq.

    Every key must be in the scene that led to it. `drive`: the head as it then is, but for its seq.
    """

    drive: Drive
    rows: Mapping[Key, Row | None] = field(default_factory=dict)
    nodes: tuple[Node, ...] = ()

    def writing(self, scene: Scene, token: str, at_ms: int) -> Writing:
        """Rows are put whole: what was wrong with them may be something that the domain does not see."""
        items = (Item(key, scene.rows[key], row, whole=True) for key, row in self.rows.items())
        return Writing(
            before=scene.head,
            after=self.drive.advanced(),
            token=token,
            at_ms=at_ms,
            changes=tuple(Change(node, REPAIRER) for node in self.nodes),
            items=tuple(items),
        )


@dataclass(frozen=True, slots=True)
class Finding:
    """A defect, and what mends it; None: somebody has to look at it."""

    defect: Defect
    mending: Mending | None


# Looks at one thing. Raises RowsMissing for what it has to know besides; None: all is well.
Rule = Callable[[Scene], Finding | None]


def finding(scene: Scene, kind: DefectKind, subject: str, mending: Mending | None) -> Finding:
    return Finding(Defect(kind, scene.head.id, subject), mending)


def place_of(node: Node) -> Key:
    """Where the name of a living node stands."""
    assert node.parent_id is not None
    return Key(Shelf.ENTRY, node.parent_id, node.entry_key)


def own_key(node: Node) -> Key:
    return folder_key(node.id) if isinstance(node, Folder) else file_key(node.id)

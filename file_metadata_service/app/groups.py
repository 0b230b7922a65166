"""A group: the commands that one transaction writes, each validated on the effects of those before it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from chassis.errors import DomainError
from file_metadata_service.app.commands import Answer, Change
from file_metadata_service.app.tree import RowsMissing, Tree
from file_metadata_service.domain import journal
from file_metadata_service.domain.blobs import BlobParts
from file_metadata_service.domain.journal import CommandRecord
from file_metadata_service.domain.nodes import File, Folder
from file_metadata_service.domain.trash import TrashItem
from file_metadata_service.domain.versions import FileVersion
from file_metadata_service.ports.ledger import Item, Key, Row, Taking, Writing

Outcome = Answer[object] | Exception
# A job's batch takes nearly all of a group: the next one would be run, thrown away, and run again.
WORTH_FILLING = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupLimits:
    """DynamoDB takes 100 items and 4 MB in a transaction, 400 KB in an item; two items are the head and the
    journal.

    The sizes are estimates from above; `commands` caps a group for a fair share, or at 1 to compare.
    """

    items: int = 98
    bytes_total: int = 3_000_000
    journal_bytes: int = 300_000
    commands: int = 32

    def leave_room(self, load: "Load") -> bool:
        """Is it worth running another command? One that finds no room has been run for nothing."""
        return load.items <= self.items * WORTH_FILLING

    def allow(self, load: "Load") -> bool:
        return (
            load.items <= self.items
            and load.bytes_total <= self.bytes_total
            and load.journal_bytes <= self.journal_bytes
        )


@dataclass(frozen=True, slots=True)
class Load:
    """What the net effect of a group weighs."""

    items: int = 0
    bytes_total: int = 0
    journal_bytes: int = 0

    def joined_by(self, branch: Tree, tree: Tree) -> "Load":
        """Once the branch has joined the tree: what it changes anew there counts once."""
        items, bytes_total, journal_bytes = self.items, self.bytes_total, self.journal_bytes
        for key, row in branch.changed.items():
            bytes_total += _weight(row)
            journal_bytes += _journal_weight(row)
            if key in tree.changed:
                bytes_total -= _weight(tree.changed[key])
                journal_bytes -= _journal_weight(tree.changed[key])
            else:
                items += 1
        items += len(branch.takings.keys() - tree.takings.keys())
        return Load(items, bytes_total, journal_bytes)


@dataclass(slots=True)
class Group:
    """What one pass over the waiting commands came to. `taken`: how many of them; the rest did not fit."""

    tree: Tree
    outcomes: list[Outcome] = field(default_factory=list)
    load: Load = Load()  # it cannot change

    @property
    def refuses(self) -> bool:
        return any(isinstance(outcome, Exception) for outcome in self.outcomes)

    def writing(self, token: str) -> Writing:
        """The net effect: one item per row, whatever happened to it in between."""
        tree = self.tree
        items = (Item(key, tree.before(key), row) for key, row in tree.changed.items())
        return Writing(
            before=tree.head,
            after=tree.drive.advanced(),
            token=token,
            at_ms=tree.now_ms,
            changes=tuple(journal.Change(node, tree.actors[node.id]) for node in tree.changed_nodes()),
            # By value: what one command took and the next gave back has nothing to update.
            items=tuple(item for item in items if item.before != item.after),
            takings=tuple(Taking(key, count) for key, count in tree.takings.items()),
        )


def assemble(tree: Tree, waiting: Sequence[Change[object]], limits: GroupLimits) -> Group:
    """Runs each command on the effects of those before it. Raises RowsMissing for all that any of them
    lacks.
    """
    group = Group(tree)
    missing = set[Key]()
    for change in waiting:
        if not limits.leave_room(group.load):
            break
        branch = tree.branch()
        try:
            outcome: Outcome = change(branch)
        except RowsMissing as lack:
            missing |= lack.keys
            continue
        except DomainError as refusal:
            group.outcomes.append(refusal)
            continue
        except Exception as error:  # noqa: BLE001  # a bug in one command must not take the others along
            group.outcomes.append(error)
            continue
        load = group.load.joined_by(branch, tree)
        if tree.changed and not limits.allow(load):
            break
        tree.merge(branch)
        group.load = load
        group.outcomes.append(outcome)
    if missing:
        raise RowsMissing(frozenset(missing))
    return group


def _weight(row: Row | FileVersion | None) -> int:
    if isinstance(row, Folder | File):  # most are
        # The name stands in the key, too, and in a collation.
        return 1_000 + 8 * len(row.name)
    match row:
        case None:
            return 200
        case BlobParts():
            return 200 + 40 * len(row.sha256)
        case TrashItem():
            return 1_000 + 4 * len(row.original_path) + 8 * len(row.node.name)
        case CommandRecord():
            results = row.result if isinstance(row.result, tuple) else (row.result,)
            return 1_000 + sum(map(_weight, results))
        case _:
            return 3_000


def _journal_weight(row: Row | None) -> int:
    return 600 + 12 * len(row.name) if isinstance(row, Folder | File) else 0

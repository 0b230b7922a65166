"""A command: one requested change to a drive, with an id that makes repeating it harmless."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from chassis.errors import DomainError
from file_metadata_service.app.tree import Tree
from file_metadata_service.domain.errors import CommandIdReused
from file_metadata_service.domain.ids import Actor, Position
from file_metadata_service.domain.journal import COMMAND_MEMORY_MS, CommandRecord
from file_metadata_service.domain.nodes import File, Folder
from file_metadata_service.domain.trash import TrashItem
from file_metadata_service.domain.versions import FileVersion
from file_metadata_service.ports.ledger import Key, command_key

R_co = TypeVar("R_co", covariant=True)
R = TypeVar("R", Folder, File, Folder | File, TrashItem, FileVersion, tuple[Folder | File | TrashItem, ...])


@dataclass(frozen=True, slots=True)
class Answer(Generic[R_co]):
    """What a command came to, and the seq at which it did: an old one if it is a repeat."""

    result: R_co
    seq: int


@dataclass(frozen=True, slots=True)
class Landed(Generic[R_co]):
    """What is told to the caller, once it is written."""

    result: R_co
    position: Position


class Change(Protocol[R_co]):
    """What the committer runs: a rule on a tree, without I/O, perhaps several times."""

    def __call__(self, tree: Tree) -> Answer[R_co]:
        """Writes its effect into the tree.

        Raises DomainError if it may not be, RowsMissing if it cannot tell yet.
        """
        ...


class Step(Protocol[R_co]):
    """The effect of a command, apart from its being remembered."""

    def first_keys(self, tree: Tree) -> Iterable[Key]:
        """The rows that it will surely ask for."""
        ...

    def __call__(self, tree: Tree) -> R_co: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Command(Generic[R]):
    """A step that is remembered by the actor and the command id. `request_hash`: over rpc and body."""

    actor: Actor
    command_id: str
    request_hash: str
    step: Step[R]

    def __call__(self, tree: Tree) -> Answer[R]:
        """Raises CommandIdReused, and what the step raises.

        Hardly any command is a repeat, so its record is not read first: putting it demands that there is none. Only a
        refusal looks for it, for it may be the command's own first run that stands in its way.
        """
        key = command_key(tree.drive.id, self.actor, self.command_id)
        record = tree.row(key, CommandRecord) if tree.stands(key) else None
        if record is not None and record.expires_at_ms > tree.now_ms:
            return self._repeat(record)
        try:
            tree.need(*self.step.first_keys(tree))
            result = self.step(tree)
        except DomainError:
            tree.need(key)
            raise
        tree.put(key, self._record(tree, result))
        return Answer(result, tree.seq)

    def _repeat(self, record: CommandRecord) -> Answer[R]:
        if record.request_hash != self.request_hash:
            raise CommandIdReused("This command id came with another request before.")
        # The same hash means the same rpc, hence the same sort of result.
        return Answer(record.result, record.seq)  # type: ignore[arg-type]  # see above

    def _record(self, tree: Tree, result: R) -> CommandRecord:
        return CommandRecord(
            actor=self.actor,
            command_id=self.command_id,
            request_hash=self.request_hash,
            result=result,
            seq=tree.seq,
            expires_at_ms=tree.now_ms + COMMAND_MEMORY_MS,
        )

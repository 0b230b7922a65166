"""What stands in a drive's journal, and what a repeated command is answered from."""

from dataclasses import dataclass

from file_metadata_service.domain.ids import Actor
from file_metadata_service.domain.nodes import Node
from file_metadata_service.domain.trash import TrashItem
from file_metadata_service.domain.versions import FileVersion

# What a command came to: one for each step, if it had several.
Result = Node | TrashItem | FileVersion | tuple[Node | TrashItem | FileVersion, ...]
# A result is remembered for this long; afterwards the same command id is a new command.
COMMAND_MEMORY_MS = 48 * 3600 * 1000


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to one node: its state at the journal row's seq. A trashed node has left the tree."""

    node: Node
    actor: Actor


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """All that one transaction changed; they have its seq in common, and at most one stands for each node."""

    seq: int
    at_ms: int
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandRecord:
    """The first answer to a command, at `seq`. `request_hash`: SHA-256 over rpc and body, hex."""

    actor: Actor
    command_id: str
    request_hash: str
    result: Result
    seq: int
    expires_at_ms: int

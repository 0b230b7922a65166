"""The journal of the drives in memory, as the gateway reads it."""

from api_gateway.domain.changes import ChangePage, Deleted, GoneNode, JournalEntry, Placed
from api_gateway.domain.identity import Caller
from api_gateway.domain.nodes import At, Node
from api_gateway.ports.wake_ups import Wake
from chassis.errors import Kind, RemoteError
from tests.fakes.gateway_people import NOW
from tests.fakes.gateway_tree import InMemoryTree


class InMemoryChanges:
    """Implements Changes. A cursor is `changes-<account>-<history>-<seq>`; `calls` counts the reads.

    Set `history` anew, and all cursors are reset.
    """

    def __init__(self, tree: InMemoryTree) -> None:
        self.tree = tree
        self.history = "j1"
        self.calls = 0

    async def page(self, caller: Caller, *, cursor: str, limit: int) -> At[ChangePage]:
        self.calls += 1
        seq = self._place(caller, cursor) if cursor else self.tree.seq
        behind = [
            self._entry(caller, *rest) for owner, *rest in self._behind(seq) if owner == caller.account_id
        ]
        items = tuple(behind[:limit])
        next_cursor = items[-1].cursor if items else self._cursor(caller, seq)
        return self.tree.at(caller, ChangePage(items, next_cursor, more=len(behind) > limit))

    def _behind(self, seq: int) -> list[tuple[str, int, Node, bool]]:
        return [each for each in self.tree.journal if each[1] > seq]

    def _entry(self, caller: Caller, seq: int, node: Node, gone: bool) -> JournalEntry:  # a row
        actor = f"account:{caller.account_id}"
        left = GoneNode(node.id, node.kind, node.name, node.revision, seq)
        change = Deleted(actor, left) if gone else Placed(actor, node)
        return JournalEntry(seq, NOW, (change,), self._cursor(caller, seq))

    def _cursor(self, caller: Caller, seq: int) -> str:
        return f"changes-{caller.account_id}-{self.history}-{seq}"

    def _place(self, caller: Caller, cursor: str) -> int:
        of, _, rest = cursor.removeprefix("changes-").partition("-")
        history, _, seq = rest.partition("-")
        if not cursor.startswith("changes-") or of != caller.account_id or not seq.isdecimal():
            raise RemoteError(Kind.INVALID, "cursor_invalid", "This listing never gave that cursor.")
        if history != self.history or int(seq) > self.tree.seq:
            raise RemoteError(Kind.CONFLICT, "cursor_reset", "List the drive anew.")
        return int(seq)


class InMemoryWakeUps:
    """Implements WakeUps. `is_cut`: nothing comes through, and nobody is told."""

    def __init__(self) -> None:
        self.wakes: dict[str, Wake] = {}
        self.is_cut = False

    def watch(self, drive_id: str, wake: Wake) -> None:
        self.wakes[drive_id] = wake

    def unwatch(self, drive_id: str) -> None:
        del self.wakes[drive_id]

    def are_heard(self, drive_id: str) -> bool:
        return drive_id in self.wakes and not self.is_cut

    def wake(self, drive_id: str, place: str) -> None:
        if drive_id in self.wakes and not self.is_cut:
            self.wakes[drive_id](place)

"""Finding a node with the way to it: in memory, in the cache, or in the store."""

from collections.abc import Callable
from dataclasses import dataclass

from file_metadata_service.app.kept_answers import KeptAnswers, Read
from file_metadata_service.app.reading import Reader
from file_metadata_service.app.tree import RowsMissing, Tree
from file_metadata_service.domain.drives import Drive
from file_metadata_service.domain.ids import Actor, Seen, own_drive
from file_metadata_service.domain.nodes import Folder
from file_metadata_service.domain.rights import Right, demand
from file_metadata_service.ports.answer_cache import Placed
from file_metadata_service.ports.ledger import folder_key


@dataclass(frozen=True, slots=True)
class FindPlace:
    reader: Reader
    places: KeptAnswers[Placed]

    async def __call__(
        self, actor: Actor, key: str, question: Callable[[Tree], Placed], seen: Seen
    ) -> tuple[Placed, Drive]:
        """What the question finds, and the head that it is true at.

        `key` names the question: the same key is the same question. Raises CursorReset, Unavailable, and what it
        raises.
        """
        head = await self.reader.heads.read(own_drive(actor.account_id), seen)
        demand(actor, head.id, Right.READ)
        try:
            return self.reader.recall(head, question), head
        except RowsMissing:
            pass

        async def read() -> Read[Placed]:
            placed, at = await self.reader.ask(head.id, question, head=head)
            # A folder changes only together with the tree's epoch.
            return Read(placed, at, None if isinstance(placed.node, Folder) else placed.node.id)

        placed, at = await self.places.get(head, key, read)
        chain = (*placed.ancestors, placed.node)
        self.reader.folders.keep(at, {folder_key(it.id): it for it in chain if isinstance(it, Folder)})
        return placed, at

"""Searching over the tables in memory, with an index that looks at every name."""

import asyncio
from dataclasses import dataclass, field

from file_metadata_service.app.cursors import Cursors
from file_metadata_service.app.heads import Heads
from file_metadata_service.app.index_keeper import IndexKeeper
from file_metadata_service.app.memory import FolderMemory
from file_metadata_service.app.reading import Reader
from file_metadata_service.app.search_names import FoundPage, SearchNames
from file_metadata_service.domain.ids import Actor, DriveId, NodeId
from file_metadata_service.domain.search import Filters
from file_metadata_service.ports.ledger import Key, Shelf, file_key, folder_key
from file_metadata_service.ports.listings import Page
from tests.fakes.metadata_journal import InMemoryJournal
from tests.fakes.metadata_search import InMemorySearchIndex
from tests.fakes.metadata_service import ANN, FakeWorld
from tests.fakes.metadata_store import InMemoryMetadata


@dataclass(slots=True)
class InMemoryNodeWalk:
    """Implements NodeWalk. `unseen`: what its index has not heard of yet. `gate`: pages wait for it."""

    store: InMemoryMetadata
    keys_in_a_page: int = 3
    unseen: set[NodeId] = field(default_factory=set)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    entered: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.gate.set()

    async def page(self, drive_id: DriveId, *, start: str | None) -> Page[Key]:
        self.entered.set()
        await self.gate.wait()
        self.store.faults.check_read()
        keys = sorted(
            key
            for key, row in self.store.rows.items()
            if key.shelf in (Shelf.FOLDER, Shelf.FILE)
            and getattr(row, "drive_id", None) == drive_id
            and key.partition not in self.unseen
        )
        first = int(start or 0)
        end = first + self.keys_in_a_page
        found = tuple(
            (folder_key if key.shelf is Shelf.FOLDER else file_key)(NodeId(key.partition)) for key in keys
        )
        return Page(found[first:end], str(end) if end < len(found) else None)


@dataclass(slots=True)
class RecordingSearchWatch:
    """Implements SearchWatch."""

    answers: list[bool] = field(default_factory=list)
    lags: list[float] = field(default_factory=list)
    causes: list[str] = field(default_factory=list)
    errors: list[Exception] = field(default_factory=list)
    follows: asyncio.Event = field(default_factory=asyncio.Event)

    def answered(self, seconds: float, *, complete: bool) -> None:
        self.answers.append(complete)

    def followed(self, lag_seconds: float) -> None:
        self.lags.append(lag_seconds)
        self.follows.set()

    def gathering(self, cause: str) -> None:
        self.causes.append(cause)

    def failed(self, error: Exception) -> None:
        self.errors.append(error)


@dataclass(slots=True)
class Searching:
    """One instance that searches what the instances of a world have written."""

    world: FakeWorld
    index: InMemorySearchIndex = field(default_factory=InMemorySearchIndex)
    watch: RecordingSearchWatch = field(default_factory=RecordingSearchWatch)
    walk: InMemoryNodeWalk = field(init=False)
    journal: InMemoryJournal = field(init=False)
    keeper: IndexKeeper = field(init=False)
    search: SearchNames = field(init=False)

    def __post_init__(self) -> None:
        world = self.world
        self.walk, self.journal = InMemoryNodeWalk(world.store), InMemoryJournal(world.store)
        self.keeper = IndexKeeper(
            drives=world.store,
            journal=self.journal,
            ledger=world.store,
            nodes=self.walk,
            index=self.index,
            clock=world.clock,
            watch=self.watch,
            patience_seconds=60,
            rest_seconds=0,
        )
        heads = Heads(drives=world.store, clock=world.clock, tokens=world.tokens, default_quota_bytes=None)
        reader = Reader(heads=heads, ledger=world.store, folders=FolderMemory())
        self.search = SearchNames(reader=reader, keeper=self.keeper, cursors=Cursors(b"secret"))

    async def ask(
        self,
        text: str = "",
        *,
        by: Actor = ANN,
        folder: str = "",
        limit: int = 0,
        cursor: str = "",
        filters: Filters | None = None,
    ) -> FoundPage:
        return await self.search(by, text, filters or Filters(), folder_id=folder, limit=limit, cursor=cursor)

    async def names(self, text: str = "", *, by: Actor = ANN, folder: str = "") -> list[str]:
        """All of them; the answer must be complete."""
        page = await self.ask(text, by=by, folder=folder, limit=200)
        assert page.complete
        return [found.node.name for found in page.items]

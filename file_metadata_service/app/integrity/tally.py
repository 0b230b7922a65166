"""What a drive holds, counted file by file, as of one head, though it is written meanwhile.

A walk over all files is not as of one moment. The journal tells which of them changed while it went on; they are
counted again until, after the last of them, the head still stands where the journal was read to.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice

from file_metadata_service.domain.drives import Drive
from file_metadata_service.domain.ids import BlobId, DriveId, NodeId
from file_metadata_service.domain.nodes import File, Version
from file_metadata_service.domain.versions import PastVersion
from file_metadata_service.ports.census import Census
from file_metadata_service.ports.clock import Pause
from file_metadata_service.ports.drives import DriveRepository
from file_metadata_service.ports.journal import JournalReader
from file_metadata_service.ports.ledger import Key, file_key
from file_metadata_service.ports.sights import Sights

# The index by which files are found may lag; what the journal tells of so many changes is counted besides.
LAGGING_CHANGES = 1_000
ATTEMPTS = 100
COUNTS = 5
JOURNAL_PAGE = 1_000
FILES_AT_ONCE = 100


def unkept(past: Iterable[Version]) -> int:
    """How many of them are not kept for ever."""
    return sum(not version.kept for version in past)


class TooBusy(Exception):
    """The drive is written so fast that no moment was found to measure it at."""


class Uncountable(Exception):
    """The journal does not tell all that happened meanwhile: count again."""


@dataclass(frozen=True, slots=True)
class Holding:
    """One file: its bytes, past versions included and apart, and the blob of each version."""

    size_bytes: int
    past_bytes: int
    blobs: tuple[BlobId, ...]


@dataclass(slots=True)
class Tally:
    """About 300 bytes of memory for each file. Exact as of `head` after `catch_up`.

    `miscounted`: files that seem to say another number of past versions than there are.
    """

    census: Census
    sights: Sights
    drives: DriveRepository
    journal: JournalReader
    head: Drive
    holdings: dict[NodeId, Holding] = field(default_factory=dict)
    references: Counter[BlobId] = field(default_factory=Counter)
    bytes_used: int = 0
    versions_bytes: int = 0
    miscounted: set[NodeId] = field(default_factory=set)
    _began_at: int = 0
    _told_to: int = 0
    _told: set[NodeId] = field(default_factory=set)

    def begin(self) -> None:
        self._began_at = self.head.seq
        self._told_to = max(self.head.journal_floor, self.head.seq - LAGGING_CHANGES)

    async def add(self, node_ids: Iterable[NodeId]) -> None:
        """Counts these files as they are now, instead of what was counted of them before."""
        wanted = {node_id: file_key(node_id) for node_id in node_ids}
        sight = await self.sights.glance(self.head, wanted.values())
        files = [row for row in sight.rows.values() if isinstance(row, File)]
        async with asyncio.TaskGroup() as group:
            reading = {
                file.id: group.create_task(self.census.versions(file.id))
                for file in files
                if file.current.number > 1
            }
        for node_id in wanted:
            self._forget(node_id)
        for file in files:
            past = reading[file.id].result() if file.id in reading else ()
            self._count(file.id, (file.current, *past))
            if unkept(past) != file.unkept_versions:
                self.miscounted.add(file.id)

    async def add_alone(self, places: Sequence[Key]) -> None:
        """Those of these past versions whose file is gone: they have their bytes and their references all the same.

        Looked at after their files: whoever removes a file takes its versions first.
        """
        owners = {place: file_key(NodeId(place.partition)) for place in places}
        unknown = {place: key for place, key in owners.items() if place.partition not in self.holdings}
        files = (await self.sights.glance(self.head, set(unknown.values()))).rows
        alone = [place for place, key in unknown.items() if files[key] is None]
        for row in (await self.sights.glance(self.head, alone)).rows.values():
            if isinstance(row, PastVersion):
                self.bytes_used += row.version.size_bytes
                self.versions_bytes += row.version.size_bytes
                self.references[row.version.blob_id] += 1

    async def catch_up(self) -> None:
        """Brings the count to a head. Raises Uncountable, TooBusy, Unavailable.

        Without a pause: the more there is to catch up with, the less likely is it that nothing more comes.
        """
        for _ in range(ATTEMPTS):
            head = await self.drives.get(self.head.id)
            if head is None or head.seq < self._told_to or head.journal_floor > self._told_to:
                raise Uncountable
            self.head = head
            if head.seq == self._told_to:
                return
            await self.add(await self._changed())
        raise TooBusy

    async def verify(self) -> bool:
        """Counts every file again; whether all that differs was told by the journal.

        What is removed for ever is not. It does not come back either: a file that is now as it was counted was so at
        every head between, so the count of the head before this was right.
        """
        before, ids = dict(self.holdings), iter(list(self.holdings))
        self._told.clear()
        while some := tuple(islice(ids, FILES_AT_ONCE)):
            await self.add(some)
        await self.catch_up()
        silent = (node_id for node_id in before if self.holdings.get(node_id) != before[node_id])
        return all(node_id in self._told for node_id in silent)

    async def _changed(self) -> set[NodeId]:
        """Who changed since, by one stretch of the journal."""
        entries = await self.journal.page(self.head.id, self._told_to, JOURNAL_PAGE)
        # A gap in what came before the walk is a finding of its own: what it told of was walked over.
        told = [entry.seq for entry in entries if entry.seq > self._began_at]
        begin = max(self._told_to, self._began_at) + 1
        if told != list(range(begin, begin + len(told))) or not (told or begin > self._told_to + 1):
            raise Uncountable
        self._told_to = entries[-1].seq if entries else self._began_at
        changed = {change.node.id for entry in entries for change in entry.changes}
        self._told |= changed
        return changed

    def _forget(self, node_id: NodeId) -> None:
        self.miscounted.discard(node_id)
        holding = self.holdings.pop(node_id, None)
        if holding is not None:
            self.bytes_used -= holding.size_bytes
            self.versions_bytes -= holding.past_bytes
            self.references.subtract(holding.blobs)

    def _count(self, node_id: NodeId, versions: tuple[Version, ...]) -> None:
        """The current version first."""
        size_bytes = sum(version.size_bytes for version in versions)
        blobs = tuple(version.blob_id for version in versions)
        past_bytes = size_bytes - versions[0].size_bytes
        self.holdings[node_id] = Holding(size_bytes, past_bytes, blobs)
        self.bytes_used += size_bytes
        self.versions_bytes += past_bytes
        self.references.update(blobs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counting:
    """Walks a drive's files."""

    census: Census
    sights: Sights
    drives: DriveRepository
    journal: JournalReader
    pause: Pause

    async def count(self, drive_id: DriveId) -> Tally:
        """Raises TooBusy, Unavailable."""
        for attempt in range(COUNTS):
            head = await self.drives.get(drive_id)
            assert head is not None
            tally = Tally(self.census, self.sights, self.drives, self.journal, head)
            tally.begin()
            start: str | None = None
            while True:
                page = await self.census.files(drive_id, start=start)
                await tally.add(page.items)
                start = page.next_start
                if start is None:
                    break
            while True:
                places = await self.census.past_versions(drive_id, start=start)
                await tally.add_alone(places.items)
                start = places.next_start
                if start is None:
                    break
            try:
                await tally.catch_up()
            except (Uncountable, TooBusy):
                await self.pause(attempt)
            else:
                return tally
        raise TooBusy

"""Let go of past versions that the retention does not keep."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from chassis.errors import DomainError
from file_metadata_service.app.commands import Answer
from file_metadata_service.app.committer import Committers
from file_metadata_service.app.past_versions import forget, rewrite
from file_metadata_service.app.queues import Lane
from file_metadata_service.app.reading import Reader
from file_metadata_service.app.tree import Tree
from file_metadata_service.app.walks import living_file
from file_metadata_service.domain.errors import NodeNotFound
from file_metadata_service.domain.ids import AccountId, Actor, DriveId, NodeId
from file_metadata_service.domain.nodes import File
from file_metadata_service.domain.retention import DAY_MS, Retention
from file_metadata_service.domain.rights import Right
from file_metadata_service.domain.versions import PastVersion, dated
from file_metadata_service.ports.clock import Clock
from file_metadata_service.ports.ledger import blob_key, file_key, version_key
from file_metadata_service.ports.versions import DueVersions, VersionListing

# A version and its blob are two items each, and a transaction has a hundred.
DROPS_AT_ONCE = 40
DUES_AT_ONCE = 80
# Beyond these a file is thinned in several passes, the newest first.
VERSIONS_A_PASS = 1_000
DUE_A_PASS = 200
_BEHIND_ALL = 2**53


@dataclass(frozen=True, slots=True, kw_only=True)
class Thinning:
    """One transaction of it: drops these, and notes when somebody must look at those again.

    What waits in the trash waits with all of its versions, so that it comes back as it was: it is looked at again
    a day later. Kept ones, and those that are gone already, are left alone, whoever believed otherwise.
    """

    file_id: NodeId
    drops: tuple[int, ...] = ()
    dues: Mapping[int, int] = field(default_factory=dict)

    def __call__(self, tree: Tree) -> Answer[int]:
        """How many were dropped."""
        keys = {number: version_key(self.file_id, number) for number in (*self.drops, *self.dues)}
        tree.need(file_key(self.file_id), *keys.values())
        rows = {number: tree.row(key, PastVersion) for number, key in keys.items()}
        free = {number: row for number, row in rows.items() if row is not None and not row.version.kept}
        owner = Actor(AccountId(tree.drive.id))
        file = self._living(tree, owner)
        if file is None:
            self._postpone(tree, dict.fromkeys(free, tree.now_ms + DAY_MS), free)
            return Answer(0, tree.seq)
        going = [free.pop(number) for number in self.drops if number in free]
        self._drop(tree, file, owner, going)
        self._postpone(tree, self.dues, free)
        return Answer(len(going), tree.seq)

    def _living(self, tree: Tree, owner: Actor) -> File | None:
        if tree.file(self.file_id) is None:
            return None
        try:
            return living_file(tree, self.file_id, owner, Right.WRITE)
        except NodeNotFound:
            return None

    def _drop(self, tree: Tree, file: File, owner: Actor, going: Sequence[PastVersion]) -> None:
        tree.need(*(blob_key(past.version.blob_id) for past in going))
        for past in going:
            forget(tree, file, past)
        if going:
            rewrite(tree, file.with_unkept(-len(going), seq=tree.seq), owner)

    def _postpone(self, tree: Tree, dues: Mapping[int, int], rows: Mapping[int, PastVersion]) -> None:
        for number, due_at_ms in dues.items():
            row = rows.get(number)
            if row is not None and row.due_at_ms != due_at_ms:
                tree.put(version_key(self.file_id, number), replace(row, due_at_ms=due_at_ms))


@dataclass(frozen=True, slots=True, kw_only=True)
class ThinVersions:
    """Harmless to repeat, by anybody at any time."""

    reader: Reader
    listing: VersionListing
    committers: Committers
    clock: Clock
    retention: Retention
    _busy: set[NodeId] = field(default_factory=set)

    async def __call__(self, drive_id: DriveId, file_id: NodeId) -> int:
        """All that is due of one file; how many versions went. Raises DriveBusy, Unavailable."""
        file, _ = await self.reader.ask(drive_id, lambda tree: tree.file(file_id))
        gone, below = 0, _BEHIND_ALL
        while True:
            page = await self.listing.page(file_id, below=below, limit=VERSIONS_A_PASS)
            dropped = await self._settle(drive_id, file_id, file, page.items)
            gone += dropped
            if page.next_start is None:
                return gone
            # Where some went, the next ones move up among the newest.
            below = below if dropped else int(page.next_start)

    async def if_too_many(self, file: File) -> None:
        """Right after a change: makes room if the file has more versions than it may. Whoever waits for the
        change waits for this, so that no file grows faster than it is thinned, and it goes in the people's lane: in
        the other it would be passed over by those who make the file grow. It never fails: what is left is done after
        the next change, or when it is due.
        """
        if file.unkept_versions <= self.retention.max_versions or file.id in self._busy:
            return
        self._busy.add(file.id)
        try:
            page = await self.listing.page(file.id, below=_BEHIND_ALL, limit=VERSIONS_A_PASS)
            drops = self._going(dated(page.items, file.current))[:DROPS_AT_ONCE]
            await self._run(file.drive_id, Thinning(file_id=file.id, drops=drops), Lane.PEOPLE)
        except DomainError:
            return
        finally:
            self._busy.discard(file.id)

    async def _settle(
        self, drive_id: DriveId, file_id: NodeId, file: File | None, items: Sequence[PastVersion]
    ) -> int:
        """Drops what may go, and notes exactly when the time of each other one comes."""
        if file is None:
            await self._look_again(drive_id, file_id, {it.number: 0 for it in items})
            return 0
        past = dated(items, file.current)
        going, dropped = self._going(past), 0
        for first in range(0, len(going), DROPS_AT_ONCE):
            drops = going[first : first + DROPS_AT_ONCE]
            dropped += await self._run(drive_id, Thinning(file_id=file_id, drops=drops))
        staying = {it.number: it.due_at_ms for it in past if it.number not in {*going}}
        dues = self.retention.dues([it for it in past if it.number in staying])
        changed = {number: due for number, due in dues.items() if staying[number] != due}
        await self._look_again(drive_id, file_id, changed)
        return dropped

    async def _look_again(self, drive_id: DriveId, file_id: NodeId, dues: Mapping[int, int]) -> None:
        ordered = sorted(dues.items())
        for first in range(0, len(ordered), DUES_AT_ONCE):
            some = dict(ordered[first : first + DUES_AT_ONCE])
            await self._run(drive_id, Thinning(file_id=file_id, dues=some))

    def _going(self, past: Sequence[PastVersion]) -> tuple[int, ...]:
        """Oldest first."""
        return tuple(sorted(self.retention.thin(past, self.clock.now_ms())))

    async def _run(self, drive_id: DriveId, thinning: Thinning, lane: Lane = Lane.BACKGROUND) -> int:
        landed = await self.committers.of(drive_id).submit(thinning, sender="retention", lane=lane)
        return landed.result


@dataclass(frozen=True, slots=True, kw_only=True)
class ThinDueVersions:
    """A sweeper's duty."""

    versions: DueVersions
    thin: ThinVersions
    name: str = "retention"
    every_seconds: float = 60.0

    async def __call__(self) -> bool:
        """Some of the files with a version that is due. What cannot be written now waits for the next pass."""
        due = await self.versions.due(until_ms=self.thin.clock.now_ms(), limit=DUE_A_PASS)
        failed = False
        for file in due:
            try:
                await self.thin(file.drive_id, file.file_id)
            except DomainError:
                failed = True
        return bool(due) and not failed

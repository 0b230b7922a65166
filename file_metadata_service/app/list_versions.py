"""Pages of a file's versions."""

from dataclasses import dataclass

from file_metadata_service.app.cursors import Cursors
from file_metadata_service.app.list_folder import check_limit
from file_metadata_service.app.reading import Reader
from file_metadata_service.app.tree import Tree
from file_metadata_service.app.walks import living_file, real_id
from file_metadata_service.domain.ids import Actor, Position, Seen, own_drive
from file_metadata_service.domain.nodes import File
from file_metadata_service.domain.rights import Right
from file_metadata_service.domain.versions import FileVersion, PastVersion
from file_metadata_service.ports.listings import Page
from file_metadata_service.ports.versions import VersionListing


@dataclass(frozen=True, slots=True)
class VersionPage:
    """`next_cursor` is empty at the end. `position`: the rows are as of it, or newer."""

    items: tuple[FileVersion, ...]
    next_cursor: str
    position: Position


@dataclass(frozen=True, slots=True, kw_only=True)
class ListVersions:
    reader: Reader
    listing: VersionListing
    cursors: Cursors

    async def __call__(
        self, actor: Actor, file_id: str, *, limit: int, cursor: str, seen: Seen = ()
    ) -> VersionPage:
        """The current one, then the past ones, newest first. `limit` 0 means 200.

        Raises NodeNotFound, NotAFile, CursorInvalid, CursorReset, InvalidArgument.
        """
        limit = check_limit(limit)

        def question(tree: Tree) -> File:
            return living_file(tree, real_id(tree, file_id), actor, Right.READ)

        drive_id = own_drive(actor.account_id)
        head = await self.reader.heads.read(drive_id, seen)
        file, head = await self.reader.ask(drive_id, question, head=head)
        name = f"{head.journal_id} {file.id} versions"
        start = self.cursors.take(name, cursor)
        shown = [] if start else [FileVersion(file_id=file.id, version=file.current, current=True)]
        # What was replaced since the file was read is the current one here, not a past one, too.
        below = int(start) if start else file.current.number
        past = await self._past(file, below, limit - len(shown))
        shown += [_shown(file, it) for it in past.items]
        return VersionPage(tuple(shown), self.cursors.give(name, past.next_start), head.position)

    async def _past(self, file: File, below: int, limit: int) -> Page[PastVersion]:
        if limit:
            return await self.listing.page(file.id, below=below, limit=limit)
        return Page((), str(below) if below > 1 else None)


def _shown(file: File, past: PastVersion) -> FileVersion:
    return FileVersion(
        file_id=file.id, version=past.version, current=False, replaced_at_ms=past.replaced_at_ms
    )

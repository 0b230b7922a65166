"""Removing a tree for ever: its top has left the tree before, so that nobody can reach or change what is below it.

What is gone already is passed over, so that every step may be repeated, and by two at once: a node, its name, the
reference to its bytes, and what they count in the drive go in one transaction.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from file_metadata_service.app.blob_preview import BlobPreview, Preview, missing
from file_metadata_service.app.commands import Answer
from file_metadata_service.app.committer import Committers
from file_metadata_service.app.convoys import Convoy
from file_metadata_service.app.past_versions import forget
from file_metadata_service.app.references import release
from file_metadata_service.app.tree import Tree, own_key
from file_metadata_service.app.tree_walk import TreeWalk
from file_metadata_service.domain.ids import DriveId
from file_metadata_service.domain.jobs import JobId
from file_metadata_service.domain.nodes import File, Folder, Node
from file_metadata_service.domain.versions import PastVersion
from file_metadata_service.ports.ledger import Ledger, blob_key, version_key
from file_metadata_service.ports.listings import FolderListing
from file_metadata_service.ports.versions import VersionListing

# A file is three items (its row, its name, its blob), a folder two, a past version two; 98 fit.
ITEMS_AT_ONCE = 96
VERSIONS_AT_ONCE = 45

Progress = Callable[[int], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class RemoveNodes:
    """Files without past versions, and folders with nothing in them. `named`: they have an entry."""

    nodes: Sequence[Node]
    named: bool = True
    preview: Preview = field(default_factory=dict)

    def __call__(self, tree: Tree) -> Answer[int]:
        """How many there were."""
        tree.need(*missing(self.nodes, self.preview))
        return Answer(sum([self._remove(tree, node) for node in self.nodes]), tree.seq)

    def _remove(self, tree: Tree, node: Node) -> bool:
        key = own_key(node)
        if tree.fell(key):
            return False
        tree.derive(key, node)
        tree.drop(key)
        if self.named:
            tree.drop_entry(node)
        if isinstance(node, File):
            release(tree, node.current.blob_id, self.preview)
            tree.drive = tree.drive.freeing(current_bytes=node.current.size_bytes, files=1)
        return True


@dataclass(frozen=True, slots=True)
class RemoveVersions:
    """Past versions of a file that is going itself."""

    file: File
    versions: Sequence[PastVersion]

    def __call__(self, tree: Tree) -> Answer[int]:
        """No node is gone by this."""
        tree.need(*(blob_key(past.version.blob_id) for past in self.versions))
        for past in self.versions:
            key = version_key(self.file.id, past.number)
            if not tree.fell(key):
                tree.derive(key, past)
                forget(tree, self.file, past)
        return Answer(0, tree.seq)


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveTree:
    """From the top again after a crash: what is gone is not there to be walked."""

    listing: FolderListing
    versions: VersionListing
    ledger: Ledger
    committers: Committers

    async def __call__(self, drive_id: DriveId, job_id: JobId, top: Node, progress: Progress) -> None:
        """The top, which has no entry any more, last. Raises Unavailable, DriveBusy, and what progress raises."""
        committer = self.committers.of(drive_id)

        async def landed(_: None, gone: int) -> None:
            await progress(gone)

        convoy = Convoy[None](committer, sender=job_id, landed=landed)
        try:
            if isinstance(top, Folder):
                await self._empty(top, convoy, BlobPreview(self.ledger, drive_id))
            else:
                await self._forget_past(top, convoy)
            await convoy.finish()
            await convoy.send(RemoveNodes((top,), named=False), None)
            await convoy.finish()
        finally:
            await convoy.give_up()

    async def _empty(self, top: Folder, convoy: Convoy[None], blobs: BlobPreview) -> None:
        walk, batch, items = TreeWalk(self.listing, [(top.id, None)]), list[Node](), 0
        while (visit := await walk.next()) is not None:
            node = visit.node
            if isinstance(node, Folder) and not visit.leaving:
                continue
            if isinstance(node, File):
                await self._forget_past(node, convoy)
            size = 3 if isinstance(node, File) else 2
            if items + size > ITEMS_AT_ONCE:
                await _send(convoy, batch, blobs)
                batch, items = [], 0
            batch.append(node)
            items += size
        if batch:
            await _send(convoy, batch, blobs)

    async def _forget_past(self, file: File, convoy: Convoy[None]) -> None:
        """Before the file: one whose row is gone could not tell of them any more."""
        if file.current.number == 1:
            return
        below = file.current.number
        while True:
            page = await self.versions.page(file.id, below=below, limit=VERSIONS_AT_ONCE)
            if page.items:
                await convoy.send(RemoveVersions(file, page.items), None)
            if page.next_start is None:
                break
            below = int(page.next_start)
        await convoy.finish()


async def _send(convoy: Convoy[None], batch: Sequence[Node], blobs: BlobPreview) -> None:
    """A folder goes once all that was in it is known to be gone, or goes with it: nobody could find it again."""
    if any(isinstance(node, Folder) for node in batch):
        await convoy.finish()
    await convoy.send(RemoveNodes(tuple(batch), preview=await blobs.of(batch)), None)

"""Find what need not be sent again: the same content, or a file whose parts may be the same."""

from dataclasses import dataclass

from file_metadata_service.app.past_versions import version_of
from file_metadata_service.app.reading import Reader
from file_metadata_service.app.tree import Tree
from file_metadata_service.app.walks import living_file, living_folder, real_id
from file_metadata_service.domain.blobs import Blob, BlobParts, Content
from file_metadata_service.domain.errors import NodeNotFound, NotAFile, NotAFolder, VersionNotFound
from file_metadata_service.domain.ids import Actor, own_drive
from file_metadata_service.domain.nodes import File, Version
from file_metadata_service.domain.rights import Right, may
from file_metadata_service.ports.clock import Clock
from file_metadata_service.ports.known_blobs import KnownBlobs
from file_metadata_service.ports.ledger import name_keys, parts_key

_NOT_FOR_THEM = (NodeNotFound, NotAFile, NotAFolder, VersionNotFound)


@dataclass(frozen=True, slots=True)
class BaseVersion:
    """A file; `number` None: its current version."""

    node_id: str
    number: int | None = None


@dataclass(frozen=True, slots=True)
class BasePlace:
    """Whichever file has that name there."""

    folder_id: str
    name: str


@dataclass(frozen=True, slots=True)
class KnownParts:
    """`sha256`: of each part, in order of their numbers."""

    blob: Blob
    sha256: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class FindKnown:
    """What is not for the actor is unknown. A drive's contents are looked for under its own key, and nodes by keys that
    name the drive, so that what is somebody else's is not even found: nothing takes longer because it exists.

    What is found is kept for UNREFERENCED_MS, much longer than it takes to commit or copy it.
    """

    reader: Reader
    known: KnownBlobs
    clock: Clock

    async def content(self, actor: Actor, content: Content) -> Blob | None:
        """A blob that is this content, for a drive's owner only. Raises Unavailable."""
        if not content.content_hash or not may(actor, content.drive_id, Right.READ):
            return None
        for blob_id in await self.known.of_content(content):
            blob = await self.known.keep(blob_id, at_ms=self.clock.now_ms())
            if blob is not None and blob.content == content:
                return blob
        return None

    async def base(self, actor: Actor, base: BaseVersion | BasePlace, layout: str) -> KnownParts | None:
        """The parts of that file, if it is cut in the same way. Raises Unavailable."""

        def question(tree: Tree) -> Version:
            if isinstance(base, BasePlace):
                return _at(tree, actor, base).current
            file = living_file(tree, real_id(tree, base.node_id), actor, Right.READ)
            if base.number is None or base.number == file.current.number:
                return file.current
            return version_of(tree, file, base.number).version

        try:
            version, _ = await self.reader.ask(own_drive(actor.account_id), question)
        except _NOT_FOR_THEM:
            return None
        return await self._parts(version) if version.layout == layout else None

    async def _parts(self, version: Version) -> KnownParts | None:
        blob = await self.known.keep(version.blob_id, at_ms=self.clock.now_ms())
        if blob is None:
            return None
        sha256 = (blob.only_part,) if blob.only_part is not None else await self._several(blob)
        return KnownParts(blob, sha256) if sha256 else None

    async def _several(self, blob: Blob) -> tuple[bytes, ...]:
        key = parts_key(blob.id)
        row = (await self.reader.ledger.read(blob.drive_id, [key]))[key]
        return row.sha256 if isinstance(row, BlobParts) else ()


def _at(tree: Tree, actor: Actor, place: BasePlace) -> File:
    """Raises NodeNotFound, NotAFile, NotAFolder."""
    folder_id = real_id(tree, place.folder_id)
    tree.need(*name_keys(folder_id, place.name))
    living_folder(tree, folder_id, actor, Right.READ)
    occupant = tree.occupant(folder_id, place.name)
    if not isinstance(occupant, File):
        raise NodeNotFound("There is no such file.")
    return occupant

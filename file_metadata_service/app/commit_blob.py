"""Turn a proven blob into a version of a file, exactly once."""

from dataclasses import dataclass, field

from file_metadata_service.app.commands import Answer
from file_metadata_service.app.past_versions import supersede
from file_metadata_service.app.placing import ConflictRule, upload_target
from file_metadata_service.app.references import take
from file_metadata_service.app.tree import Tree
from file_metadata_service.app.walks import NOT_THERE, living_folder, real_id
from file_metadata_service.domain.blobs import Blob, BlobParts, BlobState, Content
from file_metadata_service.domain.errors import (
    BlobAbandoned,
    BlobGone,
    CommandIdReused,
    ContentUnknown,
    NodeNotFound,
)
from file_metadata_service.domain.ids import Actor, BlobId, NodeId
from file_metadata_service.domain.names import check_name
from file_metadata_service.domain.nodes import File, Folder, Version, new_file
from file_metadata_service.domain.retention import Retention
from file_metadata_service.domain.rights import Right
from file_metadata_service.ports.ledger import (
    blob_key,
    file_key,
    folder_key,
    name_keys,
    parts_key,
)

NOT_KNOWN = "These bytes have to be sent."


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadedBlob:
    """What the upload service has proven. `sha256`: of each part, in order of their numbers.

    `known_as`: the blob of this drive that is the same content; of itself it has no bytes then, and no hashes.
    """

    id: BlobId
    size_bytes: int
    content_type: str
    content_hash: str
    layout: str
    sha256: tuple[bytes, ...]
    known_as: BlobId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitBlob:
    """`node_id`: the id of the file, should it be a new one. The blob's row is the record of this command."""

    actor: Actor
    node_id: NodeId
    blob: UploadedBlob
    folder_id: str
    name: str
    rule: ConflictRule
    if_revision: int | None
    retention: Retention = field(default_factory=Retention)

    def __post_init__(self) -> None:
        check_name(self.name)

    def __call__(self, tree: Tree) -> Answer[File]:
        """A repeat answers the first result, wherever it wants the file. Raises BlobAbandoned, CommandIdReused,
        ContentUnknown, and what CheckUpload raises.
        """
        folder_id = real_id(tree, self.folder_id)
        known_as = self.blob.known_as
        blobs = [blob_key(it) for it in (self.blob.id, known_as) if it is not None]
        tree.need(*blobs, folder_key(folder_id), *name_keys(folder_id, self.name))
        decided = tree.row(blob_key(self.blob.id), Blob)
        if decided is not None:
            return self._repeat(tree, decided)
        chain = living_folder(tree, folder_id, self.actor, Right.WRITE)
        target = upload_target(tree, folder_id, self.name, self.rule, self.if_revision)
        if known_as is not None:
            self._take(tree, known_as)
        tree.drive = tree.drive.storing(self.blob.size_bytes, new_files=int(isinstance(target, str)))
        file = self._replace(tree, target) if isinstance(target, File) else self._add(tree, chain[-1], target)
        tree.set_node(file, self.actor)
        tree.set_entry(file)
        self._decide(tree, file)
        return Answer(file, tree.seq)

    def _repeat(self, tree: Tree, decided: Blob) -> Answer[File]:
        if decided.drive_id != tree.drive.id:
            raise NodeNotFound(NOT_THERE)
        if decided.committed is None:
            raise BlobAbandoned("This upload was given up.")
        if decided.content != self._content(tree):
            # The id is made of a `command_id`, which somebody used again after the upload was forgotten.
            raise CommandIdReused("This key has made a file of other bytes before.")
        return Answer(decided.committed, decided.seq)

    def _take(self, tree: Tree, known_as: BlobId) -> None:
        """The version's reference, in the transaction that makes it: one that is condemned meanwhile refuses it."""
        known = tree.row(blob_key(known_as), Blob)
        try:
            if known is None or known.content != self._content(tree):
                raise ContentUnknown(NOT_KNOWN)
            take(tree, known_as)
        except BlobGone as gone:
            raise ContentUnknown(NOT_KNOWN) from gone

    def _content(self, tree: Tree) -> Content:
        return Content(tree.drive.id, self.blob.size_bytes, self.blob.layout, self.blob.content_hash)

    def _add(self, tree: Tree, folder: Folder, name: str) -> File:
        file = new_file(self.node_id, folder, name, self._version(tree, 1), seq=tree.seq)
        tree.create(file_key(file.id), file)
        return file

    def _replace(self, tree: Tree, before: File) -> File:
        # The entry that was read is the whole file: no need to read its own row.
        tree.derive(file_key(before.id), before)
        supersede(tree, before, self.retention)
        return before.replaced(self._version(tree, before.current.number + 1), seq=tree.seq)

    def _version(self, tree: Tree, number: int) -> Version:
        return Version(
            number=number,
            blob_id=self.blob.known_as or self.blob.id,
            size_bytes=self.blob.size_bytes,
            content_type=self.blob.content_type,
            content_hash=self.blob.content_hash,
            layout=self.blob.layout,
            created_at_ms=tree.now_ms,
            actor=self.actor,
        )

    def _decide(self, tree: Tree, file: File) -> None:
        hashes = () if self.blob.known_as else self.blob.sha256
        blob = Blob(
            id=self.blob.id,
            drive_id=tree.drive.id,
            state=BlobState.ALIAS if self.blob.known_as else BlobState.LIVE,
            decided_at_ms=tree.now_ms,
            references=0 if self.blob.known_as else 1,
            size_bytes=self.blob.size_bytes,
            content_hash=self.blob.content_hash,
            layout=self.blob.layout,
            only_part=hashes[0] if len(hashes) == 1 else None,
            committed=file,
            seq=tree.seq,
            alias_of=self.blob.known_as,
        )
        tree.put(blob_key(blob.id), blob)
        if len(hashes) > 1:
            tree.create(parts_key(blob.id), BlobParts(blob.id, hashes))

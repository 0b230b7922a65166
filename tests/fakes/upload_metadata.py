"""A metadata service in memory: one folder level, commits exactly once by blob, Abandon against Commit."""

from collections.abc import Sequence
from dataclasses import dataclass

from chassis.errors import Kind, RemoteError
from file_upload_service.domain.caller import Caller
from file_upload_service.domain.content import content_hash
from file_upload_service.domain.ids import BlobId, DriveId, NodeId
from file_upload_service.domain.outcome import Committed
from file_upload_service.domain.target import ConflictRule, Target
from file_upload_service.domain.transfer import ReadableFile
from file_upload_service.domain.upload import Upload
from file_upload_service.ports.metadata import AbandonOutcome, Place


@dataclass
class File:
    node_id: NodeId
    blob_id: BlobId
    folder_id: NodeId
    name: str
    revision: int
    upload: Upload
    content_hash: str


class InMemoryMetadata:
    """`tokens` maps a token to its account, which is the drive and its root too."""

    def __init__(self) -> None:
        self.tokens: dict[str, str] = {}
        self.folders: set[str] = set()
        self.files: dict[tuple[NodeId, str], File] = {}
        self.committed: dict[BlobId, Committed] = {}
        self.abandoned: set[BlobId] = set()
        self.quota_exceeded = False

    def add_account(self, account_id: str, token: str) -> None:
        self.tokens[token] = account_id
        self.folders.add(account_id)

    async def check_upload(self, caller: Caller, target: Target, size_bytes: int) -> Place:
        account_id = self.tokens[caller.token]
        folder_id = NodeId(account_id) if target.folder_id == "root" else target.folder_id
        self._check(folder_id, target)
        return Place(DriveId(account_id), folder_id)

    async def commit(self, upload: Upload, part_hashes: Sequence[bytes]) -> Committed:
        if upload.blob_id in self.committed:
            return self.committed[upload.blob_id]
        if upload.blob_id in self.abandoned:
            raise RemoteError(Kind.CONFLICT, "blob_abandoned", "blob_abandoned")
        target = upload.target
        self._check(target.folder_id, target)
        name, number = target.name, 2
        while target.conflict is ConflictRule.RENAME and (target.folder_id, name) in self.files:
            name, number = f"{target.name} ({number})", number + 1
        earlier = self.files.get((target.folder_id, name))
        file = File(
            node_id=earlier.node_id if earlier else NodeId(f"node-{upload.id[:8]}"),
            blob_id=upload.blob_id,
            folder_id=target.folder_id,
            name=name,
            revision=earlier.revision + 1 if earlier else 1,
            upload=upload,
            content_hash=content_hash(part_hashes),
        )
        self.files[target.folder_id, name] = file
        position = f"{upload.drive_id}.journal.{len(self.committed) + 1}"
        self.committed[upload.blob_id] = Committed(file.node_id, name, file.revision, position)
        return self.committed[upload.blob_id]

    async def abandon(self, upload: Upload) -> AbandonOutcome:
        if upload.blob_id in self.committed:
            return AbandonOutcome(became=self.committed[upload.blob_id].node_id)
        self.abandoned.add(upload.blob_id)
        return AbandonOutcome(became=None)

    async def check_download(self, caller: Caller, node_id: NodeId, version: int | None) -> ReadableFile:
        account_id = self.tokens[caller.token]
        for file in self.files.values():
            if file.node_id == node_id and file.upload.account_id == account_id:
                plan = file.upload.plan
                return ReadableFile(
                    file.blob_id, node_id, file.name, plan.size_bytes, file.upload.content_type,
                    file.content_hash, plan.layout, file.revision,
                )  # fmt: skip
        raise RemoteError(Kind.NOT_FOUND, "node_not_found", "node_not_found")

    def _check(self, folder_id: NodeId, target: Target) -> None:
        if folder_id not in self.folders:
            raise RemoteError(Kind.NOT_FOUND, "node_not_found", "node_not_found")
        if self.quota_exceeded:
            raise RemoteError(Kind.QUOTA, "quota_exceeded", "quota_exceeded")
        if target.conflict is ConflictRule.FAIL and (folder_id, target.name) in self.files:
            raise RemoteError(Kind.CONFLICT, "name_taken", "name_taken")

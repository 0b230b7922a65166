"""A metadata service in memory: one folder level, commits exactly once by blob, Abandon against Commit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chassis.errors import DomainError, Kind, RemoteError, Unavailable
from file_upload_service.domain.bundle import Bundle
from file_upload_service.domain.caller import Caller
from file_upload_service.domain.content import content_hash
from file_upload_service.domain.ids import AccountId, BlobId, DriveId, NodeId
from file_upload_service.domain.known import BaseVersion, KnownParts
from file_upload_service.domain.layout import Plan
from file_upload_service.domain.outcome import Committed
from file_upload_service.domain.target import ConflictRule, Target
from file_upload_service.domain.transfer import ReadableFile
from file_upload_service.domain.upload import Upload
from file_upload_service.ports.metadata import AbandonOutcome, Place, Wanted


@dataclass
class Bytes:
    account_id: AccountId
    plan: Plan
    content_type: str
    content_hash: str
    sha256: tuple[bytes, ...] = ()


@dataclass
class File:
    node_id: NodeId
    blob_id: BlobId
    folder_id: NodeId
    name: str
    revision: int
    bytes_: Bytes


class InMemoryMetadata:
    """`tokens` maps a token to its account, which is the drive and its root too."""

    def __init__(self) -> None:
        self.tokens: dict[str, str] = {}
        self.folders: set[str] = set()
        self.files: dict[tuple[NodeId, str], File] = {}
        self.committed: dict[BlobId, Committed] = {}
        self.contents: dict[BlobId, tuple[Plan, str]] = {}
        self.abandoned: set[BlobId] = set()
        self.quota_exceeded = False
        # The bytes that versions are made of, and what of them is condemned; blobs that have none of their own.
        self.live: dict[BlobId, Bytes] = {}
        self.condemned: set[BlobId] = set()
        self.aliases: set[BlobId] = set()
        self.room_bytes: int | None = None
        # Which files of a bundle get no answer that says anything.
        self.unwell: set[int] = set()

    def add_account(self, account_id: str, token: str) -> None:
        self.tokens[token] = account_id
        self.folders.add(account_id)

    async def check_upload(self, caller: Caller, target: Target, size_bytes: int) -> Place:
        account_id = self.tokens[caller.token]
        folder_id = NodeId(account_id) if target.folder_id == "root" else target.folder_id
        self._check(folder_id, target)
        if self.room_bytes is not None and size_bytes > self.room_bytes:
            raise RemoteError(Kind.QUOTA, "quota_exceeded", "quota_exceeded")
        return Place(DriveId(account_id), folder_id)

    async def find_known(
        self, caller: Caller, drive_id: DriveId, plan: Plan, content_hash: str
    ) -> BlobId | None:
        if self.tokens[caller.token] != drive_id:
            return None
        return next((it for it in self.live if self._is_known(it, drive_id, plan, content_hash)), None)

    async def find_base(self, caller: Caller, upload: Upload, base: BaseVersion | None) -> KnownParts | None:
        account_id, target = self.tokens[caller.token], upload.target
        if base is not None:
            found = [it for it in self.files.values() if it.node_id == base.node_id]
        elif target.conflict is ConflictRule.REPLACE and (target.folder_id, target.name) in self.files:
            found = [self.files[target.folder_id, target.name]]
        else:
            found = []
        for file in found:
            held = self.live.get(file.blob_id)
            readable = held is not None and held.account_id == account_id
            if (
                held
                and readable
                and file.blob_id not in self.condemned
                and held.plan.layout == upload.plan.layout
            ):
                return KnownParts(file.blob_id, held.plan.size_bytes, held.sha256)
        return None

    def _is_known(self, blob_id: BlobId, account_id: str, plan: Plan, content_hash: str) -> bool:
        held = self.live.get(blob_id)
        if held is None or blob_id in self.condemned:
            return False
        return (held.account_id, held.plan, held.content_hash) == (account_id, plan, content_hash)

    async def commit(self, upload: Upload, part_hashes: Sequence[bytes]) -> Committed:
        known = upload.known
        hash_ = known.content_hash if known else content_hash(part_hashes)
        bytes_ = Bytes(upload.account_id, upload.plan, upload.content_type, hash_, tuple(part_hashes))
        return self._commit(upload.blob_id, upload.target, bytes_, known.blob_id if known else None)

    async def commit_many(
        self, bundle: Bundle, numbers: Sequence[int]
    ) -> Mapping[int, Committed | DomainError]:
        return {number: self._one_of_many(bundle, number) for number in numbers}

    def _one_of_many(self, bundle: Bundle, number: int) -> Committed | DomainError:
        file = bundle.file(number)
        bytes_ = Bytes(bundle.account_id, file.plan, file.content_type, content_hash([file.sha256]))
        if number in self.unwell:
            return Unavailable("unwell by the test")
        try:
            return self._commit(bundle.blob_id(number), file.target, bytes_)
        except DomainError as refusal:
            return refusal

    def _commit(
        self, blob_id: BlobId, target: Target, bytes_: Bytes, known_as: BlobId | None = None
    ) -> Committed:
        if blob_id in self.committed:
            if self.contents[blob_id] != (bytes_.plan, bytes_.content_hash):
                raise RemoteError(Kind.CONFLICT, "command_id_reused", "command_id_reused")
            return self.committed[blob_id]
        if blob_id in self.abandoned:
            raise RemoteError(Kind.CONFLICT, "blob_abandoned", "blob_abandoned")
        self._check(target.folder_id, target)
        if known_as and not self._is_known(known_as, bytes_.account_id, bytes_.plan, bytes_.content_hash):
            raise RemoteError(Kind.NOT_FOUND, "content_unknown", "content_unknown")
        name, number = target.name, 2
        while target.conflict is ConflictRule.RENAME and (target.folder_id, name) in self.files:
            name, number = f"{target.name} ({number})", number + 1
        earlier = self.files.get((target.folder_id, name))
        file = File(
            node_id=earlier.node_id if earlier else NodeId(f"node-{len(self.committed)}-{blob_id[:8]}"),
            blob_id=known_as or blob_id,
            folder_id=target.folder_id,
            name=name,
            revision=earlier.revision + 1 if earlier else 1,
            bytes_=bytes_,
        )
        self.files[target.folder_id, name] = file
        if known_as:
            self.aliases.add(blob_id)
        else:
            self.live[blob_id] = bytes_
        self.contents[blob_id] = bytes_.plan, bytes_.content_hash
        position = f"{bytes_.account_id}.journal.{len(self.committed) + 1}"
        self.committed[blob_id] = Committed(file.node_id, name, file.revision, position, file.blob_id)
        return self.committed[blob_id]

    async def abandon(self, upload: Upload) -> AbandonOutcome:
        return AbandonOutcome(became=self._abandon(upload.blob_id))

    async def abandon_many(self, bundle: Bundle, numbers: Sequence[int]) -> Mapping[int, NodeId]:
        became = {number: self._abandon(bundle.blob_id(number)) for number in numbers}
        return {number: node_id for number, node_id in became.items() if node_id is not None}

    def _abandon(self, blob_id: BlobId) -> NodeId | None:
        if blob_id in self.committed:
            return self.committed[blob_id].node_id
        self.abandoned.add(blob_id)
        return None

    async def check_download(self, caller: Caller, node_id: NodeId, version: int | None) -> ReadableFile:
        account_id = self.tokens[caller.token]
        for file in self.files.values():
            held = file.bytes_
            if file.node_id == node_id and held.account_id == account_id:
                return ReadableFile(
                    file.blob_id, node_id, file.name, held.plan.size_bytes, held.content_type,
                    held.content_hash, held.plan.layout, file.revision,
                )  # fmt: skip
        raise RemoteError(Kind.NOT_FOUND, "node_not_found", "node_not_found")

    async def check_downloads(
        self, caller: Caller, wanted: Sequence[Wanted]
    ) -> Sequence[ReadableFile | DomainError]:
        answers: list[ReadableFile | DomainError] = []
        for node_id, version in wanted:
            try:
                answers.append(await self.check_download(caller, node_id, version))
            except RemoteError as refusal:
                answers.append(refusal)
        return answers

    def _check(self, folder_id: NodeId, target: Target) -> None:
        if folder_id not in self.folders:
            raise RemoteError(Kind.NOT_FOUND, "node_not_found", "node_not_found")
        if self.quota_exceeded:
            raise RemoteError(Kind.QUOTA, "quota_exceeded", "quota_exceeded")
        if target.conflict is ConflictRule.FAIL and (folder_id, target.name) in self.files:
            raise RemoteError(Kind.CONFLICT, "name_taken", "name_taken")

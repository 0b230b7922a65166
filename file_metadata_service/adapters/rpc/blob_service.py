"""BlobService: what the upload service asks."""

import asyncio
from typing import Any, TypeAlias

from grpc.aio import ServicerContext

from chassis import rpc
from chassis.errors import DomainError, InvalidArgument
from file_metadata_service.adapters.rpc import messages
from file_metadata_service.adapters.rpc.single_refusals import check_many, refused
from file_metadata_service.app.check_transfer import Intent
from file_metadata_service.app.commit_blob import UploadedBlob
from file_metadata_service.app.find_known import BasePlace, BaseVersion, KnownParts
from file_metadata_service.app.use_cases import UseCases
from file_metadata_service.domain.blobs import Blob, Content
from file_metadata_service.domain.ids import Actor, DriveId
from file_metadata_service.domain.nodes import File, Version
from stowage.metadata.v1 import metadata_pb2 as pb
from stowage.metadata.v1.metadata_pb2_grpc import BlobServiceServicer

Context: TypeAlias = "ServicerContext[Any, Any]"

SHA256_BYTES = 32
MAX_PARTS = 1000
# They stand in rows and keys, whose sizes have limits.
TEXT_MAX_CHARACTERS = 255


class BlobRpc(BlobServiceServicer):
    """From messages to use cases and back; whatever these raise is translated by the server."""

    def __init__(self, use_cases: UseCases) -> None:
        self._use = use_cases

    async def CheckUpload(self, request: pb.CheckUploadRequest, context: Context) -> pb.CheckUploadResponse:
        intent = Intent(
            folder_id=request.folder_id,
            name=request.name,
            size_bytes=_size(request.size_bytes),
            rule=messages.conflict_rule(request.conflict),
            if_revision=request.if_revision if request.HasField("if_revision") else None,
        )
        drive, folder_id = await self._use.check_upload(messages.actor(), intent)
        return pb.CheckUploadResponse(drive_id=drive.id, folder_id=folder_id)

    async def FindKnown(self, request: pb.FindKnownRequest, context: Context) -> pb.FindKnownResponse:
        _check_texts(request.layout, request.content_hash)
        actor, find = messages.actor(), self._use.find_known
        size_bytes, hash_ = _size(request.size_bytes), request.content_hash
        content = Content(DriveId(request.drive_id), size_bytes, request.layout, hash_)
        whole = await find.content(actor, content)
        if whole is not None:
            return pb.FindKnownResponse(whole_blob_id=whole.id)
        base = _base(request)
        parts = await find.base(actor, base, request.layout) if base is not None else None
        return pb.FindKnownResponse(base=_parts(parts) if parts else None)

    async def Commit(self, request: pb.CommitRequest, context: Context) -> pb.CommitResponse:
        return await self._commit(request)

    async def CommitMany(self, request: pb.CommitManyRequest, context: Context) -> pb.CommitManyResponse:
        check_many(request.commits)
        return pb.CommitManyResponse(results=await asyncio.gather(*map(self._one_of_many, request.commits)))

    async def _one_of_many(self, request: pb.CommitRequest) -> pb.CommitManyResponse.Result:
        try:
            return pb.CommitManyResponse.Result(committed=await self._commit(request))
        except Exception as error:  # noqa: BLE001  # whatever it is, it must not take the others' answers along
            return pb.CommitManyResponse.Result(refusal=refused(error))

    async def _commit(self, request: pb.CommitRequest) -> pb.CommitResponse:
        landed = await self._use.change.commit(
            Actor.parse(request.actor),
            DriveId(request.drive_id),
            _uploaded(request),
            folder_id=request.folder_id,
            name=request.name,
            rule=messages.conflict_rule(request.conflict),
            if_revision=request.if_revision if request.HasField("if_revision") else None,
            within_seconds=rpc.remaining_seconds(),
        )
        return pb.CommitResponse(
            node=messages.node(landed.result),
            position=messages.position(landed.position),
            blob_id=landed.result.current.blob_id,
        )

    async def Abandon(self, request: pb.AbandonRequest, context: Context) -> pb.AbandonResponse:
        if not request.drive_id:
            raise InvalidArgument("The drive is missing.")
        blobs = await self._use.abandon(
            DriveId(request.drive_id), [messages.blob_id(it) for it in request.blob_ids]
        )
        return pb.AbandonResponse(results=map(_abandoned, blobs))

    async def ListUnreferenced(
        self, request: pb.ListUnreferencedRequest, context: Context
    ) -> pb.ListUnreferencedResponse:
        page = await self._use.collect_blobs.unreferenced(request.limit, request.cursor or None)
        return pb.ListUnreferencedResponse(
            blobs=map(_unreferenced, page.blobs), next_cursor=page.next_cursor or ""
        )

    async def Condemn(self, request: pb.CondemnRequest, context: Context) -> pb.CondemnResponse:
        condemned = await self._use.collect_blobs.condemn([messages.blob_id(it) for it in request.blob_ids])
        return pb.CondemnResponse(blob_ids=condemned)

    async def ConfirmDeleted(
        self, request: pb.ConfirmDeletedRequest, context: Context
    ) -> pb.ConfirmDeletedResponse:
        await self._use.collect_blobs.confirm_deleted([messages.blob_id(it) for it in request.blob_ids])
        return pb.ConfirmDeletedResponse()

    async def CheckDownload(
        self, request: pb.CheckDownloadRequest, context: Context
    ) -> pb.CheckDownloadResponse:
        file, version = await self._use.check_download(messages.actor(), *_wanted(request))
        return _readable(file, version)

    async def CheckDownloads(
        self, request: pb.CheckDownloadsRequest, context: Context
    ) -> pb.CheckDownloadsResponse:
        check_many(request.files)
        found = await self._use.check_download.many(messages.actor(), [_wanted(it) for it in request.files])
        return pb.CheckDownloadsResponse(results=map(_readable_or_not, found))


def _wanted(request: pb.CheckDownloadRequest) -> tuple[str, int | None]:
    return request.node_id, request.version if request.HasField("version") else None


def _readable(file: File, version: Version) -> pb.CheckDownloadResponse:
    return pb.CheckDownloadResponse(blob_id=version.blob_id, node=messages.file_at(file, version))


def _readable_or_not(found: tuple[File, Version] | DomainError) -> pb.CheckDownloadsResponse.Result:
    if isinstance(found, DomainError):
        return pb.CheckDownloadsResponse.Result(refusal=refused(found))
    return pb.CheckDownloadsResponse.Result(file=_readable(*found))


def _uploaded(request: pb.CommitRequest) -> UploadedBlob:
    if len(request.part_sha256) > MAX_PARTS or any(len(it) != SHA256_BYTES for it in request.part_sha256):
        raise InvalidArgument("A part's hash is a SHA-256, and there are at most 1000.")
    _check_texts(request.content_type, request.content_hash, request.layout)
    return UploadedBlob(
        id=messages.blob_id(request.blob_id),
        size_bytes=_size(request.size_bytes),
        content_type=request.content_type,
        content_hash=request.content_hash,
        layout=request.layout,
        sha256=tuple(request.part_sha256),
        known_as=messages.blob_id(request.known_blob_id) if request.known_blob_id else None,
    )


def _check_texts(*texts: str) -> None:
    if any(len(text) > TEXT_MAX_CHARACTERS for text in texts):
        raise InvalidArgument(f"A type, hash or layout has at most {TEXT_MAX_CHARACTERS} characters.")


def _base(request: pb.FindKnownRequest) -> BaseVersion | BasePlace | None:
    if request.HasField("version"):
        version = request.version
        return BaseVersion(version.node_id, version.number if version.HasField("number") else None)
    return BasePlace(request.place.folder_id, request.place.name) if request.HasField("place") else None


def _parts(known: KnownParts) -> pb.FindKnownResponse.Base:
    blob = known.blob
    return pb.FindKnownResponse.Base(
        blob_id=blob.id,
        size_bytes=blob.size_bytes,
        content_hash=blob.content_hash,
        part_sha256=known.sha256,
    )


def _unreferenced(blob: Blob) -> pb.ListUnreferencedResponse.Blob:
    return pb.ListUnreferencedResponse.Blob(
        blob_id=blob.id, size_bytes=blob.size_bytes, unreferenced_since_ms=blob.zero_since_ms or 0
    )


def _abandoned(blob: Blob) -> pb.AbandonResponse.Result:
    if blob.committed is None:
        return pb.AbandonResponse.Result(blob_id=blob.id, outcome=pb.AbandonResponse.OUTCOME_ABANDONED)
    return pb.AbandonResponse.Result(
        blob_id=blob.id, outcome=pb.AbandonResponse.OUTCOME_COMMITTED, node_id=blob.committed.id
    )


def _size(size_bytes: int) -> int:
    if size_bytes < 0:
        raise InvalidArgument("A size is not negative.")
    return size_bytes

"""VersionService: people's requests about what their files were, through the gateway."""

from typing import Any, TypeAlias

from grpc.aio import ServicerContext

from file_metadata_service.adapters.rpc import messages
from file_metadata_service.app.commands import Landed
from file_metadata_service.app.use_cases import UseCases
from file_metadata_service.domain.versions import FileVersion
from stowage.metadata.v1 import versions_pb2 as pb
from stowage.metadata.v1.metadata_pb2 import NodeResponse
from stowage.metadata.v1.versions_pb2_grpc import VersionServiceServicer

Context: TypeAlias = "ServicerContext[Any, Any]"


class VersionRpc(VersionServiceServicer):
    """From messages to use cases and back; whatever these raise is translated by the server."""

    def __init__(self, use_cases: UseCases) -> None:
        self._list = use_cases.list_versions
        self._change = use_cases.versions

    async def ListVersions(
        self, request: pb.ListVersionsRequest, context: Context
    ) -> pb.ListVersionsResponse:
        page = await self._list(
            messages.actor(),
            request.node_id,
            limit=request.limit,
            cursor=request.cursor,
            seen=messages.seen(request.seen),
        )
        return pb.ListVersionsResponse(
            items=map(_version, page.items),
            next_cursor=page.next_cursor,
            position=messages.position(page.position),
        )

    async def RestoreVersion(self, request: pb.RestoreVersionRequest, context: Context) -> NodeResponse:
        landed = await self._change.restore(
            messages.caller(request.command_id, request),
            file_id=request.node_id,
            number=request.number,
            if_revision=request.if_revision if request.HasField("if_revision") else None,
        )
        return NodeResponse(node=messages.node(landed.result), position=messages.position(landed.position))

    async def DeleteVersion(self, request: pb.DeleteVersionRequest, context: Context) -> pb.VersionResponse:
        caller = messages.caller(request.command_id, request)
        return _response(await self._change.delete(caller, file_id=request.node_id, number=request.number))

    async def KeepVersion(self, request: pb.KeepVersionRequest, context: Context) -> pb.VersionResponse:
        caller = messages.caller(request.command_id, request)
        landed = await self._change.keep(
            caller, file_id=request.node_id, number=request.number, keep=request.keep
        )
        return _response(landed)


def _response(landed: Landed[FileVersion]) -> pb.VersionResponse:
    return pb.VersionResponse(version=_version(landed.result), position=messages.position(landed.position))


def _version(it: FileVersion) -> pb.Version:
    version = it.version
    return pb.Version(
        number=version.number,
        size_bytes=version.size_bytes,
        content_type=version.content_type,
        content_hash=version.content_hash,
        layout=version.layout,
        created_at_ms=version.created_at_ms,
        actor=str(version.actor),
        kept=version.kept,
        current=it.current,
        replaced_at_ms=it.replaced_at_ms,
    )

"""The versions of files over gRPC."""

from api_gateway.adapters.rpc.nodes import SECONDS
from api_gateway.adapters.rpc.translation import moment, node_of, position_text, seen_by
from api_gateway.domain.identity import Caller
from api_gateway.domain.nodes import At, Node
from api_gateway.domain.versions import Version, VersionPage
from chassis.rpc.channels import ServiceChannel
from stowage.metadata.v1 import versions_pb2 as pb
from stowage.metadata.v1.versions_pb2_grpc import VersionServiceStub


class RpcVersions:
    """Implements ports.versions.Versions."""

    def __init__(self, metadata: ServiceChannel) -> None:
        self._list = metadata.unary(
            lambda it: VersionServiceStub(it).ListVersions, timeout_seconds=SECONDS, idempotent=True
        )
        self._restore = metadata.unary(
            lambda it: VersionServiceStub(it).RestoreVersion, timeout_seconds=SECONDS, idempotent=True
        )
        self._delete = metadata.unary(
            lambda it: VersionServiceStub(it).DeleteVersion, timeout_seconds=SECONDS, idempotent=True
        )
        self._keep = metadata.unary(
            lambda it: VersionServiceStub(it).KeepVersion, timeout_seconds=SECONDS, idempotent=True
        )

    async def list(self, caller: Caller, file_id: str, *, limit: int, cursor: str) -> At[VersionPage]:
        request = pb.ListVersionsRequest(node_id=file_id, limit=limit, cursor=cursor, seen=seen_by(caller))
        answer = await self._list(request, drive_id=caller.account_id)
        page = VersionPage(tuple(map(_version_of, answer.items)), answer.next_cursor or None)
        return At(page, position_text(answer.position))

    async def restore(
        self, caller: Caller, file_id: str, number: int, *, command_id: str, if_revision: int | None
    ) -> At[Node]:
        request = pb.RestoreVersionRequest(
            command_id=command_id, node_id=file_id, number=number, if_revision=if_revision
        )
        answer = await self._restore(request, drive_id=caller.account_id)
        return At(node_of(answer.node), position_text(answer.position))

    async def delete(self, caller: Caller, file_id: str, number: int, *, command_id: str) -> At[Version]:
        request = pb.DeleteVersionRequest(command_id=command_id, node_id=file_id, number=number)
        return _version_at(await self._delete(request, drive_id=caller.account_id))

    async def keep(
        self, caller: Caller, file_id: str, number: int, *, command_id: str, keep: bool
    ) -> At[Version]:
        request = pb.KeepVersionRequest(command_id=command_id, node_id=file_id, number=number, keep=keep)
        return _version_at(await self._keep(request, drive_id=caller.account_id))


def _version_at(answer: pb.VersionResponse) -> At[Version]:
    return At(_version_of(answer.version), position_text(answer.position))


def _version_of(message: pb.Version) -> Version:
    return Version(
        message.number,
        message.size_bytes,
        message.content_type,
        message.content_hash,
        message.layout,
        moment(message.created_at_ms),
        message.actor,
        message.kept,
        message.current,
        moment(message.replaced_at_ms) if message.HasField("replaced_at_ms") else None,
    )

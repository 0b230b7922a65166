"""Changes over gRPC."""

from typing import Literal

from api_gateway.adapters.rpc.nodes import SECONDS
from api_gateway.adapters.rpc.translation import moment, node_of, position_text
from api_gateway.domain.changes import Change, ChangePage, Deleted, GoneNode, JournalEntry, Placed
from api_gateway.domain.identity import Caller
from api_gateway.domain.nodes import At
from chassis.rpc.channels import ServiceChannel
from stowage.metadata.v1 import changes_pb2 as pb
from stowage.metadata.v1.changes_pb2_grpc import ChangeServiceStub
from stowage.metadata.v1.metadata_pb2 import NODE_KIND_FILE


class RpcChanges:
    """Implements ports.changes.Changes."""

    def __init__(self, metadata: ServiceChannel) -> None:
        self._list = metadata.unary(
            lambda it: ChangeServiceStub(it).ListChanges, timeout_seconds=SECONDS, idempotent=True
        )

    async def page(self, caller: Caller, *, cursor: str, limit: int) -> At[ChangePage]:
        request = pb.ListChangesRequest(cursor=cursor, limit=limit)
        answer = await self._list(request, drive_id=caller.account_id)
        page = ChangePage(tuple(map(_entry, answer.entries)), answer.next_cursor, answer.more)
        return At(page, position_text(answer.position))


def _entry(message: pb.JournalEntry) -> JournalEntry:
    changes = tuple(map(_change, message.changes))
    return JournalEntry(message.seq, moment(message.at_ms), changes, message.cursor)


def _change(message: pb.Change) -> Change:
    node = message.node
    if message.kind != pb.CHANGE_KIND_DELETED:
        return Placed(message.actor, node_of(node))
    kind: Literal["folder", "file"] = "file" if node.kind == NODE_KIND_FILE else "folder"
    return Deleted(message.actor, GoneNode(node.id, kind, node.name, node.revision, node.seq))

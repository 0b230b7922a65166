"""ChangeService: what happened, for whoever follows a drive."""

from typing import Any, TypeAlias

from grpc.aio import ServicerContext

from file_metadata_service.adapters.rpc import messages
from file_metadata_service.app.use_cases import UseCases
from file_metadata_service.domain.journal import Change, JournalEntry
from stowage.metadata.v1 import changes_pb2 as pb
from stowage.metadata.v1.changes_pb2_grpc import ChangeServiceServicer

Context: TypeAlias = "ServicerContext[Any, Any]"


class ChangeRpc(ChangeServiceServicer):
    """From messages to use cases and back; whatever these raise is translated by the server."""

    def __init__(self, use_cases: UseCases) -> None:
        self._use = use_cases

    async def ListChanges(self, request: pb.ListChangesRequest, context: Context) -> pb.ListChangesResponse:
        page = await self._use.list_changes(messages.actor(), cursor=request.cursor, limit=request.limit)
        return pb.ListChangesResponse(
            entries=(_entry(entry, cursor) for entry, cursor in page.entries),
            next_cursor=page.next_cursor,
            more=page.more,
            position=messages.position(page.position),
        )


def _entry(entry: JournalEntry, cursor: str) -> pb.JournalEntry:
    return pb.JournalEntry(
        seq=entry.seq, at_ms=entry.at_ms, changes=map(_change, entry.changes), cursor=cursor
    )


def _change(change: Change) -> pb.Change:
    """The domain's trashed node still knows where it was; for who follows the tree it is nowhere."""
    deleted = change.node.trashed_at_ms is not None
    message = pb.Change(
        kind=pb.CHANGE_KIND_DELETED if deleted else pb.CHANGE_KIND_PLACED,
        node=messages.node(change.node),
        actor=str(change.actor),
    )
    if deleted:
        message.node.parent_id = ""
    return message

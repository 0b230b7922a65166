"""SearchService: people's questions, through the gateway."""

from typing import Any, TypeAlias

from grpc.aio import ServicerContext

from chassis.errors import InvalidArgument
from file_metadata_service.adapters.rpc import messages
from file_metadata_service.app.get_node import Found
from file_metadata_service.app.search_names import SearchNames
from file_metadata_service.domain.file_classes import FileClass
from file_metadata_service.domain.names import NodeKind
from file_metadata_service.domain.search import Filters
from stowage.metadata.v1 import search_pb2 as pb
from stowage.metadata.v1.search_pb2_grpc import SearchServiceServicer

Context: TypeAlias = "ServicerContext[Any, Any]"

_TYPES: dict[int, tuple[NodeKind | None, FileClass | None]] = {
    pb.FOUND_TYPE_UNSPECIFIED: (None, None),
    pb.FOUND_TYPE_FOLDER: (NodeKind.FOLDER, None),
    pb.FOUND_TYPE_FILE: (NodeKind.FILE, None),
    pb.FOUND_TYPE_IMAGE: (None, FileClass.IMAGE),
    pb.FOUND_TYPE_VIDEO: (None, FileClass.VIDEO),
    pb.FOUND_TYPE_AUDIO: (None, FileClass.AUDIO),
    pb.FOUND_TYPE_DOCUMENT: (None, FileClass.DOCUMENT),
    pb.FOUND_TYPE_ARCHIVE: (None, FileClass.ARCHIVE),
    pb.FOUND_TYPE_OTHER: (None, FileClass.OTHER),
}


class SearchRpc(SearchServiceServicer):
    """From messages to use cases and back; whatever these raise is translated by the server."""

    def __init__(self, search: SearchNames) -> None:
        self._search = search

    async def SearchNames(self, request: pb.SearchNamesRequest, context: Context) -> pb.SearchNamesResponse:
        page = await self._search(
            messages.actor(),
            request.text,
            _filters(request),
            folder_id=request.folder_id,
            limit=request.limit,
            cursor=request.cursor,
        )
        return pb.SearchNamesResponse(
            items=map(_found, page.items),
            next_cursor=page.next_cursor,
            position=messages.position(page.position),
            complete=page.complete,
        )

    async def ListRecent(self, request: pb.ListRecentRequest, context: Context) -> pb.ListRecentResponse:
        page = await self._search.recent(messages.actor(), limit=request.limit, cursor=request.cursor)
        return pb.ListRecentResponse(
            items=map(_found, page.items),
            next_cursor=page.next_cursor,
            position=messages.position(page.position),
            complete=page.complete,
        )


def _filters(request: pb.SearchNamesRequest) -> Filters:
    sort = _TYPES.get(request.type)
    if sort is None:
        raise InvalidArgument("There is no such type.")
    return Filters(
        kind=sort[0],
        file_class=sort[1],
        min_size_bytes=request.min_size_bytes if request.HasField("min_size_bytes") else None,
        max_size_bytes=request.max_size_bytes if request.HasField("max_size_bytes") else None,
        after_ms=request.after_ms if request.HasField("after_ms") else None,
        before_ms=request.before_ms if request.HasField("before_ms") else None,
    )


def _found(it: Found) -> pb.FoundNode:
    return pb.FoundNode(node=messages.node(it.node), ancestors=messages.ancestors(it.ancestors))

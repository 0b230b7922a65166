"""Search over gRPC. The instance that owns the drive holds its index."""

from collections.abc import Iterable
from datetime import datetime

from api_gateway.adapters.rpc.nodes import SECONDS
from api_gateway.adapters.rpc.translation import ancestors_of, node_of, position_text
from api_gateway.domain.identity import Caller
from api_gateway.domain.nodes import At, FoundPage, FoundType, PlacedNode
from api_gateway.ports.search import Sought
from chassis.rpc.channels import ServiceChannel
from stowage.metadata.v1 import search_pb2 as pb
from stowage.metadata.v1.search_pb2_grpc import SearchServiceStub

_TYPES: dict[FoundType, pb.FoundType.ValueType] = {
    "folder": pb.FOUND_TYPE_FOLDER,
    "file": pb.FOUND_TYPE_FILE,
    "image": pb.FOUND_TYPE_IMAGE,
    "video": pb.FOUND_TYPE_VIDEO,
    "audio": pb.FOUND_TYPE_AUDIO,
    "document": pb.FOUND_TYPE_DOCUMENT,
    "archive": pb.FOUND_TYPE_ARCHIVE,
    "other": pb.FOUND_TYPE_OTHER,
}


class RpcSearch:
    """Implements ports.search.Search."""

    def __init__(self, metadata: ServiceChannel) -> None:
        self._find = metadata.unary(
            lambda it: SearchServiceStub(it).SearchNames, timeout_seconds=SECONDS, idempotent=True
        )
        self._recent = metadata.unary(
            lambda it: SearchServiceStub(it).ListRecent, timeout_seconds=SECONDS, idempotent=True
        )

    async def find(self, caller: Caller, sought: Sought, *, limit: int, cursor: str) -> At[FoundPage]:
        request = pb.SearchNamesRequest(
            text=sought.text,
            type=_TYPES[sought.type] if sought.type else pb.FOUND_TYPE_UNSPECIFIED,
            min_size_bytes=sought.min_size,
            max_size_bytes=sought.max_size,
            after_ms=_unix_ms(sought.after),
            before_ms=_unix_ms(sought.before),
            folder_id=sought.folder_id or "",
            limit=limit,
            cursor=cursor,
        )
        answer = await self._find(request, drive_id=caller.account_id)
        page = FoundPage(_placed(answer.items), answer.next_cursor or None, answer.complete)
        return At(page, position_text(answer.position))

    async def recent(self, caller: Caller, *, limit: int, cursor: str) -> At[FoundPage]:
        answer = await self._recent(
            pb.ListRecentRequest(limit=limit, cursor=cursor), drive_id=caller.account_id
        )
        page = FoundPage(_placed(answer.items), answer.next_cursor or None, answer.complete)
        return At(page, position_text(answer.position))


def _placed(items: Iterable[pb.FoundNode]) -> tuple[PlacedNode, ...]:
    return tuple(PlacedNode(node_of(each.node), ancestors_of(each.ancestors)) for each in items)


def _unix_ms(moment: datetime | None) -> int | None:
    """Nothing here is older than Unix."""
    return None if moment is None else max(0, int(moment.timestamp() * 1000))

"""What is found by name, or changed last."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

from stowage_client.api.answers import reading
from stowage_client.api.models import Node
from stowage_client.api.transport import ApiTransport
from stowage_client.remote_path import RemotePath

_PAGE = 100


@dataclass(frozen=True, slots=True)
class Hit:
    """A node, and where it stands."""

    node: Node
    path: RemotePath


class SearchApi:
    """Asks for names; the best come first. `complete`: no answer so far said that something may be missing."""

    def __init__(self, transport: ApiTransport) -> None:
        self._transport = transport
        self.complete = True

    def hits(self, text: str, *, kind: str | None, folder_id: str | None) -> AsyncIterator[Hit]:
        """Page after page."""
        return self._pages("/search", {"q": text, "type": kind, "folder_id": folder_id})

    async def holds_size(self, size_bytes: int) -> bool:
        """Whether a file of exactly this size is found; one that the index does not know yet is not."""
        params: dict[str, str | int] = {
            "type": "file",
            "min_size": size_bytes,
            "max_size": size_bytes,
            "limit": 1,
        }
        answer = await self._transport.request("GET", "/search", params=params)
        with reading():
            return bool(answer.data["items"])

    def recent(self) -> AsyncIterator[Hit]:
        """The files whose content changed last, page after page."""
        return self._pages("/recent", {})

    async def _pages(self, path: str, asked: Mapping[str, str | None]) -> AsyncIterator[Hit]:
        params: dict[str, str | int] = {name: value for name, value in asked.items() if value is not None}
        cursor: str | None = ""
        while cursor is not None:
            answer = await self._transport.request(
                "GET", path, params={**params, "limit": _PAGE, "cursor": cursor}
            )
            with reading():
                found = [_hit(item) for item in answer.data["items"]]
                self.complete &= answer.data["complete"]
                cursor = answer.data["next_cursor"] or None
            for hit in found:
                yield hit


def _hit(item: dict[str, Any]) -> Hit:
    node = Node.parse(item)
    above = [ancestor["name"] for ancestor in item["ancestors"]]
    return Hit(node, RemotePath((*above[1:], node.name)))

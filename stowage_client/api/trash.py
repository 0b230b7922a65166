"""The trash, where deleted nodes wait."""

from collections.abc import AsyncIterator

from stowage_client.api.answers import reading
from stowage_client.api.models import Node, TrashItem
from stowage_client.api.transport import ApiTransport

_PAGE = 200


class TrashApi:
    """What was deleted, and bringing it back."""

    def __init__(self, transport: ApiTransport) -> None:
        self._transport = transport

    async def items(self) -> AsyncIterator[TrashItem]:
        cursor: str | None = ""
        while cursor is not None:
            answer = await self._transport.request("GET", "/trash", params={"limit": _PAGE, "cursor": cursor})
            with reading():
                page = [TrashItem.parse(item) for item in answer.data["items"]]
                cursor = answer.data["next_cursor"] or None
            for item in page:
                yield item

    async def restore(self, node_id: str, *, parent_id: str | None, name: str | None, conflict: str) -> Node:
        """Back to where it was, or elsewhere. Raises ApiError 409 `name_taken`, 404 if it is gone."""
        wanted = {"parent_id": parent_id, "name": name, "conflict": conflict}
        body = {field: value for field, value in wanted.items() if value is not None}
        answer = await self._transport.request("POST", f"/trash/{node_id}/restore", body=body)
        with reading():
            return Node.parse(answer.data)

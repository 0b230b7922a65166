"""Nodes: folders and files, found by path or id, moved and deleted."""

from collections.abc import AsyncIterator

from stowage_client.api.answers import reading
from stowage_client.api.models import Content, Node
from stowage_client.api.transport import ApiTransport
from stowage_client.errors import ApiError
from stowage_client.remote_path import RemotePath

_PAGE = 500


class NodesApi:
    """What stands in the drive."""

    def __init__(self, transport: ApiTransport) -> None:
        self._transport = transport

    async def at(self, path: RemotePath) -> Node:
        """Raises ApiError 404 `node_not_found`, which names the path: a command may have been given several."""
        try:
            return await self._node("GET", f"/paths/{path.encoded}")
        except ApiError as error:
            if error.server_code == "node_not_found":
                error.detail = f"There is no {path}."
            raise

    async def find(self, path: RemotePath) -> Node | None:
        try:
            return await self.at(path)
        except ApiError as error:
            if error.status != 404:
                raise
            return None

    async def get(self, node_id: str) -> Node:
        return await self._node("GET", f"/nodes/{node_id}")

    async def path_of(self, node_id: str) -> RemotePath:
        params = {"ancestors": "true"}
        answer = await self._transport.request("GET", f"/nodes/{node_id}", params=params)
        with reading():
            above = [ancestor["name"] for ancestor in answer.data["ancestors"]]
            return RemotePath((*above[1:], answer.data["name"]))  # the first is the root, which has no name

    async def create_folder(self, parent_id: str, name: str) -> Node:
        """Raises ApiError 409 `name_taken`."""
        return await self._node("POST", "/folders", body={"parent_id": parent_id, "name": name})

    async def move(self, node_id: str, *, parent_id: str | None, name: str | None, conflict: str) -> Node:
        changed = {"parent_id": parent_id, "name": name, "conflict": conflict}
        body = {field: value for field, value in changed.items() if value is not None}
        return await self._node("PATCH", f"/nodes/{node_id}", body=body)

    async def delete(self, node_id: str) -> None:
        """To the trash, from where it can come back."""
        await self._transport.request("DELETE", f"/nodes/{node_id}")

    async def content(self, file_id: str, version: int | None = None) -> Content:
        """As it is now, or as it was in a version. Raises ApiError 404 `version_not_found`, 409 `not_a_file`."""
        params = {"url": 1} if version is None else {"url": 1, "version": version}
        answer = await self._transport.request("GET", f"/files/{file_id}/content", params=params)
        with reading():
            return Content.parse(answer.data)

    async def entries(self, folder_id: str, *, sort: str = "name", order: str = "asc") -> AsyncIterator[Node]:
        """All that a folder holds, page after page."""
        cursor: str | None = ""
        while cursor is not None:
            params: dict[str, str | int] = {"limit": _PAGE, "sort": sort, "order": order, "cursor": cursor}
            answer = await self._transport.request("GET", f"/folders/{folder_id}/entries", params=params)
            with reading():
                page = [Node.parse(item) for item in answer.data["items"]]
                cursor = answer.data["next_cursor"] or None
            for node in page:
                yield node

    async def _node(self, method: str, path: str, *, body: dict[str, str] | None = None) -> Node:
        answer = await self._transport.request(method, path, body=body)
        with reading():
            return Node.parse(answer.data)

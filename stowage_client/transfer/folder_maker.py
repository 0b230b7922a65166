"""Folders in the drive, parents first; one that is there already serves as well."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass

from stowage_client.api.models import Node
from stowage_client.api.nodes import NodesApi
from stowage_client.errors import ApiError, ClientError, NotSignedIn, Unreachable
from stowage_client.remote_path import RemotePath
from stowage_client.transfer.walk import Names

_REMEMBERED = 1000


@dataclass(frozen=True, slots=True)
class Place:
    """A folder that files are put into. A new one holds nothing yet."""

    folder_id: str
    path: RemotePath
    is_new: bool


class FolderMaker:
    """Makes what is missing."""

    def __init__(self, nodes: NodesApi) -> None:
        self._nodes = nodes

    async def make_path(self, path: RemotePath) -> Place:
        """`path` and what is missing above it. Raises ApiError `name_taken` if a file is in the way."""
        node = await self._nodes.at(RemotePath(()))
        place = Place(node.id, RemotePath(()), is_new=False)
        for name in path.names:
            place = await self.ensure(place, name)
        return place

    async def ensure(self, parent: Place, name: str) -> Place:
        path = parent.path.child(name)
        there = None if parent.is_new else await self._nodes.find(path)
        if there is not None and there.is_folder:
            return Place(there.id, path, is_new=False)
        return await self._create(parent, name, there)

    async def _create(self, parent: Place, name: str, there: Node | None) -> Place:
        """Where no folder stands yet, as far as is known; perhaps a file."""
        path = parent.path.child(name)
        try:
            node = await self._nodes.create_folder(parent.folder_id, name)
        except ApiError as error:
            if error.server_code != "name_taken":
                raise
            there = await self._nodes.find(path)  # made by somebody else in this moment, or a file
            if there is None or not there.is_folder:
                raise
            return Place(there.id, path, is_new=False)
        return Place(node.id, path, is_new=True)


class Places:
    """Where the folders below `base` came to stand, each made when it is first asked for."""

    def __init__(self, maker: FolderMaker, base: Place) -> None:
        self._maker = maker
        self._base = base
        self._made: OrderedDict[Names, asyncio.Task[Place | ClientError]] = OrderedDict()
        self.made_count = 0

    async def at(self, names: Names) -> Place | ClientError:
        """Or why it stands nowhere. Raises NotSignedIn and Unreachable."""
        if not names:
            return self._base
        if names not in self._made:
            self._made[names] = asyncio.create_task(self._make(names))
            self._forget_some()
        self._made.move_to_end(names)
        place = await self._made[names]
        if isinstance(place, NotSignedIn | Unreachable):
            raise place
        return place

    async def _make(self, names: Names) -> Place | ClientError:
        try:
            parent = await self.at(names[:-1])
            if not isinstance(parent, Place):
                return parent
            place = await self._maker.ensure(parent, names[-1])
        except ClientError as error:
            return error
        self.made_count += place.is_new
        return place

    def _forget_some(self) -> None:
        """Those that were not asked for lately: asked for again, one is found where it was made."""
        while len(self._made) > _REMEMBERED and next(iter(self._made.values())).done():
            self._made.popitem(last=False)

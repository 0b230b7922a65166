"""Folders in the drive, level by level; one that is there already serves as well."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from stowage_client.api.models import Node
from stowage_client.api.nodes import NodesApi
from stowage_client.errors import ApiError, ClientError, NotSignedIn, Unreachable
from stowage_client.remote_path import RemotePath
from stowage_client.transfer.tasks import each
from stowage_client.transfer.walk import Names

_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Place:
    """A folder that files are put into. A new one holds nothing yet."""

    folder_id: str
    path: RemotePath
    is_new: bool


# Where each folder came to stand, or why it could not; () is the base itself.
Places = dict[Names, Place | ClientError]


class FolderMaker:
    """Makes what is missing."""

    def __init__(self, nodes: NodesApi) -> None:
        self._nodes = nodes

    async def make(self, base: Place, folders: Sequence[Names]) -> Places:
        """All of `folders` below `base`. Raises NotSignedIn and Unreachable; other errors are their folder's own."""
        places: Places = {(): base}

        async def make_one(names: Names) -> None:
            parent = places[names[:-1]]
            places[names] = await self._made(parent, names[-1]) if isinstance(parent, Place) else parent

        for _, level in groupby(sorted(folders, key=len), key=len):
            await each(level, make_one, at_once=_AT_ONCE)
        return places

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

    async def _made(self, parent: Place, name: str) -> Place | ClientError:
        try:
            return await self.ensure(parent, name)
        except (NotSignedIn, Unreachable):
            raise
        except ClientError as error:
            return error

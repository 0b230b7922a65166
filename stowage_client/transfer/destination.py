"""Where in the drive something is to go, as a person writes it: `/films/`, `/films`, `/films/other-name.mkv`."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from stowage_client.api.nodes import NodesApi
from stowage_client.errors import ApiError, UsageError
from stowage_client.remote_path import RemotePath
from stowage_client.transfer.folder_maker import FolderMaker, Place
from stowage_client.transfer.walk import FoundFile


@dataclass(frozen=True, slots=True)
class Destination:
    """A folder that exists, and the name for a single file that shall get another one."""

    base: Place
    new_name: str | None = None

    def renamed(self, file: FoundFile) -> FoundFile:
        return replace(file, names=(self.new_name,)) if self.new_name else file


async def find_destination(
    nodes: NodesApi, target: RemotePath, sources: Sequence[Path], maker: FolderMaker | None
) -> Destination:
    """`maker` makes what is missing, None if nothing may be made.

    Raises UsageError, ApiError 404 if a folder is missing that may not be made, `name_taken` if it is a file."""
    there = await nodes.find(target)
    if there is not None and there.is_folder:
        return Destination(Place(there.id, target, is_new=False))
    one_file = len(sources) == 1 and not sources[0].is_dir()
    if there is not None and (target.wants_folder or not one_file):
        raise UsageError(f"{target} is a file, not a folder.")
    if target.wants_folder or not one_file:
        return Destination(await _folder(nodes, target, maker))
    return Destination(await _folder(nodes, target.parent, maker), new_name=target.name)


async def _folder(nodes: NodesApi, path: RemotePath, maker: FolderMaker | None) -> Place:
    if maker is not None:
        return await maker.make_path(path)
    try:
        node = await nodes.at(path)
    except ApiError as error:
        if error.status == 404:
            error.hint = f"Is the folder {path} missing? Add --parents to make it."
        raise
    if not node.is_folder:
        raise UsageError(f"{path} is a file, not a folder.")
    return Place(node.id, path, is_new=False)

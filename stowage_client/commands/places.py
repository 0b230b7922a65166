"""What the paths mean that commands are given: a place for something, or something in the trash."""

import re

from stowage_client.api.models import Node, TrashItem
from stowage_client.api.nodes import NodesApi
from stowage_client.api.trash import TrashApi
from stowage_client.errors import ClientError, ExitCode, UsageError
from stowage_client.remote_path import RemotePath

_ID = re.compile(r"[0-9a-f]{32}")


class NotInTrash(ClientError):
    """Nothing in the trash was there."""

    code = "not_in_trash"
    exit_code = ExitCode.NOT_FOUND


async def new_place(nodes: NodesApi, target: RemotePath, name: str) -> tuple[Node, RemotePath, str]:
    """The folder that `target` means, its path, and the name to have in it."""
    there = await nodes.find(target)
    if there is not None and there.is_folder:
        return there, target, name
    if target.wants_folder:
        await nodes.at(target)  # says that it is missing
        raise UsageError(f"{target} is a file, not a folder.")
    return await nodes.at(target.parent), target.parent, target.name


async def in_trash(trash: TrashApi, what: str) -> TrashItem:
    """By its id, or by where it was; of several the one deleted last. Raises NotInTrash."""
    found, names = None, RemotePath.parse(what).names
    async for item in trash.items():
        was_at = RemotePath.parse(item.original_path).names
        is_it = item.node.id == what if _ID.fullmatch(what) else was_at == names
        if is_it and (found is None or item.trashed_at > found.trashed_at):
            found = item
    if found is None:
        raise NotInTrash(f"Nothing in the trash was at {what}.", hint="stowage trash lists what is there.")
    return found

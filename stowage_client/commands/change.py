"""Folders made, things moved, deleted and brought back."""

from typing import Annotated

import typer

from stowage_client.api.nodes import NodesApi
from stowage_client.api.trash import TrashApi
from stowage_client.bootstrap import Connection, Machine
from stowage_client.commands.options import AsJson, OnConflict, PlainConflictRule, Url
from stowage_client.commands.places import in_trash, new_place
from stowage_client.commands.running import run
from stowage_client.console import Output, node_data
from stowage_client.errors import UsageError
from stowage_client.remote_path import RemotePath
from stowage_client.transfer.folder_maker import FolderMaker


def mkdir(
    context: typer.Context,
    *,
    paths: Annotated[list[str], typer.Argument(metavar="PATH…", help="Folders to make.")],
    parents: Annotated[
        bool, typer.Option("-p", "--parents", help="Make what is missing above it; fine if it is there.")
    ] = False,
    url: Url = None,
    as_json: AsJson = False,
) -> None:
    """Make folders.

    ```
    stowage mkdir /films
    stowage mkdir -p /films/1927/berlin
    ```
    """

    async def action(machine: Machine, connection: Connection, output: Output) -> None:
        nodes = NodesApi(connection.signed)
        made = [
            {"path": str(path), "id": await _make_folder(nodes, path, parents=parents)}
            for path in map(RemotePath.parse, paths)
        ]
        output.show({"items": made}, [])

    run(context, action, url=url, as_json=as_json)


def mv(
    context: typer.Context,
    *,
    source: Annotated[str, typer.Argument(metavar="PATH", help="What to move.")],
    target: Annotated[
        str, typer.Argument(metavar="TARGET", help="A folder to move it into, or its new path.")
    ],
    conflict: OnConflict = PlainConflictRule.FAIL,
    url: Url = None,
    as_json: AsJson = False,
) -> None:
    """Move or rename a file or a folder, of any size, at once.

    ```
    stowage mv /films/big.mkv /films/metropolis.mkv
    stowage mv /films/metropolis.mkv /archive/
    ```
    """

    async def action(machine: Machine, connection: Connection, output: Output) -> None:
        nodes = NodesApi(connection.signed)
        old = RemotePath.parse(source)
        if old.is_root:
            raise UsageError("The drive itself cannot be moved.")
        node = await nodes.at(old)
        folder, folder_path, name = await new_place(nodes, RemotePath.parse(target), old.name)
        moved = await nodes.move(node.id, parent_id=folder.id, name=name, conflict=conflict.value)
        path = folder_path.child(moved.name)
        output.show(node_data(moved, str(path)), [f"{old} is now {path}"])

    run(context, action, url=url, as_json=as_json)


def rm(
    context: typer.Context,
    *,
    paths: Annotated[list[str], typer.Argument(metavar="PATH…", help="Files or folders to delete.")],
    url: Url = None,
    as_json: AsJson = False,
) -> None:
    """Delete files and folders, with all they hold. They wait in the trash: see `stowage restore`.

    ```
    stowage rm /films/big.mkv /drafts
    ```
    """

    async def action(machine: Machine, connection: Connection, output: Output) -> None:
        nodes = NodesApi(connection.signed)
        deleted = []
        for path in map(RemotePath.parse, paths):
            if path.is_root:
                raise UsageError("The drive itself cannot be deleted.")
            node = await nodes.at(path)
            await nodes.delete(node.id)
            deleted.append({"path": str(path), "id": node.id})
        output.show({"items": deleted}, [])

    run(context, action, url=url, as_json=as_json)


def restore(
    context: typer.Context,
    *,
    what: Annotated[str, typer.Argument(metavar="PATH|ID", help="Where it was, or its id in the trash.")],
    target: Annotated[
        str | None, typer.Option("--to", metavar="PATH", help="Bring it back to this folder or path.")
    ] = None,
    conflict: OnConflict = PlainConflictRule.FAIL,
    url: Url = None,
    as_json: AsJson = False,
) -> None:
    """Bring back what was deleted; of several with the same path the one deleted last.

    ```
    stowage restore /films/big.mkv
    stowage restore /films/big.mkv --to /rescued/ --conflict rename
    ```
    """

    async def action(machine: Machine, connection: Connection, output: Output) -> None:
        nodes, trash = NodesApi(connection.signed), TrashApi(connection.signed)
        item = await in_trash(trash, what)
        parent_id, name = None, None
        if target is not None:
            folder, _, name = await new_place(nodes, RemotePath.parse(target), item.node.name)
            parent_id = folder.id
        node = await trash.restore(item.node.id, parent_id=parent_id, name=name, conflict=conflict.value)
        path = await nodes.path_of(node.id)
        output.show(node_data(node, str(path)), [f"{path} is back."])

    run(context, action, url=url, as_json=as_json)


async def _make_folder(nodes: NodesApi, path: RemotePath, *, parents: bool) -> str:
    if parents:
        return (await FolderMaker(nodes).make_path(path)).folder_id
    if path.is_root:
        raise UsageError("The drive itself is there already.")
    parent = await nodes.at(path.parent)
    return (await nodes.create_folder(parent.id, path.name)).id

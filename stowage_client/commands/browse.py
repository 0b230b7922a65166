"""Looking at what there is."""

from collections.abc import Iterable
from dataclasses import asdict
from enum import StrEnum
from typing import Annotated

import typer

from stowage_client.api.models import Node, TrashItem
from stowage_client.api.nodes import NodesApi
from stowage_client.api.trash import TrashApi
from stowage_client.bootstrap import Connection, Machine
from stowage_client.commands.options import AsJson, RemoteArgument, Url
from stowage_client.commands.running import run
from stowage_client.console import Output, node_data
from stowage_client.formatting import moment, size
from stowage_client.remote_path import RemotePath


class SortKey(StrEnum):
    """By what a listing is ordered; the server does it."""

    NAME = "name"
    UPDATED = "updated"
    SIZE = "size"


def ls(
    context: typer.Context,
    *,
    path: RemoteArgument = "/",
    long: Annotated[bool, typer.Option("-l", "--long", help="With size, time of change and id.")] = False,
    sort: Annotated[SortKey, typer.Option(help="Order by this.")] = SortKey.NAME,
    reverse: Annotated[bool, typer.Option("-r", "--reverse", help="The other way round.")] = False,
    url: Url = None,
    as_json: AsJson = False,
) -> None:
    """List a folder, all of it, folders first. Folders end in a slash.

    ```
    stowage ls
    stowage ls -l /films
    stowage ls --sort size -r --json /films
    ```
    """

    async def action(machine: Machine, connection: Connection, output: Output) -> None:
        nodes = NodesApi(connection.signed)
        asked = RemotePath.parse(path)
        node = await nodes.at(asked)
        if not node.is_folder:
            output.show({"items": [node_data(node, str(asked))]}, _lines([node], long=long))
            return
        order = "desc" if reverse else "asc"
        items = [item async for item in nodes.entries(node.id, sort=sort.value, order=order)]
        data = {"items": [node_data(item, str(asked.child(item.name))) for item in items]}
        output.show(data, _lines(items, long=long))

    run(context, action, url=url, as_json=as_json)


def trash(context: typer.Context, *, url: Url = None, as_json: AsJson = False) -> None:
    """List what was deleted: when, where it was, and its id for `stowage restore`."""

    async def action(machine: Machine, connection: Connection, output: Output) -> None:
        items = [item async for item in TrashApi(connection.signed).items()]
        output.show({"items": [asdict(item) for item in items]}, map(_trash_line, items))

    run(context, action, url=url, as_json=as_json)


def _lines(nodes: list[Node], *, long: bool) -> Iterable[str]:
    if not long:
        return [_shown(node) for node in nodes]
    sizes = [size(node.size) if node.size is not None else "–" for node in nodes]
    width = max(map(len, sizes), default=0)
    return [
        f"{node.id}  {text:>{width}}  {moment(node.updated_at)}  {_shown(node)}"
        for node, text in zip(nodes, sizes, strict=True)
    ]


def _shown(node: Node) -> str:
    return node.name + ("/" if node.is_folder else "")


def _trash_line(item: TrashItem) -> str:
    slash = "/" if item.node.is_folder else ""
    return f"{item.node.id}  {moment(item.trashed_at)}  {item.original_path}{slash}"

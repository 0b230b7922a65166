"""Finding things by name."""

from collections.abc import AsyncIterator
from enum import StrEnum
from typing import Annotated

import typer

from stowage_client.api.nodes import NodesApi
from stowage_client.api.search import Hit, SearchApi
from stowage_client.bootstrap import Connection, Machine
from stowage_client.commands.options import AsJson, Url
from stowage_client.commands.running import run
from stowage_client.console import Output, node_data
from stowage_client.formatting import moment
from stowage_client.remote_path import RemotePath

Most = Annotated[int, typer.Option("-n", min=1, help="At most this many.")]


class FoundType(StrEnum):
    """What sort of thing is looked for."""

    FOLDER = "folder"
    FILE = "file"
    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"
    DOCUMENT = "document"
    ARCHIVE = "archive"
    OTHER = "other"


def search(
    context: typer.Context,
    *,
    words: Annotated[list[str], typer.Argument(metavar="WORD…", help="Words, or how words begin.")],
    below: Annotated[str, typer.Option("--in", metavar="PATH", help="Only below this folder.")] = "/",
    kind: Annotated[FoundType | None, typer.Option("--type", help="Only things of this sort.")] = None,
    most: Most = 50,
    url: Url = None,
    as_json: AsJson = False,
) -> None:
    """Find folders and files by name: words and their beginnings, in any case, with or without accents.

    ```
    stowage search holiday 2026
    stowage search --type video --in /films hol
    ```
    """

    async def action(machine: Machine, connection: Connection, output: Output) -> None:
        folder = RemotePath.parse(below)
        folder_id = None if folder.is_root else (await NodesApi(connection.signed).at(folder)).id
        names = SearchApi(connection.signed)
        sort = kind.value if kind else None
        hits = await _first(most, names.hits(" ".join(words), kind=sort, folder_id=folder_id))
        _show(output, names, hits, [f"{hit.path}{'/' if hit.node.is_folder else ''}" for hit in hits])

    run(context, action, url=url, as_json=as_json)


def recent(context: typer.Context, *, most: Most = 50, url: Url = None, as_json: AsJson = False) -> None:
    """Show the files whose content changed last, latest first.

    ```
    stowage recent -n 10
    ```
    """

    async def action(machine: Machine, connection: Connection, output: Output) -> None:
        names = SearchApi(connection.signed)
        hits = await _first(most, names.recent())
        _show(output, names, hits, [f"{moment(hit.node.updated_at)}  {hit.path}" for hit in hits])

    run(context, action, url=url, as_json=as_json)


async def _first(most: int, found: AsyncIterator[Hit]) -> list[Hit]:
    hits = list[Hit]()
    async for hit in found:
        hits.append(hit)
        if len(hits) == most:
            break
    return hits


def _show(output: Output, names: SearchApi, hits: list[Hit], lines: list[str]) -> None:
    data = {"complete": names.complete, "items": [node_data(hit.node, str(hit.path)) for hit in hits]}
    output.show(data, lines)
    if not names.complete:
        output.remark("The index of names is still being built: something may be missing.")

"""Finding things by name."""

from enum import StrEnum
from typing import Annotated

import typer

from stowage_client.api.nodes import NodesApi
from stowage_client.api.search import Hit, SearchApi
from stowage_client.bootstrap import Connection, Machine
from stowage_client.commands.options import AsJson, Url
from stowage_client.commands.running import run
from stowage_client.console import Output, node_data
from stowage_client.remote_path import RemotePath


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
    most: Annotated[int, typer.Option("-n", min=1, help="At most this many.")] = 50,
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
        hits = list[Hit]()
        names = SearchApi(connection.signed)
        async for hit in names.hits(" ".join(words), kind=kind.value if kind else None, folder_id=folder_id):
            hits.append(hit)
            if len(hits) == most:
                break
        data = {"complete": names.complete, "items": [node_data(hit.node, str(hit.path)) for hit in hits]}
        output.show(data, [f"{hit.path}{'/' if hit.node.is_folder else ''}" for hit in hits])
        if not names.complete:
            output.remark("The index of names is still being built: something may be missing.")

    run(context, action, url=url, as_json=as_json)

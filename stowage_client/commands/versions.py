"""What a file was, and making it so again."""

from dataclasses import asdict
from typing import Annotated

import typer

from stowage_client.api.nodes import NodesApi
from stowage_client.api.versions import Version, VersionsApi
from stowage_client.bootstrap import Connection, Machine
from stowage_client.commands.options import AsJson, RemoteArgument, Url
from stowage_client.commands.running import run
from stowage_client.console import Output, node_data
from stowage_client.formatting import moment, size
from stowage_client.remote_path import RemotePath


def versions(
    context: typer.Context, *, path: RemoteArgument, url: Url = None, as_json: AsJson = False
) -> None:
    """List a file's versions, newest first: number, size, when it came.

    ```
    stowage versions /films/big.mkv
    ```
    """

    async def action(machine: Machine, connection: Connection, output: Output) -> None:
        file = await NodesApi(connection.signed).at(RemotePath.parse(path))
        found = [version async for version in VersionsApi(connection.signed).of(file.id)]
        output.show({"items": [asdict(version) for version in found]}, map(_line, found))

    run(context, action, url=url, as_json=as_json)


def revert(
    context: typer.Context,
    *,
    path: RemoteArgument,
    number: Annotated[int, typer.Argument(metavar="VERSION", min=1, help="Its number in stowage versions.")],
    url: Url = None,
    as_json: AsJson = False,
) -> None:
    """Make a past version of a file the current one again, by a new version: nothing is lost.

    ```
    stowage revert /films/big.mkv 3
    ```
    """

    async def action(machine: Machine, connection: Connection, output: Output) -> None:
        asked = RemotePath.parse(path)
        file = await NodesApi(connection.signed).at(asked)
        node = await VersionsApi(connection.signed).restore(file.id, number)
        output.show(node_data(node, str(asked)), [f"{asked} is again what it was in version {number}."])

    run(context, action, url=url, as_json=as_json)


def _line(version: Version) -> str:
    marks = [word for word, is_so in (("current", version.current), ("kept", version.kept)) if is_so]
    return f"{version.number:>5}  {size(version.size):>10}  {moment(version.created_at)}  {' '.join(marks)}".rstrip()

"""What a file was: listed, fetched, kept, forgotten, and made so again."""

from dataclasses import asdict
from typing import Annotated

import typer

from stowage_client.api.nodes import NodesApi
from stowage_client.api.versions import Version, VersionsApi
from stowage_client.bootstrap import Connection, Machine
from stowage_client.commands.listing_group import ListingGroup
from stowage_client.commands.options import DEFAULT_PARALLEL, AsJson, Parallel, RemoteArgument, Url
from stowage_client.commands.running import run
from stowage_client.commands.transfer import local_place, show_report
from stowage_client.console import Output, node_data
from stowage_client.formatting import count, moment, size
from stowage_client.remote_path import RemotePath
from stowage_client.transfer.get import GetOptions
from stowage_client.transfer_tools import transfer_tools

Number = Annotated[int, typer.Argument(metavar="VERSION", min=1, help="Its number in stowage versions.")]


def make_versions() -> typer.Typer:
    """The verbs of `stowage versions`."""
    verbs = typer.Typer(cls=ListingGroup, no_args_is_help=True, rich_markup_mode="markdown")
    verbs.command("list")(list_)
    verbs.command("get")(get)
    verbs.command("keep")(keep)
    verbs.command("rm")(rm)
    return verbs


def list_(context: typer.Context, *, path: RemoteArgument, url: Url = None, as_json: AsJson = False) -> None:
    """List a file's versions, newest first: number, size, when it came. `list` need not be said.

    ```
    stowage versions /films/big.mkv
    ```
    """

    async def action(machine: Machine, connection: Connection, output: Output) -> None:
        file = await NodesApi(connection.signed).at(RemotePath.parse(path))
        found = [version async for version in VersionsApi(connection.signed).of(file.id)]
        output.show({"items": [asdict(version) for version in found]}, map(_line, found))

    run(context, action, url=url, as_json=as_json)


def get(
    context: typer.Context,
    *,
    path: RemoteArgument,
    number: Number,
    target: Annotated[
        str, typer.Argument(metavar="LOCAL", help="A folder here, or the file's new path.")
    ] = ".",
    force: Annotated[
        bool, typer.Option("-f", "--force", help="Replace another file that stands there.")
    ] = False,
    parallel: Parallel = DEFAULT_PARALLEL,
    url: Url = None,
    as_json: AsJson = False,
) -> None:
    """Fetch a file as it was in a version; run again, it goes on where it stopped.

    ```
    stowage versions get /films/big.mkv 3 before.mkv
    ```
    """

    async def action(machine: Machine, connection: Connection, output: Output) -> None:
        local = local_place(target)
        with transfer_tools(machine, connection, output, parallel=parallel) as tools:
            report = await tools.get(RemotePath.parse(path), local, GetOptions(replace=force, version=number))
        show_report(report, output, verb="Fetched")

    run(context, action, url=url, as_json=as_json)


def keep(
    context: typer.Context,
    *,
    path: RemoteArgument,
    number: Number,
    let_go: Annotated[bool, typer.Option("--let-go", help="Keep it no more than others.")] = False,
    url: Url = None,
    as_json: AsJson = False,
) -> None:
    """Keep a version for ever, whatever becomes of others in time.

    ```
    stowage versions keep /films/big.mkv 3
    stowage versions keep /films/big.mkv 3 --let-go
    ```
    """

    async def action(machine: Machine, connection: Connection, output: Output) -> None:
        file = await NodesApi(connection.signed).at(RemotePath.parse(path))
        version = await VersionsApi(connection.signed).keep(file.id, number, keep=not let_go)
        output.show(asdict(version), [_line(version)])

    run(context, action, url=url, as_json=as_json)


def rm(
    context: typer.Context,
    *,
    path: RemoteArgument,
    numbers: Annotated[list[int], typer.Argument(metavar="VERSION…", min=1, help="Their numbers.")],
    yes: Annotated[bool, typer.Option("-y", "--yes", help="Do not ask.")] = False,
    url: Url = None,
    as_json: AsJson = False,
) -> None:
    """Delete past versions of a file for ever, also those that are kept. Nothing brings them back.

    ```
    stowage versions rm /films/big.mkv 1 2
    ```
    """

    async def action(machine: Machine, connection: Connection, output: Output) -> None:
        asked = RemotePath.parse(path)
        file = await NodesApi(connection.signed).at(asked)
        them = count(len(numbers), "version")
        if machine.watched and not yes:
            typer.confirm(f"{them} of {asked} will be gone for ever. Go on?", abort=True, err=True)
        for number in numbers:
            await VersionsApi(connection.signed).delete(file.id, number)
        output.show({"path": str(asked), "numbers": numbers}, [f"{them} of {asked} deleted for ever."])

    run(context, action, url=url, as_json=as_json)


def revert(
    context: typer.Context,
    *,
    path: RemoteArgument,
    number: Number,
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

"""Following what happens to the drive."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Annotated

import typer

from stowage_client.api.changes import ChangePage, ChangesApi, Entry
from stowage_client.bootstrap import Connection, Machine
from stowage_client.commands.options import Url
from stowage_client.commands.running import run
from stowage_client.console import Output
from stowage_client.errors import ApiError, ClientError, ExitCode, Unreachable
from stowage_client.formatting import moment

# The server answers earlier if something happens.
_WAIT_SECONDS = 30

AsLines = Annotated[
    bool, typer.Option("--json", help="Print one JSON document a line, as each comes, instead of text.")
]


class LeftOff(ClientError):
    """The person wants to hear no more."""

    code = "left_off"
    exit_code = ExitCode.INTERRUPTED


def changes(
    context: typer.Context,
    *,
    since: Annotated[
        str | None, typer.Option("--since", metavar="CURSOR", help="Begin behind this place, not now.")
    ] = None,
    follow: Annotated[bool, typer.Option("-f", "--follow", help="Go on telling, until Ctrl-C.")] = False,
    url: Url = None,
    as_json: AsLines = False,
) -> None:
    """Tell what happens to the drive, as it happens; without options, only the cursor of now.

    Each line of --json has all that one transaction changed, and the cursor behind it. While the server does not
    answer, it is asked again; nothing is missed.

    ```
    stowage changes --follow
    stowage changes --since "$(stowage changes)" --json
    ```
    """

    async def action(machine: Machine, connection: Connection, output: Output) -> None:
        journal = ChangesApi(connection.signed)
        if since is None and not follow:
            now = await journal.now()
            output.show({"cursor": now}, [now])
            return
        cursor = since or await journal.now()
        try:
            async for page in _pages(journal, cursor, output, follow=follow):
                cursor = page.next_cursor
                for entry in page.entries:
                    output.show(entry.said, _lines(entry))
        except asyncio.CancelledError:
            raise LeftOff(
                "Stopped.", hint=f"stowage changes --follow --since {cursor} goes on from here."
            ) from None

    run(context, action, url=url, as_json=as_json)


async def _pages(
    journal: ChangesApi, cursor: str, output: Output, *, follow: bool
) -> AsyncIterator[ChangePage]:
    """Until nothing more has happened, or for ever. Raises Unreachable if the server never answered."""
    answered = False
    while True:
        try:
            page = await journal.after(cursor, wait_seconds=_WAIT_SECONDS if follow else 0)
        except (Unreachable, ApiError) as error:
            if not (follow and answered and _passes(error)):
                raise
            output.remark(f"{error.detail} It is asked again.")
            continue
        answered, cursor = True, page.next_cursor
        yield page
        if not (follow or page.more):
            return


def _passes(error: ClientError) -> bool:
    return not isinstance(error, ApiError) or error.is_passing


def _lines(entry: Entry) -> Iterator[str]:
    return (
        f"{moment(entry.at)}  {change.kind:<7}  {change.node_id}  {change.name}{'/' if change.is_folder else ''}"
        for change in entry.changes
    )

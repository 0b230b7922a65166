"""From a command's arguments to its exit code."""

import asyncio
import errno
from collections.abc import Awaitable, Callable

import typer

from stowage_client.bootstrap import Connection, Machine, connected
from stowage_client.console import Output
from stowage_client.errors import ClientError, ExitCode, LocalError

Action = Callable[[Machine, Connection, Output], Awaitable[None]]
ActionHere = Callable[[Output], Awaitable[None]]


def run(
    context: typer.Context, action: Action, *, url: str | None, as_json: bool, quiet: bool = False
) -> None:
    """Does the work, prints what stopped it, and exits with the code that belongs to that."""
    machine: Machine = context.find_root().obj

    async def work(output: Output) -> None:
        async with connected(machine, url) as connection:
            await action(machine, connection, output)

    run_here(work, as_json=as_json, quiet=quiet)


def run_here(action: ActionHere, *, as_json: bool, quiet: bool = False) -> None:
    """The same for work that needs no server."""
    output = Output(as_json=as_json, quiet=quiet)
    try:
        asyncio.run(_awaited(action(output)))
    except ClientError as error:
        output.error(error)
        raise typer.Exit(error.exit_code) from None
    except OSError as error:
        if error.errno == errno.EPIPE:
            raise  # typer ends in silence: who read along has seen enough
        output.error(LocalError(f"{error.filename or 'What was printed'}: {error.strerror}."))
        raise typer.Exit(ExitCode.LOCAL) from None
    except (KeyboardInterrupt, asyncio.CancelledError):
        output.remark("Stopped. What was on its way goes on from here when you run the same command again.")
        raise typer.Exit(ExitCode.INTERRUPTED) from None


async def _awaited(work: Awaitable[None]) -> None:
    await work

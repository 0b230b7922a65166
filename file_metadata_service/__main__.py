"""`python -m file_metadata_service [serve | migrate … | fsck … | recount … | quota … | renew-journals]`."""

import asyncio
from typing import Annotated

import typer

from chassis.service import run
from chassis.settings import load
from file_metadata_service import bootstrap
from file_metadata_service.settings import FsckSettings, MetadataSettings
from migrations.cli import app_for

app = typer.Typer(help="Drives, folders, files and their versions.", no_args_is_help=False)
app.add_typer(app_for("file_metadata_service"), name="migrate")


@app.callback(invoke_without_command=True)
def default(context: typer.Context) -> None:
    """Serve, unless told otherwise."""
    if context.invoked_subcommand is None:
        serve()


@app.command()
def serve() -> None:
    """Serve until SIGTERM."""
    run("file-metadata-service", load(MetadataSettings), bootstrap.build)


@app.command()
def fsck(
    repair: Annotated[bool, typer.Option(help="Put right what is safe to.")] = False,
    drive: Annotated[str | None, typer.Option(help="Look at this drive only.")] = None,
    resume_from: Annotated[str | None, typer.Option(help="Where an earlier one stopped, as it said.")] = None,
) -> None:
    """Look whether everything agrees with everything else, while people work.

    Exit code 0: it does. 1: there were findings. 2: it could not look at all of it.
    """
    settings = load(FsckSettings)
    found = bootstrap.fsck(settings, repairs=repair, drive_id=drive, resume_from=resume_from)
    raise typer.Exit(asyncio.run(found))


@app.command()
def renew_journals() -> None:
    """After a restore from a backup, before a service runs: whoever followed a drive begins anew."""
    count = asyncio.run(bootstrap.renew_journals(load(FsckSettings)))
    typer.echo(f"{count} journals renewed")


@app.command()
def recount(
    account: Annotated[str, typer.Argument(help="The id of the account whose drive it is.")],
    repair: Annotated[bool, typer.Option(help="Put right what differs.")] = False,
) -> None:
    """Count anew what a drive uses, and hold it against what it says, while people work: fsck's last stage.

    Exit codes as fsck's.
    """
    found = bootstrap.recount(load(FsckSettings), repairs=repair, drive_id=account)
    raise typer.Exit(asyncio.run(found))


quota = typer.Typer(help="How much a drive may hold.", no_args_is_help=True)
app.add_typer(quota, name="quota")


@quota.command(name="set")
def set_quota(
    account: Annotated[str, typer.Argument(help="The id of the account whose drive it is.")],
    size_bytes: Annotated[int, typer.Argument(min=0, help="0 means no limit.")],
) -> None:
    """From now on: what is there already stays. Exit code 1: there is no such drive yet."""
    done = bootstrap.set_quota(load(FsckSettings), drive_id=account, quota_bytes=size_bytes or None)
    raise typer.Exit(asyncio.run(done))


if __name__ == "__main__":
    app()

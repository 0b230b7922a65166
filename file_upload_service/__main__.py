"""`python -m file_upload_service [serve | migrate … | fsck …]`."""

import asyncio
from datetime import timedelta
from typing import Annotated

import typer

from chassis.service import run
from chassis.settings import load
from file_upload_service import bootstrap
from file_upload_service.app.integrity.strays import Care
from file_upload_service.bootstrap import NAME, build
from file_upload_service.settings import UploadSettings
from migrations.cli import app_for

app = typer.Typer(help="Uploads and signed URLs: the only one that holds S3's keys.")
app.add_typer(app_for("file_upload_service"), name="migrate")


@app.callback(invoke_without_command=True)
def default(context: typer.Context) -> None:
    """Serves, if nothing else is asked for."""
    if context.invoked_subcommand is None:
        serve()


@app.command()
def serve() -> None:
    """Serve until SIGTERM."""
    run(NAME, load(UploadSettings), build)


@app.command()
def fsck(
    repair: Annotated[bool, typer.Option(help="Delete what is certain never to become a file.")] = False,
    delete_unknown: Annotated[
        bool,
        typer.Option(
            help="With --repair: also objects of which no row tells. "
            "Only after `python -m file_metadata_service fsck` has found no blob_missing."
        ),
    ] = False,
    older_than_hours: Annotated[
        float | None,
        typer.Option(
            min=0, help="Judge what has been in storage for longer; as long as an upload can take, if unsaid."
        ),
    ] = None,
    resume_from: Annotated[str | None, typer.Option(help="Where an earlier one stopped, as it said.")] = None,
) -> None:
    """Look whether storage holds all that the tables tell of, and nothing else, while people work.

    Exit code 0: it does. 1: there were findings. 2: it could not look at all of it.
    """
    settings = load(UploadSettings)
    asked = None if older_than_hours is None else timedelta(hours=older_than_hours)
    grace = settings.policy.longest_life if asked is None else asked
    care = Care(grace=grace, repairs=repair, deletes_unknown=delete_unknown)
    raise typer.Exit(asyncio.run(bootstrap.fsck(settings, care=care, resume_from=resume_from)))


if __name__ == "__main__":
    app()

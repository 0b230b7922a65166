"""`python -m file_metadata_service [serve | migrate …]`."""

import typer

from chassis.service import run
from chassis.settings import load
from file_metadata_service.bootstrap import build
from file_metadata_service.settings import MetadataSettings
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
    run("file-metadata-service", load(MetadataSettings), build)


if __name__ == "__main__":
    app()

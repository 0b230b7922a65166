"""`python -m file_upload_service [serve | migrate …]`."""

import typer

from chassis.service import run
from chassis.settings import load
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


if __name__ == "__main__":
    app()

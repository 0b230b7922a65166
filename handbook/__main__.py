"""`python -m handbook`: what is generated for readers from what the code declares."""

from pathlib import Path
from typing import Annotated

import typer

from handbook.documents import ROOT, documents, env_example, table
from handbook.settings import SETTINGS

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, help=__doc__)


@app.command()
def write() -> None:
    """Write every generated document anew."""
    for path, content in documents().items():
        (ROOT / path).write_text(content)


@app.command()
def check() -> None:
    """Exit code 1 if one of them is not as the code says."""
    stale = [path for path, content in documents().items() if _written(path) != content]
    for path in stale:
        typer.echo(f"{path} is stale: make generate", err=True)
    raise typer.Exit(1 if stale else 0)


def _written(path: Path) -> str | None:
    file = ROOT / path
    return file.read_text() if file.exists() else None


@app.command()
def settings() -> None:
    """Print the table of all settings."""
    typer.echo(table(), nl=False)


@app.command()
def env(service: Annotated[str, typer.Argument(help=f"One of {', '.join(SETTINGS)}.")]) -> None:
    """Print a service's .env.example."""
    if service not in SETTINGS:
        raise typer.BadParameter(f"there is no {service}")
    typer.echo(env_example(service), nl=False)


if __name__ == "__main__":
    app()

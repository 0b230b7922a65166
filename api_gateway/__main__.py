"""`python -m api_gateway`: the front door."""

import json

import typer

from api_gateway.adapters.http.application import described
from api_gateway.bootstrap import build
from api_gateway.settings import GatewaySettings
from chassis.service import run
from chassis.settings import load

app = typer.Typer(help="Stowage's front door: REST over HTTP.", invoke_without_command=True)


@app.callback()
def main(context: typer.Context) -> None:
    """Serves if no command is given."""
    if context.invoked_subcommand is None:
        serve()


@app.command()
def serve() -> None:
    """Serve until SIGTERM."""
    run("api-gateway", load(GatewaySettings), build)


@app.command()
def openapi() -> None:
    """Print the document of the REST API, as /openapi.json on every server."""
    typer.echo(json.dumps(described(), indent=2, ensure_ascii=False))


if __name__ == "__main__":
    app()

"""`python -m api_gateway`: the front door."""

import typer

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


if __name__ == "__main__":
    app()

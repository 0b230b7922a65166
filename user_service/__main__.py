"""`python -m user_service [serve | migrate … | keys init | keys list]`."""

from datetime import UTC, datetime

import typer

from chassis.settings import load
from migrations.cli import app_for
from user_service.adapters.jose.key_files import create_first_key, list_keys
from user_service.settings import TokenKeysSettings, UserSettings

# A plain traceback: the pretty one prints what variables hold.
app = typer.Typer(
    help="Accounts, sessions, and the keys that prove who somebody is.", pretty_exceptions_enable=False
)
keys = typer.Typer(help="The keys that sign access tokens, in STOWAGE_TOKEN_KEYS_DIR.", no_args_is_help=True)
app.add_typer(keys, name="keys")
app.add_typer(app_for("user_service"), name="migrate")


@app.callback(invoke_without_command=True)
def default(context: typer.Context) -> None:
    """Serves, if nothing else is asked for."""
    if context.invoked_subcommand is None:
        serve()


@app.command()
def serve() -> None:
    """Serve until SIGTERM."""
    # Here, so that the other commands start without gRPC and DynamoDB, in half the time.
    from chassis.service import run
    from user_service.bootstrap import NAME, build

    run(NAME, load(UserSettings), build)


@keys.command()
def init() -> None:
    """Make the first key, if there is none."""
    directory = load(TokenKeysSettings).token_keys_dir
    try:
        key_id = create_first_key(directory, datetime.now(UTC))
    except OSError as error:
        raise SystemExit(f"STOWAGE_TOKEN_KEYS_DIR: {error}") from None
    typer.echo(f"made {key_id}" if key_id else "there is a key already")


@keys.command(name="list")
def list_all() -> None:
    """Show the keys, oldest first; the last one signs."""
    directory = load(TokenKeysSettings).token_keys_dir
    try:
        found = list_keys(directory)
    except OSError as error:
        raise SystemExit(f"STOWAGE_TOKEN_KEYS_DIR: {error}") from None
    for file in found:
        typer.echo(f"{file.key_id}{'  signs' if file is found[-1] else ''}")


if __name__ == "__main__":
    app()

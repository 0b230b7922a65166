"""`python -m user_service [serve | migrate … | keys init | list | rotate | revoke | prune]`."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from chassis.settings import load
from migrations.cli import app_for
from user_service.adapters.jose.key_files import (
    KeyUnknown,
    add_key,
    create_first_key,
    list_keys,
    prune_keys,
    revoke_key,
)
from user_service.domain.key_schedule import NOTICE, believed_until, is_believed, signing, signs_from
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
    with _reading():
        key_id = create_first_key(load(TokenKeysSettings).token_keys_dir, datetime.now(UTC))
    typer.echo(f"made {key_id}" if key_id else "there is a key already")


@keys.command(name="list")
def list_all() -> None:
    """Show the keys, oldest first: which signs, which only prove, and until when."""
    now = datetime.now(UTC)
    with _reading():
        ids = [file.key_id for file in list_keys(load(TokenKeysSettings).token_keys_dir)]
    for key_id in ids:
        typer.echo(f"{key_id}  {_turn(ids, key_id, now)}")


@keys.command()
def rotate(
    *,
    notice_seconds: Annotated[float, typer.Option(min=0, help="How long it waits.")] = NOTICE.total_seconds(),
) -> None:
    """Make a key that signs a little later, when every service knows it. No request fails.

    Keys that nobody believes any more are deleted.
    """
    directory, now = load(TokenKeysSettings).token_keys_dir, datetime.now(UTC)
    with _reading():
        made = add_key(directory, now, timedelta(seconds=notice_seconds))
        prune_keys(directory, now)
    typer.echo(f"made {made}" if made else "there is a key already that waits for its turn")
    list_all()


@keys.command()
def revoke(key_id: Annotated[str, typer.Argument(help="As `keys list` shows it.")]) -> None:
    """Delete a key that somebody else may know. Nobody believes it any more after a minute.

    Whoever holds a token of it has it renewed by the client, without signing in again.
    """
    with _reading():
        made = revoke_key(load(TokenKeysSettings).token_keys_dir, key_id, datetime.now(UTC))
    typer.echo(f"revoked {key_id}" + (f", made {made}" if made else ""))
    list_all()


@keys.command()
def prune() -> None:
    """Delete the keys that nobody believes any more. (`rotate` does so too.)"""
    with _reading():
        ended = prune_keys(load(TokenKeysSettings).token_keys_dir, datetime.now(UTC))
    typer.echo("\n".join(f"deleted {key_id}" for key_id in ended) or "nothing to delete")


def _turn(ids: list[str], key_id: str, now: datetime) -> str:
    if key_id == signing(ids, now):
        return "signs"
    if signs_from(key_id) > now:
        return f"signs from {signs_from(key_id):%Y-%m-%d %H:%M:%S} UTC"
    until = believed_until(ids, key_id)
    if is_believed(ids, key_id, now):
        return f"proves tokens until {until:%Y-%m-%d %H:%M:%S} UTC"
    return "ended: nobody believes it any more"


@contextmanager
def _reading() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SystemExit(f"STOWAGE_TOKEN_KEYS_DIR: {error}") from None
    except KeyUnknown as error:
        raise SystemExit(str(error)) from None


if __name__ == "__main__":
    app()

"""Becoming somebody, signing in and out, and asking who one is."""

import platform
from dataclasses import asdict
from typing import Annotated

import typer

from stowage_client.api.accounts import AccountsApi
from stowage_client.api.models import Account, Drive
from stowage_client.api.sessions import SessionsApi
from stowage_client.bootstrap import Connection, Machine
from stowage_client.commands.options import AsJson, EmailOption, Url
from stowage_client.commands.running import run
from stowage_client.console import Output
from stowage_client.errors import ApiError, ClientError, NotSignedIn, Unreachable, UsageError
from stowage_client.formatting import count, size
from stowage_client.session_store import Session


def register(
    context: typer.Context,
    *,
    email: EmailOption,
    name: Annotated[str | None, typer.Option("--name", help="How others see you.")] = None,
    url: Url = None,
    as_json: AsJson = False,
) -> None:
    """Make an account and sign in.

    The password is asked for, or read from STOWAGE_PASSWORD.

    ```
    stowage register --email ada@example.com
    ```
    """

    async def action(machine: Machine, connection: Connection, output: Output) -> None:
        password = _password(machine, confirm=True)
        await AccountsApi(connection.public).register(email, password, name)
        account = await _sign_in(machine, connection, email, password)
        output.show(
            {"server": connection.server, "account": asdict(account)},
            [f"Welcome, {account.email}. You are signed in at {connection.server}."],
        )

    run(context, action, url=url, as_json=as_json)


def login(context: typer.Context, *, email: EmailOption, url: Url = None, as_json: AsJson = False) -> None:
    """Sign in on this machine.

    The password is asked for, or read from STOWAGE_PASSWORD. The server is remembered for later commands.

    ```
    stowage login --email ada@example.com --url https://files.example.com
    ```
    """

    async def action(machine: Machine, connection: Connection, output: Output) -> None:
        account = await _sign_in(machine, connection, email, _password(machine, confirm=False))
        output.show(
            {"server": connection.server, "account": asdict(account)},
            [f"Signed in at {connection.server} as {account.email}."],
        )

    run(context, action, url=url, as_json=as_json)


def logout(context: typer.Context, *, url: Url = None, as_json: AsJson = False) -> None:
    """Sign out on this machine: the session ends, and its tokens are deleted here."""

    async def action(machine: Machine, connection: Connection, output: Output) -> None:
        session = connection.tokens.session()
        ended = await _ended(connection, output)
        connection.store.remove(connection.server)
        output.show(
            {"server": connection.server, "email": session.email, "ended_on_server": ended},
            [f"Signed out at {connection.server}."],
        )

    run(context, action, url=url, as_json=as_json)


def whoami(context: typer.Context, *, url: Url = None, as_json: AsJson = False) -> None:
    """Show the account, the server and how full the drive is."""

    async def action(machine: Machine, connection: Connection, output: Output) -> None:
        accounts = AccountsApi(connection.signed)
        account, drive = await accounts.me(), await accounts.drive()
        data = {"server": connection.server, "account": asdict(account), "drive": asdict(drive)}
        output.show(data, _about(connection, account, drive))

    run(context, action, url=url, as_json=as_json)


def _about(connection: Connection, account: Account, drive: Drive) -> list[str]:
    quota = f" of {size(drive.quota_bytes)}" if drive.quota_bytes else ""
    who = f"{account.display_name} <{account.email}>" if account.display_name else account.email
    held = f"{count(drive.file_count, 'file')}, {size(drive.bytes_used)}{quota}"
    parts = {"past versions": drive.versions_bytes, "in the trash": drive.trash_bytes}
    of_it = [f"  of it {size(part)} {name}" for name, part in parts.items() if part]
    return [who, f"at {connection.server}", held, *of_it]


def _password(machine: Machine, *, confirm: bool) -> str:
    given = machine.variables.get("STOWAGE_PASSWORD")
    if given is not None:
        return given
    try:
        password: str = typer.prompt("Password", hide_input=True, confirmation_prompt=confirm, err=True)
    except typer.Abort:
        raise UsageError("No password was given.", hint="Type it, or set STOWAGE_PASSWORD.") from None
    return password


async def _sign_in(machine: Machine, connection: Connection, email: str, password: str) -> Account:
    device = f"stowage on {platform.node() or 'unknown'}"
    account, tokens = await SessionsApi(connection.public).sign_in(email, password, device)
    now = machine.now()
    session = Session(
        server=connection.server,
        account_id=account.id,
        email=account.email,
        session_id=tokens.session_id,
        access_token=tokens.access_token,
        access_expires_at=now + tokens.access_ttl_seconds,
        refresh_token=tokens.refresh_token,
        refresh_expires_at=now + tokens.refresh_ttl_seconds,
    )
    async with connection.store.renewing(
        connection.server
    ):  # not between another process's reading and writing
        connection.store.save(session)
    connection.store.remember_server(connection.server)
    return account


async def _ended(connection: Connection, output: Output) -> bool:
    """Tokens go from this machine whatever the server says."""
    try:
        await SessionsApi(connection.signed).end_current()
    except (ApiError, NotSignedIn, Unreachable) as error:
        output.remark(f"The server could not be told: {_short(error)}")
        return False
    return True


def _short(error: ClientError) -> str:
    return error.detail

"""The command line of the local stack: `python -m local_stack --help`."""

import os
import shlex
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from local_stack.errors import StackError
from local_stack.home import default_home
from local_stack.logs import follow, last_lines
from local_stack.parts.catalogue import parts_for
from local_stack.parts.chromium import provide_chromium
from local_stack.parts.frontend import frontend_part, provide_page
from local_stack.parts.store import Store, default_root
from local_stack.parts.tools import explain
from local_stack.pki import expiries
from local_stack.stack import Stack
from local_stack.status import ProcessStatus

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Stowage on this machine, without Docker: DynamoDB, S3, Consul, Redis and the four services.\n\n"
    "STOWAGE_PORT: where the front door is (8080). STOWAGE_HOME: where data, logs and secrets are "
    "(~/.local/share/stowage). ENGINE: dynoxide (default) or dynamodb-local. STOWAGE_INSTANCES: how many of each "
    "service run (2), or of one (api_gateway=2); else as many as before.",
)
certificates = typer.Typer(
    help="The private CA, and what each service proves itself with.", no_args_is_help=True
)
app.add_typer(certificates, name="certificates")
Name = Annotated[str | None, typer.Argument(help='A process, or a part of its name: "gateway", "s3".')]


def _say(subject: str, text: str) -> None:
    typer.echo(f"  {subject:<24}{text}")


def _stack(*, services: bool = True) -> Stack:
    return Stack(default_home(), services=services, say=_say)


@app.command()
def up(
    *,
    engines_only: Annotated[bool, typer.Option(help="Start the engines, but none of the services.")] = False,
) -> None:
    """Install what is missing, start everything, wait until it is ready, print the address."""
    stack = _stack(services=not engines_only)
    stack.up()
    typer.echo(f"Stowage is ready: {stack.url}" if not engines_only else "The engines are ready.")


@app.command()
def down() -> None:
    """Stop everything. Data stays."""
    _stack().down()
    typer.echo("Stopped; your data stays.")


@app.command()
def restart(name: Name = None) -> None:
    """Stop and start one process, or all."""
    stack = _stack()
    stack.restart(*([name] if name else []))
    typer.echo(f"Stowage is ready: {stack.url}")


@app.command()
def status() -> None:
    """Show each process: pid, uptime, restarts, health, address. Exit code 1 unless all are ready."""
    found = _stack().status()
    if not found:
        typer.echo("Nothing was started yet: make up")
        raise typer.Exit(1)
    table = Table("process", "state", "pid", "uptime", "restarts", "address", box=None, pad_edge=False)
    for process in found:
        table.add_row(*_row(process))
    Console(width=None if os.isatty(1) else 120).print(table)
    raise typer.Exit(0 if all(process.is_ready for process in found) else 1)


def _row(process: ProcessStatus) -> tuple[str, ...]:
    seconds = process.uptime_seconds
    uptime = "" if seconds is None else duration(seconds)
    return process.name, process.state, str(process.pid or ""), uptime, str(process.restarts), process.address


def duration(seconds: float) -> str:
    """In the two largest units, for people."""
    minutes, hours, days = int(seconds // 60), int(seconds // 3600), int(seconds // 86400)
    if days:
        return f"{days} d {hours % 24} h"
    return f"{hours} h {minutes % 60} min" if hours else f"{minutes} min {int(seconds % 60)} s"


@app.command()
def logs(
    name: Name = None,
    *,
    stay: Annotated[bool, typer.Option("--follow", "-f", help="Stay, and show what is added.")] = False,
    lines: Annotated[int, typer.Option("--lines", "-n", help="How many lines of each log.")] = 40,
) -> None:
    """Show the logs' last lines, of one process or of all."""
    stack = _stack()
    names = [stack.plan.find(name).name] if name else [*stack.plan.processes, "supervisord"]
    files = [stack.home.logs / f"{each}.log" for each in names]
    for file in files:
        for line in last_lines(file, lines):
            _show(file.stem, line, alone=len(files) == 1)
    for stem, line in follow(files) if stay else ():
        _show(stem, line, alone=len(files) == 1)


def _show(name: str, line: str, *, alone: bool) -> None:
    typer.echo(line if alone else f"{name:<22}| {line}")


@app.command()
def reset(*, yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False) -> None:
    """Stop everything, and delete all accounts, files, secrets and logs of this stack."""
    stack = _stack()
    if not yes:
        typer.confirm(f"Delete everything that is in {stack.home.root}?", abort=True)
    stack.reset()
    typer.echo("Everything is deleted.")


@app.command()
def backup(to: Annotated[Path, typer.Argument(help="A new file, or a folder to put it into.")]) -> None:
    """Save accounts, files, secrets and settings, as of one moment, while everything runs."""
    file = _stack().backup(to)
    typer.echo(
        f"Saved: {file} ({file.stat().st_size / 2**20:,.0f} MiB). It holds secrets: keep it like a key."
    )


@app.command()
def restore(file: Annotated[Path, typer.Argument(help="What backup has written.")]) -> None:
    """Make a new stack of a backup, in STOWAGE_HOME, which must be empty."""
    stack = _stack()
    stack.restore(file)
    typer.echo(f"Restored to {stack.home.root}: start it with make up.")


@app.command()
def migrate() -> None:
    """Bring the tables of every service up to date (`up` does this by itself)."""
    _stack().migrate()


@certificates.command()
def renew(
    *,
    authority: Annotated[bool, typer.Option(help="Also replace the CA; both are trusted meanwhile.")] = False,
) -> None:
    """Give every service a new certificate while it runs: nothing restarts, and no call fails."""
    stack = _stack()
    stack.renew_certificates(authority=authority)
    typer.echo(
        f"{'A new CA and new certificates' if authority else 'New certificates'}, used by all that runs."
    )


@certificates.command(name="list")
def list_certificates() -> None:
    """Show until when each certificate is good."""
    for name, until in expiries(_stack().home.tls):
        typer.echo(f"{name:<24}good until {until:%Y-%m-%d}")


@app.command()
def env(name: Annotated[str, typer.Argument(help='A process: "user_service".')]) -> None:
    """Print the variables that a process is told, secrets included, to run it by hand: eval "$(… env NAME)"."""
    for variable, value in _stack().env(name).items():
        typer.echo(f"export {variable}={shlex.quote(value)}")


@app.command()
def engines(
    *, engine: Annotated[str, typer.Option(envvar="ENGINE", help="dynoxide or dynamodb-local.")] = "dynoxide"
) -> None:
    """Find or install the engines, and say where they are."""
    found: dict[str, Path] = Store(default_root(), _say).provide(parts_for(engine))
    for part, program in found.items():
        _say(part, str(program))


@app.command()
def browser() -> None:
    """Build the web page, find or install Chromium for its tests, and say where they are."""
    store = Store(default_root(), _say)
    for part, program in provide_page(store, frontend_part(), _say).items():
        _say(part, str(program))
    try:
        _say("chromium", str(provide_chromium(store)))
    except StackError as error:
        # The tests that need it say so again, and fail; the others shall not.
        _say("chromium", str(error))


def main() -> None:
    """Run the command line; what goes wrong is said in words, with exit code 1."""
    try:
        app()
    except StackError as error:
        typer.echo(str(error), err=True)
        raise SystemExit(1) from None
    except OSError as error:
        typer.echo(explain(str(error)) or str(error), err=True)
        raise SystemExit(1) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None


if __name__ == "__main__":
    main()

"""The command line as a whole: `stowage VERB`."""

from importlib.metadata import version
from typing import Annotated

import typer

from stowage_client.commands import (
    account,
    browse,
    change,
    changes,
    hashes,
    jobs,
    search,
    transfer,
    uploads,
    versions,
)

_EPILOG = """Exit codes: 0 done · 1 failed, or several failed for different reasons · 2 usage · 3 not signed in ·
4 not found · 5 conflict · 6 forbidden · 7 no room · 8 no answer · 9 damaged content ·
10 local file · 130 interrupted"""


def make_app() -> typer.Typer:
    """A fresh application; its context object is the Machine that it runs on."""
    app = typer.Typer(
        name="stowage",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode="markdown",
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback(epilog=_EPILOG)(_main)
    for panel, verbs in {
        "Files": (transfer.put, transfer.get, browse.ls, change.mkdir, change.mv, jobs.cp, hashes.hash_),
        "Finding": (search.search, search.recent, changes.changes),
        "Versions": (versions.revert,),
        "Trash": (change.rm, browse.trash, change.restore, jobs.purge),
        "Jobs": (jobs.jobs, jobs.cancel),
        "Account": (account.register, account.login, account.logout, account.whoami),
    }.items():
        for verb in verbs:
            app.command(verb.__name__.rstrip("_"), rich_help_panel=panel, epilog=_EPILOG)(verb)
    app.add_typer(
        versions.make_versions(),
        name="versions",
        help="List a file's versions; fetch one, keep it for ever, delete it.",
        rich_help_panel="Versions",
    )
    app.add_typer(
        uploads.make_uploads(),
        name="uploads",
        help="List uploads that have not ended, whichever device began them; go on with one, end one.",
        rich_help_panel="Files",
    )
    return app


def _show_version(wanted: bool) -> None:  # noqa: FBT001  # typer calls it so
    if wanted:
        typer.echo(f"stowage {version('stowage')}")
        raise typer.Exit


def _main(
    *,
    _version: Annotated[
        bool,
        typer.Option("--version", is_eager=True, callback=_show_version, help="Show the version and exit."),
    ] = False,
) -> None:
    """Your files on a Stowage server.

    Begin with `stowage register --email you@example.com`, then `stowage put FILE /`.
    """

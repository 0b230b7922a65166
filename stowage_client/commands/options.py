"""Options that many commands share."""

from enum import StrEnum
from typing import Annotated

import typer


class ConflictRule(StrEnum):
    """What to do about a name that is taken."""

    FAIL = "fail"
    RENAME = "rename"
    REPLACE = "replace"


class PlainConflictRule(StrEnum):
    """The same where nothing can be replaced."""

    FAIL = "fail"
    RENAME = "rename"


Url = Annotated[
    str | None,
    typer.Option(
        "--url",
        metavar="URL",
        help="The server; else STOWAGE_URL, else where you signed in last, else http://localhost:8080.",
    ),
]
OnConflict = Annotated[PlainConflictRule, typer.Option(help="If the name is taken: fail, or take another.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of text.")]
Quiet = Annotated[
    bool, typer.Option("-q", "--quiet", help="Print nothing but what failed; the exit code tells the rest.")
]
Parallel = Annotated[
    int,
    typer.Option("--parallel", min=1, max=64, help="Connections that move bytes at the same time."),
]
DryRun = Annotated[
    bool, typer.Option("-n", "--dry-run", help="Only say what would be done; change nothing, here or there.")
]
Exclude = Annotated[
    list[str],
    typer.Option(
        "--exclude",
        metavar="PATTERN",
        default_factory=list,
        show_default=False,
        help="Leave out what fits, as in a .gitignore; may be said several times, the last that fits decides.",
    ),
]
RemoteArgument = Annotated[str, typer.Argument(metavar="PATH", help="A path in the drive: /films/big.mkv")]
EmailOption = Annotated[str, typer.Option("--email", help="The address of the account.")]
DEFAULT_PARALLEL = 8

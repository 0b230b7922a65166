"""Bytes in and out."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from stowage_client.api.nodes import NodesApi
from stowage_client.bootstrap import Connection, Machine
from stowage_client.commands.options import (
    DEFAULT_PARALLEL,
    AsJson,
    ConflictRule,
    DryRun,
    Exclude,
    Parallel,
    Quiet,
    RemoteArgument,
    Url,
)
from stowage_client.commands.piping import PipeRequest, is_pipe, put_pipe
from stowage_client.commands.running import run
from stowage_client.console import Output, error_data, error_line
from stowage_client.errors import LocalError, UsageError
from stowage_client.formatting import count, duration, rate, size
from stowage_client.remote_path import RemotePath
from stowage_client.transfer.destination import find_destination
from stowage_client.transfer.exclusion import Exclusion
from stowage_client.transfer.get import GetOptions
from stowage_client.transfer.put import PutOptions
from stowage_client.transfer.report import NAMED_UP_TO, Kind, Outcome, Report
from stowage_client.transfer.walk import WalkRules
from stowage_client.transfer_tools import transfer_tools


def put(
    context: typer.Context,
    *,
    sources: Annotated[list[Path], typer.Argument(metavar="LOCAL…", help="Files and folders; - is a pipe.")],
    target: Annotated[
        str, typer.Argument(metavar="FOLDER/", help="Where to: a folder, or a file's new path.")
    ],
    conflict: Annotated[
        ConflictRule, typer.Option(help="If a name is taken: fail, take another name, or replace it.")
    ] = ConflictRule.FAIL,
    _recursive: Annotated[
        bool, typer.Option("-r", "--recursive", help="Folders are sent with all they hold, also without it.")
    ] = False,
    exclude: Exclude,
    parents: Annotated[bool, typer.Option("-p", "--parents", help="Make FOLDER/ if it is missing.")] = False,
    follow_links: Annotated[
        bool, typer.Option("-L", "--follow-links", help="Send what symbolic links in folders lead to.")
    ] = False,
    dry_run: DryRun = False,
    parallel: Parallel = DEFAULT_PARALLEL,
    url: Url = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Send files and folders.

    Run it again after Ctrl-C, a crash or a lost network, and it goes on where it stopped. What is there already,
    byte for byte, is not sent again: neither a file that has not changed, nor a big one that stands elsewhere in the
    drive, nor those parts of a changed one that are the same. The report says how much that was.

    ```
    stowage put big.mkv /films/
    stowage put big.mkv /films/metropolis.mkv
    stowage put -p photos letters /backup/2026/ --conflict replace
    stowage put -r code /backup/ --exclude node_modules/ --exclude '*.tmp' --dry-run
    set -o pipefail; tar c code | stowage put - /backup/code.tar
    ```

    A pipe (-) cannot be read twice: stopped, it begins anew. Say pipefail: nobody else sees that its program failed.
    """

    async def action(machine: Machine, connection: Connection, output: Output) -> None:
        where = RemotePath.parse(target)
        if is_pipe(sources, dry_run=dry_run):
            request = PipeRequest(where, conflict, parents, parallel)
            report = await put_pipe(machine, connection, output, request)
        else:
            rules = WalkRules(follow_links, Exclusion(exclude))
            with transfer_tools(machine, connection, output, parallel=parallel, dry_run=dry_run) as tools:
                maker = tools.folders if parents else None
                destination = await find_destination(NodesApi(connection.signed), where, sources, maker)
                report = await tools.put(sources, destination, PutOptions(conflict.value, rules, as_json))
        show_report(report, output, verb="Would send" if dry_run else "Sent")

    run(context, action, url=url, as_json=as_json, quiet=quiet)


def get(
    context: typer.Context,
    *,
    source: RemoteArgument,
    target: Annotated[
        str, typer.Argument(metavar="LOCAL", help="A folder here, or the file's new path.")
    ] = ".",
    recursive: Annotated[bool, typer.Option("-r", "--recursive", help="A folder with all it holds.")] = False,
    exclude: Exclude,
    force: Annotated[
        bool, typer.Option("-f", "--force", help="Replace other files that stand there.")
    ] = False,
    delete: Annotated[
        bool,
        typer.Option(
            "--delete",
            help="With -r: delete what stands in the folder here and not in the drive; try -n first.",
        ),
    ] = False,
    checksum: Annotated[
        bool,
        typer.Option(
            "-c", "--checksum", help="With -r: compare bytes, also where size and time are the same already."
        ),
    ] = False,
    dry_run: DryRun = False,
    parallel: Parallel = DEFAULT_PARALLEL,
    url: Url = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Fetch a file, or a folder with -r. Every byte is proven by its hash before the file appears.

    Run it again after Ctrl-C, a crash or a lost network, and it goes on where it stopped. Files of a folder get the
    time of their last change in the drive: where size and time are the same, the next run fetches nothing.

    ```
    stowage get /films/big.mkv
    stowage get /films/big.mkv /tmp/copy.mkv
    stowage get -r /photos . --exclude '*.raw'
    stowage get -r /photos /backup/ --force --delete    # /backup/photos is then like /photos
    ```

    Nothing outside of the folder is written or deleted, whatever the drive says, and no symbolic link is followed.
    What --exclude leaves out is not deleted either.
    """

    async def action(machine: Machine, connection: Connection, output: Output) -> None:
        if delete and not recursive:
            raise UsageError("--delete is for folders.", hint="Add -r.")
        options = GetOptions(
            recursive,
            force,
            exclusion=Exclusion(exclude),
            keep_all=as_json,
            delete=delete,
            compare_bytes=checksum,
        )
        with transfer_tools(machine, connection, output, parallel=parallel, dry_run=dry_run) as tools:
            report = await tools.get(RemotePath.parse(source), local_place(target), options)
        show_report(report, output, verb="Would fetch" if dry_run else "Fetched")

    run(context, action, url=url, as_json=as_json, quiet=quiet)


def local_place(text: str) -> Path:
    """Where something shall stand here. Raises LocalError if its folder is missing."""
    path = Path(text)
    folder = path if text.endswith("/") else path.parent
    if not folder.is_dir():
        raise LocalError(f"There is no folder {folder}.")
    return path


def show_report(report: Report, output: Output, *, verb: str) -> None:
    """Raises SomeFailed, or what a single one failed with."""
    failed = report.of("failed")
    if report.counts.total() == 1 and failed:  # a single failure is told by its error alone
        output.show(_data(report), [])
    else:
        output.show(_data(report), _lines(report, verb))
        for outcome in failed:
            output.remark(f"failed: {outcome.source}: {error_line(outcome.error)}" if outcome.error else "")
        if unnamed := report.counts["failed"] - len(failed):
            output.remark(f"failed: {unnamed:,} more")
    report.require_success()


def _data(report: Report) -> dict[str, Any]:
    return {
        "files": [_outcome_data(outcome) for outcome in report.outcomes],
        "folders_made": report.folders_made,
        "excluded": report.excluded,
        "bytes": report.bytes_done,
        "bytes_moved": report.bytes_moved,
        "bytes_saved": report.bytes_saved,
        "seconds": round(report.seconds, 3),
    }


def _outcome_data(outcome: Outcome) -> dict[str, Any]:
    return {
        "outcome": outcome.kind,
        "source": outcome.source,
        "target": outcome.target,
        "size": outcome.size_bytes,
        "node_id": outcome.node_id,
        "resumed": outcome.resumed,
        "why": outcome.why,
        "error": error_data(outcome.error) if outcome.error else None,
    }


def _lines(report: Report, verb: str) -> Iterator[str]:
    done = report.counts["done"] + report.counts["planned"]
    if done + report.counts["unchanged"] <= NAMED_UP_TO:
        yield from (f"{each.source} → {each.target}" for each in report.of("done") + report.of("planned"))
        yield from (f"{each.source} → {each.target}: unchanged" for each in report.of("unchanged"))
    if report.counts["deleted"] <= NAMED_UP_TO:
        yield from (f"deleted: {each.target}" for each in report.of("deleted"))
    skipped = report.of("skipped")
    yield from (f"skipped: {outcome.source}: {outcome.why}" for outcome in skipped)
    if unnamed := report.counts["skipped"] - len(skipped):
        yield f"skipped: {unnamed:,} more"
    counts = [count(done, "file")]
    kinds: tuple[Kind, ...] = ("unchanged", "deleted", "skipped", "failed")
    counts += [f"{report.counts[kind]:,} {kind}" for kind in kinds if report.counts[kind]]
    counts += [f"{report.excluded:,} excluded"] if report.excluded else []
    yield f"{verb} {', '.join(counts)}: {_amounts(report)}."


def _amounts(report: Report) -> str:
    if report.counts["planned"]:
        return size(report.bytes_done)
    moved, seconds = report.bytes_moved, report.seconds
    saved = f"; {size(report.bytes_saved)} were there already" if report.bytes_saved else ""
    return f"{size(moved)} in {duration(seconds)}, {rate(moved, seconds)}{saved}"

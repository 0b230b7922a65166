"""`stowage put -`: what another program writes becomes a file."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import IO

import typer

from stowage_client.api.nodes import NodesApi
from stowage_client.bootstrap import Connection, Machine
from stowage_client.commands.options import ConflictRule
from stowage_client.console import Output
from stowage_client.errors import ClientError, UsageError
from stowage_client.remote_path import RemotePath
from stowage_client.transfer.destination import find_destination
from stowage_client.transfer.jobs import UploadJob
from stowage_client.transfer.pipe import LABEL, Pipe
from stowage_client.transfer.report import Outcome, Report
from stowage_client.transfer.stream import metered
from stowage_client.transfer_tools import PipeTools, pipe_uploader

_NAME_HINT = "Say the file's name, too: stowage put - /backup/home.tar"


@dataclass(frozen=True, slots=True)
class PipeRequest:
    """What was asked for."""

    target: RemotePath
    conflict: ConflictRule
    parents: bool
    parallel: int


def is_pipe(sources: Sequence[Path], *, dry_run: bool) -> bool:
    """Whether it is the pipe that is to be sent. Raises UsageError for a pipe among files, or one only looked at."""
    if LABEL not in sources:
        return False
    if len(sources) > 1:
        raise UsageError(
            "- is what comes through a pipe, and stands alone.", hint="A file of that name is $PWD/-"
        )
    if dry_run:
        raise UsageError("A pipe can only be read by reading it: --dry-run is for files.")
    return True


async def put_pipe(machine: Machine, connection: Connection, output: Output, request: PipeRequest) -> Report:
    """Raises UsageError for a folder as its name or a terminal as the pipe, and what an upload ends with."""
    stream = typer.get_binary_stream("stdin")
    if request.target.wants_folder:
        raise UsageError(f"{request.target} is a folder.", hint=_NAME_HINT)
    if stream.isatty():
        raise UsageError(
            "Nothing comes through a pipe.", hint="Like so: tar c home | stowage put - /home.tar"
        )
    with pipe_uploader(machine, connection, output, parallel=request.parallel) as tools:
        return await _sent(tools, NodesApi(connection.signed), stream, request)


async def _sent(tools: PipeTools, nodes: NodesApi, stream: IO[bytes], request: PipeRequest) -> Report:
    report, started = Report(), monotonic()
    maker = tools.folders if request.parents else None
    destination = await find_destination(nodes, request.target, [LABEL], maker)
    if destination.new_name is None:
        raise UsageError(f"{request.target} is a folder.", hint=_NAME_HINT)
    job = UploadJob(LABEL, request.target, destination.base.folder_id, request.conflict.value)
    try:
        done = await tools.upload(job, Pipe(stream, on_bytes=metered(tools.meter)))
        report.add(Outcome("done", str(LABEL), str(done.path), done.size_bytes, node_id=done.node_id))
    except ClientError as error:
        report.fail(str(LABEL), str(request.target), error)
    finally:
        tools.meter.end(LABEL)
    report.seconds = monotonic() - started
    report.count_bytes(tools.meter)
    return report

"""What takes the server longer than a request: begun, waited for, looked at, ended."""

import asyncio
from dataclasses import asdict
from typing import Annotated

import typer

from stowage_client.api.jobs import Job, JobsApi
from stowage_client.api.nodes import NodesApi
from stowage_client.api.trash import TrashApi
from stowage_client.bootstrap import Connection, Machine
from stowage_client.commands.options import AsJson, OnConflict, PlainConflictRule, Url
from stowage_client.commands.places import in_trash, new_place
from stowage_client.commands.running import run
from stowage_client.console import Output, node_data
from stowage_client.errors import ClientError, ExitCode, UsageError
from stowage_client.formatting import count, moment
from stowage_client.remote_path import RemotePath

_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.1, 2.0

Wait = Annotated[
    bool, typer.Option("--wait/--no-wait", help="Until it is done, or let the server do it alone.")
]


class JobFailed(ClientError):
    """The server gave it up, and undid what it had done of it."""

    def __init__(self, job: Job) -> None:
        super().__init__(job.error_detail or f"The job was {job.state}.")
        self._code = job.error_code or f"job_{job.state}"

    @property
    def stable_code(self) -> str:
        return self._code


class LeftRunning(ClientError):
    """The person waits no longer; the server goes on."""

    code = "left_running"
    exit_code = ExitCode.INTERRUPTED


def cp(
    context: typer.Context,
    *,
    source: Annotated[str, typer.Argument(metavar="PATH", help="What to copy.")],
    target: Annotated[
        str, typer.Argument(metavar="TARGET", help="A folder to copy it into, or the copy's path.")
    ],
    conflict: OnConflict = PlainConflictRule.FAIL,
    wait: Wait = True,
    url: Url = None,
    as_json: AsJson = False,
) -> None:
    """Copy a file or a folder on the server: no bytes travel. A folder's copy appears when it is complete.

    ```
    stowage cp /films/big.mkv /archive/
    stowage cp /films /films-2026 --no-wait
    ```
    """

    async def action(machine: Machine, connection: Connection, output: Output) -> None:
        nodes, jobs = NodesApi(connection.signed), JobsApi(connection.signed)
        old = RemotePath.parse(source)
        if old.is_root:
            raise UsageError("The drive itself cannot be copied.")
        node = await nodes.at(old)
        folder, _, name = await new_place(nodes, RemotePath.parse(target), old.name)
        begun = await jobs.copy(node.id, parent_id=folder.id, name=name, conflict=conflict.value)
        if isinstance(begun, Job):
            if not wait:
                _show_jobs(output, [begun])
                return
            ended = await _ended(machine, jobs, begun)
            begun = await nodes.get(str(ended.node_id))
        path = await nodes.path_of(begun.id)
        output.show(node_data(begun, str(path)), [f"{path} is a copy of {old}."])

    run(context, action, url=url, as_json=as_json)


def purge(
    context: typer.Context,
    *,
    what: Annotated[
        list[str] | None, typer.Argument(metavar="PATH|ID…", help="Where it was, or its id in the trash.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Empty the trash.")] = False,
    yes: Annotated[bool, typer.Option("-y", "--yes", help="Do not ask.")] = False,
    wait: Wait = True,
    url: Url = None,
    as_json: AsJson = False,
) -> None:
    """Delete for ever what is in the trash, with all its versions. Nothing brings it back.

    ```
    stowage purge /films/big.mkv
    stowage purge --all
    ```
    """

    async def action(machine: Machine, connection: Connection, output: Output) -> None:
        if bool(what) == everything:
            raise UsageError("Say what to delete for ever, or --all.")
        jobs, trash = JobsApi(connection.signed), TrashApi(connection.signed)
        # All are found before the first one goes.
        ids = [(await in_trash(trash, each)).node.id for each in what or ()]
        if machine.watched and not yes:
            them = "All that is in the trash" if everything else count(len(ids), "item")
            typer.confirm(f"{them} will be gone for ever. Go on?", abort=True, err=True)
        begun = [await jobs.delete_for_ever(each) for each in ids] or [await jobs.empty_trash()]
        ended = [await _ended(machine, jobs, job) for job in begun] if wait else begun
        if wait:
            items = count(sum(job.done for job in ended), "item")
            output.show({"items": [asdict(job) for job in ended]}, [f"{items} deleted for ever."])
        else:
            _show_jobs(output, ended)

    run(context, action, url=url, as_json=as_json)


def jobs(context: typer.Context, *, url: Url = None, as_json: AsJson = False) -> None:
    """List what the server does for you, and did in the last seven days, latest first."""

    async def action(machine: Machine, connection: Connection, output: Output) -> None:
        _show_jobs(output, [job async for job in JobsApi(connection.signed).all()])

    run(context, action, url=url, as_json=as_json)


def cancel(
    context: typer.Context,
    *,
    job_id: Annotated[str, typer.Argument(metavar="JOB", help="Its id, as stowage jobs shows it.")],
    url: Url = None,
    as_json: AsJson = False,
) -> None:
    """End a job. A copy vanishes; what was deleted for ever stays so; one that has ended stays as it is."""

    async def action(machine: Machine, connection: Connection, output: Output) -> None:
        _show_jobs(output, [await JobsApi(connection.signed).cancel(job_id)])

    run(context, action, url=url, as_json=as_json)


async def _ended(machine: Machine, jobs: JobsApi, job: Job) -> Job:
    """Raises JobFailed, LeftRunning on Ctrl-C."""
    seconds = _FIRST_PAUSE_SECONDS
    try:
        while not job.has_ended:
            await machine.pause(seconds)
            seconds = min(seconds * 2, _LONGEST_PAUSE_SECONDS)
            job = await jobs.get(job.id)
    except asyncio.CancelledError:
        hint = f"stowage jobs shows how far it is, stowage cancel {job.id} ends it."
        raise LeftRunning("The server goes on with it.", hint=hint) from None
    if job.state != "done":
        raise JobFailed(job)
    return job


def _show_jobs(output: Output, shown: list[Job]) -> None:
    output.show({"items": [asdict(job) for job in shown]}, map(_line, shown))


def _line(job: Job) -> str:
    of = "" if job.total is None else f" of {job.total:,}"
    why = f"  {job.error_detail}" if job.error_detail else ""
    return f"{job.id}  {moment(job.created_at)}  {job.kind:<11}  {job.state:<9}  {job.done:,}{of}{why}"

"""Uploads that have not ended: listed, looked into, gone on with from anywhere, ended."""

import re
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from stowage_client.api.nodes import NodesApi
from stowage_client.api.upload_models import KnownPart, Upload
from stowage_client.api.uploads import UploadsApi
from stowage_client.bootstrap import Connection, Machine
from stowage_client.commands.listing_group import ListingGroup
from stowage_client.commands.options import DEFAULT_PARALLEL, AsJson, ConflictRule, Parallel, Quiet, Url
from stowage_client.commands.running import run
from stowage_client.commands.transfer import show_report
from stowage_client.console import Output
from stowage_client.errors import ApiError, UsageError
from stowage_client.formatting import count, moment, size
from stowage_client.layout import spans, stream_spans
from stowage_client.transfer_tools import upload_resumer

_ID = re.compile(r"[0-9a-f]{32}")
UploadId = Annotated[str, typer.Argument(metavar="UPLOAD", help="Its id, as stowage uploads shows it.")]


def make_uploads() -> typer.Typer:
    """The verbs of `stowage uploads`."""
    verbs = typer.Typer(cls=ListingGroup, no_args_is_help=False, rich_markup_mode="markdown")
    for verb in (list_, show, resume, cancel):
        verbs.command(verb.__name__.rstrip("_"))(verb)
    return verbs


def list_(context: typer.Context, *, url: Url = None, as_json: AsJson = False) -> None:
    """List your uploads that have not ended, latest first, whichever device began them. `list` need not be said."""

    async def action(machine: Machine, connection: Connection, output: Output) -> None:
        found = [upload async for upload in UploadsApi(connection.signed).all()]
        output.show({"items": [asdict(upload) for upload in found]}, map(_line, found))

    run(context, action, url=url, as_json=as_json)


def show(context: typer.Context, *, upload_id: UploadId, url: Url = None, as_json: AsJson = False) -> None:
    """Show where an upload goes to and which of its parts have arrived."""

    async def action(machine: Machine, connection: Connection, output: Output) -> None:
        uploads = UploadsApi(connection.signed)
        upload = await uploads.get(_checked(upload_id))
        parts = await uploads.parts(upload.id)
        folder = await _folder(NodesApi(connection.signed), upload)
        data = {
            **asdict(upload),
            "folder": folder,
            "arrived": [part.number for part in parts if part.reported],
        }
        output.show(data, _lines(upload, folder, parts))

    run(context, action, url=url, as_json=as_json)


def resume(
    context: typer.Context,
    *,
    upload_id: UploadId,
    source: Annotated[
        Path | None, typer.Argument(metavar="LOCAL", help="The file; not needed once all has arrived.")
    ] = None,
    conflict: Annotated[
        ConflictRule | None, typer.Option(help="Another rule for a name that is taken than at its beginning.")
    ] = None,
    parallel: Parallel = DEFAULT_PARALLEL,
    url: Url = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Go on with an upload that another process, another device or an earlier session of yours began.

    What has arrived is hashed here, to be sure that it is the same file, and not sent again. On the machine where it
    began, the same `stowage put` does it too.

    ```
    stowage uploads
    stowage uploads resume e4da3b7fbbce2345d7772b0674a318d5 /mnt/disk/holiday.mkv
    ```
    """

    async def action(machine: Machine, connection: Connection, output: Output) -> None:
        elsewhere = {"conflict": conflict.value} if conflict else {}
        with upload_resumer(machine, connection, output, parallel=parallel) as resume_upload:
            report = await resume_upload(_checked(upload_id), source, elsewhere)
        show_report(report, output, verb="Sent")

    run(context, action, url=url, as_json=as_json, quiet=quiet)


def cancel(
    context: typer.Context,
    *,
    upload_ids: Annotated[list[str], typer.Argument(metavar="UPLOAD…", help="Their ids.")],
    yes: Annotated[bool, typer.Option("-y", "--yes", help="Do not ask.")] = False,
    url: Url = None,
    as_json: AsJson = False,
) -> None:
    """End uploads; what has arrived of them is thrown away."""

    async def action(machine: Machine, connection: Connection, output: Output) -> None:
        ids = [_checked(each) for each in upload_ids]
        them = count(len(ids), "upload")
        if machine.watched and not yes:
            typer.confirm(f"What has arrived of {them} will be gone. Go on?", abort=True, err=True)
        for each in ids:
            await UploadsApi(connection.signed).abort(each)
        output.show({"ids": ids}, [f"{them} ended."])

    run(context, action, url=url, as_json=as_json)


def _checked(upload_id: str) -> str:
    if not _ID.fullmatch(upload_id):
        raise UsageError(f"{upload_id} is no upload's id.", hint="stowage uploads lists them.")
    return upload_id


async def _folder(nodes: NodesApi, upload: Upload) -> str | None:
    """Where it goes to; None if the folder is gone."""
    try:
        return str(await nodes.path_of(upload.folder_id))
    except ApiError as error:
        if error.status != 404:
            raise
        return None


def _line(upload: Upload) -> str:
    return f"{upload.id}  {moment(upload.created_at)}  {upload.state:<10}  {_size(upload):>10}  {upload.name}"


def _lines(upload: Upload, folder: str | None, parts: list[KnownPart]) -> Iterator[str]:
    yield f"{upload.name}, {_size(upload)}, to {folder or 'a folder that is gone'}"
    yield f"{upload.state}; begun {moment(upload.created_at)}, dropped {moment(upload.expires_at)} unless gone on with"
    if upload.failure_detail:
        yield f"stopped: {upload.failure_detail} ({upload.failure_code})"
    arrived = {part.number for part in parts if part.reported}
    if upload.size is None:
        all_spans, of = stream_spans(), ""
    else:
        all_spans, of = spans(upload.layout, upload.size), f" of {count(upload.part_count, 'part')}"
    arrived_bytes = sum(span.size_bytes for span in all_spans if span.number in arrived)
    yield f"{len(arrived):,}{of or ' parts'} arrived, {size(arrived_bytes)}"


def _size(upload: Upload) -> str:
    return "length open" if upload.size is None else size(upload.size)

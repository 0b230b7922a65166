"""What a file here would be called by its content."""

from pathlib import Path
from typing import Annotated, Any

import typer

from stowage_client.commands.options import AsJson
from stowage_client.commands.running import run_here
from stowage_client.console import Output, error_line
from stowage_client.errors import ClientError, SomeFailed
from stowage_client.layout import layout_of
from stowage_client.transfer.comparison import hash_of
from stowage_client.transfer.crew import Crew
from stowage_client.transfer.source import SourceFile


def hash_(
    *,
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Files on this machine.")],
    as_json: AsJson = False,
) -> None:
    """Show the content hash that a file would have in the drive, without asking a server.

    It is the SHA-256 over the SHA-256s of the file's parts, which `stowage ls --json` shows as content_hash.
    What was sent without its length being known is divided otherwise (its `layout` says so), and hashes otherwise.

    ```
    stowage hash holiday.mkv
    ```
    """

    async def action(output: Output) -> None:
        crew, items, failures = Crew(movers=1), [], []
        try:
            for path in files:
                try:
                    items.append(await _hashed(crew, path))
                except ClientError as error:
                    failures.append(error)
        finally:
            crew.dismiss()
        output.show({"items": items}, (f"{item['content_hash']}  {item['path']}" for item in items))
        _tell(failures, output, of=len(files))

    run_here(action, as_json=as_json)


async def _hashed(crew: Crew, path: Path) -> dict[str, Any]:
    with SourceFile(path) as file:
        layout = layout_of(file.size_bytes)
        content_hash = await hash_of(crew, file, layout)
        file.require_unchanged()
        return {
            "path": str(path),
            "size": file.size_bytes,
            "layout": layout,
            "content_hash": content_hash,
        }


def _tell(failures: list[ClientError], output: Output, *, of: int) -> None:
    """Raises what failed, if something did."""
    if of == 1 and failures:
        raise failures[0]
    for failure in failures:
        output.remark(f"failed: {error_line(failure)}")
    if failures:
        raise SomeFailed(len(failures), {failure.exit_code for failure in failures}, of=of)

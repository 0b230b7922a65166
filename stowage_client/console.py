"""What a command prints: for people, or as one JSON document for programs. Errors go to stderr."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

import typer

from stowage_client.api.models import Node
from stowage_client.errors import ClientError
from stowage_client.formatting import visible


class Output:
    """Prints results and errors in the form that the person asked for; if `quiet`, of text only what failed."""

    def __init__(self, *, as_json: bool, quiet: bool = False) -> None:
        self.as_json = as_json
        self.quiet = quiet

    def show(self, data: object, lines: Iterable[str]) -> None:
        """`data` for programs, `lines` for people."""
        if self.as_json:
            typer.echo(json.dumps(data, default=_plain))
            return
        for line in () if self.quiet else lines:
            typer.echo(visible(line))

    def error(self, error: ClientError) -> None:
        if self.as_json:
            typer.echo(json.dumps({"error": error_data(error)}), err=True)
            return
        typer.echo(f"stowage: {visible(error_line(error))}", err=True)
        if error.hint:
            typer.echo(f"  {visible(error.hint)}", err=True)

    def remark(self, text: str) -> None:
        """Something beside the result; programs do not need it."""
        if not self.as_json:
            typer.echo(visible(text), err=True)


def error_line(error: ClientError) -> str:
    marks = [error.stable_code] + ([f"request {error.request_id}"] if error.request_id else [])
    return f"{error.detail} ({', '.join(marks)})"


def error_data(error: ClientError) -> dict[str, Any]:
    return {
        "code": error.stable_code,
        "detail": error.detail,
        "hint": error.hint,
        "request_id": error.request_id,
        "exit_code": int(error.exit_code),
    }


def node_data(node: Node, path: str) -> dict[str, Any]:
    return {"path": path, **asdict(node)}


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return str(value)

"""`python -m <service> migrate …`, the same for every service that owns tables."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import boto3
import typer
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from chassis.settings import load
from migrations.history import migrate_up, standing
from migrations.tables import Attribute, Engine, Index, TableSpec

_INDEX_HELP = (
    "NAME, or NAME:RANGE, of a global index's keys; repeatable. Local indexes are not offered: "
    "they would pin every partition to one place and 10 GB for ever."
)


class MigrationSettings(BaseSettings):
    """Which DynamoDB, and which tables of it."""

    model_config = SettingsConfigDict(extra="ignore", populate_by_name=True)

    table_prefix: str = Field("stowage_", validation_alias="STOWAGE_TABLE_PREFIX")
    dynamodb_endpoint: str | None = Field(None, validation_alias="DYNAMODB_ENDPOINT")
    aws_region: str = Field("us-east-1", validation_alias="AWS_REGION")


def app_for(service: str) -> typer.Typer:
    """The command group of one service's package."""
    app = typer.Typer(
        help=f"The tables of {service}: bring them up to date, or make one by hand.", no_args_is_help=True
    )

    @app.command()
    def up() -> None:
        """Apply every migration that was not applied yet. Safe to run twice, and by two at once."""
        with _words_for_trouble():
            count = migrate_up(_engine(), service)
        typer.echo(f"{service}: {count} applied" if count else f"{service}: nothing to do")

    @app.command()
    def status() -> None:
        """Show each migration and when it was applied. Exit code 1 if some are missing."""
        with _words_for_trouble():
            rows = standing(_engine(), service)
        for row in rows:
            typer.echo(f"{row.migration.version}  {row.applied_at or 'missing':25}  {row.migration.title}")
        if any(row.applied_at is None for row in rows):
            raise typer.Exit(1)

    @app.command()
    def create(
        table_name: Annotated[str, typer.Option(help="Without the prefix")],
        primary_key: Annotated[str, typer.Option(help="The partition key; NAME or NAME:N for a number")],
        range_key: Annotated[str | None, typer.Option(help="The sort key; NAME or NAME:N")] = None,
        index: Annotated[list[str] | None, typer.Option(help=_INDEX_HELP)] = None,
        ttl: Annotated[
            str | None, typer.Option(help="The attribute that holds an expiry in Unix seconds")
        ] = None,
    ) -> None:
        """Make one table by hand, and wait until it is active. One that is there is completed, never changed."""
        spec = TableSpec(
            table_name, _attribute(primary_key), _optional(range_key), tuple(map(_index, index or [])), ttl
        )
        with _words_for_trouble():
            engine = _engine()
            engine.ensure_table(spec)
        typer.echo(f"{engine.prefix}{table_name}: active")

    @app.command()
    def update(
        table_name: Annotated[str, typer.Option(help="Without the prefix")],
        index: Annotated[list[str] | None, typer.Option(help=_INDEX_HELP)] = None,
        ttl: Annotated[
            str | None, typer.Option(help="The attribute that holds an expiry in Unix seconds")
        ] = None,
    ) -> None:
        """Add indexes or an expiry to a table that is there, and wait until they are active."""
        with _words_for_trouble():
            engine = _engine()
            for each in map(_index, index or []):
                engine.ensure_index(table_name, each)
            if ttl is not None:
                engine.ensure_ttl(table_name, ttl)
        typer.echo(f"{engine.prefix}{table_name}: active")

    return app


@contextmanager
def _words_for_trouble() -> Iterator[None]:
    """Ends the command with one line instead of a traceback, if it is DynamoDB that says no."""
    try:
        yield
    except (ClientError, BotoCoreError, TimeoutError) as error:
        raise SystemExit(f"DynamoDB: {error}") from None


def _engine() -> Engine:
    settings = load(MigrationSettings)
    client = boto3.client(
        "dynamodb",
        endpoint_url=settings.dynamodb_endpoint,
        region_name=settings.aws_region,
        config=Config(
            connect_timeout=5, read_timeout=60, retries={"mode": "standard", "total_max_attempts": 5}
        ),
    )
    return Engine(client, settings.table_prefix, typer.echo)


def _attribute(text: str) -> Attribute:
    name, _, kind = text.partition(":")
    if not name or kind not in ("", "S", "N", "B"):
        raise typer.BadParameter(f"{text!r}: say NAME, or NAME:N for a number, NAME:B for bytes")
    return Attribute(name, kind or "S")


def _optional(text: str | None) -> Attribute | None:
    return None if text is None else _attribute(text)


def _index(text: str) -> Index:
    partition, _, sort = text.partition(":")
    if not partition:
        raise typer.BadParameter(f"{text!r}: say NAME or NAME:RANGE")
    return Index(text.replace(":", "-"), Attribute(partition), Attribute(sort) if sort else None)

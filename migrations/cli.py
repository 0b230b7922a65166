"""`python -m <service> migrate …`, the same for every service that owns tables."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from botocore.exceptions import BotoCoreError, ClientError
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from chassis.settings import load
from migrations.history import migrate_up, standing
from migrations.tables import Attribute, Engine, Index, MigrationError, TableSpec

_TableName = Annotated[str, typer.Option(help="Its name without the prefix of STOWAGE_TABLE_PREFIX.")]
_Indexes = Annotated[
    list[str] | None,
    typer.Option(
        help="A global secondary index by its keys: PARTITION, PARTITION:SORT, or PARTITION:SORT:N "
        "if it sorts by number. Repeatable. It is named after its keys (`owner`, `owner-created_at`)."
    ),
]
_NO_LOCAL_INDEXES = (
    "A local index pins all rows of a partition key to one place, and to 10 GB, from the table's birth to its end: "
    "use --index."
)
_LocalIndexes = Annotated[list[str] | None, typer.Option(help=f"Refused. {_NO_LOCAL_INDEXES}")]
_Ttl = Annotated[
    str | None, typer.Option(help="The attribute with the time, in Unix seconds, when a row expires.")
]


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

    app.command()(create)
    app.command()(update)
    return app


def create(
    table_name: _TableName,
    primary_key: Annotated[str, typer.Option(help="The partition key: NAME, or NAME:N for a number.")],
    range_key: Annotated[str | None, typer.Option(help="The sort key, said in the same way.")] = None,
    index: _Indexes = None,
    local_index: _LocalIndexes = None,
    ttl: _Ttl = None,
) -> None:
    """Make one table by hand, and wait until it is active.

    One that is there gets what it lacks. Keys are text unless said otherwise, and cannot be changed later.

    Example: create --table-name users --primary-key ID --range-key email --index email
    """
    _refuse_local(local_index)
    sort_key = None if range_key is None else _attribute(range_key)
    spec = TableSpec(table_name, _attribute(primary_key), sort_key, tuple(map(_index, index or [])), ttl)
    with _words_for_trouble():
        engine = _engine()
        engine.ensure_table(spec)
    typer.echo(f"{engine.prefix}{table_name}: active")


def update(
    table_name: _TableName, index: _Indexes = None, local_index: _LocalIndexes = None, ttl: _Ttl = None
) -> None:
    """Add indexes or an expiry to a table that is there, and wait until they are active.

    Example: update --table-name users --index state:created_at:N
    """
    _refuse_local(local_index)
    with _words_for_trouble():
        engine = _engine()
        for each in map(_index, index or []):
            engine.ensure_index(table_name, each)
        if ttl is not None:
            engine.ensure_ttl(table_name, ttl)
    typer.echo(f"{engine.prefix}{table_name}: active")


@contextmanager
def _words_for_trouble() -> Iterator[None]:
    """Ends the command with one line instead of a traceback, if DynamoDB or the tables as they are say no."""
    try:
        yield
    except (ClientError, BotoCoreError) as error:
        raise SystemExit(f"DynamoDB: {error}") from None
    except MigrationError as error:
        raise SystemExit(str(error)) from None


def _engine() -> Engine:
    # Here, so that a service that only wants to serve does not wait for it.
    import boto3
    from botocore.config import Config

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


def _refuse_local(local_index: list[str] | None) -> None:
    if local_index:
        raise typer.BadParameter(_NO_LOCAL_INDEXES)


def _attribute(text: str) -> Attribute:
    name, _, kind = text.partition(":")
    if not name or kind not in ("", "S", "N", "B"):
        raise typer.BadParameter(f"{text!r}: say NAME, or NAME:N for a number, NAME:B for bytes")
    return Attribute(name, kind or "S")


def _index(text: str) -> Index:
    partition, _, sort = text.partition(":")
    if not partition or text.endswith(":"):
        raise typer.BadParameter(f"{text!r}: say PARTITION, PARTITION:SORT or PARTITION:SORT:N")
    sort_key = _attribute(sort) if sort else None
    name = partition if sort_key is None else f"{partition}-{sort_key.name}"
    return Index(name, Attribute(partition), sort_key)

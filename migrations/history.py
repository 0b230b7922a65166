"""Which migrations there are, which were applied, and applying the rest in order."""

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

from botocore.exceptions import ClientError

from migrations.tables import Attribute, Engine, TableSpec, code_of

RECORD = TableSpec("migrations", Attribute("service"), Attribute("version"))


@dataclass(frozen=True, slots=True)
class Migration:
    """One step of a service's tables.

    `apply` may be repeated, and be run by two at once: there is no lock that a killed run would leave behind.
    Once released, a migration is never changed; the next one corrects it.
    """

    version: str
    title: str
    apply: Callable[[Engine], None]


@dataclass(frozen=True, slots=True)
class Standing:
    """A migration and when it was applied (RFC 3339), None if it was not."""

    migration: Migration
    applied_at: str | None


def migrations_of(service: str) -> list[Migration]:
    """The modules `v0001_….py` of `migrations/<service>`, in order."""
    package = importlib.import_module(f"migrations.{service}")
    names = sorted(module.name for module in pkgutil.iter_modules(package.__path__))
    found = []
    for name in names:
        module = importlib.import_module(f"{package.__name__}.{name}")
        version, _, _ = name.partition("_")
        title = (module.__doc__ or name).strip().splitlines()[0]
        found.append(Migration(version, title, cast("Callable[[Engine], None]", module.apply)))
    return found


def standing(engine: Engine, service: str) -> list[Standing]:
    """Every migration of a service, with its time of application."""
    applied = _applied(engine, service)
    return [Standing(migration, applied.get(migration.version)) for migration in migrations_of(service)]


def migrate_up(engine: Engine, service: str) -> int:
    """Applies what is missing, each recorded when it is done; returns how many were.

    Killed half-way, the step that was not recorded is taken again. Two at once take the same steps, harmlessly.
    """
    pending = [each.migration for each in standing(engine, service) if each.applied_at is None]
    if pending:
        engine.ensure_table(RECORD)
    for migration in pending:
        engine.say(f"{service} {migration.version}: {migration.title}")
        migration.apply(engine)
        _record(engine, service, migration)
    return len(pending)


def _applied(engine: Engine, service: str) -> dict[str, str]:
    try:
        answer = engine.client.query(
            TableName=engine.prefix + RECORD.name,
            KeyConditionExpression="service = :service",
            ExpressionAttributeValues={":service": {"S": service}},
            ConsistentRead=True,
        )
    except ClientError as error:
        if code_of(error) != "ResourceNotFoundException":
            raise
        return {}
    return {item["version"]["S"]: item["applied_at"]["S"] for item in answer["Items"]}


def _record(engine: Engine, service: str, migration: Migration) -> None:
    try:
        engine.client.put_item(
            TableName=engine.prefix + RECORD.name,
            Item={
                "service": {"S": service},
                "version": {"S": migration.version},
                "title": {"S": migration.title},
                "applied_at": {"S": datetime.now(UTC).isoformat(timespec="seconds")},
            },
            ConditionExpression="attribute_not_exists(service)",
        )
    except ClientError as error:
        # The other of two at once recorded it first.
        if code_of(error) != "ConditionalCheckFailedException":
            raise

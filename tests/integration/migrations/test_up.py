"""Bringing tables up to date: once, twice, by two at once, and after a kill at any moment."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from migrations.history import migrate_up, migrations_of, standing
from migrations.tables import Engine
from tests.integration.migrations.conftest import engine_of, tables_of
from tests.integration.migrations.stopping import HANGS

SERVICES = ["user_service", "file_metadata_service", "file_upload_service"]
DUE = ("ACTIVE", "due_shard:S", "due_at:N", "ALL")
BY_USER = ("ACTIVE", "userid:S", "KEYS_ONLY")


def table(*keys: str, ttl: str | None = None, **indexes: tuple[str, ...]) -> dict[str, Any]:
    return {"status": "ACTIVE", "keys": list(keys), "indexes": indexes, "ttl": ttl}


# The design's table of tables, but for jobs and due dates of which it names only the index.
DESIGNED = {
    "users": table("ID:S", "email:S", email=("ACTIVE", "email:S", "ALL")),
    "user_emails": table("email:S"),
    "sessions": table("userid:S", "sessionid:S", ttl="expires_at"),
    "drives": table("driveid:S"),
    "files": table("id:S", "userid:S", userid=BY_USER, folderid=("ACTIVE", "folderid:S", "KEYS_ONLY")),
    "folders": table("id:S", "userid:S", userid=BY_USER),
    "entries": table(
        "folderid:S",
        "entry_key:S",
        by_updated=("ACTIVE", "folderid:S", "updated_key:S", "ALL"),
        by_size=("ACTIVE", "folderid:S", "size_key:S", "ALL"),
    ),
    "versions": table("fileid:S", "number:N", due=DUE, userid=BY_USER),
    "journal": table("driveid:S", "seq:N"),
    "commands": table("driveid:S", "command_key:S", ttl="expires_at"),
    "trash": table("driveid:S", "trash_key:S", due=DUE),
    "blobs": table(
        "blobid:S",
        ttl="expires_at",
        content=("ACTIVE", "content_key:S", "KEYS_ONLY"),
        zero=("ACTIVE", "zero_shard:S", "zero_since:N", "ALL"),
    ),
    "jobs": table("jobid:S", due=DUE, by_drive=("ACTIVE", "listed_for:S", "created_at:N", "KEYS_ONLY")),
    "upload_parts": table(
        "uploadid:S", "userid:S", due=DUE, owner=("ACTIVE", "owner:S", "created_at:N", "ALL")
    ),
    "migrations": table("service:S", "version:S"),
}


def test_the_tables_are_as_designed(engine: Engine) -> None:
    for service in SERVICES:
        migrate_up(engine, service)

    assert tables_of(engine) == DESIGNED


@pytest.mark.parametrize("service", SERVICES)
def test_a_second_run_finds_nothing_to_do(engine: Engine, service: str) -> None:
    assert migrate_up(engine, service) == len(migrations_of(service))
    before = standing(engine, service)

    assert migrate_up(engine, service) == 0
    assert standing(engine, service) == before


@pytest.mark.parametrize("service", SERVICES)
def test_two_at_once_both_succeed(dynamodb_endpoint: str, table_prefix: str, service: str) -> None:
    engines = [engine_of(dynamodb_endpoint, table_prefix) for _ in range(2)]
    start = Barrier(2)

    def run(engine: Engine) -> None:
        start.wait()
        migrate_up(engine, service)

    with ThreadPoolExecutor(2) as threads:
        for each in [threads.submit(run, engine) for engine in engines]:
            each.result()

    assert all(row.applied_at for row in standing(engines[0], service))
    assert tables_of(engines[0]).keys() <= DESIGNED.keys()


def hang_and_kill(endpoint: str, engine: Engine, service: str, call: int) -> None:
    arguments = [endpoint, engine.prefix, service, str(call)]
    with subprocess.Popen(
        [sys.executable, "-m", "tests.integration.migrations.stopping", *arguments],
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == HANGS
        process.kill()


# Right after: the record's table; the first table, without its backups; the second; everything but the record.
@pytest.mark.parametrize("call", [2, 5, 9, 18])
def test_a_run_that_was_killed_is_finished_by_the_next(
    dynamodb_endpoint: str, engine: Engine, call: int
) -> None:
    hang_and_kill(dynamodb_endpoint, engine, "user_service", call)
    assert standing(engine, "user_service")[0].applied_at is None

    migrate_up(engine, "user_service")

    assert tables_of(engine) == {
        name: DESIGNED[name] for name in ("users", "user_emails", "sessions", "migrations")
    }
    assert standing(engine, "user_service")[0].applied_at

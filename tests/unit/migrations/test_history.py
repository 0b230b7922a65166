"""What migrations there are, by service."""

import importlib

import pytest

from migrations.history import migrations_of
from migrations.tables import TableSpec

SERVICES = ["user_service", "file_metadata_service", "file_upload_service"]


@pytest.mark.parametrize("service", SERVICES)
def test_versions_count_up_from_one_without_gap(service: str) -> None:
    versions = [migration.version for migration in migrations_of(service)]

    assert versions == [f"v{number:04}" for number in range(1, len(versions) + 1)]


@pytest.mark.parametrize("service", SERVICES)
def test_each_migration_says_what_it_is_for(service: str) -> None:
    assert all(len(migration.title) > 10 for migration in migrations_of(service))


def first_tables(service: str) -> dict[str, TableSpec]:
    modules = importlib.import_module(f"migrations.{service}").__path__
    assert modules
    names = {
        "user_service": "v0001_accounts_and_sessions",
        "file_metadata_service": "v0001_drives_and_nodes",
        "file_upload_service": "v0001_upload_parts",
    }
    module = importlib.import_module(f"migrations.{service}.{names[service]}")
    return {spec.name: spec for spec in module.TABLES}


def test_a_table_has_one_writer() -> None:
    names = [name for service in SERVICES for name in first_tables(service)]

    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("service", "table", "keys"),
    [
        ("user_service", "users", ("ID", "email")),
        ("file_metadata_service", "files", ("id", "userid")),
        ("file_metadata_service", "folders", ("id", "userid")),
        ("file_upload_service", "upload_parts", ("uploadid", "userid")),
    ],
)
def test_the_first_four_tables_have_the_original_s_keys(
    service: str, table: str, keys: tuple[str, str]
) -> None:
    spec = first_tables(service)[table]

    assert spec.sort_key is not None
    assert (spec.partition_key.name, spec.sort_key.name) == keys

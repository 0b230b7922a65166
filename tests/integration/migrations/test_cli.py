"""The command line on a real engine."""

from collections.abc import Callable

import pytest
from typer.testing import CliRunner, Result

from local_stack.ports import free_port
from migrations.cli import app_for
from migrations.tables import Engine
from tests.integration.migrations.conftest import tables_of

Migrate = Callable[..., Result]


@pytest.fixture
def migrate(dynamodb_endpoint: str, table_prefix: str) -> Migrate:
    environment = {"DYNAMODB_ENDPOINT": dynamodb_endpoint, "STOWAGE_TABLE_PREFIX": table_prefix}

    def run(*arguments: str, **more: str) -> Result:
        return CliRunner().invoke(app_for("user_service"), list(arguments), env=environment | more)

    return run


def test_up_and_status_tell_what_was_done(migrate: Migrate) -> None:
    missing = migrate("status")
    first, second = migrate("up"), migrate("up")
    done = migrate("status")

    assert (missing.exit_code, first.exit_code, second.exit_code, done.exit_code) == (1, 0, 0, 0)
    assert "missing" in missing.output
    assert "1 applied" in first.output
    assert "nothing to do" in second.output
    assert "v0001" in done.output
    assert "missing" not in done.output


CREATE = ["create", "--table-name", "users", "--primary-key", "ID", "--range-key", "email"]


def test_create_makes_the_original_s_table(migrate: Migrate, engine: Engine) -> None:
    result = migrate(*CREATE, "--index", "email")

    assert result.exit_code == 0, result.output
    assert tables_of(engine)["users"] == {
        "status": "ACTIVE",
        "keys": ["ID:S", "email:S"],
        "indexes": {"email": ("ACTIVE", "email:S", "ALL")},
        "ttl": None,
    }


def test_create_again_adds_what_is_missing(migrate: Migrate, engine: Engine) -> None:
    migrate(*CREATE)

    result = migrate(*CREATE, "--index", "state:created_at:N", "--ttl", "expires_at")

    assert result.exit_code == 0, result.output
    users = tables_of(engine)["users"]
    assert users["indexes"] == {"state-created_at": ("ACTIVE", "state:S", "created_at:N", "ALL")}
    assert users["ttl"] == "expires_at"


def test_create_with_other_keys_is_refused_in_words(migrate: Migrate) -> None:
    migrate(*CREATE)

    result = migrate("create", "--table-name", "users", "--primary-key", "email")

    assert result.exit_code == 1
    assert "with other keys: ID (S), email (S)" in str(result.exception)


def test_update_adds_an_index_to_a_table_with_rows(migrate: Migrate, engine: Engine) -> None:
    migrate(*CREATE)
    name = f"{engine.prefix}users"
    engine.client.put_item(TableName=name, Item={"ID": {"S": "1"}, "email": {"S": "e"}, "state": {"S": "on"}})

    result = migrate("update", "--table-name", "users", "--index", "state")

    assert result.exit_code == 0, result.output
    found = engine.client.query(
        TableName=name,
        IndexName="state",
        KeyConditionExpression="#s = :s",
        ExpressionAttributeNames={"#s": "state"},
        ExpressionAttributeValues={":s": {"S": "on"}},
    )
    assert found["Count"] == 1


def test_update_of_a_missing_table_says_so(migrate: Migrate) -> None:
    result = migrate("update", "--table-name", "nowhere", "--index", "state")

    assert result.exit_code == 1
    assert "There is no table" in str(result.exception)


def test_without_a_database_it_ends_in_one_line(migrate: Migrate) -> None:
    result = migrate("status", DYNAMODB_ENDPOINT=f"http://127.0.0.1:{free_port()}")

    assert result.exit_code == 1
    assert str(result.exception).startswith("DynamoDB: ")

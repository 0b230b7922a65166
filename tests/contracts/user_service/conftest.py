"""The tables of user_service on the real engine, and repositories on them beside the fakes."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import boto3
import pytest

from chassis.dynamodb import open_dynamodb
from tests import tables
from tests.engines import REGION
from tests.fakes.user_service import InMemoryAccountRepository, InMemorySessionRepository
from tests.faults import Faults
from user_service.adapters.dynamodb.accounts import DynamoAccountRepository
from user_service.adapters.dynamodb.sessions import DynamoSessionRepository
from user_service.domain.account import Account
from user_service.domain.ids import AccountId
from user_service.ports.account_repository import AccountRepository
from user_service.ports.session_repository import SessionRepository

AWS_KEYS = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}


@dataclass(frozen=True, slots=True)
class Repositories:
    """Both, on the same store. `faults` go wrong between the real ones and the engine."""

    accounts: AccountRepository
    sessions: SessionRepository
    faults: Faults = field(default_factory=Faults)


@pytest.fixture(scope="session")
def user_tables(dynamodb_endpoint: str) -> str:
    """A prefix below which the tables are; tests keep apart by their accounts."""
    prefix = f"t{secrets.token_hex(4)}_"
    client = boto3.client("dynamodb", endpoint_url=dynamodb_endpoint, region_name=REGION, **AWS_KEYS)
    tables.make(client, prefix, "user_service")
    return prefix


@asynccontextmanager
async def open_repositories(endpoint: str, prefix: str) -> AsyncIterator[Repositories]:
    faults = Faults()
    async with open_dynamodb(endpoint=endpoint, region=REGION, wrap=faults.wrap) as db:
        yield Repositories(
            DynamoAccountRepository(db, prefix=prefix), DynamoSessionRepository(db, prefix=prefix), faults
        )


@pytest.fixture
async def real(dynamodb_endpoint: str, user_tables: str) -> AsyncIterator[Repositories]:
    async with open_repositories(dynamodb_endpoint, user_tables) as repositories:
        yield repositories


@pytest.fixture(params=["fake", "real"])
async def repositories(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Repositories]:
    if request.param == "fake":
        accounts = InMemoryAccountRepository()
        yield Repositories(accounts, InMemorySessionRepository(accounts))
        return
    # Asked for by name, so that the fake needs no engine.
    prefix = request.getfixturevalue("user_tables")
    endpoint = request.getfixturevalue("dynamodb_endpoint")
    for name, value in AWS_KEYS.items():
        monkeypatch.setenv(name.upper(), value)
    async with open_repositories(endpoint, prefix) as repositories:
        yield repositories


def new_account(**changes: str) -> Account:
    account_id = secrets.token_hex(16)
    return Account(
        id=AccountId(account_id),
        email=changes.get("email", f"{account_id}@example.com"),
        display_name="Ada",
        password_hash="$argon2id$first",
        password_version=1,
        created_at=datetime(2026, 1, 2, 3, 4, 5, 678000, UTC),
        command_hash="cc" * 32,
    )

"""user_service on the real engines."""

import secrets
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.contracts.user_service.conftest import user_tables
from tests.engines import REGION
from tests.integration.user_service.rig import QUICK, Client, Running, running
from user_service.adapters.jose.key_files import create_first_key
from user_service.settings import UserSettings

__all__ = ["user_tables"]

MakeSettings = Callable[..., UserSettings]


@pytest.fixture(scope="session")
def keys_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("token-keys")
    create_first_key(directory, datetime.now(UTC))
    return directory


@pytest.fixture(scope="session")
def refresh_secret() -> str:
    return secrets.token_hex(32)


@pytest.fixture
def make_settings(
    dynamodb_endpoint: str,
    redis_url: str,
    user_tables: str,
    tls_dir: Path,
    keys_dir: Path,
    refresh_secret: str,
) -> MakeSettings:
    """Settings of instances that belong together, but for what the test says otherwise."""

    def make(**changes: Any) -> UserSettings:
        return UserSettings(
            **{
                "table_prefix": user_tables,
                "dynamodb_endpoint": dynamodb_endpoint,
                "aws_region": REGION,
                "redis_url": redis_url,
                "tls_dir": tls_dir,
                "token_keys_dir": keys_dir,
                "refresh_secret": refresh_secret,
                **QUICK,
                **changes,
            }
        )

    return make


@pytest.fixture
async def one(make_settings: MakeSettings) -> AsyncIterator[Running]:
    async with running(make_settings()) as instance:
        yield instance


@pytest.fixture
def client(one: Running) -> Client:
    return one.client

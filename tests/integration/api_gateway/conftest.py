"""Channels to services that answer what the test says."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from api_gateway.domain.identity import Caller
from chassis.rpc.channels import ServiceChannel
from chassis.rpc.context import enter_identity
from chassis.tokens import Identity, TokenVerifier
from tests.fakes.token_keys import ACCOUNT_ID, SESSION_ID, TokenKeys
from tests.integration.api_gateway.services import Answering, answered

CALLER = Caller(ACCOUNT_ID, SESSION_ID)


@pytest.fixture
def keys() -> TokenKeys:
    return TokenKeys()


@pytest.fixture
def answering() -> Answering:
    return Answering()


@pytest.fixture
async def token(keys: TokenKeys) -> str:
    return keys.token()


@pytest.fixture
async def identity(keys: TokenKeys, token: str) -> Identity:
    return await TokenVerifier(keys.fetch).verify(token)


@pytest.fixture
async def users(answering: Answering, tls_dir: Path, keys: TokenKeys) -> AsyncIterator[ServiceChannel]:
    async with answered("user-service", answering, tls_dir, keys) as channel:
        yield channel


@pytest.fixture
async def metadata(answering: Answering, tls_dir: Path, keys: TokenKeys) -> AsyncIterator[ServiceChannel]:
    async with answered("file-metadata-service", answering, tls_dir, keys) as channel:
        yield channel


@pytest.fixture
async def uploads(answering: Answering, tls_dir: Path, keys: TokenKeys) -> AsyncIterator[ServiceChannel]:
    async with answered("file-upload-service", answering, tls_dir, keys) as channel:
        yield channel


def speaking(token: str, identity: Identity) -> None:
    """From here on this test's calls carry the token, as after the gateway's own check."""
    enter_identity(token, identity)

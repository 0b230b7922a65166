"""What ports/session_cache.py promises, of the fake and of Redis."""

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

import pytest

from api_gateway.adapters.redis.session_cache import RedisSessionCache, connect
from api_gateway.domain.identity import Caller
from api_gateway.ports.session_cache import SessionCache
from tests.fakes.gateway_people import InMemorySessionCache


@dataclass
class Noted:
    cache: SessionCache
    note: Callable[[str, str], Awaitable[object]]


@pytest.fixture(params=["fake", "redis"])
async def noted(request: pytest.FixtureRequest) -> AsyncIterator[Noted]:
    if request.param == "fake":
        fake = InMemorySessionCache()

        async def note(key: str, value: str) -> None:
            fake.notes[key] = value

        yield Noted(fake, note)
        return
    redis = connect(request.getfixturevalue("redis_url"))
    yield Noted(RedisSessionCache(redis), redis.set)
    await redis.aclose()


@pytest.fixture
def caller() -> Caller:
    return Caller(secrets.token_hex(16), secrets.token_hex(16))


async def test_what_nobody_noted_is_unknown(noted: Noted, caller: Caller) -> None:
    assert await noted.cache.standing(caller) == "unknown"


async def test_a_note_of_this_account_is_believed(noted: Noted, caller: Caller) -> None:
    await noted.note(f"session:{caller.session_id}", f"live:{caller.account_id}")
    assert await noted.cache.standing(caller) == "live"


@pytest.mark.parametrize("note", ["live:" + "f" * 32, "live:", "live", "", "ENDED", "nonsense"])
async def test_any_other_note_is_unknown(noted: Noted, caller: Caller, note: str) -> None:
    await noted.note(f"session:{caller.session_id}", note)
    assert await noted.cache.standing(caller) == "unknown"


async def test_a_tombstone_ends_it(noted: Noted, caller: Caller) -> None:
    await noted.note(f"session:{caller.session_id}", "ended")
    assert await noted.cache.standing(caller) == "ended"

"""Two instances, and engines that go away."""

import asyncio
from pathlib import Path

import pytest
from redis.asyncio import Redis
from typer.testing import CliRunner

from chassis.errors import Kind, Unavailable
from stowage.user.v1 import user_pb2 as pb
from tests.engines import dynamodb_url, redis_address, start_dynamodb, start_redis
from tests.integration.user_service.conftest import MakeSettings
from tests.integration.user_service.rig import Person, refused, running
from user_service.__main__ import app

CHECK = pb.CheckSessionRequest()


async def test_what_one_instance_does_the_other_knows_at_once(make_settings: MakeSettings) -> None:
    async with running(make_settings()) as one, running(make_settings()) as two:
        person = await one.client.new_person()
        there = Person(two.client, person.email, address=person.address)
        tokens = await there.sign_in()
        assert await one.client.check_session(CHECK, token=tokens.access_token)
        request = pb.RefreshRequest(refresh_token=tokens.refresh_token)
        answers = await asyncio.gather(
            *(each.client.refresh(request, token="") for each in (one, two, one, two))
        )
        assert len({answer.tokens.refresh_token for answer in answers}) == 1
        await one.client.end_session(pb.EndSessionRequest(), token=tokens.access_token)
        with refused(Kind.UNAUTHENTICATED, "session_ended"):
            await two.client.check_session(CHECK, token=tokens.access_token)


async def test_instances_count_attempts_together(make_settings: MakeSettings) -> None:
    async with running(make_settings()) as one, running(make_settings()) as two:
        person = await one.client.new_person()
        guess = person.credentials(password="a wrong guess")
        for number in range(10):
            with refused(Kind.UNAUTHENTICATED, "credentials_wrong"):
                await (one, two)[number % 2].client.sign_in(guess, token="")
        for each in (one, two):
            with refused(Kind.THROTTLED, "too_many_attempts"):
                await each.client.sign_in(guess, token="")


async def test_without_redis_everything_works_and_ended_sessions_are_refused(
    make_settings: MakeSettings, tmp_path: Path
) -> None:
    engine = await asyncio.to_thread(start_redis, tmp_path)
    with engine:
        async with running(make_settings(redis_url=redis_address(engine))) as one:
            person = await one.client.new_person()
            before = await person.sign_in()
            await asyncio.to_thread(engine.kill)
            tokens = await person.sign_in()
            assert await one.client.check_session(CHECK, token=tokens.access_token)
            request = pb.EndSessionRequest(session_id=before.session_id)
            await one.client.end_session(request, token=tokens.access_token)
            with refused(Kind.UNAUTHENTICATED, "session_ended"):
                await one.client.check_session(CHECK, token=before.access_token)
            for _ in range(10):
                with refused(Kind.UNAUTHENTICATED, "credentials_wrong"):
                    await one.client.sign_in(person.credentials(password="a wrong guess"), token="")
            with refused(Kind.THROTTLED, "too_many_attempts"):
                await person.sign_in()
            # The tombstone that could not be written is written once Redis is back.
            await asyncio.to_thread(engine.start)
            async with Redis.from_url(redis_address(engine), decode_responses=True) as redis:
                assert await appears(redis, f"session:{before.session_id}") == "ended"


async def appears(redis: Redis, key: str) -> str:
    async with asyncio.timeout(20):
        while True:
            if value := await redis.get(key):
                return str(value)
            await asyncio.sleep(0.05)


async def test_redis_holds_what_the_gateway_expects_and_no_secret(
    make_settings: MakeSettings, redis_url: str
) -> None:
    async with (
        running(make_settings()) as one,
        Redis.from_url(redis_url, decode_responses=True) as redis,
    ):
        person = await one.client.new_person()
        tokens = await person.sign_in()
        key = f"session:{tokens.session_id}"
        assert await redis.get(key) == f"live:{person.account.id}"
        await redis.delete(key)
        await one.client.check_session(CHECK, token=tokens.access_token)
        assert await redis.get(key) == f"live:{person.account.id}"
        assert 0 < await redis.pttl(key) <= 30_000
        await one.client.end_session(pb.EndSessionRequest(), token=tokens.access_token)
        assert await redis.get(key) == "ended"
        assert 600_000 < await redis.pttl(key) <= 660_000
        await redis.flushdb()
        with refused(Kind.UNAUTHENTICATED, "session_ended"):
            await one.client.check_session(CHECK, token=tokens.access_token)


async def test_without_dynamodb_it_stays_up_says_so_and_recovers(
    make_settings: MakeSettings, tmp_path: Path, aws_keys: None
) -> None:
    engine = await asyncio.to_thread(start_dynamodb, tmp_path)
    environment = {"STOWAGE_TABLE_PREFIX": "kill_", "DYNAMODB_ENDPOINT": dynamodb_url(engine)}
    migrated = await asyncio.to_thread(CliRunner().invoke, app, ["migrate", "up"], env=environment)
    assert migrated.exit_code == 0, migrated.output
    settings = make_settings(table_prefix="kill_", dynamodb_endpoint=dynamodb_url(engine))
    with engine:
        async with running(settings) as one:
            person = await one.client.new_person()
            tokens = await person.sign_in()
            await asyncio.to_thread(engine.kill)
            with pytest.raises(Unavailable):
                await one.client.check_session(CHECK, token=tokens.access_token)
            await asyncio.to_thread(engine.start)
            assert await one.client.check_session(CHECK, token=tokens.access_token)
            assert await person.sign_in()

"""What a listener on Redis hears of a drive's changes, and that a Redis which is away disturbs nobody."""

from redis.asyncio import Redis

from chassis.redis_line import open_redis
from file_metadata_service.adapters.redis.wake_ups import RedisWakeUps
from file_metadata_service.domain.ids import DriveId, Position
from tests.engines import PATIENCE_SECONDS

ANNS, BENS = DriveId("a" * 32), DriveId("b" * 32)


async def test_who_listens_to_a_drive_hears_the_last_of_what_was_said_at_once(redis_url: str) -> None:
    async with Redis.from_url(redis_url, decode_responses=True) as client, client.pubsub() as heard:
        await heard.subscribe(f"changes:{ANNS}")
        await heard.get_message(timeout=5)  # that it has subscribed
        async with open_redis(redis_url, answer_seconds=PATIENCE_SECONDS) as line:
            wake_ups = RedisWakeUps(line)
            for seq in (7, 8, 9):
                wake_ups.landed(Position(ANNS, "j1", seq))
                wake_ups.landed(Position(BENS, "j2", seq))
            await wake_ups.finish()
            message = await heard.get_message(timeout=5)
    assert message is not None
    assert (message["channel"], message["data"]) == (f"changes:{ANNS}", "j1.9")


async def test_without_redis_nothing_is_raised_and_nothing_gathers() -> None:
    async with open_redis("redis://127.0.0.1:9/0") as line:
        wake_ups = RedisWakeUps(line)
        for seq in range(5):
            wake_ups.landed(Position(ANNS, "j1", seq))
            await wake_ups.finish()
        await wake_ups.finish()

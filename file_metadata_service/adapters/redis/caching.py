"""All of caching on one line to Redis."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from chassis.redis_line import open_redis
from file_metadata_service.adapters.redis.answer_cache import (
    RedisAnswerCache,
    RedisChangeNotes,
    RedisOutbox,
)
from file_metadata_service.adapters.redis.answer_forms import dump_page, dump_placed, load_page, load_placed
from file_metadata_service.ports.answer_cache import Caching, Placed, ReadWatch
from file_metadata_service.ports.listings import PackedPage

# The query that it spares takes less than ten: whoever waits longer for a cache has lost already.
PATIENCE_SECONDS = 0.05


@asynccontextmanager
async def redis_caching(
    url: str, watch: ReadWatch, *, patience_seconds: float = PATIENCE_SECONDS
) -> AsyncIterator[Caching]:
    """Opens nothing yet. Once Redis took longer than `patience_seconds`, it is left alone for a second."""
    async with open_redis(url, answer_seconds=patience_seconds, as_text=False) as line:
        outbox = RedisOutbox(line)
        yield Caching(
            pages=RedisAnswerCache[PackedPage](
                line, outbox, kind="page", of_the_tree=False, dump=dump_page, load=load_page
            ),
            places=RedisAnswerCache[Placed](
                line, outbox, kind="place", of_the_tree=True, dump=dump_placed, load=load_placed
            ),
            notes=RedisChangeNotes(outbox),
            watch=watch,
        )
        await outbox.finish()

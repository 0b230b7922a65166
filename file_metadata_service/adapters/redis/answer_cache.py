"""Answers on Redis, and the notes that prove them; docs/decisions/0012-answers-are-proven.md says why.

    answer:<form>:<kind>:{<drive>.<journal>}:<key>   "<as_of> <tree_epoch or -> <about or ->\n<answer>", 30 s
    touched:{<drive>.<journal>}:<seq>                the ids that the writing touched, joined by blanks, 90 s

The braces keep what one script reads on one node of a Redis Cluster.
"""

import asyncio
from collections.abc import Callable
from contextvars import Context
from functools import partial
from typing import Generic, TypeVar

from msgspec import MsgspecError
from redis.asyncio import Redis

from chassis.errors import Unavailable
from chassis.redis_line import RedisLine
from file_metadata_service.adapters.redis.answer_forms import FORM
from file_metadata_service.domain.drives import Drive
from file_metadata_service.domain.ids import NodeId, Position

V = TypeVar("V")

ANSWER_SECONDS = 30
NOTE_SECONDS = 90
# An answer with more writings behind it is not worth proving.
MOST_WRITINGS = 100
# While Redis is slow, what gathers beyond this is dropped: that makes misses.
_MOST_WAITING = 1_000

_GET = f"""
local kept = redis.call('GET', KEYS[1])
if not kept then return false end
local as_of, epoch, about, rest = string.match(kept, '^(%d+) (%S+) (%S+)\\n()')
local head = tonumber(ARGV[1])
as_of = tonumber(as_of)
if as_of > head or head - as_of > {MOST_WRITINGS} then return false end
if epoch ~= '-' and epoch ~= ARGV[2] then return false end
for seq = as_of + 1, head do
  local touched = redis.call('GET', KEYS[2] .. string.format('%d', seq))
  if not touched then return false end
  if about ~= '-' and string.find(touched, about, 1, true) then return false end
end
return string.sub(kept, rest)
"""
_KEEP = f"""
local kept = redis.call('GET', KEYS[1])
if kept and tonumber(string.match(kept, '^%d+')) > tonumber(ARGV[1]) then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'EX', {ANSWER_SECONDS})
return 1
"""
Saying = Callable[[Redis], object]


class RedisOutbox:
    """What is written to Redis after others have their answers: one round trip at a time carries what has gathered."""

    def __init__(self, line: RedisLine) -> None:
        self._line = line
        self._waiting: list[Saying] = []
        self._task: asyncio.Task[None] | None = None

    def put(self, saying: Saying) -> None:
        """`saying` queues commands on a pipeline."""
        if len(self._waiting) >= _MOST_WAITING:
            return
        self._waiting.append(saying)
        if self._task is None or self._task.done():
            # A context of its own: it belongs to no single request.
            self._task = asyncio.get_running_loop().create_task(self._send(), context=Context())

    async def finish(self) -> None:
        """Waits until what is known is said, or Redis is known to be away."""
        if self._task is not None:
            await asyncio.wait((self._task,))

    async def _send(self) -> None:
        while self._waiting:
            sayings, self._waiting = self._waiting, []
            try:
                await self._line.ask("SET", partial(_say, sayings))
            except Unavailable:
                continue  # the line has said so


async def _say(sayings: list[Saying], redis: Redis) -> None:
    async with redis.pipeline(transaction=False) as pipe:
        for saying in sayings:
            saying(pipe)
        await pipe.execute()


class RedisAnswerCache(Generic[V]):
    """Implements ports.answer_cache.AnswerCache. `of_the_tree`: an answer ends with the drive's tree_epoch, too."""

    def __init__(
        self,
        line: RedisLine,
        outbox: RedisOutbox,
        *,
        kind: str,
        of_the_tree: bool,
        dump: Callable[[V], bytes],
        load: Callable[[bytes], V],
    ) -> None:
        self._line = line
        self._outbox = outbox
        self._prefix = f"answer:{FORM}:{kind}:"
        self._of_the_tree = of_the_tree
        self._dump = dump
        self._load = load
        self._get = line.client.register_script(_GET)

    async def get(self, head: Drive, key: str) -> V | None:
        keys = [f"{self._prefix}{_drive(head.position)}:{key}", f"touched:{_drive(head.position)}:"]
        try:
            form: bytes | None = await self._line.ask(
                "EVALSHA", lambda redis: self._get(keys, [head.seq, head.tree_epoch], client=redis)
            )
            return None if form is None else self._load(form)
        except (Unavailable, MsgspecError):
            return None

    def keep(self, head: Drive, key: str, about: NodeId | None, answer: V) -> None:
        epoch = head.tree_epoch if self._of_the_tree else "-"
        value = f"{head.seq} {epoch} {about or '-'}\n".encode() + self._dump(answer)
        place = f"{self._prefix}{_drive(head.position)}:{key}"
        # Not by its hash: in a pipeline nobody could send the script after a refusal.
        self._outbox.put(lambda pipe: pipe.eval(_KEEP, 1, place, head.seq, value))


class RedisChangeNotes:
    """Implements ports.answer_cache.ChangeNotes."""

    def __init__(self, outbox: RedisOutbox) -> None:
        self._outbox = outbox

    def landed(self, position: Position, touched: frozenset[NodeId]) -> None:
        place, note = f"touched:{_drive(position)}:{position.seq}", " ".join(touched)
        self._outbox.put(lambda pipe: pipe.set(place, note, ex=NOTE_SECONDS))

    async def finish(self) -> None:
        """Waits until all that the outbox has gathered is said, or Redis is known to be away."""
        await self._outbox.finish()


def _drive(position: Position) -> str:
    return f"{{{position.drive_id}.{position.journal_id}}}"

"""Somebody who begins uploads and does not end them: by a word, by silence, or by both at once."""

import asyncio
import random

from tests.e2e.person import PART_SIZE_BYTES
from tests.e2e.storm.sender import Sender

_ENDED = frozenset(
    {"already_aborted", "already_committed", "upload_not_found", "upload_not_open", "parts_missing"}
)


async def quit_somehow(sender: Sender, name: str, chance: random.Random) -> None:
    """Whatever becomes of these, nothing may stay of them but a file."""
    large = chance.randbytes(PART_SIZE_BYTES + 99)
    async with asyncio.TaskGroup() as group:
        group.create_task(_abort(sender, f"{name} aborted", large))
        group.create_task(_abort(sender, f"{name} aborted small", large[:999]))
        group.create_task(_let_lie(sender, f"{name} lying", large))
        group.create_task(
            _both_at_once(sender, f"{name} undecided", large[: chance.choice([999, len(large)])], chance)
        )


async def _abort(sender: Sender, name: str, body: bytes) -> None:
    """And uses a URL afterwards, as a program might that has not heard of it."""
    upload_id = await sender.start(name, body)
    signed = await sender.sign(upload_id, 1, body)
    await sender.say("DELETE", f"/uploads/{upload_id}", known=_ENDED)
    if signed is not None:
        await sender.put(signed, body[:PART_SIZE_BYTES])


async def _let_lie(sender: Sender, name: str, body: bytes) -> None:
    upload_id = await sender.start(name, body)
    await sender.send(upload_id, 1, body)


async def _both_at_once(sender: Sender, name: str, body: bytes, chance: random.Random) -> None:
    upload_id = await sender.start(name, body)
    for number in range(1, -(-len(body) // PART_SIZE_BYTES) + 1):
        await sender.send(upload_id, number, body)

    async def late_abort() -> None:
        await asyncio.sleep(chance.uniform(0.0, 0.1))
        await sender.say("DELETE", f"/uploads/{upload_id}", known=_ENDED)

    await asyncio.gather(sender.say("POST", f"/uploads/{upload_id}/complete", {}, known=_ENDED), late_abort())

"""argon2id in a few threads of its own.

Threads, not processes: passlib calls argon2-cffi, and cffi releases the GIL around each call into C, where
all but some 0.1 ms of a hash is spent. So hashes run beside the event loop and beside each other, without
copying passwords between processes. One thread less than there are cores leaves the loop a core. Lower
priority for the threads was tried and left: on a busy machine a sign-in then took 0.65 s instead of 0.09,
and a thread that waits for a core while it holds the GIL holds up the loop.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from passlib.hash import argon2

from user_service.domain.errors import TooManyAttempts
from user_service.domain.password import Password
from user_service.ports.password_hasher import Verdict

ResultT = TypeVar("ResultT")

_DUMMY_PASSWORD = "no account has this one"  # noqa: S105 - it opens nothing


@dataclass(frozen=True, slots=True)
class Argon2Parameters:
    """RFC 9106's knobs. Memory is per hash in work, so threads x memory is what the pool takes."""

    memory_kib: int
    passes: int
    lanes: int


class Argon2Hasher:
    """A PasswordHasher with a bounded queue: beyond `max_waiting` it answers TooManyAttempts at once."""

    def __init__(self, parameters: Argon2Parameters, *, threads: int, max_waiting: int) -> None:
        argon2.set_backend("argon2_cffi")  # here, because loading it later from several threads would race
        self._algorithm = argon2.using(  # type: ignore[no-untyped-call]  # types-passlib has no types here
            type="ID",
            memory_cost=parameters.memory_kib,
            rounds=parameters.passes,
            parallelism=parameters.lanes,
        )
        # Everything before salt and hash: `$argon2id$v=19$m=…,t=…,p=…`.
        self._dummy = self._algorithm.hash(_DUMMY_PASSWORD)
        self._prefix = self._dummy.rsplit("$", 2)[0] + "$"
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="argon2")
        self._limit = threads + max_waiting
        self._admitted = 0

    async def hash(self, password: Password) -> str:
        return await self._run(lambda: str(self._algorithm.hash(password.text)))

    async def verify(self, password: Password, stored: str | None) -> Verdict:
        compared = self._dummy if stored is None else stored
        correct = await self._run(lambda: bool(self._algorithm.verify(password.text, compared)))
        if stored is None or not correct:
            return Verdict(correct=False)
        return Verdict(correct=True, outdated=not stored.startswith(self._prefix))

    def close(self) -> None:
        """Drops what is waiting; what is being hashed ends by itself."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def _run(self, work: Callable[[], ResultT]) -> ResultT:
        if self._admitted >= self._limit:
            raise TooManyAttempts("Too many passwords are being checked; please wait.", retry_after_seconds=1)
        self._admitted += 1
        # Given back when the future is done, not when the caller is: one who has gone frees its place in the
        # queue at once, but a thread only when the hash is finished.
        future = asyncio.get_running_loop().run_in_executor(self._pool, work)
        future.add_done_callback(self._release)
        return await future

    def _release(self, _: object) -> None:
        self._admitted -= 1

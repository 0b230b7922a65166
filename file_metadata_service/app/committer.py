"""The committer of one drive: takes waiting commands in groups; while one group is written, the next fills.

It may run in several instances at once: whatever it believes is proven by the condition on the head. What
was written is never reported as refused; what cannot be known is reported as Unavailable, and repeating the
command is safe.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from contextvars import Context
from dataclasses import dataclass, field
from itertools import count
from math import inf
from typing import Any, TypeVar, cast

from chassis.errors import DomainError, Unavailable
from file_metadata_service.app.commands import Answer, Change, Landed
from file_metadata_service.app.drive_writer import DriveWriter, WriterParts
from file_metadata_service.app.groups import Outcome
from file_metadata_service.app.queues import Lane, Pending, Queues, busy
from file_metadata_service.domain.ids import DriveId, Position
from file_metadata_service.ports.committer_watch import CommitterWatch
from file_metadata_service.ports.ledger import HeadMoved, NotWritten, OutcomeUnknown, RowsRefused

R = TypeVar("R")


@dataclass(slots=True, eq=False)
class Committer:
    """One drive's queues. Its task lives while there is something to do.

    `patience_seconds`: how long a group is tried before it is Unavailable.
    """

    writer: DriveWriter
    patience_seconds: float = 8.0
    queues: Queues = field(default_factory=Queues)
    _task: asyncio.Task[None] | None = None

    @property
    def waiting(self) -> int:
        """How many commands wait for their turn."""
        return len(self.queues)

    @property
    def _watch(self) -> CommitterWatch:
        return self.writer.parts.watch

    @property
    def idle(self) -> bool:
        return self._task is None or self._task.done()

    async def submit(
        self,
        change: Change[R],
        *,
        sender: str = "",
        lane: Lane = Lane.PEOPLE,
        within_seconds: float | None = None,
    ) -> Landed[R]:
        """Raises DriveBusy, Unavailable (the outcome is unknown), and what the command raises.

        Senders take turns, whoever has more waiting. A command whose caller is gone, or whose time
        (`within_seconds`) is over, before it was taken is not written.
        """
        loop = asyncio.get_running_loop()
        pending = Pending(
            change=change,
            landed=loop.create_future(),
            origin=self._watch.origin(),
            sender=sender,
            lane=lane,
            deadline=inf if within_seconds is None else self._now() + within_seconds,
        )
        displaced = self.queues.put(pending, self._alive)
        if displaced is not None:
            _refuse([displaced], busy())
        if self.idle:
            # A context of its own: the work belongs to no single request.
            self._task = loop.create_task(self._drain(), context=Context())
        return cast("Landed[R]", await pending.landed)

    async def finish(self) -> None:
        """Waits until nothing waits."""
        while self._task is not None and not self._task.done():
            await asyncio.wait((self._task,))

    async def _drain(self) -> None:
        while taken := self.queues.take(self.writer.parts.limits.commands, self._alive):
            try:
                await self._settle(taken)
            except Unavailable as error:
                _refuse(taken, error)
            except Exception:  # noqa: BLE001  # one of them broke something: each alone tells which
                for pending in taken:
                    await self._settle_alone(pending)

    async def _settle_alone(self, pending: Pending) -> None:
        alone = [pending]
        try:
            await self._settle(alone)
        except Exception as error:  # noqa: BLE001  # whatever it is, nobody may wait for ever
            _refuse(alone, error)

    async def _settle(self, taken: list[Pending]) -> None:
        """Answers all of them, or puts back those that found no room."""
        with self._watch.writing([pending.origin for pending in taken]):
            await self._write(taken)

    async def _write(self, taken: list[Pending]) -> None:
        give_up_at = self._now() + self.patience_seconds
        for attempt in count():
            taken[:] = filter(self._alive, taken)
            if not taken:
                return
            try:
                changes = [pending.change for pending in taken]
                written = await self.writer.write(changes, give_up_at, self._coming)
            except OutcomeUnknown as error:
                raise _unavailable() from error
            except (HeadMoved, RowsRefused, NotWritten, Unavailable) as error:
                if self._now() > give_up_at:
                    raise _unavailable() from error
                self._watch.retried(type(error).__name__)
                await self.writer.parts.pause(attempt)
            else:
                _answer(taken, written.outcomes, written.position)
                self._tell(written.outcomes)
                self.queues.put_back(taken[len(written.outcomes) :])
                return

    def _coming(self) -> Sequence[Change[Any]]:
        return self.queues.coming(self.writer.parts.limits.commands)

    def _now(self) -> float:
        return self.writer.parts.heads.clock.monotonic_seconds()

    def _alive(self, pending: Pending) -> bool:
        """Does anybody still wait for it? Asked only while nothing of it can have been written."""
        if pending.landed.done():
            self._watch.dropped("gone")
            return False
        if self._now() > pending.deadline:
            self._watch.dropped("expired")
            _refuse([pending], busy())
            return False
        return True

    def _tell(self, outcomes: Sequence[Outcome]) -> None:
        self._watch.settled(commands=len(outcomes))
        for outcome in outcomes:
            if isinstance(outcome, Exception):
                self._watch.refused(outcome.code if isinstance(outcome, DomainError) else DomainError.code)


@dataclass(slots=True, kw_only=True)
class Committers:
    """The committers of all drives that were written to last; an idle one may be dropped at any time."""

    parts: WriterParts
    max_drives: int = 64
    _by_drive: OrderedDict[DriveId, Committer] = field(default_factory=OrderedDict)

    @property
    def waiting(self) -> int:
        """How many commands wait for their turn, of all drives."""
        return sum(committer.waiting for committer in self._by_drive.values())

    def of(self, drive_id: DriveId) -> Committer:
        committer = self._by_drive.get(drive_id)
        if committer is None:
            self._drop_idle()
            committer = self._by_drive[drive_id] = Committer(DriveWriter(drive_id, self.parts))
        self._by_drive.move_to_end(drive_id)
        return committer

    async def finish(self) -> None:
        """Waits until everything that was submitted is answered."""
        for committer in list(self._by_drive.values()):
            await committer.finish()

    def _drop_idle(self) -> None:
        spare = len(self._by_drive) - self.max_drives + 1
        for drive_id in [key for key, committer in self._by_drive.items() if committer.idle][: max(spare, 0)]:
            del self._by_drive[drive_id]


def _answer(taken: Sequence[Pending], outcomes: Sequence[Outcome], position: Position) -> None:
    for pending, outcome in zip(taken, outcomes, strict=False):
        if pending.landed.done():
            continue
        if isinstance(outcome, Answer):
            at = Position(position.drive_id, position.journal_id, outcome.seq)
            pending.landed.set_result(Landed(outcome.result, at))
        else:
            pending.landed.set_exception(outcome)


def _refuse(taken: Sequence[Pending], error: Exception) -> None:
    for pending in taken:
        if not pending.landed.done():
            pending.landed.set_exception(error)


def _unavailable() -> Unavailable:
    return Unavailable("The change may or may not have been made; ask again.", retry_after_seconds=1)

"""Duties, done one after the other by whoever leads."""

from dataclasses import dataclass

from chassis.errors import Unavailable
from file_metadata_service.app.sweeper import Sweeper
from tests.fakes.metadata_clock import ManualClock
from tests.fakes.metadata_jobs import endless


@dataclass(slots=True)
class Chore:
    """A duty that has `more` to do so many times, and `breaks` if told so."""

    name: str
    every_seconds: float = 60.0
    more: int = 0
    breaks: Exception | None = None
    passes: int = 0

    async def __call__(self) -> bool:
        self.passes += 1
        if self.breaks:
            raise self.breaks
        self.more -= 1
        return self.more >= 0


@dataclass(slots=True)
class Leader:
    leads: bool = True

    async def holds(self) -> bool:
        return self.leads


async def test_duties_are_done_when_their_time_has_come_by_the_leader_only() -> None:
    clock, leader = ManualClock(), Leader()
    often, seldom = Chore("often", 60), Chore("seldom", 120)
    sweeper = Sweeper(duties=[often, seldom], leadership=leader, clock=clock, sleep=endless)
    for _ in range(2):
        assert not await sweeper.round()
    clock.pass_ms(60_000)
    await sweeper.round()
    leader.leads = False
    clock.pass_ms(600_000)
    await sweeper.round()
    assert (often.passes, seldom.passes) == (2, 1)


async def test_a_duty_that_fails_keeps_the_others_from_nothing() -> None:
    broken, down = Chore("broken", breaks=ZeroDivisionError()), Chore("down", breaks=Unavailable("Not now."))
    busy = Chore("busy", more=2)
    sweeper = Sweeper(duties=[broken, down, busy], leadership=Leader(), clock=ManualClock(), sleep=endless)
    assert await sweeper.round()
    assert await sweeper.round()
    assert not await sweeper.round()
    assert (broken.passes, down.passes, busy.passes) == (1, 1, 3)

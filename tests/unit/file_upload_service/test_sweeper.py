"""The loop around the passes."""

import asyncio

from chassis.errors import Unavailable
from file_upload_service.app.sweeper import PAUSE_SECONDS, Sweeper
from tests.fakes.upload_clock import FakeClock


class Passes:
    """Plays the sweep: each pass answers, or fails, as the script says, and then for ever finds nothing."""

    def __init__(self, *script: bool | Exception) -> None:
        self.script = list(script)
        self.count = 0

    async def __call__(self) -> bool:
        self.count += 1
        result = self.script.pop(0) if self.script else False
        if isinstance(result, Exception):
            raise result
        return result


class Leads:
    def __init__(self, *, leads: bool = True) -> None:
        self.leads = leads

    async def holds(self) -> bool:
        return self.leads


async def passes_after(pauses: int, passes: Passes, leads: Leads) -> int:
    clock = FakeClock()
    sweeper = Sweeper(passes, leads, clock)
    task = asyncio.create_task(sweeper.run())
    await asyncio.sleep(0)
    for _ in range(pauses):
        await clock.advance_seconds(PAUSE_SECONDS)
    task.cancel()
    await asyncio.wait({task})
    return passes.count


async def test_it_looks_every_few_seconds() -> None:
    assert await passes_after(3, Passes(), Leads()) == 4


async def test_who_does_not_lead_does_not_sweep() -> None:
    assert await passes_after(3, Passes(), Leads(leads=False)) == 0


async def test_after_a_full_pass_it_looks_again_at_once() -> None:
    assert await passes_after(0, Passes(True, True, False), Leads()) == 3


async def test_no_failure_stops_it() -> None:
    assert await passes_after(3, Passes(Unavailable("away"), ZeroDivisionError()), Leads()) == 4

"""What an operator sees of the committers."""

import asyncio

import pytest
from prometheus_client import CollectorRegistry

from chassis.errors import Unavailable
from chassis.telemetry import current_request_id
from chassis.tracing import INTERNAL
from file_metadata_service.adapters.telemetry.committer_watch import TelemetryCommitterWatch
from file_metadata_service.domain.errors import NameTaken
from file_metadata_service.ports.committer_watch import Origin
from tests.fakes.metadata_service import FakeWorld, Service
from tests.fakes.tracer import RecordingTracer


async def test_groups_and_refusals_are_told(world: FakeWorld, service: Service) -> None:
    await asyncio.gather(*(service.mkdir(f"f{number}") for number in range(5)))
    with pytest.raises(NameTaken):
        await service.mkdir("f1")

    assert sum(world.watch.groups) == 6
    assert max(world.watch.groups) > 1
    assert world.watch.refusals == [NameTaken.code]


async def test_retries_are_told_by_their_cause_and_a_group_given_up_as_unknown(
    world: FakeWorld, service: Service
) -> None:
    world.store.faults.writes = ["conflict"]
    await service.mkdir("a")
    world.store.faults.writes = ["lost"] * 50
    with pytest.raises(Unavailable):
        await service.mkdir("b")

    assert world.watch.retries[0] == "NotWritten"
    assert world.watch.unknown == 1


async def test_whoever_waits_is_counted_until_they_are_taken(world: FakeWorld, service: Service) -> None:
    waiting = [asyncio.ensure_future(service.mkdir(f"f{number}")) for number in range(3)]
    seen = 0
    for _ in range(20):
        await asyncio.sleep(0)
        seen = max(seen, service.use.committers.waiting)
    await asyncio.gather(*waiting)

    assert seen > 0
    assert service.use.committers.waiting == 0


def test_a_group_is_a_span_of_its_first_request_linked_to_the_others(tracer: RecordingTracer) -> None:
    registry = CollectorRegistry()
    watch = TelemetryCommitterWatch(registry)

    with watch.writing([Origin("request-1 first"), Origin("request-2 "), Origin("request-3 second")]):
        of_whom = current_request_id()
        watch.settled(commands=3)

    [span] = tracer.spans
    assert (of_whom, current_request_id()) == ("request-1", "")
    assert (span.kind, span.parent, span.links) == (INTERNAL, "first", ("second",))
    assert registry.get_sample_value("stowage_committer_group_seconds_count", {"outcome": "written"}) == 1
    assert registry.get_sample_value("stowage_committer_group_commands_sum") == 3

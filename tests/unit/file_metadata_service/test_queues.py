"""Who is next: turns between senders, background work behind people, bounds that push back fairly."""

import asyncio

import pytest

from file_metadata_service.app.queues import PASSED_OVER_MOST, Lane, Pending, Queues
from file_metadata_service.domain.errors import DriveBusy
from file_metadata_service.ports.committer_watch import Origin


def waiting(name: str, sender: str = "", lane: Lane = Lane.PEOPLE) -> Pending:
    future = asyncio.get_running_loop().create_future()
    return Pending(change=lambda _: None, landed=future, origin=Origin(name), sender=sender, lane=lane)  # type: ignore[arg-type,return-value]  # never run


def names(taken: list[Pending]) -> str:
    return " ".join(pending.origin for pending in taken)


def alive(pending: Pending) -> bool:
    return not pending.landed.done()


def filled(*pendings: Pending, limit: int = 100) -> Queues:
    queues = Queues(limit)
    for pending in pendings:
        assert queues.put(pending, alive) is None
    return queues


async def test_senders_take_turns_and_within_a_group_all_stand_as_they_arrived() -> None:
    queues = filled(*(waiting(f"a{n}", "ann") for n in range(5)), waiting("b0", "ben"), waiting("b1", "ben"))
    assert names(queues.take(4, alive)) == "a0 a1 b0 b1"
    assert names(queues.take(4, alive)) == "a2 a3 a4"
    assert len(queues) == 0


async def test_what_found_no_room_is_next_in_its_order() -> None:
    queues = filled(
        *(waiting(f"a{n}", "ann") for n in range(3)), *(waiting(f"b{n}", "ben") for n in range(3))
    )
    taken = queues.take(4, alive)
    queues.put_back(taken[1:])
    assert names(queues.take(6, alive)) == "a1 a2 b0 b1 b2"


async def test_background_work_goes_when_no_person_waits() -> None:
    queues = filled(waiting("job", lane=Lane.BACKGROUND), waiting("a", "ann"))
    assert names(queues.take(9, alive)) == "a"
    assert names(queues.take(9, alive)) == "job"


async def test_background_work_is_not_starved_by_people() -> None:
    queues = filled(waiting("job", lane=Lane.BACKGROUND), *(waiting("a", "ann") for _ in range(50)))
    groups = [names(queues.take(2, alive)) for _ in range(PASSED_OVER_MOST + 1)]
    assert groups == [*["a a"] * PASSED_OVER_MOST, "job a"]


async def test_people_who_have_all_gone_do_not_hold_background_work_up() -> None:
    gone = waiting("gone", "ann")
    queues = filled(gone, waiting("job", lane=Lane.BACKGROUND))
    gone.landed.cancel()
    assert names(queues.take(9, alive)) == "job"


async def test_a_full_queue_takes_its_place_from_who_has_most_and_never_from_who_has_least() -> None:
    queues = filled(*(waiting(f"a{n}", "ann") for n in range(4)), limit=4)
    displaced = [queues.put(waiting(f"b{n}", "ben"), alive) for n in range(2)]
    assert names([pending for pending in displaced if pending]) == "a3 a2"
    for sender in ("ann", "ben"):
        with pytest.raises(DriveBusy):
            queues.put(waiting("more", sender), alive)
    assert names(queues.take(9, alive)) == "a0 a1 b0 b1"


async def test_lanes_have_bounds_of_their_own() -> None:
    queues = filled(*(waiting("job", lane=Lane.BACKGROUND) for _ in range(4)), limit=4)
    assert queues.put(waiting("a", "ann"), alive) is None


async def test_who_has_gone_takes_no_place_and_no_turn() -> None:
    here, gone = waiting("here", "ann"), [waiting("gone", "ann") for _ in range(3)]
    queues = filled(*gone, here, limit=4)
    for pending in gone:
        pending.landed.cancel()
    assert queues.put(waiting("new", "ann"), alive) is None
    assert names(queues.take(9, alive)) == "here new"

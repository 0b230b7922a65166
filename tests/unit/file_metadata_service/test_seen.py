"""Who says what it has seen is not told the past, and learns when there is another one."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from file_metadata_service.domain.errors import CursorReset
from file_metadata_service.domain.ids import Position, Seen, own_drive
from file_metadata_service.ports.listings import Order
from tests.fakes.metadata_service import ANN, BEN, FakeWorld, Service

DRIVE = own_drive(ANN.account_id)
Read = Callable[[Service, Seen], Awaitable[object]]
READS: dict[str, Read] = {
    "the drive": lambda it, seen: it.use.get_drive(ANN, seen),
    "a node": lambda it, seen: it.use.get_node(ANN, "root", seen),
    "a path": lambda it, seen: it.use.resolve_path(ANN, ["a"], seen),
    "a page": lambda it, seen: it.use.list_folder(ANN, "root", order=Order(), limit=0, cursor="", seen=seen),
    "the trash": lambda it, seen: it.use.list_trash(ANN, limit=0, cursor="", seen=seen),
}


@pytest.mark.parametrize("name", READS)
async def test_places_up_to_the_head_and_those_of_other_drives_change_nothing(
    world: FakeWorld, service: Service, name: str
) -> None:
    made = (await service.mkdir("a")).position
    others = Position(own_drive(BEN.account_id), "another", 99)
    plain = await READS[name](service, ())
    for seen in ((made,), (replace(made, seq=0),), (others,), (others, made)):
        assert await READS[name](world.service(), seen) == plain


@pytest.mark.parametrize("name", READS)
async def test_another_journal_or_a_place_ahead_of_the_head_is_of_a_drive_that_is_no_more(
    service: Service, name: str
) -> None:
    made = (await service.mkdir("a")).position
    for place in (
        replace(made, seq=2),
        replace(made, journal_id="another"),
        replace(made, journal_id="", seq=0),
    ):
        with pytest.raises(CursorReset):
            await READS[name](service, (made, place))


async def test_a_drive_that_has_only_just_come_into_being_was_never_seen(service: Service) -> None:
    with pytest.raises(CursorReset):
        await service.use.get_drive(ANN, (Position(DRIVE, "lost", 7),))

"""After a restore every drive's journal is another history; nothing else has changed."""

from dataclasses import replace
from itertools import count

import pytest

from file_metadata_service.adapters.dynamodb.journal_renewal import DynamoJournalRenewal
from file_metadata_service.domain.errors import CursorReset
from tests.fakes.metadata_service import ANN, BEN
from tests.integration.file_metadata_service.real_world import RealWorld


async def test_every_cursor_of_before_is_reset_and_nothing_else_changes(world: RealWorld) -> None:
    service, actors = world.service(), (ANN, BEN)
    for actor in actors:
        await service.mkdir("a", by=actor)
    heads = [await service.use.get_drive(actor) for actor in actors]
    cursors = [(await service.use.list_changes(it, cursor="", limit=1)).next_cursor for it in actors]
    numbers = count(1)

    renewed = await DynamoJournalRenewal(world.tables.drives, lambda: f"new {next(numbers)}")()

    assert renewed == 2
    later = [await service.use.get_drive(actor) for actor in actors]
    assert {head.journal_id for head in later} == {"new 1", "new 2"}
    assert [replace(head, journal_id="") for head in later] == [
        replace(head, journal_id="") for head in heads
    ]
    for actor, cursor in zip(actors, cursors, strict=True):
        with pytest.raises(CursorReset):
            await service.use.list_changes(actor, cursor=cursor, limit=1)
    await world.service().mkdir("b")


async def test_a_renewal_that_was_cut_short_is_done_once_more(world: RealWorld) -> None:
    await world.service().mkdir("a")
    numbers = count(1)
    renewal = DynamoJournalRenewal(world.tables.drives, lambda: f"new {next(numbers)}")
    await renewal()

    assert await renewal() == 1

    assert (await world.service().use.get_drive(ANN)).journal_id == "new 2"

"""What may be asked about blobs, and how much at once."""

import pytest

from chassis.errors import InvalidArgument
from file_metadata_service.domain.errors import CursorInvalid
from file_metadata_service.domain.ids import BlobId
from tests.fakes.metadata_service import FakeWorld


async def test_a_hundred_at_once_are_looked_up_in_order_also_the_same_twice() -> None:
    use = FakeWorld().service().use
    ids = [BlobId(f"{number:032x}") for number in range(101)]

    assert await use.take_blob_census.look_up([*ids[:99], ids[0]]) == [None] * 100
    assert await use.take_blob_census.look_up([]) == []
    with pytest.raises(InvalidArgument):
        await use.take_blob_census.look_up(ids)


@pytest.mark.parametrize("limit", [0, -1, 1001])
async def test_a_page_has_a_limit(limit: int) -> None:
    with pytest.raises(InvalidArgument):
        await FakeWorld().service().use.take_blob_census.live(limit, None)


@pytest.mark.parametrize("cursor", ["ä", "x" * 161])
async def test_a_cursor_that_cannot_be_one_is_refused(cursor: str) -> None:
    with pytest.raises(CursorInvalid):
        await FakeWorld().service().use.take_blob_census.live(1, cursor)

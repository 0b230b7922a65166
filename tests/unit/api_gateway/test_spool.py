"""What is held for those whose bytes wait here: bounded for each account and for all."""

import pytest

from api_gateway.app.spool import Spool
from api_gateway.domain.errors import RelayBusy


async def test_who_has_their_own_share_waits_for_themselves_and_others_do_not() -> None:
    spool = Spool(10, account_bytes=6, patience_seconds=0.01)
    async with spool.hold("ada", 5):
        with pytest.raises(RelayBusy):
            async with spool.hold("ada", 2):
                pass
        async with spool.hold("bob", 5):
            assert spool.free_bytes == 0
    assert spool.free_bytes == 10


async def test_when_all_is_held_a_share_of_ones_own_helps_nobody() -> None:
    spool = Spool(10, account_bytes=6, patience_seconds=0.01)
    async with spool.hold("ada", 6), spool.hold("bob", 4):
        with pytest.raises(RelayBusy):
            async with spool.hold("carl", 1):
                pass


async def test_of_those_who_hold_nothing_nothing_is_remembered() -> None:
    spool = Spool(10, account_bytes=6, patience_seconds=0.01)
    async with spool.hold("ada", 5), spool.hold("ada", 1), spool.hold("bob", 1):
        assert spool.accounts == 2
        with pytest.raises(RelayBusy):
            async with spool.hold("carl", 9):
                pass
    assert spool.accounts == 0

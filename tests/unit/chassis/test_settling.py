"""What a service stands on is made once: the garbage collector need not look through it again and again."""

import gc
from collections.abc import Iterator
from typing import Any, cast

import pytest

from chassis.service import Server, Service, settled


@pytest.fixture(autouse=True)
def thawed() -> Iterator[None]:
    yield
    gc.unfreeze()


async def test_what_was_built_is_not_looked_through_for_garbage_again() -> None:
    built = [cast("Server", object())]

    async def build(_: Service[Any]) -> Server:
        return built[0]

    assert await settled(build)(cast("Service[Any]", None)) is built[0]
    assert gc.get_freeze_count() > 0
    assert not any(each is built for each in gc.get_objects())

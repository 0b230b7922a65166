import pytest

from tests.fakes.metadata_service import FakeWorld, Service


@pytest.fixture
def world() -> FakeWorld:
    return FakeWorld()


@pytest.fixture
def service(world: FakeWorld) -> Service:
    return world.service()

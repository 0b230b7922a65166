"""A fresh world for each test."""

import pytest

from tests.fakes.upload_world import World


@pytest.fixture
def world() -> World:
    return World()

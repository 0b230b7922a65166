"""A fresh house for each test."""

import pytest

from tests.fakes.user_service_house import House


@pytest.fixture
def house() -> House:
    return House()

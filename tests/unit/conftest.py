"""Unit tests reach nothing: no network, whatever the code under test tries."""

from collections.abc import Iterator

import pytest
from pytest_socket import disable_socket, enable_socket


@pytest.fixture(autouse=True)
def _no_network() -> Iterator[None]:
    disable_socket(allow_unix_socket=True)  # the event loop wakes itself through a socket pair
    yield
    enable_socket()

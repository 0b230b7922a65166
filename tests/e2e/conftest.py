"""One whole stack for all end-to-end tests, on free ports, with a home of its own that goes with the run."""

import signal
from collections.abc import Iterator

import pytest

from local_stack.stack import Stack
from tests.e2e.person import Person


@pytest.fixture(scope="session", autouse=True)
def heeded_interrupts() -> None:
    """Tests that a script runs in the background ignore Ctrl-C, and so would every process that they begin."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    stack = Stack(tmp_path_factory.mktemp("stack"), port=0)
    try:
        stack.up()
        yield stack
    finally:
        stack.down()


@pytest.fixture(scope="session")
def stack_url(stack: Stack) -> str:
    return stack.url


@pytest.fixture
def person(stack_url: str) -> Iterator[Person]:
    with Person(stack_url) as person:
        yield person


@pytest.fixture
def stranger(stack_url: str) -> Iterator[Person]:
    with Person(stack_url) as stranger:
        yield stranger

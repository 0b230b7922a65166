"""Ada, who owns something of everything, and Bob, who does too and wants hers."""

from collections.abc import Iterator

import pytest

from local_stack.stack import Stack
from tests.e2e.front_door.belongings import Belongings
from tests.e2e.front_door.forgeries import Genuine, forgeries
from tests.e2e.person import Person


@pytest.fixture(scope="session")
def ada(stack_url: str) -> Iterator[Belongings]:
    with Person(stack_url) as person:
        yield Belongings.of(person, calls_it="films")


@pytest.fixture(scope="session")
def bob(stack_url: str) -> Iterator[Belongings]:
    with Person(stack_url) as person:
        yield Belongings.of(person, calls_it="songs")


@pytest.fixture(scope="session")
def bad_credentials(stack: Stack, ada: Belongings, bob: Belongings) -> dict[str, str | None]:
    """Values of Authorization for Ada's account, by what is wrong with them."""
    with Person(stack.url, email=ada.person.email) as device:
        refresh_token = device.sign_in()["refresh_token"]
        ended = device.token
        device.request("DELETE", "/sessions/current")
    return forgeries(
        Genuine.of(stack, ada.person.token),
        ended=ended,
        refresh_token=refresh_token,
        other=Genuine.of(stack, bob.person.token),
    )

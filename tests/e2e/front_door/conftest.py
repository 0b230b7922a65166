"""Ada, who owns something of everything, and Bob, who does too and wants hers."""

from base64 import b64encode
from collections.abc import Iterator

import pytest

from local_stack.stack import Stack
from tests.e2e.forgeries import NOBODY, Genuine, forgeries
from tests.e2e.front_door.belongings import Belongings
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
    genuine = Genuine.of(stack, ada.person.token)
    tokens = forgeries(genuine) | {
        "a session that was ended": ended,
        "a session that never was": genuine.signed(sid=NOBODY),
        "another account's session": genuine.signed(sid=Genuine.of(stack, bob.person.token).claims["sid"]),
        "a session of nobody": genuine.signed(sub=NOBODY),
        "a refresh token": refresh_token,
    }
    return {
        "no header": None,
        "an empty header": "",
        "no token": "Bearer",
        "another scheme": f"Basic {b64encode(b'ada:ada').decode()}",
        "the token without its scheme": genuine.token,
        **{name: f"Bearer {token}" for name, token in tokens.items()},
    }

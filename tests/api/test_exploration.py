"""Requests that nobody thought of: whatever they are, the answer is one that the document declares, and never a 500."""

import asyncio
from typing import Any

import pytest
import schemathesis
from schemathesis.generation.case import Case

from api_gateway.adapters.http.wiring import Bounds
from tests.api.conftest import PASSWORD
from tests.api.exploring import configured, explore, operations, times
from tests.fakes.gateway import GatewayWorld

# So many operations have done their work at least once. Others need bytes that fit a hash, or a node that is there:
# the journeys get that far.
ENOUGH = 12
# Whoever waits for changes waits no longer than this.
HASTY = Bounds(waiting_seconds=0.01, stream_seconds=0.01)


async def people_of(world: GatewayWorld) -> str:
    """One who explores, and the one whom the document's examples sign in. Gives the explorer's id."""
    world.people.patience = 1_000_000
    await _register(world, "ada@example.com")
    return await _register(world, "explorer@example.com")


async def _register(world: GatewayWorld, email: str) -> str:
    account = await world.people.register(
        command_id=email, email=email, password=PASSWORD, display_name="", client_address=""
    )
    return account.id


def signed_in(world: GatewayWorld, account_id: str) -> type:
    """A session of its own for every case: some cases end it, and some change the password."""

    class SignedIn:
        def get(self, _: Case, __: Any) -> str:
            return world.people.open_session(account_id).access_token

        def set(self, case: Case, token: str, _: Any) -> None:
            case.headers["Authorization"] = f"Bearer {token}"

    return SignedIn


@pytest.mark.parametrize(
    ("phases", "cases"),
    [(("examples", "coverage"), 1), (("fuzzing",), times(8)), (("stateful",), times(30))],
    ids=lambda value: "-".join(value) if isinstance(value, tuple) else "",
)
def test_every_answer_is_declared(phases: tuple[str, ...], cases: int) -> None:
    world = GatewayWorld()
    schema = schemathesis.openapi.from_asgi(
        "/openapi.json", world.application(HASTY), config=configured(*phases, cases=cases)
    )
    explorer_id = asyncio.run(people_of(world))
    schema.auth(refresh_interval=None)(signed_in(world, explorer_id))

    exploration = explore(schema)

    assert not exploration.failures, exploration.report()
    if "stateful" not in phases:
        assert exploration.cases.keys() == {*operations(schema)}
        assert len(exploration.reached) > ENOUGH

"""Many changes in one request: each by itself, or all of them together."""

from collections.abc import Sequence
from typing import Any

import pytest

from api_gateway.app.run_batch import CALLS_AT_ONCE, RunBatch
from api_gateway.domain.batches import Done, FolderCreation, Operation, Outcome
from api_gateway.domain.identity import Caller
from chassis.errors import DomainError, Kind, RemoteError, Unavailable
from tests.api.conftest import Door, Json
from tests.fakes.gateway import GatewayWorld
from tests.fakes.gateway_batches import InMemoryBatches

ADA = Caller("a" * 32, "session")


def making(name: str, parent_id: str = "root") -> Json:
    return {"op": "create_folder", "parent_id": parent_id, "name": name}


async def results(ada: Door, *operations: Json, **options: Any) -> list[Json]:
    answer = await ada.post("/nodes:batch", json={"operations": operations}, **options)
    assert answer.status_code == 200, answer.text
    found: list[Json] = answer.json()["results"]
    return found


async def test_each_is_answered_by_itself(ada: Door) -> None:
    films, old = await ada.folder("films"), await ada.folder("old")
    told = await results(
        ada,
        {"op": "update", "node_id": old["id"], "name": "older", "parent_id": films["id"]},
        making("FILMS"),
        {"op": "trash", "node_id": films["id"], "if_revision": 1},
        {"op": "restore", "node_id": films["id"], "name": "movies"},
        {"op": "trash", "node_id": "f" * 32},
        {"op": "trash", "node_id": "root"},
        {"op": "update", "node_id": films["id"], "name": "again", "if_revision": 7},
    )
    assert [each["status"] for each in told] == [200, 409, 200, 200, 404, 409, 412]
    assert [each["problem"] and each["problem"]["code"] for each in told] == [
        None,
        "name_taken",
        None,
        None,
        "node_not_found",
        "root_is_fixed",
        "revision_stale",
    ]
    assert told[0]["node"]["name"] == "older"
    assert told[2]["trash_item"]["node"]["id"] == films["id"]
    assert told[3]["node"]["name"] == "movies"


async def test_a_thousand_are_done_and_the_answer_says_where_the_journal_is(
    ada: Door, world: GatewayWorld
) -> None:
    body = {"operations": [making(f"f{number}") for number in range(1000)]}
    answer = await ada.post("/nodes:batch", json=body, headers={"Idempotency-Key": "k"})
    told = answer.json()["results"]
    assert [each["node"]["name"] for each in told] == [f"f{number}" for number in range(1000)]
    assert answer.headers["stowage-seq"].endswith(".1000")
    assert world.tree.command_ids == [f"k#{number}" for number in range(1000)]


async def test_a_batch_that_is_repeated_answers_what_was_done(ada: Door) -> None:
    operations, headers = [making("a"), making("b")], {"Idempotency-Key": "k"}
    first = await results(ada, *operations, headers=headers)
    assert await results(ada, *operations, headers=headers) == first


async def test_steps_are_done_together(ada: Door) -> None:
    films = await ada.folder("films")
    steps = [making("a"), {"op": "update", "node_id": films["id"], "name": "b"}]
    answer = await ada.post("/nodes:together", json={"steps": steps})
    assert [each["node"]["name"] for each in answer.json()["results"]] == ["a", "b"]
    assert answer.headers["stowage-seq"].endswith(".3")


async def test_a_step_that_may_not_be_is_named_and_none_is_done(ada: Door) -> None:
    steps = [making("a"), making("b", parent_id="f" * 32)]
    answer = await ada.post("/nodes:together", json={"steps": steps})
    assert (answer.status_code, answer.json()["code"], answer.json()["step"]) == (404, "node_not_found", 1)
    assert (await ada.get("/folders/root/entries")).json()["items"] == []


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "update", "node_id": "root"},
        {"op": "update", "node_id": "root", "name": 1},
        {"op": "delete", "node_id": "root"},
        {"node_id": "root"},
        {"op": "trash", "node_id": "nobody"},
        {"op": "trash", "node_id": "root", "name": "a"},
        [],
    ],
)
async def test_what_is_no_operation_is_refused_whole(ada: Door, operation: object) -> None:
    for path, field in (("batch", "operations"), ("together", "steps")):
        answer = await ada.post(f"/nodes:{path}", json={field: [making("a"), operation]})
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_argument")
    assert (await ada.get("/folders/root/entries")).json()["items"] == []


class Failing:
    """The second hundred is not answered."""

    def __init__(self, error: DomainError) -> None:
        self.error = error
        self.fake = InMemoryBatches(GatewayWorld().tree)
        self.running = self.most = 0

    async def run(self, caller: Caller, commands: Sequence[tuple[str, Operation]]) -> tuple[Outcome, ...]:
        self.running += 1
        self.most = max(self.most, self.running)
        try:
            if commands[0][0] == "k#100":
                raise self.error
            return await self.fake.run(caller, commands)
        finally:
            self.running -= 1

    async def run_together(
        self, caller: Caller, steps: Sequence[Operation], *, command_id: str
    ) -> tuple[Done, ...]:
        raise NotImplementedError


MANY = [FolderCreation("root", f"f{number}", "fail") for number in range(950)]


async def test_a_hundred_that_nobody_answered_spoil_no_others() -> None:
    batches = Failing(Unavailable("Nobody answers."))
    outcomes = await RunBatch(batches)(ADA, MANY, command_id="k")
    assert [index for index, each in enumerate(outcomes) if not isinstance(each, Done)] == [*range(100, 200)]
    assert batches.most <= CALLS_AT_ONCE


async def test_who_is_nobody_gets_no_results() -> None:
    with pytest.raises(RemoteError):
        await RunBatch(Failing(RemoteError(Kind.UNAUTHENTICATED, "unauthenticated")))(
            ADA, MANY, command_id="k"
        )

"""Every operation with another account's id in every place where an id stands: as if there were no such thing.

What betrays existence is a status, a word, a header, or time. Time is measured here by its cause: the requests to
the database that either answer took. test_time.py holds a clock to it.
"""

from collections.abc import Callable, Iterable, Iterator

import httpx
import pytest

from local_stack.stack import Stack
from tests.e2e.front_door.belongings import CONTENT, Belongings, nobodys
from tests.e2e.front_door.meters import WorkMeter
from tests.e2e.front_door.operations import Operation, Slot, guarded_operations
from tests.e2e.front_door.requests import form_of, request_for
from tests.e2e.front_door.test_credentials import said
from tests.e2e.person import sha256

PLACES = [(operation, slot) for operation in guarded_operations() for slot in operation.slots]
# A probe or the sweeper may come in between.
TRIES = 20


@pytest.fixture(scope="module")
def meter(stack: Stack) -> Iterator[WorkMeter]:
    meter = WorkMeter(stack)
    yield meter
    meter.close()


@pytest.fixture(scope="module")
def before(ada: Belongings) -> object:
    return ada.state()


def foreign_ids(operation: Operation, slot: Slot, ada: Belongings) -> dict[str, str]:
    if slot.kind == "cursor":
        return {"of this listing": ada.cursors[operation.id]}
    return ada.ids[slot.kind]


@pytest.mark.parametrize(
    ("operation", "slot"), PLACES, ids=[f"{operation.id}-{slot.name}" for operation, slot in PLACES]
)
def test_what_is_somebody_elses_is_as_if_it_were_not(
    operation: Operation, slot: Slot, ada: Belongings, bob: Belongings, meter: WorkMeter, before: object
) -> None:
    def ask(value: str) -> httpx.Response:
        request = request_for(operation, bob, foreign={slot: value})
        return bob.person.http.request(request.method, request.url, **request.options)

    ask(nobodys(slot.kind, "x" * 60))  # whatever a first try sets in motion
    for name, hers in foreign_ids(operation, slot, ada).items():
        answer, nowhere = ask_twins(meter, ask, hers, nobodys(slot.kind, hers))
        assert answer.status_code == (422 if slot.kind == "cursor" else 404), (name, answer.text)
        assert said(answer) == said(nowhere), name
    assert ada.state() == before


def operations_on(node_id: str, bob: Belongings) -> list[dict[str, str]]:
    """Each that has a place for an id, with this one in it."""
    own, trashed = bob.ids["node"]["empty folder"], bob.ids["node"]["trashed folder"]
    return [
        {"op": "create_folder", "parent_id": node_id, "name": "new"},
        {"op": "update", "node_id": node_id, "name": "new"},
        {"op": "update", "node_id": own, "parent_id": node_id},
        {"op": "trash", "node_id": node_id},
        {"op": "restore", "node_id": node_id},
        {"op": "restore", "node_id": trashed, "parent_id": node_id},
    ]


@pytest.mark.parametrize("index", range(6))
def test_among_others_what_is_somebody_elses_is_as_if_it_were_not(
    index: int, ada: Belongings, bob: Belongings, before: object
) -> None:
    def asked(node_id: str) -> tuple[object, ...]:
        operation, post = operations_on(node_id, bob)[index], bob.person.http.post
        alone = post("/nodes:together", json={"steps": [operation]})
        (result,) = post("/nodes:batch", json={"operations": [operation]}).json()["results"]
        assert (alone.status_code, result["status"]) == (404, 404)
        return said(alone), {**result["problem"], "request_id": ""}

    state = bob.state()
    for hers in ada.ids["node"].values():
        assert asked(hers) == asked(nobodys("node", hers))
    assert bob.state() == state
    assert ada.state() == before


def test_into_somebody_elses_folder_no_bundled_file_goes(
    ada: Belongings, bob: Belongings, before: object
) -> None:
    def asked(folder_id: str) -> object:
        file = {"folder_id": folder_id, "name": "mine", "size": 0, "sha256": sha256(b"")}
        [told] = bob.person.request("POST", "/bundles", json={"files": [file]}).json()["files"]
        return {**told, "problem": {**told["problem"], "request_id": ""}}

    for hers in ada.ids["node"].values():
        assert asked(hers) == asked(nobodys("node", hers))
    assert ada.state() == before


def test_into_somebody_elses_folder_no_file_of_a_form_goes(
    ada: Belongings, bob: Belongings, before: object
) -> None:
    def asked(folder_id: str) -> object:
        form = form_of(CONTENT, folder_id=folder_id)
        [told] = bob.person.request("POST", "/files:batch", files=form).json()["files"]
        return {**told, "problem": {**told["problem"], "request_id": ""}}

    for hers in ada.ids["node"].values():
        assert asked(hers) == asked(nobodys("node", hers))
    assert ada.state() == before


def ask_twins(
    meter: WorkMeter, ask: Callable[[str], httpx.Response], *values: str
) -> Iterable[httpx.Response]:
    """Both answers, if they took the same work."""
    for _ in range(TRIES):
        answers, work = [], []
        for value in values:
            start = meter.read()
            answers.append(ask(value))
            work.append(meter.read() - start)
        if work[0] == work[1]:
            return answers
    raise AssertionError(f"{values[0]} took {work[0]}, {values[1]} took {work[1]}")


def test_the_meter_tells_one_read_more(ada: Belongings, meter: WorkMeter) -> None:
    """Otherwise equal counts would prove nothing."""

    def least_work(path: str) -> int:
        found = []
        for _ in range(TRIES):
            start = meter.read()
            ada.person.request("GET", path)
            found.append((meter.read() - start).total())
        return min(found)

    assert least_work("/drive") < least_work("/trash")

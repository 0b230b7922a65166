"""The exploration of tests/api, shorter and through everything: what services and engines answer is declared, too."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import schemathesis
from schemathesis.generation.case import Case

from tests.api.exploring import configured, explore, operations, times
from tests.e2e.person import Person

# Each costs a password's hash and counts against everybody's throttle at this address; tests/api explores them.
OF_PASSWORDS = ("register", "sign_in", "change_password")
CHANGES, STREAM = "GET /api/v1/changes", "GET /api/v1/changes/stream"
END_SESSION = "DELETE /api/v1/sessions/{session_id}"


@pytest.fixture
def explorer(stack_url: str) -> Iterator[Person]:
    with Person(stack_url) as person:
        yield person


def test_every_answer_is_declared(explorer: Person, stack_url: str) -> None:
    token = explorer.http.headers["Authorization"]
    spare = explorer.sign_in()["session_id"]  # the one that cases may end

    class SignedIn:
        def get(self, _: Case, __: Any) -> str:
            return token

        def set(self, case: Case, token: str, _: Any) -> None:
            case.headers["Authorization"] = token

    schema = schemathesis.openapi.from_url(
        f"{stack_url}/openapi.json",
        config=configured(
            *("examples", "fuzzing", "stateful"),
            cases=times(3),
            operations=[
                {"include-name": END_SESSION, "parameters": {"path.session_id": spare}},
                {"include-name": CHANGES, "parameters": {"query.wait": 1}},
                {"include-name": STREAM, "parameters": {"query.seconds": 1}},
            ],
        ),
    ).exclude(operation_id=[*OF_PASSWORDS])
    schema.auth(refresh_interval=None)(SignedIn)

    exploration = explore(schema)

    assert not exploration.failures, exploration.report()
    assert exploration.cases.keys() == {*operations(schema)}
    assert httpx.get(f"{stack_url}/api/v1/account", headers={"Authorization": token}).status_code == 200

"""`kill -9` of anything in the middle of an upload: it goes on, and what was acknowledged is there."""

import contextlib
import os
import threading
import time
from collections.abc import Callable, Iterator
from typing import TypeVar

import httpx
import pytest

from local_stack.stack import Stack
from tests.e2e.person import PART_SIZE_BYTES, Person

pytestmark = pytest.mark.judged_once

SERVICES = ["api_gateway", "user_service", "file_metadata_service", "file_upload_service"]
ENGINES = ["redis", "consul", "dynamodb", "s3"]
BODY = os.urandom(3 * PART_SIZE_BYTES + 99)
PATIENCE_SECONDS = 90

T = TypeVar("T")


def until_it_works(step: Callable[[], T]) -> T:
    """A client that retries: every step of an upload may be said again."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return step()
        except (AssertionError, httpx.TransportError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


@pytest.fixture
def person(stack_url: str) -> Iterator[Person]:
    """Somebody who comes while the victim of the test before may still be on its way back."""
    person = Person(stack_url)
    yield until_it_works(person.__enter__)
    person.__exit__()


@pytest.mark.timeout(400)
@pytest.mark.parametrize("process", SERVICES + ENGINES)
def test_an_upload_survives_the_death_of(process: str, stack: Stack, person: Person) -> None:
    before = person.put("acknowledged.bin", BODY[:1000])
    upload = person.start("interrupted.bin", BODY)["upload"]
    person.send_parts(upload["id"], [1, 2], BODY)

    stack.kill(process)

    until_it_works(lambda: person.send_parts(upload["id"], [3, 4], BODY))
    done = until_it_works(lambda: committed(person, upload["id"]))
    assert until_it_works(lambda: person.content(done["node_id"])) == BODY
    assert person.content(before["node_id"]) == BODY[:1000]
    assert person.names() == ["acknowledged.bin", "interrupted.bin"]


@pytest.mark.timeout(400)
@pytest.mark.parametrize("process", [*SERVICES, "dynamodb", "s3"])
def test_a_completion_survives_the_death_of(process: str, stack: Stack, person: Person) -> None:
    upload = person.start("finishing.bin", BODY)["upload"]
    person.send_parts(upload["id"], [1, 2, 3, 4], BODY)

    def complete_unheard() -> None:
        with contextlib.suppress(httpx.TransportError):
            person.http.post(f"/uploads/{upload['id']}/complete", json={})

    completion = threading.Thread(target=complete_unheard)
    completion.start()
    stack.kill(process)
    completion.join()

    done = until_it_works(lambda: committed(person, upload["id"]))
    assert until_it_works(lambda: person.content(done["node_id"])) == BODY
    assert person.names() == ["finishing.bin"]


def committed(person: Person, upload_id: str) -> dict[str, str]:
    upload = person.complete(upload_id)
    assert upload["state"] == "committed", upload
    return upload

"""Two people with belongings, and the doors of the services as each service meets them."""

import os
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from jose import jwt

from local_stack.stack import Stack
from tests.e2e.locks.cases import EVERYBODY, Things
from tests.e2e.locks.door import Door, held_by
from tests.e2e.person import Person, sha256


@pytest.fixture(scope="module")
def doors(stack: Stack) -> Iterator[dict[str, Door]]:
    """By the name in the certificate that is shown."""
    stack.wait_until_ready()
    with ExitStack() as opened:
        yield {name: opened.enter_context(Door(stack, held_by(stack, name))) for name in EVERYBODY}


class Owner:
    """A person who has one of everything."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.token = person.sign_in()["access_token"]
        claims = jwt.get_unverified_claims(self.token)
        folder = person.request("POST", "/folders", json={"parent_id": "root", "name": "papers"}).json()
        done = person.put("letter.txt", os.urandom(100), folder_id=folder["id"])
        trashed = person.put("draft.txt", os.urandom(100))["node_id"]
        person.request("DELETE", f"/nodes/{trashed}")
        small = {"folder_id": "root", "name": "small.txt", "size": 1, "sha256": sha256(b"x")}
        bundle = person.request("POST", "/bundles", json={"files": [small]}).json()
        self.things = Things(
            account_id=claims["sub"],
            session_id=claims["sid"],
            folder_id=folder["id"],
            node_id=done["node_id"],
            trashed_id=trashed,
            blob_id=done["id"],
            upload_id=person.start("open.bin", b"x")["upload"]["id"],
            bundle_id=bundle["id"],
            name=person.email,
        )

    def spare_token(self) -> str:
        """Of a session that may be ended."""
        return str(self.person.sign_in()["access_token"])


@pytest.fixture(scope="module")
def ann(stack_url: str, doors: object) -> Iterator[Owner]:
    with Person(stack_url) as person:
        yield Owner(person)


@pytest.fixture(scope="module")
def bob(stack_url: str, doors: object) -> Iterator[Owner]:
    with Person(stack_url) as person:
        yield Owner(person)

"""What people do, each once, on things made for it beforehand."""

import hashlib
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from tests.e2e.person import PART_SIZE_BYTES, Json, Person

MANY = 100
_SENDERS = 16


@dataclass
class Drive:
    """One person's drive, ready for each of the operations several times."""

    person: Person

    def name(self) -> str:
        return uuid.uuid4().hex

    def small_file(self, name: str = "", **options: str) -> Json:
        """Started with its only part named, sent, completed: as clients do it."""
        body = self.name().encode()
        claim = {"number": 1, "sha256": hashlib.sha256(body).hexdigest()}
        started = self.person.start(name or self.name(), body, parts=[claim], **options)
        assert self.person.send(started["urls"][0], body).status_code == 200
        return self.person.complete(started["upload"]["id"])

    def many_small_files(self) -> None:
        with ThreadPoolExecutor(_SENDERS) as pool:
            assert len([*pool.map(lambda _: self.small_file(), range(MANY))]) == MANY

    def large_file(self) -> None:
        self.person.put(f"{self.name()}.bin", bytes(2 * PART_SIZE_BYTES + 1))

    def folder(self) -> Json:
        body = {"parent_id": "root", "name": self.name()}
        return dict(self.person.request("POST", "/folders", json=body).json())

    def operations(self) -> dict[str, Callable[[], object]]:
        """By their names in docs/cost.md. Each may be called as often as wanted."""
        ask, file, folder = self.person.request, self.small_file()["node_id"], self.folder()["id"]
        return {
            "sign in": self.person.sign_in,
            "who am I": lambda: ask("GET", "/account"),
            "the drive": lambda: ask("GET", "/drive"),
            "a page of a listing": lambda: self.person.names(),
            "a node by id": lambda: ask("GET", f"/nodes/{file}"),
            "make a folder": self.folder,
            "rename a file": lambda: ask("PATCH", f"/nodes/{file}", json={"name": self.name()}),
            "rename a folder": lambda: ask("PATCH", f"/nodes/{folder}", json={"name": self.name()}),
            "trash a file and restore it": lambda: self._there_and_back(file),
            "list the trash": lambda: ask("GET", "/trash"),
            "where a file's bytes are": lambda: ask("GET", f"/files/{file}/content", params={"url": 1}),
            "a small file": self.small_file,
            "replace a small file": lambda: self.small_file("letter", conflict="replace"),
            "a file of three parts": self.large_file,
            "start an upload and end it": self._given_up,
        }

    def _there_and_back(self, node_id: str) -> None:
        self.person.request("DELETE", f"/nodes/{node_id}")
        self.person.request("POST", f"/trash/{node_id}/restore", json={})

    def _given_up(self) -> None:
        started = self.person.start(self.name(), b"never sent")
        self.person.request("DELETE", f"/uploads/{started['upload']['id']}")

"""What people do, each once, on things made for it beforehand."""

import hashlib
import json
import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count, cycle

from tests.e2e.costs.meter import TRIES
from tests.e2e.person import PART_SIZE_BYTES, PASSWORD, Json, Person, sha256

MANY = 100
SOME = 20
# One to be warm, the others measured: as often as it may be tried.
FIRST_LOOKS = TRIES + 1
_SENDERS = 16
Call = Callable[[], object]


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

    def bundle(self) -> None:
        bodies = [self.name().encode() for _ in range(MANY)]
        files = [
            {"folder_id": "root", "name": self.name(), "size": len(body), "sha256": sha256(body)}
            for body in bodies
        ]
        bundle = self.person.request("POST", "/bundles", json={"files": files}).json()
        for told, body in zip(bundle["files"], bodies, strict=True):
            assert self.person.send(told["put"], body).status_code == 200
        done = self.person.request("POST", f"/bundles/{bundle['id']}/complete").json()
        assert all(told["file"] for told in done["files"])

    def form(self) -> None:
        plan = {"files": [{"name": self.name()} for _ in range(MANY)]}
        bodies = [("file", ("x", self.name().encode())) for _ in range(MANY)]
        form = [("plan", (None, json.dumps(plan).encode())), *bodies]
        done = self.person.request("POST", "/files:batch", files=form).json()
        assert all(told["file"] for told in done["files"])

    def large_file(self) -> None:
        self.person.put(f"{self.name()}.bin", bytes(2 * PART_SIZE_BYTES + 1))

    def folder(self) -> Json:
        body = {"parent_id": "root", "name": self.name()}
        return dict(self.person.request("POST", "/folders", json=body).json())

    def refused_folder(self, name: str) -> None:
        answer = self.person.http.post("/folders", json={"parent_id": "root", "name": name})
        assert answer.status_code == 409

    def relayed_file(self) -> None:
        body = self.name().encode()
        upload = self.person.start(self.name(), body)["upload"]["id"]
        self.person.request("PUT", f"/uploads/{upload}/parts/1", content=body)
        self.person.complete(upload)

    def two_versions(self) -> str:
        """A file that has them; its id."""
        name = self.name()
        return str([self.small_file(name, conflict="replace") for _ in range(2)][-1]["node_id"])

    def copy(self, file_id: str) -> None:
        body = {"parent_id": "root", "name": self.name()}
        self.person.request("POST", f"/nodes/{file_id}/copy", json=body)

    def revert(self, file_id: str) -> None:
        self.person.request("POST", f"/files/{file_id}/versions/1/restore")

    def keep_and_let_go(self, file_id: str) -> None:
        for keep in (True, False):
            self.person.request("PATCH", f"/files/{file_id}/versions/1", json={"keep": keep})

    def given_up(self) -> None:
        started = self.person.start(self.name(), b"never sent")
        self.person.request("DELETE", f"/uploads/{started['upload']['id']}")

    def swapping(self) -> Call:
        one, other = self.folder(), self.folder()
        names = cycle([(other["name"], one["name"]), (one["name"], other["name"])])

        def swap() -> None:
            steps = [_named(node["id"], name) for node, name in zip((one, other), next(names), strict=True)]
            self.person.request("POST", "/nodes:together", json={"steps": steps})

        return swap

    def renaming(self) -> Call:
        ids = [self.folder()["id"] for _ in range(SOME)]

        def rename() -> None:
            operations = [_named(node_id, self.name()) for node_id in ids]
            self.person.request("POST", "/nodes:batch", json={"operations": operations})

        return rename

    def there_and_back(self, node_id: str) -> None:
        self.person.request("DELETE", f"/nodes/{node_id}")
        self.person.request("POST", f"/trash/{node_id}/restore", json={})


def _named(node_id: str, name: str) -> Json:
    return {"op": "update", "node_id": node_id, "name": name}


def of_people(person: Person) -> Mapping[str, Call]:
    """By their names in docs/cost.md, as all below. Each may be called as often as wanted."""
    ask = person.request
    return {
        "make an account": lambda: _registered(person),
        "sign in": person.sign_in,
        "sign in and out again": lambda: _signed_out(person),
        "renew tokens": lambda: _renew(person),
        "who am I": lambda: ask("GET", "/account"),
        "change the profile": lambda: ask("PATCH", "/account", json={"display_name": uuid.uuid4().hex}),
        "list sessions": lambda: ask("GET", "/sessions"),
    }


def of_one_device(person: Person) -> Mapping[str, Call]:
    """What costs more with every session that there is, of somebody who has one."""
    body = {"current_password": PASSWORD, "new_password": PASSWORD}
    return {
        "change the password, with one device signed in": lambda: person.request(
            "POST", "/account/password", json=body
        )
    }


def of_a_seeker(person: Person) -> Mapping[str, Call]:
    """Of somebody whose drive stands still: else the index of its names would follow, beside what is measured."""
    person.request("POST", "/folders", json={"parent_id": "root", "name": "sought"})
    return {
        "search by name": lambda: person.request("GET", "/search", params={"q": "sou"}),
        "the last changed files": lambda: person.request("GET", "/recent"),
    }


def of_the_tree(drive: Drive) -> Mapping[str, Call]:
    ask, file, folder = drive.person.request, drive.small_file("letter")["node_id"], drive.folder()["id"]
    before = drive.person.now()
    drive.folder()
    # What was read is kept while it is proven: whoever looks for the first time needs another one each time.
    shelf = drive.folder()
    names = [drive.name() for _ in range(FIRST_LOOKS)]
    ids = iter([drive.small_file(name, folder_id=shelf["id"])["node_id"] for name in names])
    paths = iter([f"/paths/{shelf['name']}/{name}" for name in names])
    limits, small = count(100), f"/folders/{folder}/entries"
    return {
        "the drive": lambda: ask("GET", "/drive"),
        "a page of a listing": lambda: ask("GET", f"{small}?limit={next(limits)}"),
        "a page of a listing, unchanged": lambda: ask("GET", small),
        "a node by id": lambda: ask("GET", f"/nodes/{next(ids)}"),
        "a node by id, unchanged": lambda: ask("GET", f"/nodes/{file}"),
        "a node by its path": lambda: ask("GET", next(paths)),
        "a node by its path, unchanged": lambda: ask("GET", "/paths/letter"),
        "make a folder": drive.folder,
        "make a folder whose name is taken": lambda: drive.refused_folder(shelf["name"]),
        "rename a folder": lambda: ask("PATCH", f"/nodes/{folder}", json={"name": drive.name()}),
        "swap two names": drive.swapping(),
        f"rename {SOME} folders in one request": drive.renaming(),
        "trash a file and restore it": lambda: drive.there_and_back(file),
        "where the journal is now": lambda: ask("GET", "/changes"),
        "one change behind a cursor": lambda: ask("GET", "/changes", params={"cursor": before, "limit": 1}),
        "list the trash": lambda: ask("GET", "/trash"),
    }


def of_files(drive: Drive) -> Mapping[str, Call]:
    ask, file = drive.person.request, drive.small_file()["node_id"]
    upload = drive.person.start(drive.name(), b"open")["upload"]["id"]
    versioned = drive.two_versions()
    return {
        "rename a file": lambda: ask("PATCH", f"/nodes/{file}", json={"name": drive.name()}),
        "where a file's bytes are": lambda: ask("GET", f"/files/{file}/content", params={"url": 1}),
        "a file's bytes through the gateway": lambda: ask(
            "GET", f"/files/{file}/content", params={"relay": 1}
        ),
        "copy a file": lambda: drive.copy(file),
        "list a file's versions": lambda: ask("GET", f"/files/{versioned}/versions"),
        "make a past version the current one": lambda: drive.revert(versioned),
        "keep a version, and keep it no more": lambda: drive.keep_and_let_go(versioned),
        "a small file": drive.small_file,
        "a small file through the gateway": drive.relayed_file,
        "replace a small file": lambda: drive.small_file("replaced", conflict="replace"),
        "a file of three parts": drive.large_file,
        "start an upload and end it": drive.given_up,
        "list uploads": lambda: ask("GET", "/uploads"),
        "how far an upload is": lambda: ask("GET", f"/uploads/{upload}"),
    }


def _registered(person: Person) -> None:
    email = f"{uuid.uuid4().hex}@example.com"
    person.request("POST", "/accounts", json={"email": email, "password": PASSWORD})


def _signed_out(person: Person) -> None:
    tokens = person.request("POST", "/sessions", json={"email": person.email, "password": PASSWORD}).json()
    own = {"Authorization": f"Bearer {tokens['access_token']}"}
    person.request("DELETE", "/sessions/current", headers=own)


def _renew(person: Person) -> None:
    body = {"refresh_token": person.refresh_token}
    person.refresh_token = person.request("POST", "/sessions/refresh", json=body).json()["refresh_token"]

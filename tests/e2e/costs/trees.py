"""What jobs do to a folder of many files, again and again."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from tests.e2e.costs.meter import Meter
from tests.e2e.costs.operations import MANY, Drive
from tests.e2e.person import Json

_SENDERS = 16
_PATIENCE_SECONDS = 60.0


@dataclass
class Trees:
    """Each copy is deleted before the next one is made."""

    drive: Drive
    meter: Meter
    original: str = ""
    _copies: list[str] = field(default_factory=list)

    def plant(self) -> None:
        """A folder of many files."""
        self.original = self.drive.folder()["id"]
        with ThreadPoolExecutor(_SENDERS) as pool:
            list(pool.map(lambda _: self.drive.small_file(folder_id=self.original), range(MANY)))

    def copy(self) -> None:
        name = self.drive.name()
        body = {"parent_id": "root", "name": name}
        self._ended("copy", lambda: self._ask("POST", f"/nodes/{self.original}/copy", json=body))
        self._copies.append(name)

    def trash_a_copy(self) -> None:
        self.copy()
        node = self._ask("GET", f"/paths/{self._copies[-1]}")
        self.drive.person.request("DELETE", f"/nodes/{node['id']}")
        self._copies[-1] = node["id"]

    def delete_for_ever(self) -> None:
        self._ended("delete", lambda: self._ask("DELETE", f"/trash/{self._copies[-1]}"))

    def empty_the_trash(self) -> None:
        self._ended("empty_trash", lambda: self._ask("DELETE", "/trash"))

    def _ask(self, method: str, path: str, **options: Json) -> Json:
        return dict(self.drive.person.request(method, path, **options).json())

    def _ended(self, kind: str, begin: Callable[[], object]) -> None:
        before = self.meter.jobs_done(kind)
        begin()
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while self.meter.jobs_done(kind) == before:
            assert time.monotonic() < deadline, kind
            time.sleep(0.05)

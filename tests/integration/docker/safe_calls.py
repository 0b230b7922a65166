"""Somebody who reads all the while, and is watched."""

import threading
import time
from collections.abc import Callable

import httpx

from tests.e2e.person import Person


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


class SafeCalls:
    """Reads everything, over and over, until told to stop."""

    def __init__(self, person: Person, node_id: str) -> None:
        self._person = person
        self._paths = ("/account", "/folders/root/entries", f"/files/{node_id}/content?url=1")
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self.answered = 0
        self.failures: list[str] = []

    def __enter__(self) -> "SafeCalls":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.is_set():
            for path in self._paths:
                try:
                    answer = self._person.http.get(path)
                    self.answered += 1
                    if not answer.is_success:
                        self.failures.append(f"{path}: {answer.status_code} {answer.text}")
                except httpx.TransportError as error:
                    self.failures.append(f"{path}: {error!r}")

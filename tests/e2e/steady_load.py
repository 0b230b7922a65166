"""People who go on working while something is changed under them, and write down whatever fails."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import httpx
from jose import jwt

from tests.e2e.person import PASSWORD, Person

_SIGN_IN_EVERY = 20


@dataclass
class SteadyLoad:
    """What was asked, by operation; what went wrong; and which keys signed the tokens that came."""

    asked: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    key_ids: set[str] = field(default_factory=set)
    _stop: threading.Event = field(default_factory=threading.Event)
    _progress: threading.Condition = field(default_factory=threading.Condition)

    @property
    def total(self) -> int:
        return self.asked.total()

    def wait_for_more(self, requests: int) -> None:
        """Until so many more were answered."""
        wanted = self.total + requests
        with self._progress:
            assert self._progress.wait_for(lambda: self.total >= wanted, timeout=60)

    def work(self, person: Person) -> None:
        tokens = person.sign_in()
        for turn in count():
            if self._stop.is_set():
                return
            self._browse(person, turn)
            if turn % _SIGN_IN_EVERY == 0:
                credentials = {"email": person.email, "password": PASSWORD}
                tokens = self._renewed(person, "/sessions", credentials) or tokens
            else:
                tokens = (
                    self._renewed(person, "/sessions/refresh", {"refresh_token": tokens["refresh_token"]})
                    or tokens
                )

    def _browse(self, person: Person, turn: int) -> None:
        """Each service is asked, with the token: the gateway, and through it the three others.

        Whoever is refused renews the token first, as clients do.
        """
        folder = {"parent_id": "root", "name": f"{person.email}-{turn}"}
        _ = (
            self._ask(person, "GET", "/account")
            and self._ask(person, "POST", "/folders", json=folder)
            and self._ask(person, "GET", "/folders/root/entries")
            and self._ask(person, "GET", "/uploads")
        )

    def _renewed(self, person: Person, path: str, body: dict[str, Any]) -> dict[str, Any] | None:
        answer = self._ask(person, "POST", path, json=body)
        if answer is None:
            return None
        tokens = answer.json()
        person.http.headers["Authorization"] = f"Bearer {tokens['access_token']}"
        self.key_ids.add(jwt.get_unverified_header(tokens["access_token"])["kid"])
        return dict(tokens)

    def _ask(self, person: Person, method: str, path: str, **options: Any) -> httpx.Response | None:
        try:
            answer = person.http.request(method, path, **options)
        except httpx.HTTPError as error:
            self.failures.append(f"{method} {path}: {error!r}")
            return None
        with self._progress:
            self.asked[f"{method} {path}"] += 1
            self._progress.notify_all()
        if answer.is_success:
            return answer
        self.failures.append(f"{method} {path}: {answer.status_code} of {person.email}: {answer.text}")
        return None

    def stop(self) -> None:
        self._stop.set()


@contextmanager
def steady_load(url: str, people: int) -> Iterator[SteadyLoad]:
    """Runs until the block ends."""
    load = SteadyLoad()
    persons = [Person(url).__enter__() for _ in range(people)]
    threads = [threading.Thread(target=load.work, args=(person,)) for person in persons]
    for thread in threads:
        thread.start()
    try:
        load.wait_for_more(10 * people)
        yield load
        load.wait_for_more(10 * people)
    finally:
        load.stop()
        for thread, person in zip(threads, persons, strict=True):
            thread.join()
            person.__exit__()

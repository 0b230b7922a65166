"""What does not exist and what is somebody else's take the same time: a clock, where test_foreign_ids.py counts."""

import time
from collections.abc import Callable

import httpx
import pytest

from tests.e2e.front_door.belongings import Belongings, nobodys
from tests.slowness import share_of_slower, tolerance

ASKED_EACH = 200
ASKED_AGAIN = 5
FOREIGN = {
    "a node": ("/nodes/{}", "node", "deep file"),
    "an upload": ("/uploads/{}?parts=1", "upload", "open"),
}


@pytest.mark.parametrize(("path", "kind", "name"), FOREIGN.values(), ids=FOREIGN.keys())
def test_time_does_not_tell_somebody_elses_from_nothing(
    path: str, kind: str, name: str, ada: Belongings, bob: Belongings
) -> None:
    hers = ada.ids[kind][name]
    none = nobodys(kind, hers)

    def ask(value: str) -> httpx.Response:
        return bob.person.http.get(path.format(value))

    assert ask(hers).status_code == ask(none).status_code == 404
    assert abs(slowness(lambda: ask(hers), lambda: ask(none)) - 0.5) < tolerance(ASKED_EACH)


def test_the_clock_tells_one_service_more(ada: Belongings) -> None:
    """Otherwise equal times would prove nothing. On a busy machine it may have to be asked again."""
    file = ada.ids["node"]["deep file"]
    http = ada.person.http

    def share() -> float:
        return slowness(lambda: http.get(f"/files/{file}/content?url=1"), lambda: http.get(f"/nodes/{file}"))

    assert any(share() - 0.5 > tolerance(ASKED_EACH) for _ in range(ASKED_AGAIN))


def slowness(one: Callable[[], object], other: Callable[[], object]) -> float:
    """How often `one` is slower than `other`. They take turns in going first."""
    times: dict[bool, list[float]] = {True: [], False: []}
    for number in range(ASKED_EACH):
        for first in (bool(number % 2), not number % 2):
            started = time.perf_counter()
            (one if first else other)()
            times[first].append(time.perf_counter() - started)
    return share_of_slower(times[True], times[False])

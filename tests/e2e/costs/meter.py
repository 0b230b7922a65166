"""What one thing costs the whole system, told by the services' own metrics."""

from collections import Counter
from collections.abc import Callable
from dataclasses import astuple, dataclass

import httpx
from prometheus_client.parser import text_string_to_metric_families

from local_stack.stack import Stack
from tests.e2e.person import Person

# The sweeper and the probes of readiness ask by themselves, every few seconds: what is not there each time is theirs.
TRIES = 12
Reading = Counter[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one call. `s3`: the services' requests and the client's; `rpcs`: between services."""

    write_units: float
    read_units: float
    dynamodb: float
    s3: float
    rpcs: float
    redis: float

    @classmethod
    def said(cls, cells: list[str]) -> "Cost":
        return cls(*map(float, cells))

    def __str__(self) -> str:
        return " | ".join(f"{value:g}" for value in astuple(self))

    def within(self, bound: "Cost") -> bool:
        return all(mine <= most for mine, most in zip(astuple(self), astuple(bound), strict=True))


class Meter:
    """Reads the metrics of every service before and after."""

    def __init__(self, stack: Stack, person: Person) -> None:
        processes = stack.plan.processes.values()
        self._pages = [
            f"http://127.0.0.1:{process.env['STOWAGE_HEALTH_PORT']}/metrics"
            for process in processes
            if "STOWAGE_HEALTH_PORT" in process.env
        ]
        self._client_s3 = 0
        # One for all: making one loads every certificate of the machine.
        self._http = httpx.Client(trust_env=False, limits=httpx.Limits(max_keepalive_connections=0))
        person.storage.event_hooks = {"request": [self._count]}

    def _count(self, _: httpx.Request) -> None:
        self._client_s3 += 1

    def cost(
        self,
        call: Callable[[], object],
        said: Cost | None,
        *,
        calls: int = 1,
        prepare: Callable[[], object] = lambda: None,
    ) -> Cost:
        """The least of several tries, series by series, per call; no more tries than come down to `said`.

        `prepare`: what each try needs beforehand, and is not asked for its cost.
        """
        least: Reading | None = None
        cost: Cost | None = None
        for _ in range(TRIES):
            prepare()
            spent = self._spent(call)
            least = spent if least is None else least & spent
            cost = _cost(least, calls)
            if said is not None and cost.within(said):
                break
        assert cost is not None
        return cost

    def jobs_done(self, kind: str) -> float:
        """So many until now. To ask how far one is costs something; this does not."""
        return sum(
            sample.value
            for page in self._pages
            for family in text_string_to_metric_families(self._http.get(page).text)
            for sample in family.samples
            if sample.name == "stowage_job_steps_total" and sample.labels == {"kind": kind, "step": "done"}
        )

    def _spent(self, call: Callable[[], object]) -> Reading:
        before = self._read()
        call()
        spent = self._read()
        spent.subtract(before)
        return spent

    def _read(self) -> Reading:
        read: Reading = Counter({("s3", "client"): self._client_s3})
        for page in self._pages:
            for family in text_string_to_metric_families(self._http.get(page).text):
                for sample in family.samples:
                    if column := _column(sample.name, sample.labels):
                        read[column, page, *sample.labels.values()] += sample.value  # type: ignore[assignment]  # units come in halves
        return read


def _cost(spent: Reading, calls: int) -> Cost:
    columns = ("write", "read", "dynamodb", "s3", "rpc", "redis")
    totals = (sum(count for series, count in spent.items() if series[0] == column) for column in columns)
    return Cost(*(round(total / calls, 1) for total in totals))


def _column(name: str, labels: dict[str, str]) -> str | None:
    if name == "stowage_dynamodb_capacity_units_total":
        return labels["kind"]
    columns = {
        "stowage_dynamodb_seconds_count": "dynamodb",
        "stowage_s3_seconds_count": "s3",
        "stowage_rpc_client_seconds_count": "rpc",
        "stowage_redis_seconds_count": "redis",
    }
    return columns.get(name)

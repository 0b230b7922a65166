"""How each process is, for people."""

import time
from collections.abc import Iterator
from dataclasses import dataclass

from local_stack import roll
from local_stack.engines import is_healthy
from local_stack.home import Home
from local_stack.plan import Plan
from local_stack.supervision import Supervisor
from local_stack.vault import Vault


@dataclass(frozen=True, slots=True)
class ProcessStatus:
    """state: "ready", "not ready", "stopped", "starting", "crashing" or "unsupervised". restarts: since `up`."""

    name: str
    state: str
    pid: int | None
    uptime_seconds: float | None
    restarts: int
    address: str

    @property
    def is_ready(self) -> bool:
        return self.state == "ready"


_WORDS = {"STARTING": "starting", "BACKOFF": "crashing", "FATAL": "crashing", "STOPPING": "stopping"}


def statuses(home: Home, plan: Plan, supervisor: Supervisor) -> Iterator[ProcessStatus]:
    """One for each process of the plan, in the order of starting."""
    vault = Vault(home.secrets)
    running = supervisor.processes()
    for process in plan.processes.values():
        written = roll.entry(home.run, process.name)
        alive = roll.is_alive(home.run, process.name)
        known = running.get(process.name)
        if alive and is_healthy(vault.resolve(process.probe)):
            state = "ready" if known else "unsupervised"
        elif known is not None:
            state = _WORDS.get(known.state, "not ready" if alive else "stopped")
        else:
            state = "unsupervised" if alive else "stopped"
        yield ProcessStatus(
            name=process.name,
            state=state,
            pid=written.pid if written and alive else None,
            uptime_seconds=time.time() - written.started if written and alive else None,
            restarts=max(0, written.starts - 1) if written else 0,
            address=process.address,
        )

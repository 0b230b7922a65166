"""Deciding what shall run, against what runs already."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from local_stack import places, roll, source
from local_stack.composition import PACKAGES, compose, port_names
from local_stack.home import Home
from local_stack.instances import counted, counts_in
from local_stack.plan import Plan
from local_stack.progress import Say
from local_stack.supervision import Supervisor


@dataclass(frozen=True, slots=True)
class Planning:
    """For one home, by whoever holds its lock."""

    home: Home
    supervisor: Supervisor
    say: Say

    def settle(
        self,
        programs: Mapping[str, Path],
        *,
        front_door: int,
        dynamodb_engine: str,
        instances: str | None,
        with_services: bool,
    ) -> Plan:
        """Write the plan down, stop what it wants otherwise than it runs, and have a supervisor for it.

        programs: of the parts, by name. front_door: a port, 0 for any. instances: how many of each service, as in
        `instances.counted`; None for as many as before. Raises StackError.
        """
        before = Plan.load(self.home.run)
        known = before.processes if before else ()
        counts = counts_in(known, PACKAGES) if instances is None else counted(instances, PACKAGES)

        def plan(*, held: bool) -> Plan:
            ports = places.settle(
                self.home.run, port_names(counts), front_door=front_door, held=held, say=self.say
            )
            return compose(
                self.home,
                programs=programs,
                dynamodb_engine=dynamodb_engine,
                ports=ports,
                python=sys.executable,
                code=source.fingerprint(),
                settings=self._settings(),
                instances=counts,
                with_services=with_services,
            )

        if before is not None and self.supervisor.pid is not None:
            wanted = plan(held=True)
            if self.supervisor.configures(wanted):
                changed = [it for it in wanted.processes.values() if before.processes.get(it.name) != it]
                self.supervisor.end(changed[::-1])
                wanted.save(self.home)
                return wanted
            self.supervisor.shut_down()
        self.end_orphans()
        wanted = plan(held=False)
        wanted.save(self.home)
        self.supervisor.start(wanted)
        return wanted

    def end_orphans(self) -> None:
        """What runs without its supervisor (that was killed) cannot be watched any more: end it."""
        self.supervisor.clear_away()
        plan = Plan.load(self.home.run)
        for name in roll.end(self.home.run, list(plan.processes) if plan else []):
            self.say(name, "was left over from a killed supervisor; ended")

    def _settings(self) -> dict[str, str]:
        read = self.home.read_settings()
        if "STOWAGE_LOG_LEVEL" in os.environ:
            read["STOWAGE_LOG_LEVEL"] = os.environ["STOWAGE_LOG_LEVEL"]
        return read

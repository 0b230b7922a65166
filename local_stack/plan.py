"""What should run: written down at `up`, read at each start of a process; holds no secret."""

import dataclasses
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from local_stack.errors import StackError
from local_stack.files import write_private
from local_stack.home import Home
from local_stack.instances import package_of
from local_stack.vault import Vault

ENGINES, SERVICES, EDGE = "engines", "services", "edge"
GROUPS = (ENGINES, SERVICES, EDGE)  # in the order of starting
# A stack runs the same from every shell: nobody's AWS_PROFILE, proxy or STOWAGE_PASSWORD gets in.
_INHERITED = ("PATH", "HOME", "USER", "LANG", "LC_ALL", "TZ", "TMPDIR", "JAVA_HOME")


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """env: values may refer to secrets. code: fingerprint of the program; another one means a restart.

    address: where it listens.
    """

    name: str
    group: str
    argv: tuple[str, ...]
    probe: str
    address: str
    env: Mapping[str, str] = field(default_factory=dict)
    folders: tuple[str, ...] = ()
    repair: str | None = None
    code: str = ""

    @property
    def supervised_name(self) -> str:
        return f"{self.group}:{self.name}"

    def environment(self, vault: Vault) -> dict[str, str]:
        """The whole environment that it runs in."""
        kept = {name: os.environ[name] for name in _INHERITED if name in os.environ}
        return kept | {name: vault.resolve(value) for name, value in self.env.items()}


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that runs in one home, in the order of starting."""

    url: str
    processes: Mapping[str, Process]

    @staticmethod
    def _file(run: Path) -> Path:
        return run / "plan.json"

    def save(self, home: Home) -> None:
        write_private(self._file(home.run), json.dumps(dataclasses.asdict(self), indent=1).encode())

    @classmethod
    def load(cls, run: Path) -> "Plan | None":
        """The plan in a home's `run` folder; None if there is none."""
        try:
            read = json.loads(cls._file(run).read_text())
        except FileNotFoundError:
            return None
        processes = {}
        for name, values in read["processes"].items():
            values["argv"], values["folders"] = tuple(values["argv"]), tuple(values["folders"])
            processes[name] = Process(**values)
        return cls(read["url"], processes)

    def find(self, name: str) -> Process:
        """The process of that name, or the only one whose name holds it ("gateway"), else its first instance.

        Raises StackError.
        """
        if name in self.processes:
            return self.processes[name]
        alike = [process for known, process in self.processes.items() if name in known]
        if len({package_of(process.name) for process in alike}) != 1:
            raise StackError(f"no process is called {name}; there are: {', '.join(self.processes)}")
        return alike[0]

    def in_group(self, group: str) -> list[Process]:
        return [process for process in self.processes.values() if process.group == group]

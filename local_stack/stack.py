"""The whole system in one folder: `Stack(home).up()`; for the command line and for end-to-end tests alike."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from filelock import FileLock, Timeout

from local_stack import roll
from local_stack.backup import Backup, Restore
from local_stack.backup.snapshot import clear_staging
from local_stack.composition import CATALOGUE
from local_stack.errors import StackError
from local_stack.freeze import wake
from local_stack.home import Home
from local_stack.instances import package_of
from local_stack.parts.catalogue import parts_for
from local_stack.parts.frontend import frontend_part, provide_page
from local_stack.parts.store import Store, default_root
from local_stack.pki import renew_certificates, roll_authority
from local_stack.plan import Plan
from local_stack.planning import Planning
from local_stack.progress import Say, silent
from local_stack.settling import ensure_taken_over, wait_until_taken_over
from local_stack.startup import Startup
from local_stack.status import ProcessStatus, statuses
from local_stack.supervision import Supervisor
from local_stack.vault import Vault

DEFAULT_PORT = 8080
DEFAULT_ENGINE = "dynoxide"
_PATIENCE_SECONDS = 30.0
_NAMES = tuple(service.name for service in CATALOGUE)


def _port_from_environment() -> int:
    written = os.environ.get("STOWAGE_PORT") or str(DEFAULT_PORT)
    if not written.isdecimal() or not 0 <= int(written) <= 65535:
        raise StackError(
            f"STOWAGE_PORT={written} is not a port: it takes a number from 1 to 65535, or 0 for any"
        )
    return int(written)


class Stack:
    """One home's processes. Every method may be called from another program than the one that called `up`.

    port: of the front door; 0 for any free one (remembered in the home), None for STOWAGE_PORT or 8080.
    engine: which DynamoDB, None for ENGINE or dynoxide. services: False for the engines alone.
    instances: how many of each service ("2"; "2,api_gateway=1"), None for STOWAGE_INSTANCES or as many as before.
    """

    def __init__(
        self,
        home: Path,
        *,
        port: int | None = None,
        engine: str | None = None,
        instances: str | None = None,
        services: bool = True,
        say: Say = silent,
    ) -> None:
        self.home = Home(home)
        self._port = port if port is not None else _port_from_environment()
        self._engine = engine or os.environ.get("ENGINE") or DEFAULT_ENGINE
        self._instances = instances or os.environ.get("STOWAGE_INSTANCES") or None
        self._services = services
        self._say = say
        self._supervisor = Supervisor(self.home)
        self._planning = Planning(self.home, self._supervisor, say)

    @property
    def url(self) -> str:
        """The front door. Raises StackError before the first `up`."""
        return self.plan.url

    @property
    def plan(self) -> Plan:
        """What runs, or ran last. Raises StackError before the first `up`."""
        plan = Plan.load(self.home.run)
        if plan is None:
            raise StackError(f"nothing was started in {self.home.root} yet: `make up`")
        return plan

    @property
    def supervisor_pid(self) -> int | None:
        return self._supervisor.pid

    def up(self) -> None:
        """Start what does not run, restart what changed; returns when the front door says ready.

        Raises StackError in words; what runs by then goes on running.
        """
        store = Store(default_root(), self._say)
        programs = store.provide(parts_for(self._engine))
        if self._services:
            programs |= provide_page(store, frontend_part(), self._say)
        with self._alone():
            clear_staging(self.home)
            wake(self._deleters())  # a backup that was killed together with its guard may have left them
            Vault(self.home.secrets).fill()
            ensure_taken_over(self.home, Plan.load(self.home.run), _NAMES, self._say)
            plan = self._planning.settle(
                programs,
                front_door=self._port,
                dynamodb_engine=self._engine,
                instances=self._instances,
                with_services=self._services,
            )
            startup = Startup(self.home, plan, self._supervisor, self._say)
            if self._services and startup.is_prepared:
                startup.begin_services()
            startup.start_engines()
            if self._services:
                if not all(status.is_ready for status in self.status()):
                    startup.prepare()
                startup.start_services()

    def down(self) -> None:
        """Stop everything, the front door first; data stays. Nothing if nothing runs."""
        if self.home.exists:
            with self._alone():
                self._supervisor.shut_down()
                self._planning.end_orphans()

    def restart(self, *names: str) -> None:
        """Stop these (all, if none is named), and start them again; returns when all is ready."""
        plan = self.plan
        chosen = [plan.find(name) for name in names] or list(plan.processes.values())
        with self._alone():
            if self._supervisor.pid is not None:
                self._supervisor.end(chosen[::-1])
        self.up()

    def renew_certificates(self, *, authority: bool = False) -> None:
        """A new certificate for each service, and with `authority` a new CA; no call fails, nothing restarts.

        Returns when everybody who runs uses them. Raises StackError if somebody does not; then repeat it.
        """
        with self._alone():
            if authority:
                roll_authority(self.home.tls, _NAMES, settle=self._settle)
            else:
                renew_certificates(self.home.tls, _NAMES, settle=self._settle)
            self._settle()

    def _settle(self) -> None:
        wait_until_taken_over(self.home, Plan.load(self.home.run))

    def migrate(self) -> None:
        """Bring the tables of every service up to date. Raises StackError if the engines do not run."""
        if self._supervisor.pid is None:
            raise StackError("the engines do not run: `make up` starts them, and migrates by itself")
        Startup(self.home, self.plan, self._supervisor, self._say).migrate()

    def reset(self) -> None:
        """Stop everything and delete everything."""
        self.down()
        if self.home.exists:
            with self._alone():
                self.home.erase()

    def backup(self, target: Path) -> Path:
        """All that must not be lost, of one moment, into one new file; returns where. Raises StackError.

        target: the file, or a folder to put it into. What runs goes on running.
        """
        if not self.home.exists:
            raise StackError(f"there is no stack in {self.home.root}")
        with self._alone():
            return Backup(self.home, self._deleters, self._say).take(target)

    def restore(self, file: Path) -> None:
        """Make this home of a backup; `up` starts it. Raises StackError if there is anything in it already."""
        Restore(Home(self.home.root.resolve()), self._say).load(file)

    def _deleters(self) -> list[int]:
        """Who may delete objects: the upload service's instances that run."""
        plan = Plan.load(self.home.run)
        names = [
            name for name in (plan.processes if plan else ()) if package_of(name) == "file_upload_service"
        ]
        return [pid for name in names if (pid := self.pid(name)) is not None]

    def status(self) -> list[ProcessStatus]:
        """How each process is; empty before the first `up`."""
        plan = Plan.load(self.home.run)
        return list(statuses(self.home, plan, self._supervisor)) if plan else []

    def pid(self, name: str) -> int | None:
        """Of a process that runs now, else None."""
        process = self.plan.find(name)
        written = roll.entry(self.home.run, process.name)
        return written.pid if written and roll.is_alive(self.home.run, process.name) else None

    def kill(self, name: str, number: int = signal.SIGKILL) -> int:
        """Send a signal (kill -9) to a process, waiting for it to run if need be, and until it is gone.

        Returns its pid. The supervisor starts it again.
        """
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while (pid := self.pid(name)) is None:
            if time.monotonic() > deadline:
                raise StackError(f"{name} does not run")
            time.sleep(0.05)
        try:
            victim = psutil.Process(pid)
            victim.send_signal(number)
            victim.wait(_PATIENCE_SECONDS)
        except psutil.NoSuchProcess:
            pass
        return pid

    def wait_until_ready(self, *, timeout_seconds: float = 60.0) -> None:
        """Return as soon as every process is ready, as after a `kill`. Raises StackError naming who is not."""
        deadline = time.monotonic() + timeout_seconds
        while waiting := [process.name for process in self.status() if not process.is_ready]:
            if time.monotonic() > deadline:
                raise StackError(f"not ready after {timeout_seconds:.0f} s: {', '.join(waiting)}")
            time.sleep(0.1)

    def env(self, name: str) -> dict[str, str]:
        """The variables that a process is told, secrets included."""
        process = self.plan.find(name)
        vault = Vault(self.home.secrets)
        return {variable: vault.resolve(value) for variable, value in process.env.items()}

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """No second `up`, `down` or `reset` of this home at the same time."""
        self.home.make()
        lock = FileLock(self.home.mark)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            self._say("stack", "another command is at work on it; waiting …")
            lock.acquire()
        try:
            yield
        finally:
            lock.release()

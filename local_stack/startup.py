"""Bringing a plan to life: engines first, then what the services stand on, then the services."""

import subprocess
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from local_stack import roll
from local_stack.bucket import ensure_bucket
from local_stack.composition import BUCKET, CATALOGUE, REGION
from local_stack.engines import is_healthy
from local_stack.errors import StackError
from local_stack.files import write_private
from local_stack.home import Home
from local_stack.logs import last_lines
from local_stack.parts.tools import explain
from local_stack.plan import EDGE, ENGINES, SERVICES, Plan, Process
from local_stack.progress import Say
from local_stack.supervision import Supervisor
from local_stack.vault import Vault

_ENGINE_SECONDS = 60.0
_READY_SECONDS = 120.0
_STARTS_GRANTED = 3  # whoever ends that often while starting will go on doing so
_MIGRATION_SECONDS = 180.0


@dataclass(frozen=True, slots=True)
class Startup:
    """The steps; each may be repeated, and finds done what was done before."""

    home: Home
    plan: Plan
    supervisor: Supervisor
    say: Say

    def start_engines(self) -> None:
        """Returns when all of them are healthy."""
        self._start(self.plan.in_group(ENGINES), _ENGINE_SECONDS)

    @property
    def is_prepared(self) -> bool:
        """Whether this code has made tables and keys for this data before, and told who follows it of a restore."""
        keys = any(Vault(self.home.secrets).token_keys.iterdir())
        made = self._mark.exists() and self._mark.read_text() == self._code
        return keys and made and not self.home.restored.exists()

    def prepare(self) -> None:
        """Bucket, tables and token keys, side by side; tables and keys unless `is_prepared`."""
        if self.is_prepared:
            self.make_bucket()
            return
        with ThreadPoolExecutor() as pool:
            steps = [pool.submit(self.make_bucket), pool.submit(self._make_keys), pool.submit(self.migrate)]
        for step in steps:
            step.result()
        self._renew_journals()
        write_private(self._mark, self._code.encode())

    def begin_services(self) -> None:
        """Returns at once: a service loads its code while the engines start, and waits for them by itself."""
        self.supervisor.begin(self._services)

    def start_services(self) -> None:
        """Returns when the front door says that everything behind it is ready."""
        self._start(self._services, _READY_SECONDS)

    def make_bucket(self) -> None:
        """The bucket, its owner, and who may read it from a page."""
        vault = Vault(self.home.secrets)
        upload = self.plan.processes["file_upload_service"].env
        others = self.plan.processes["api_gateway"].env.get("STOWAGE_CORS_ORIGINS", "")
        own = [self.plan.url, self.plan.url.replace("localhost", "127.0.0.1")]
        ensure_bucket(
            BUCKET,
            endpoint=upload["S3_ENDPOINT"],
            region=REGION,
            root=vault.credentials("engines/s3_root"),
            owner=vault.credentials("file-upload-service/s3"),
            origins=[*own, *(origin.strip() for origin in others.split(",") if origin.strip())],
        )

    def migrate(self) -> None:
        """Bring every service's tables up to date."""
        packages = [service.package for service in CATALOGUE if service.migrates]
        with ThreadPoolExecutor() as pool:
            for done in [pool.submit(self._command, package, "migrate", "up") for package in packages]:
                done.result()
        self.say("tables", "up to date")

    def _renew_journals(self) -> None:
        """Of restored data, before anybody reads or writes it: a crash before the mark is gone means once more."""
        if self.home.restored.exists():
            self._command("file_metadata_service", "renew-journals")
            self.home.restored.unlink()
            self.say("journals", "begun anew, for the data came out of a backup")

    @property
    def _services(self) -> list[Process]:
        return [*self.plan.in_group(SERVICES), *self.plan.in_group(EDGE)]

    @property
    def _code(self) -> str:
        return self.plan.processes["user_service"].code

    @property
    def _mark(self) -> Path:
        """Lies with the tables, so that it is gone when they are."""
        return Path(self.plan.processes["dynamodb"].folders[0]) / ".migrated"

    def _make_keys(self) -> None:
        self._command("user_service", "keys", "init")

    def _command(self, package: str, *arguments: str) -> None:
        """One command of a service, in the environment that the service runs in."""
        process = self.plan.processes[package]
        done = subprocess.run(
            [*process.argv[:3], *arguments],
            cwd=self.home.root,
            env=process.environment(Vault(self.home.secrets)),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=_MIGRATION_SECONDS,
            check=False,
        )
        if done.returncode:
            said = "\n".join(f"    {line}" for line in done.stdout.strip().splitlines()[-15:])
            raise StackError(f"{package} {' '.join(arguments)} failed:\n{said}")

    def _start(self, processes: Sequence[Process], patience_seconds: float) -> None:
        began = time.monotonic()
        starts = {process.name: self._starts(process) for process in processes}
        self.supervisor.begin(processes)
        waiting = list(processes)
        while waiting:
            for process in list(waiting):
                if is_healthy(self._probe(process)):
                    waiting.remove(process)
                    self.say(process.name, f"ready after {time.monotonic() - began:.1f} s")
                elif self._starts(process) - starts[process.name] >= _STARTS_GRANTED:
                    raise StackError(self._obituary(process, "ends as soon as it is started"))
                elif time.monotonic() - began > patience_seconds:
                    raise StackError(self._obituary(process, f"is not ready after {patience_seconds:.0f} s"))
            time.sleep(0.1 if waiting else 0)

    def _probe(self, process: Process) -> str:
        return Vault(self.home.secrets).resolve(process.probe)

    def _starts(self, process: Process) -> int:
        written = roll.entry(self.home.run, process.name)
        return written.starts if written else 0

    def _obituary(self, process: Process, what: str) -> str:
        lines = last_lines(self.home.logs / f"{process.name}.log", 15)
        cause = explain("\n".join(lines))
        said = "\n".join(f"    {line}" for line in lines)
        return f"{process.name} {what}{f': {cause}' if cause else ''}. Its log ends with:\n{said}"

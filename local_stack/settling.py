"""Certificates that are replaced while services run: whether those have taken over what lies in the folder."""

import re
import time
import urllib.request
from collections.abc import Iterable
from pathlib import Path

from local_stack import roll
from local_stack.errors import StackError
from local_stack.home import Home
from local_stack.pki import ensure_certificates
from local_stack.plan import ENGINES, Plan, Process
from local_stack.progress import Say

_WRITTEN = re.compile(
    r'^stowage_certificate_files_written_seconds\{service="([a-z-]+)"\} (\S+)$', re.MULTILINE
)
_PATIENCE_SECONDS = 60.0


def ensure_taken_over(
    home: Home,
    plan: Plan | None,
    names: Iterable[str],
    say: Say,
    *,
    patience_seconds: float = _PATIENCE_SECONDS,
) -> None:
    """As `ensure_certificates`. Who does not take them over is told of, and both authorities stay trusted."""
    try:
        ensure_certificates(
            home.tls,
            names,
            settle=lambda: wait_until_taken_over(home, plan, patience_seconds=patience_seconds),
        )
    except StackError as error:
        say("certificates", f"warning: {error}")


def wait_until_taken_over(
    home: Home, plan: Plan | None, *, patience_seconds: float = _PATIENCE_SECONDS
) -> None:
    """Returns when no service that runs uses older files. Raises StackError naming who still does."""
    deadline = time.monotonic() + patience_seconds
    while waiting := [process.name for process in _running(home, plan) if not _has_taken_over(home, process)]:
        if time.monotonic() > deadline:
            raise StackError(
                f"{', '.join(waiting)} did not take over the new certificates; the old ones are still trusted. "
                "See the logs, then say the same again"
            )
        time.sleep(0.25)


def _running(home: Home, plan: Plan | None) -> Iterable[Process]:
    processes = plan.processes.values() if plan else ()
    return (it for it in processes if it.group != ENGINES and roll.is_alive(home.run, it.name))


def _has_taken_over(home: Home, process: Process) -> bool:
    url = f"http://127.0.0.1:{process.env['STOWAGE_HEALTH_PORT']}/metrics"
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            told = _WRITTEN.findall(answer.read().decode())
    except OSError:
        return False
    # Floats that went through text.
    return bool(told) and all(float(seen) + 0.001 >= _written(home.tls, service) for service, seen in told)


def _written(folder: Path, service: str) -> float:
    return max((folder / name).stat().st_mtime for name in ("ca.pem", f"{service}.pem", f"{service}.key"))

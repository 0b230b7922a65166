"""supervisord, which keeps the processes alive: its configuration, its start, and talking to it.

One per home, on a socket of its own in `run`, which only the owner can open.
"""

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xmlrpc.client import Fault

import psutil

from local_stack.errors import StackError
from local_stack.files import write_private
from local_stack.home import Home
from local_stack.plan import GROUPS, Plan, Process
from local_stack.rpc_socket import Unreachable, ask

_CONFIG = "supervisord.conf"
_HEAD = """\
[unix_http_server]
file = %(here)s/supervisor.sock
chmod = 0700

[supervisord]
logfile = %(here)s/../logs/supervisord.log
logfile_maxbytes = 5MB
logfile_backups = 2
pidfile = %(here)s/supervisord.pid
childlogdir = %(here)s/../logs
umask = 077

[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
"""
# Never given up (each failed start waits a second longer); a SIGTERM has time to drain.
_PROGRAM = """
[program:{name}]
command = "%(ENV_STOWAGE_PYTHON)s" -m local_stack.launch "%(here)s" {name}
autostart = false
autorestart = true
startsecs = 1
startretries = 1000
stopwaitsecs = 25
redirect_stderr = true
stdout_logfile = %(here)s/../logs/{name}.log
stdout_logfile_maxbytes = 10MB
stdout_logfile_backups = 3
"""
_NOT_RUNNING = 70  # supervisor.xmlrpc.Faults
_ALREADY_STARTED = 60
_START_SECONDS = 15.0
_STOP_SECONDS = 90.0


def configuration(plan: Plan) -> str:
    """supervisord's configuration: names and order only, the rest stands in the plan."""
    programs = [_PROGRAM.format(name=name) for name in plan.processes]
    groups = [
        f"\n[group:{group}]\nprograms = {','.join(process.name for process in members)}\npriority = {order}\n"
        for order, group in enumerate(GROUPS)
        if (members := plan.in_group(group))
    ]
    return "".join([_HEAD, *programs, *groups])


@dataclass(frozen=True, slots=True)
class Running:
    """What supervisord knows of one process. `since`: seconds since 1970."""

    pid: int | None
    state: str
    since: float
    trouble: str


class Supervisor:
    """The supervisord of one home."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._socket = home.run / "supervisor.sock"

    @property
    def pid(self) -> int | None:
        """Its pid, or None if it does not run."""
        try:
            return int(ask(self._socket, "getPID"))
        except Unreachable:
            return None

    def configures(self, plan: Plan) -> bool:
        """Whether it was started with the configuration that `plan` needs."""
        file = self._home.run / _CONFIG
        return file.exists() and file.read_text() == configuration(plan)

    def start(self, plan: Plan) -> None:
        """Start it with nothing running yet. Raises StackError with what it said."""
        config = self._home.run / _CONFIG
        write_private(config, configuration(plan).encode())
        started = subprocess.run(
            [sys.executable, "-m", "supervisor.supervisord", "--configuration", str(config)],
            cwd=self._home.run,
            env={**os.environ, "STOWAGE_PYTHON": sys.executable},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=60,
            check=False,
        )
        deadline = time.monotonic() + _START_SECONDS
        while self.pid is None:
            if started.returncode or time.monotonic() > deadline:
                raise StackError(
                    f"supervisord did not start: {started.stdout.strip()} (log: {self._home.logs})"
                )
            time.sleep(0.05)

    def shut_down(self) -> None:
        """Stop every process, last started first, and supervisord. Returns when all have ended."""
        pid = self.pid
        if pid is None:
            return
        ask(self._socket, "shutdown")
        try:
            psutil.Process(pid).wait(_STOP_SECONDS)
        except psutil.NoSuchProcess:
            pass
        except psutil.TimeoutExpired as error:
            raise StackError(
                f"supervisord (pid {pid}) did not stop in {_STOP_SECONDS:.0f} seconds"
            ) from error

    def clear_away(self) -> None:
        """End a supervisord of this home that hangs, told by its pid file and command line."""
        try:
            process = psutil.Process(int((self._home.run / "supervisord.pid").read_text()))
            if str(self._home.run / _CONFIG) in process.cmdline():
                process.kill()
                process.wait(10)
        except (FileNotFoundError, ValueError, psutil.NoSuchProcess):
            return

    def processes(self) -> Mapping[str, Running]:
        """By name; empty if supervisord does not run."""
        try:
            infos = ask(self._socket, "getAllProcessInfo")
        except Unreachable:
            return {}
        return {
            info["name"]: Running(
                info["pid"] or None,
                info["statename"],
                float(info["start"]),
                info["spawnerr"] or info["description"],
            )
            for info in infos
        }

    def begin(self, processes: Sequence[Process]) -> None:
        """Have them started, those that are not; returns at once."""
        for process in processes:
            self._call("startProcess", process, _ALREADY_STARTED)

    def end(self, processes: Sequence[Process]) -> None:
        """Stop them, those that run, one after the other."""
        for process in processes:
            self._call("stopProcess", process, _NOT_RUNNING)

    def _call(self, verb: str, process: Process, harmless: int) -> None:
        wait = verb == "stopProcess"
        try:
            ask(self._socket, verb, process.supervised_name, wait)
        except Fault as fault:
            if fault.faultCode != harmless:
                raise StackError(
                    f"supervisord will not {verb} {process.name}: {fault.faultString}"
                ) from fault

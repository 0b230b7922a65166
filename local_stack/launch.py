"""Becomes one process of the plan: `python -m local_stack.launch RUN_FOLDER NAME`, started by supervisord.

It takes the process's lock, writes down who it is, mends what the last run left, and then *is* the process
(exec keeps pid and lock). The lock says that the process lives, whoever its parent is; so no second one can
start beside an orphan, and `up` finds orphans without guessing by name.
"""

import os
import resource
import sys
from pathlib import Path

from local_stack.errors import StackError
from local_stack.plan import Plan
from local_stack.roll import sign_in
from local_stack.s3_repair import repair
from local_stack.vault import Vault

_OPEN_FILES = 10_000


def main() -> None:
    """Never returns."""
    run, name = Path(sys.argv[1]), sys.argv[2]
    plan = Plan.load(run)
    if plan is None:
        raise SystemExit(f"{run} holds no plan: start with `python -m local_stack up`")
    process = plan.processes[name]
    try:
        sign_in(run, name, process.argv)
    except StackError as error:
        raise SystemExit(str(error)) from None
    os.umask(0o077)
    _allow_many_connections()
    for folder in process.folders:
        Path(folder).mkdir(mode=0o700, parents=True, exist_ok=True)
    if process.repair:
        done = repair(Path(process.repair))
        if done.uploads_reopened or done.files_removed:
            sys.stderr.write(f"mended: {done}\n")
            sys.stderr.flush()
    os.execvpe(process.argv[0], process.argv, process.environment(Vault(run.parent / "secrets")))  # noqa: S606 - its job


def _allow_many_connections() -> None:
    """Shells often grant 1,024 open files; each connection is one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, _OPEN_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


if __name__ == "__main__":
    main()

"""A service takes as many connections as it may, whatever the shell that started it grants at first."""

import resource
import subprocess
import sys

_TRY = """
import resource
from chassis.service import allow_many_connections
_, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))
allow_many_connections()
print(resource.getrlimit(resource.RLIMIT_NOFILE)[0])
"""


def test_a_shells_limit_of_open_files_is_raised_as_far_as_it_may_be() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _TRY], capture_output=True, text=True, check=True, timeout=60
    )

    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert int(done.stdout) == (20_000 if hard == resource.RLIM_INFINITY else min(hard, 20_000))

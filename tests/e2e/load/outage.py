"""An engine that is gone for a while: hung, or dead and not started again until it is over."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

from local_stack.stack import Stack


@contextmanager
def outage(stack: Stack, engine: str, how: signal.Signals) -> Iterator[None]:
    """SIGSTOP: it keeps its port and its connections, and says nothing. SIGKILL: nobody listens there any more."""
    pid = stack.pid(engine)
    assert pid is not None
    # Whoever would start it again sleeps meanwhile; it wakes to find its child dead.
    sleeper = stack.supervisor_pid if how is signal.SIGKILL else pid
    assert sleeper is not None
    os.kill(sleeper, signal.SIGSTOP)
    try:
        if how is signal.SIGKILL:
            os.kill(pid, signal.SIGKILL)
        yield
    finally:
        os.kill(sleeper, signal.SIGCONT)

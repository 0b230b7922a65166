"""Free ports on loopback, below the range that the kernel hands out for outgoing connections."""

import random
import socket

from local_stack.errors import StackError

_FIRST, _LAST = 17000, 31999
_ATTEMPTS = 200


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether a server could listen there now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as candidate:
        candidate.setsockopt(
            socket.SOL_SOCKET, socket.SO_REUSEADDR, 1
        )  # as servers do: TIME_WAIT is no obstacle
        try:
            candidate.bind((host, port))
        except OSError:
            return False
        return True


def free_port(*, taken: set[int] | None = None) -> int:
    """A port that nobody listens on and that is not in `taken`.

    Not the kernel's choice (bind to 0): those ports are also handed to outgoing connections, so that one
    remembered for the next start might be somebody's by then.
    """
    for _ in range(_ATTEMPTS):
        port = random.randint(_FIRST, _LAST)  # noqa: S311 - a place to listen, not a secret
        if port not in (taken or set()) and is_free(port):
            return port
    raise StackError(f"no free port between {_FIRST} and {_LAST} on this machine")

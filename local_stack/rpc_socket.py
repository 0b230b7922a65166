"""supervisord's XML-RPC over the socket in our own folder, with a deadline."""

import http.client
import socket
import xmlrpc.client
from pathlib import Path
from typing import Any

_DEADLINE_SECONDS = 90.0  # stopping a process waits for it to drain


class Unreachable(Exception):
    """Nobody answers on that socket."""


class _Connection(http.client.HTTPConnection):
    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=_DEADLINE_SECONDS)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


class _Transport(xmlrpc.client.Transport):
    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = str(path)

    def make_connection(self, host: Any) -> http.client.HTTPConnection:
        self._connection = host, _Connection(self._path)
        return self._connection[1]


def ask(path: Path, method: str, *arguments: Any) -> Any:
    """Call `supervisor.<method>`. Raises Unreachable, or xmlrpc.client.Fault if supervisord refuses."""
    transport = _Transport(path)
    try:
        with xmlrpc.client.ServerProxy("http://localhost", transport=transport) as proxy:
            return getattr(proxy.supervisor, method)(*arguments)
    except (OSError, http.client.HTTPException) as error:
        raise Unreachable(str(error)) from error
    finally:
        transport.close()

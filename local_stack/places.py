"""Which port each process listens on; chosen once, remembered in the home."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

import psutil

from local_stack.errors import StackError
from local_stack.files import write_private
from local_stack.ports import free_port, is_free
from local_stack.progress import Say

FRONT_DOOR = "front_door"


def remembered(run: Path) -> dict[str, int]:
    """The ports of the last start, by name."""
    try:
        return {str(name): int(port) for name, port in json.loads((run / "ports.json").read_text()).items()}
    except FileNotFoundError:
        return {}


def settle(run: Path, names: Iterable[str], *, front_door: int, held: bool, say: Say) -> Mapping[str, int]:
    """A port for each of `names` and the front door, the remembered ones where they are still to be had.

    front_door: 0 for any. held: our own processes listen on the remembered ports at this moment.
    Raises StackError if somebody else has the front door's port.
    """
    before = remembered(run)
    ports = {FRONT_DOOR: _front_door(front_door, before.get(FRONT_DOOR), held=held)}
    for name in names:
        port = before.get(name)
        if port is not None and not held and not is_free(port):
            say(name, f"port {port} is taken by {holder(port)}; another is chosen")
            port = None
        ports[name] = port or free_port(taken={*ports.values(), *before.values()})
    write_private(run / "ports.json", json.dumps(ports, indent=1).encode())
    return ports


def _front_door(wanted: int, before: int | None, *, held: bool) -> int:
    port = wanted or before or free_port()
    if (held and port == before) or is_free(port):
        return port
    if not wanted:
        return free_port()
    raise StackError(
        f"port {port} is in use by {holder(port)}: stop that, or choose another port, "
        f"for example: STOWAGE_PORT={free_port()} make up"
    )


def holder(port: int) -> str:
    """Who listens on `port`, as far as this user may know."""
    try:
        for connection in psutil.net_connections("tcp"):
            if connection.status == psutil.CONN_LISTEN and connection.pid and connection.laddr[1:] == (port,):
                process = psutil.Process(connection.pid)
                return f"{process.name()} (pid {process.pid}, user {process.username()})"
    except psutil.Error:
        pass
    return "another program"

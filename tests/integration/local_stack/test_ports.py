"""Ports stay, as long as nobody else has taken them."""

import socket
from pathlib import Path

import pytest

from local_stack.errors import StackError
from local_stack.places import FRONT_DOOR, settle
from local_stack.ports import free_port, is_free
from local_stack.progress import silent


def test_a_free_port_is_below_those_of_outgoing_connections() -> None:
    assert 17000 <= free_port() < 32768


def test_a_port_that_is_listened_on_is_not_free() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert not is_free(server.getsockname()[1])


def test_ports_are_remembered(tmp_path: Path) -> None:
    first = settle(tmp_path, ["s3", "redis"], front_door=0, held=False, say=silent)

    assert settle(tmp_path, ["s3", "redis"], front_door=0, held=False, say=silent) == first
    assert len(set(first.values())) == 3


def test_a_port_that_was_taken_is_replaced_and_said(tmp_path: Path) -> None:
    before = settle(tmp_path, ["s3"], front_door=0, held=False, say=silent)
    said: list[str] = []
    with socket.create_server(("127.0.0.1", before["s3"])):
        after = settle(
            tmp_path, ["s3"], front_door=0, held=False, say=lambda who, what: said.append(f"{who} {what}")
        )

    assert after["s3"] != before["s3"]
    assert "s3 port" in said[0]


def test_ports_that_our_own_processes_hold_stay(tmp_path: Path) -> None:
    before = settle(tmp_path, ["s3"], front_door=0, held=False, say=silent)
    with (
        socket.create_server(("127.0.0.1", before["s3"])),
        socket.create_server(("127.0.0.1", before[FRONT_DOOR])),
    ):
        assert settle(tmp_path, ["s3"], front_door=before[FRONT_DOOR], held=True, say=silent) == before


def test_the_front_door_moves_for_nobody(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        with pytest.raises(StackError, match=f"port {port} is in use by .* STOWAGE_PORT="):
            settle(tmp_path, [], front_door=port, held=False, say=silent)

"""The stack's promises, on the engines alone: what dies comes back, and data outlives everything but a reset."""

import os
import signal
import socket
import stat
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import psutil
import pytest

from local_stack.bucket import client, ensure_bucket
from local_stack.errors import StackError
from local_stack.stack import Stack
from local_stack.vault import Vault

ENGINES = {"dynamodb", "s3", "consul", "redis"}


@pytest.fixture(scope="module")
def shared_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    stack = Stack(tmp_path_factory.mktemp("home"), port=0, services=False)
    try:
        yield stack
    finally:
        stack.down()


@pytest.fixture
def stack(shared_stack: Stack) -> Stack:
    """Running, with one table and nothing in it; starting what the last test left ended takes the time."""
    shared_stack.up()
    if "things" in table(shared_stack).meta.client.list_tables()["TableNames"]:
        table(shared_stack).delete()
    make_table(shared_stack)
    return shared_stack


def table(stack: Stack) -> Any:
    address = stack.plan.processes["dynamodb"].address
    keys = {"aws_access_key_id": "any", "aws_secret_access_key": "any", "region_name": "us-east-1"}
    return boto3.resource("dynamodb", endpoint_url=f"http://{address}", **keys).Table("things")


def make_table(stack: Stack) -> None:
    table(stack).meta.client.create_table(
        TableName="things",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )


def s3(stack: Stack) -> Any:
    vault, endpoint = Vault(stack.home.secrets), f"http://{stack.plan.processes['s3'].address}"
    owner = vault.credentials("file-upload-service/s3")
    root = vault.credentials("engines/s3_root")
    ensure_bucket(
        "stowage", endpoint=endpoint, region="us-east-1", root=root, owner=owner, origins=["http://a"]
    )
    return client(endpoint, owner, "us-east-1")


def pids(stack: Stack) -> dict[str, int | None]:
    return {name: stack.pid(name) for name in ENGINES}


def test_what_was_stored_is_there_after_down_and_up(stack: Stack) -> None:
    table(stack).put_item(Item={"id": "a"})
    s3(stack).put_object(Bucket="stowage", Key="k", Body=b"bytes")

    stack.down()
    ended = [process.state for process in stack.status()]
    stack.up()

    assert ended == ["stopped"] * 4
    assert table(stack).get_item(Key={"id": "a"})["Item"] == {"id": "a"}
    assert s3(stack).get_object(Bucket="stowage", Key="k")["Body"].read() == b"bytes"


def test_what_is_killed_is_started_again_on_its_port_and_data(stack: Stack) -> None:
    table(stack).put_item(Item={"id": "a"})
    before = {process.name: process.address for process in stack.status()}

    for name in ENGINES:
        stack.kill(name)
    stack.wait_until_ready()

    assert table(stack).get_item(Key={"id": "a"})["Item"] == {"id": "a"}
    assert {process.name: process.address for process in stack.status()} == before
    assert min(process.restarts for process in stack.status()) >= 1


def test_a_killed_supervisor_leaves_no_orphan_after_the_next_up(stack: Stack) -> None:
    before = pids(stack)
    assert stack.supervisor_pid
    os.kill(stack.supervisor_pid, signal.SIGKILL)

    stack.up()

    assert {process.state for process in stack.status()} == {"ready"}
    assert not [pid for pid in before.values() if pid and psutil.pid_exists(pid)]
    table(stack).put_item(Item={"id": "a"})


def test_a_killed_supervisors_orphans_end_with_down(stack: Stack) -> None:
    before = pids(stack)
    assert stack.supervisor_pid
    os.kill(stack.supervisor_pid, signal.SIGKILL)

    stack.down()

    assert not [pid for pid in before.values() if pid and psutil.pid_exists(pid)]


def test_a_second_up_touches_nothing_that_runs(stack: Stack) -> None:
    before = pids(stack)

    stack.up()

    assert pids(stack) == before


def test_two_ups_at_once_end_in_one_stack(stack: Stack) -> None:
    stack.down()
    other = threading.Thread(target=Stack(stack.home.root, port=0, services=False).up)

    other.start()
    stack.up()
    other.join()

    assert {process.state for process in stack.status()} == {"ready"}


def test_ports_and_secrets_stay_over_a_restart_and_are_for_the_owner_only(stack: Stack) -> None:
    def drawn() -> dict[Path, str]:
        return {
            file: file.read_text()
            for folder in (stack.home.secrets, stack.home.tls, stack.home.run / "ports.json")
            for file in (folder.rglob("*") if folder.is_dir() else [folder])
            if file.is_file()
        }

    before = drawn()
    stack.down()
    stack.up()

    assert drawn() == before
    modes = {stat.S_IMODE(file.stat().st_mode) for file in before}
    assert modes == {0o600}
    assert stat.S_IMODE(stack.home.root.stat().st_mode) == 0o700


def test_no_secret_stands_in_a_command_line_or_in_the_plan(stack: Stack) -> None:
    secrets = [file.read_text() for file in stack.home.secrets.rglob("*") if file.is_file()]
    commands = [" ".join(psutil.Process(pid).cmdline()) for pid in pids(stack).values() if pid]
    seen = "\n".join([*commands, *(file.read_text() for file in stack.home.run.glob("*") if file.is_file())])
    assert not [secret for secret in secrets if secret in seen]


def test_a_port_that_somebody_took_meanwhile_is_replaced(stack: Stack) -> None:
    stack.down()
    host, port = stack.plan.processes["redis"].address.split(":")
    with socket.create_server((host, int(port))):
        stack.up()

        assert stack.plan.processes["redis"].address != f"{host}:{port}"
        assert {process.state for process in stack.status()} == {"ready"}


def test_a_busy_front_door_is_explained_with_who_holds_it(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        with pytest.raises(StackError, match=rf"port {port} is in use by .*pid {os.getpid()}.*STOWAGE_PORT="):
            Stack(tmp_path / "home", port=port, services=False).up()


def test_a_reset_leaves_nothing_and_the_next_up_begins_anew(stack: Stack) -> None:
    stack.reset()
    left = sorted(file.name for file in stack.home.root.iterdir())
    stack.up()

    assert left == [".stowage"]
    assert table(stack).meta.client.list_tables()["TableNames"] == []


def test_an_engine_that_cannot_start_is_named_with_the_end_of_its_log(stack: Stack) -> None:
    stack.down()
    database = stack.home.data / "dynoxide" / "dynoxide.db"
    database.parent.mkdir(exist_ok=True)
    database.write_bytes(b"not a database" * 1000)

    with pytest.raises(
        StackError, match=r"(?s)dynamodb ends as soon as it is started.*not a valid SQLite database"
    ):
        Stack(stack.home.root, port=0, engine="dynoxide", services=False).up()
    stack.reset()

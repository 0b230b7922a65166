"""Keys, certificates and the authority itself are replaced on a whole system that people are using."""

import logging
import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import grpc
import pytest

from chassis.tls import Certificates
from local_stack.plan import ENGINES, SERVICES
from local_stack.stack import Stack
from tests.e2e.person import Person
from tests.e2e.steady_load import steady_load

_logger = logging.getLogger(__name__)
PEOPLE = 3
# Longer than an instance takes to notice the file; by default it is ten minutes.
NOTICE_SECONDS = 7
# More of them, and so many more requests, on demand.
ROTATIONS = int(os.environ.get("STOWAGE_ROTATIONS", "1"))


@pytest.fixture
def undisturbed(stack: Stack) -> Stack:
    """Whatever other tests have ended is back."""
    stack.wait_until_ready()
    return stack


def keys(stack: Stack, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "user_service", "keys", *arguments],
        env={**os.environ, **stack.env("user_service")},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def pids(stack: Stack) -> dict[str, int | None]:
    return {it.name: stack.pid(it.name) for it in stack.plan.processes.values() if it.group != ENGINES}


@pytest.mark.timeout(300 * ROTATIONS)
def test_keys_certificates_and_the_authority_are_replaced_and_no_request_fails(
    undisturbed: Stack, tmp_path: Path
) -> None:
    former, before = keys(undisturbed, "list").split()[0], pids(undisturbed)
    stolen = tmp_path / "stolen"
    shutil.copytree(undisturbed.home.tls, stolen)
    assert all(connects(undisturbed, stolen).values())

    with steady_load(undisturbed.url, PEOPLE) as load:
        signed = [former]
        for _ in range(ROTATIONS):
            signed.append(keys(undisturbed, "rotate", "--notice-seconds", str(NOTICE_SECONDS)).split()[1])
            undisturbed.renew_certificates(authority=True)
            while signed[-1] not in load.key_ids:
                load.wait_for_more(20)
        load.wait_for_more(30)

    _logger.info("%d requests: %s", load.total, dict(load.asked))  # --log-cli-level=info shows it
    assert load.failures == []
    assert pids(undisturbed) == before
    assert load.key_ids == set(signed)
    *proving, signing = keys(undisturbed, "list").splitlines()
    assert [line.split("  ")[1][:19] for line in proving] == ["proves tokens until"] * ROTATIONS
    assert signing == f"{signed[-1]}  signs"
    (stolen / "ca.pem").write_bytes((undisturbed.home.tls / "ca.pem").read_bytes())
    assert not any(connects(undisturbed, stolen).values())
    assert all(connects(undisturbed, undisturbed.home.tls).values())


@pytest.mark.timeout(300)
def test_a_key_that_somebody_else_knows_is_revoked_and_nobody_need_sign_in_again(
    undisturbed: Stack, person: Person
) -> None:
    revoked = keys(undisturbed, "list").splitlines()[-1].split()[0]
    with steady_load(undisturbed.url, PEOPLE) as load:
        made = keys(undisturbed, "revoke", revoked).split()[-2]
        while made not in load.key_ids:
            load.wait_for_more(20)
        load.wait_for_more(30)
    # Only who came with a token of the revoked key was sent to renew it, and then went on.
    assert [it for it in load.failures if ": 401 of " not in it or "/sessions" in it] == []
    refused = Counter(it.split(": ")[1] for it in load.failures)
    _logger.info("refused: %s", dict(refused))
    assert max(refused.values(), default=0) <= 1
    assert revoked not in keys(undisturbed, "list")
    # Whoever did nothing meanwhile comes with a token of that key.
    assert person.http.get("/account").status_code == 401
    renewed = person.request("POST", "/sessions/refresh", json={"refresh_token": person.refresh_token}).json()
    person.http.headers["Authorization"] = f"Bearer {renewed['access_token']}"
    for path in ("/account", "/folders/root/entries", "/uploads"):
        person.request("GET", path)


def connects(stack: Stack, folder: Path) -> dict[str, bool]:
    """Whether each service takes a connection of the gateway's certificate from this folder."""
    credentials = Certificates(folder, "api-gateway").channel_credentials()
    found = {}
    for process in stack.plan.in_group(SERVICES):
        service = Path(process.env["STOWAGE_SECRETS_DIR"]).name
        options = (("grpc.ssl_target_name_override", service), ("grpc.use_local_subchannel_pool", 1))
        with grpc.secure_channel(process.address, credentials, options) as channel:
            nothing: grpc.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary("/nobody/Serves")
            call = nothing.future(b"", timeout=10)
            found[process.name] = call.code() is grpc.StatusCode.UNIMPLEMENTED
            assert found[process.name] or call.code() is grpc.StatusCode.UNAVAILABLE
    return found

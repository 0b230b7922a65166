"""Two instances of every service, and one of each killed under load: nobody who only reads notices."""

import os
import random
import secrets
import sys
from collections.abc import Iterator

import pytest

from local_stack.stack import Stack
from tests.e2e.load.run import all_at_once, run


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    stack = Stack(tmp_path_factory.mktemp("twins"), port=0, instances="2")
    try:
        stack.up()
        yield stack
    finally:
        stack.down()


@pytest.fixture
def seed() -> int:
    """STOWAGE_SEED to have one again; shown when a test fails."""
    seed = int(os.environ.get("STOWAGE_SEED") or secrets.randbelow(10**6))
    sys.stdout.write(f"STOWAGE_SEED={seed}\n")
    return seed


async def test_one_of_each_service_goes_and_no_safe_call_fails(stack: Stack, seed: int) -> None:
    report = await run(stack, seed=seed, rounds=all_at_once(random.Random(seed)))
    sys.stdout.write(report.table())

    assert [str(call) for call in report.tally.failures()] == []
    assert report.cuts("SIGTERM") == []
    assert len(report.tally.calls) > 100

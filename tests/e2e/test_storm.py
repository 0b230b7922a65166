"""Uploads in a storm: lines that fail in every way, and `kill -9` of everybody, at every state and at any time."""

import os
import secrets
import sys
from pathlib import Path

import pytest

from tests.e2e.storm.rounds import storm

pytestmark = pytest.mark.judged_once

# `make test-long` takes its time.
LONG = int(os.environ.get("STOWAGE_STORM_ROUNDS") or 0)
ROUNDS = LONG or 3


@pytest.mark.timeout(300 + 60 * ROUNDS)
async def test_every_acknowledged_file_is_right_every_other_can_be_gone_on_with_and_nothing_stays(
    tmp_path: Path,
) -> None:
    """STOWAGE_SEED to have the same again."""
    seed = int(os.environ.get("STOWAGE_SEED") or secrets.randbelow(10**6))
    sys.stdout.write(f"STOWAGE_SEED={seed}\n")

    report = await storm(tmp_path, seed=seed, rounds=ROUNDS, patience=1.0 if LONG else 0.25)
    sys.stdout.write(str(report))

    assert report.files >= 9 * ROUNDS
    assert sum(report.deaths.values()) > ROUNDS // 2
    assert sum(report.faults.values()) > ROUNDS

"""Stages ahead of each other: few requests, a bounded window, nothing lost when it is cut."""

import os
import time
from types import SimpleNamespace

from stowage_client.layout import Span
from stowage_client.transfer.pipeline import window
from tests.unit.stowage_client.conftest import World

MIB = 2**20


def test_signing_takes_far_fewer_requests_than_parts(world: World) -> None:
    source = world.home / "sparse.bin"
    with source.open("wb") as file:
        file.truncate(150 * 8 * MIB)

    started = time.monotonic()
    world.do("put", source, "/")
    seconds = time.monotonic() - started

    count = world.gateway.count()
    assert count["POST /uploads/*/urls"] <= 50
    # One report a second while it sends, the one that fills up, and the one that goes with Complete.
    assert count["POST /uploads/*/parts"] + count["POST /uploads/*/complete"] <= seconds + 3
    assert len(world.gateway.uploads.reports) == 150
    assert world.storage.blobs


def test_the_window_never_starves_a_sender_and_stays_cached() -> None:
    small = [Span(1, 0, 8 * MIB)] * 1000
    huge = [Span(1, 0, 5 * 1024 * MIB)] * 10

    assert window(small, 8) == 64
    assert window(huge, 8) == 10
    assert window([Span(1, 0, 0)], 1) == 8


def test_a_run_that_is_cut_reports_what_it_has_sent(world: World) -> None:
    source = world.file("big.bin", os.urandom(4 * 8 * MIB))
    sent = SimpleNamespace(parts=0)

    def interrupt(number: int) -> None:
        sent.parts += 1
        if sent.parts == 4:
            raise KeyboardInterrupt

    world.storage.on_send = interrupt

    result = world.run("put", source, "/", "--parallel", "1")

    assert result.exit_code == 130
    assert "same command again" in result.stderr
    assert len(world.gateway.uploads.reports) == 3

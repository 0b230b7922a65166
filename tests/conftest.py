"""Fixtures for every tier: the engines start only for tests that ask for them."""

from pathlib import Path

import pytest

pytest_plugins = ["tests.engines", "tests.fakes.tracer", "tests.pki"]


def pytest_configure(config: pytest.Config) -> None:
    """Each of the workers side by side has a folder of its own; its name is short, for a stack's sockets stand below
    it, and the path of a socket has at most 104 bytes."""
    worker = getattr(config, "workerinput", None)
    if worker is not None:
        given = Path(config.option.basetemp)
        config.option.basetemp = given.with_name(worker["workerid"].removeprefix("gw"))

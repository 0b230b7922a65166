"""Fixtures for every tier: the engines start only for tests that ask for them."""

import os
from pathlib import Path

import hypothesis
import pytest
import structlog

_HERE = Path(__file__).parent
_WITHOUT_ENGINES = frozenset({"unit", "architecture"})
pytest_plugins = ["tests.engines", "tests.fakes.tracer", "tests.pki"]


def pytest_configure(config: pytest.Config) -> None:
    choose_examples()
    set_up_logs()
    name_folder(config)


def choose_examples() -> None:
    """The same in every run, so that what fails is what was changed; `make test-long` looks for new ones."""
    hypothesis.settings.register_profile("same", derandomize=True, deadline=None)
    hypothesis.settings.load_profile("default" if os.environ.get("STOWAGE_EXPLORE") else "same")


def set_up_logs() -> None:
    """Plain: what structlog does by itself with a traceback, every frame with all its variables, takes seconds."""
    renderer = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[structlog.processors.add_log_level, renderer])


def name_folder(config: pytest.Config) -> None:
    """Each of the workers side by side has a folder of its own; its name is short, for a stack's sockets stand below
    it, and the path of a socket has at most 104 bytes."""
    worker = getattr(config, "workerinput", None)
    if worker is not None:
        given = Path(config.option.basetemp)
        config.option.basetemp = given.with_name(worker["workerid"].removeprefix("gw"))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Engines, three whole systems and their browsers share a machine, so that a patience may end too early: a test
    that needs them gets one more go, and what went wrong is printed. Not so where data would be lost
    (`judged_once`)."""
    for item in items:
        tier = item.path.relative_to(_HERE).parts[0]
        if tier not in _WITHOUT_ENGINES and item.get_closest_marker("judged_once") is None:
            item.add_marker(pytest.mark.flaky(reruns=1))

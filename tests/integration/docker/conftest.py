"""These tests take a Docker daemon and, the first time, minutes: without one they are skipped, and say so."""

import pytest

from tests.integration.docker.project import absence_of_docker


@pytest.fixture(scope="session", autouse=True)
def _docker() -> None:
    if why := absence_of_docker():
        pytest.skip(why)

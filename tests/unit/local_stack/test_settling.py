"""Who runs while certificates are replaced is waited for, but not for ever."""

import fcntl
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.error import URLError

import pytest
from cryptography import x509

from local_stack.home import Home
from local_stack.pki import CA_LIFE, ensure_certificates
from local_stack.plan import SERVICES, Plan, Process
from local_stack.settling import ensure_taken_over

NAME = "user-service"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Its authority is near its end."""
    home = Home(tmp_path)
    ensure_certificates(home.tls, [NAME], now=datetime.now(UTC) - CA_LIFE + timedelta(days=60))
    return home


@pytest.fixture
def hanging(home: Home, monkeypatch: pytest.MonkeyPatch) -> Iterator[Plan]:
    """Of one service, which lives and does not answer."""

    def nobody_answers(*_: object, **__: object) -> None:
        raise URLError("timed out")

    monkeypatch.setattr(urllib.request, "urlopen", nobody_answers)
    env = {"STOWAGE_HEALTH_PORT": "9100"}
    service = Process(name=NAME, group=SERVICES, argv=(), probe="", address="", env=env)
    home.run.mkdir()
    with (home.run / f"{NAME}.pid").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield Plan("", {NAME: service})


def test_a_service_that_hangs_is_warned_of_and_keeps_being_trusted(home: Home, hanging: Plan) -> None:
    said: list[tuple[str, str]] = []
    own = (home.tls / f"{NAME}.pem").read_bytes()

    ensure_taken_over(home, hanging, [NAME], lambda *line: said.append(line), patience_seconds=0)

    ((subject, text),) = said
    assert subject == "certificates"
    assert text.startswith(f"warning: {NAME} did not take over the new certificates")
    assert len(x509.load_pem_x509_certificates((home.tls / "ca.pem").read_bytes())) == 2
    assert (home.tls / f"{NAME}.pem").read_bytes() == own


def test_nobody_is_waited_for_who_does_not_run(home: Home) -> None:
    ensure_taken_over(home, None, [NAME], lambda *_: pytest.fail("all is well"), patience_seconds=0)
    assert len(x509.load_pem_x509_certificates((home.tls / "ca.pem").read_bytes())) == 1

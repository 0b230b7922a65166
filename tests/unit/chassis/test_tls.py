"""Certificates that are looked after: taken over, warned of, and refused once they have ended."""

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import grpc
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from chassis.errors import Unavailable
from chassis.tls import WARN_BEFORE, Certificates
from local_stack.certificate import new_authority
from local_stack.pki import CA_LIFE, CERTIFICATE_LIFE, ensure_certificates, renew_certificates

SERVICE = "user-service"
PEM, PKCS8 = Encoding.PEM, PrivateFormat.PKCS8
NOW = datetime(2026, 1, 1, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def certificates(tmp_path: Path, clock: Clock) -> Certificates:
    ensure_certificates(tmp_path, [SERVICE], now=NOW)
    return Certificates(tmp_path, SERVICE, clock=clock)


def told(metric: str, **labels: str) -> float:
    value = REGISTRY.get_sample_value(metric, {"service": SERVICE, **labels})
    assert value is not None
    return value


async def test_what_is_new_is_told_once(tmp_path: Path, certificates: Certificates) -> None:
    changes: list[str] = []
    certificates.on_change(lambda: changes.append("changed"))
    await certificates.check()
    assert changes == []
    renew_certificates(tmp_path, [SERVICE], now=NOW)
    await certificates.check()
    await certificates.check()
    assert changes == ["changed"]


async def test_the_same_written_again_is_seen_and_changes_nothing(
    tmp_path: Path, certificates: Certificates
) -> None:
    changes: list[str] = []
    certificates.on_change(lambda: changes.append("changed"))
    for file in (tmp_path / "ca.pem", tmp_path / f"{SERVICE}.pem"):
        os.utime(file, (1_900_000_000, 1_900_000_000))
    await certificates.check()
    assert told("stowage_certificate_files_written_seconds") == 1_900_000_000
    assert changes == []


async def test_a_server_takes_up_only_what_differs(
    tmp_path: Path, certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Callable[[], object]] = []
    monkeypatch.setattr(grpc, "dynamic_ssl_server_credentials", lambda _first, ask, **_: asked.append(ask))
    certificates.server_credentials()
    (differing,) = asked
    await certificates.check()
    assert differing() is None
    renew_certificates(tmp_path, [SERVICE], now=NOW)
    await certificates.check()
    assert differing() is not None
    assert differing() is None


async def test_a_service_is_ready_until_its_certificate_ends_and_again_with_the_next(
    tmp_path: Path, certificates: Certificates, clock: Clock
) -> None:
    clock.now = NOW + CERTIFICATE_LIFE - timedelta(seconds=1)
    await certificates.check()
    clock.now = NOW + CERTIFICATE_LIFE
    with pytest.raises(Unavailable, match=r"certificate of user-service.* has expired"):
        await certificates.check()
    renew_certificates(tmp_path, [SERVICE], now=clock.now)
    await certificates.check()


async def test_an_authority_that_has_ended_ends_what_it_signed(
    tmp_path: Path, certificates: Certificates, clock: Clock
) -> None:
    """A CA of one's own may have signed for longer than it lasts."""
    key = ec.generate_private_key(ec.SECP256R1())
    authority = new_authority(key, NOW - CA_LIFE + timedelta(days=3))
    files = {
        "ca.pem": authority.public_bytes(PEM),
        f"{SERVICE}.key": key.private_bytes(PEM, PKCS8, NoEncryption()),
        f"{SERVICE}.pem": outliving(authority, key).public_bytes(PEM),
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    await certificates.check()
    clock.now += timedelta(days=3)
    with pytest.raises(Unavailable, match="or its authority's, has expired"):
        await certificates.check()


def outliving(authority: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([]))
        .issuer_name(authority.subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(NOW)
        .not_valid_after(NOW + timedelta(days=9))
        .sign(key, hashes.SHA256())
    )


async def test_the_end_is_warned_of_once_a_day(certificates: Certificates, clock: Clock) -> None:
    clock.now = NOW + CERTIFICATE_LIFE - WARN_BEFORE
    with capture_logs() as early:
        await certificates.check()
    assert early == []
    clock.now += timedelta(hours=1)
    with capture_logs() as logs:
        await certificates.check()
        await certificates.check()
        clock.now += timedelta(days=1)
        await certificates.check()
    assert [line["event"] for line in logs] == ["certificate_expires_soon"] * 2
    assert logs[0]["hours"] == 14 * 24 - 1


async def test_metrics_say_how_long_is_left_and_which_files_are_in_use(
    tmp_path: Path, certificates: Certificates, clock: Clock
) -> None:
    left = "stowage_certificate_seconds_left"
    assert told(left, certificate="own") == CERTIFICATE_LIFE.total_seconds()
    assert told(left, certificate="authority") == CA_LIFE.total_seconds()
    clock.now += timedelta(days=1)
    assert told(left, certificate="own") == (CERTIFICATE_LIFE - timedelta(days=1)).total_seconds()
    renew_certificates(tmp_path, [SERVICE], now=NOW)
    written = max((tmp_path / f"{SERVICE}.{kind}").stat().st_mtime for kind in ("pem", "key"))
    assert told("stowage_certificate_files_written_seconds") < written
    await certificates.check()
    assert told("stowage_certificate_files_written_seconds") == written


@pytest.mark.parametrize(
    ("file", "content", "complaint"),
    [
        ("user-service.key", None, r"user-service\.key cannot be read"),
        ("ca.pem", b"rubbish", r"is not PEM"),
        ("user-service.key", "ca.key", r"user-service\.key .* does not belong to user-service\.pem"),
    ],
)
def test_files_that_cannot_be_used_end_the_start_and_are_named(
    tmp_path: Path, file: str, content: bytes | str | None, complaint: str
) -> None:
    ensure_certificates(tmp_path, [SERVICE], now=NOW)
    if content is None:
        (tmp_path / file).unlink()
    else:
        (tmp_path / file).write_bytes(
            content if isinstance(content, bytes) else (tmp_path / content).read_bytes()
        )
    with pytest.raises(SystemExit, match=f"STOWAGE_TLS_DIR: .*{complaint}"):
        Certificates(tmp_path, SERVICE)


async def test_files_that_cannot_be_used_later_are_said_once_and_change_nothing(
    tmp_path: Path, certificates: Certificates
) -> None:
    changes: list[str] = []
    certificates.on_change(lambda: changes.append("changed"))
    (tmp_path / f"{SERVICE}.pem").unlink()
    with capture_logs() as logs:
        await certificates.check()
        await certificates.check()
    assert [line["event"] for line in logs] == ["certificate_unusable"]
    assert changes == []

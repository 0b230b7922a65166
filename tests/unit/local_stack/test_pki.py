"""Each service gets one name, from one CA, in time."""

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from local_stack.pki import CA_LIFE, CERTIFICATE_LIFE, ensure_certificates

NOW = datetime(2026, 1, 1, tzinfo=UTC)
NAMES = ["user-service", "api-gateway"]


def certificate(folder: Path, name: str) -> x509.Certificate:
    return x509.load_pem_x509_certificate((folder / f"{name}.pem").read_bytes())


def test_a_certificate_holds_the_services_name_and_nothing_else(tmp_path: Path) -> None:
    ensure_certificates(tmp_path, NAMES, now=NOW)

    made = certificate(tmp_path, "user-service")
    names = made.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert [name.value for name in names] == ["user-service"]
    made.verify_directly_issued_by(certificate(tmp_path, "ca"))


def test_a_service_calls_and_is_called_with_the_same_certificate(tmp_path: Path) -> None:
    ensure_certificates(tmp_path, NAMES, now=NOW)

    usage = (
        certificate(tmp_path, "user-service").extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    )
    assert set(usage) == {ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH}


def test_nothing_is_made_twice(tmp_path: Path) -> None:
    assert ensure_certificates(tmp_path, NAMES, now=NOW) == NAMES
    before = {file: file.read_bytes() for file in tmp_path.iterdir()}

    assert ensure_certificates(tmp_path, NAMES, now=NOW + timedelta(days=300)) == []
    assert {file: file.read_bytes() for file in tmp_path.iterdir()} == before


def test_only_what_is_missing_is_made(tmp_path: Path) -> None:
    ensure_certificates(tmp_path, NAMES, now=NOW)
    (tmp_path / "api-gateway.key").unlink()

    assert ensure_certificates(tmp_path, NAMES, now=NOW) == ["api-gateway"]


def test_certificates_are_renewed_before_they_end(tmp_path: Path) -> None:
    ensure_certificates(tmp_path, NAMES, now=NOW)
    ca = certificate(tmp_path, "ca")

    assert ensure_certificates(tmp_path, NAMES, now=NOW + CERTIFICATE_LIFE - timedelta(days=60)) == NAMES
    assert certificate(tmp_path, "ca") == ca


def test_a_new_ca_means_new_certificates_for_everyone(tmp_path: Path) -> None:
    ensure_certificates(tmp_path, NAMES, now=NOW)

    assert ensure_certificates(tmp_path, NAMES, now=NOW + CA_LIFE - timedelta(days=60)) == NAMES
    certificate(tmp_path, "api-gateway").verify_directly_issued_by(certificate(tmp_path, "ca"))


def test_no_file_can_be_read_by_others(tmp_path: Path) -> None:
    ensure_certificates(tmp_path, NAMES, now=NOW)

    assert {stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()} == {0o600}

"""Each service gets one name, from one CA, in time."""

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.x509.oid import ExtendedKeyUsageOID

from local_stack.pki import (
    CA_LIFE,
    CERTIFICATE_LIFE,
    ensure_certificates,
    renew_certificates,
    roll_authority,
)

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


def trusted(folder: Path) -> list[x509.Certificate]:
    return x509.load_pem_x509_certificates((folder / "ca.pem").read_bytes())


def issuers(folder: Path) -> list[x509.Certificate]:
    """Of each service's certificate, among those that are trusted; fails if there is none."""
    found = []
    for name in NAMES:
        own = certificate(folder, name)
        (issuer,) = [each for each in trusted(folder) if each.subject == own.issuer and signs(each, own)]
        found.append(issuer)
    return found


def signs(authority: x509.Certificate, issued: x509.Certificate) -> bool:
    try:
        issued.verify_directly_issued_by(authority)
    except (ValueError, InvalidSignature):
        return False
    return True


def test_to_renew_is_a_new_key_and_certificate_of_the_same_authority(tmp_path: Path) -> None:
    ensure_certificates(tmp_path, NAMES, now=NOW)
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}

    assert renew_certificates(tmp_path, NAMES, now=NOW) == NAMES
    changed = {file.name for file in tmp_path.iterdir() if file.read_bytes() != before[file.name]}
    assert changed == {f"{name}.{kind}" for name in NAMES for kind in ("pem", "key")}
    issuers(tmp_path)


def test_an_authority_is_trusted_before_it_signs_and_until_nobody_uses_it(tmp_path: Path) -> None:
    ensure_certificates(tmp_path, NAMES, now=NOW)
    (old,) = trusted(tmp_path)
    seen = []

    def settle() -> None:
        seen.append((trusted(tmp_path), set(issuers(tmp_path))))

    roll_authority(tmp_path, NAMES, settle=settle, now=NOW)
    (new,) = trusted(tmp_path)
    assert seen == [([old, new], {old}), ([old, new], {new})]
    assert issuers(tmp_path) == [new, new]
    assert ensure_certificates(tmp_path, NAMES, now=NOW) == []


@pytest.mark.parametrize("stopped_at", [1, 2])
def test_a_roll_that_was_stopped_leaves_everybody_trusted_and_can_be_said_again(
    tmp_path: Path, stopped_at: int
) -> None:
    ensure_certificates(tmp_path, NAMES, now=NOW)
    settled = []

    def settle() -> None:
        settled.append(1)
        if len(settled) == stopped_at:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        roll_authority(tmp_path, NAMES, settle=settle, now=NOW)
    issuers(tmp_path)
    assert ensure_certificates(tmp_path, NAMES, now=NOW) == []
    roll_authority(tmp_path, NAMES, settle=settle, now=NOW)
    assert len(trusted(tmp_path)) == 1
    issuers(tmp_path)


def test_an_authority_near_its_end_is_replaced_with_both_trusted_meanwhile(tmp_path: Path) -> None:
    ensure_certificates(tmp_path, NAMES, now=NOW)
    counts: list[int] = []
    late = NOW + CA_LIFE - timedelta(days=60)

    ensure_certificates(tmp_path, NAMES, now=late, settle=lambda: counts.append(len(trusted(tmp_path))))
    assert counts == [2, 2]
    assert len(trusted(tmp_path)) == 1


def test_to_renew_near_the_authoritys_end_replaces_it_with_both_trusted_meanwhile(tmp_path: Path) -> None:
    ensure_certificates(tmp_path, NAMES, now=NOW)
    (old,) = trusted(tmp_path)
    seen = []

    def settle() -> None:
        seen.append((trusted(tmp_path), set(issuers(tmp_path))))

    assert renew_certificates(tmp_path, NAMES, now=NOW + CA_LIFE - timedelta(days=60), settle=settle) == NAMES
    (new,) = trusted(tmp_path)
    assert seen == [([old, new], {old}), ([old, new], {new})]
    assert issuers(tmp_path) == [new, new]


def test_an_authority_whose_key_is_lost_stays_trusted_beside_a_new_one(tmp_path: Path) -> None:
    ensure_certificates(tmp_path, NAMES, now=NOW)
    (tmp_path / "ca.key").unlink()

    assert ensure_certificates(tmp_path, NAMES, now=NOW) == NAMES
    assert len(trusted(tmp_path)) == 2


def test_a_key_that_does_not_belong_to_its_certificate_is_replaced(tmp_path: Path) -> None:
    """A crash between the two files of a renewal."""
    ensure_certificates(tmp_path, NAMES, now=NOW)
    (tmp_path / "api-gateway.key").write_bytes((tmp_path / "user-service.key").read_bytes())

    assert ensure_certificates(tmp_path, NAMES, now=NOW) == ["api-gateway"]


def test_no_certificate_outlives_its_authority(tmp_path: Path) -> None:
    ensure_certificates(tmp_path, NAMES, now=NOW)
    late = NOW + CA_LIFE - timedelta(days=100)

    renew_certificates(tmp_path, NAMES, now=late)
    (authority,) = trusted(tmp_path)
    assert certificate(tmp_path, "api-gateway").not_valid_after_utc == authority.not_valid_after_utc

"""The private CA and a certificate for each service, whose identity is the one name in it."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from local_stack.files import write_private

CA_LIFE = timedelta(days=3650)
CERTIFICATE_LIFE = timedelta(days=730)
RENEW_BEFORE = timedelta(days=90)


def ensure_certificates(folder: Path, names: Iterable[str], *, now: datetime | None = None) -> list[str]:
    """Make `ca.pem` and `<name>.pem`, `<name>.key` in `folder`, where missing or near their end; all 0600.

    Returns the names that got a new certificate. A new CA means a new certificate for everyone.
    """
    now = now or datetime.now(UTC)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    ca_files = folder / "ca.pem", folder / "ca.key"
    if not all(_lasts(file, now) for file in ca_files):
        key = ec.generate_private_key(ec.SECP256R1())
        _write_pair(ca_files, _authority(key, now), key)
    authority = x509.load_pem_x509_certificate(ca_files[0].read_bytes())
    authority_key = serialization.load_pem_private_key(ca_files[1].read_bytes(), None)
    assert isinstance(authority_key, ec.EllipticCurvePrivateKey)
    renewed = []
    for name in names:
        files = folder / f"{name}.pem", folder / f"{name}.key"
        if not all(_lasts(file, now) for file in files) or not _signed_by(authority, files[0]):
            key = ec.generate_private_key(ec.SECP256R1())
            _write_pair(files, _certificate(name, key, authority, authority_key, now), key)
            renewed.append(name)
    return renewed


def _lasts(file: Path, now: datetime) -> bool:
    """Whether the file is there and, if a certificate, stays good for `RENEW_BEFORE`."""
    if file.suffix == ".key" or not file.exists():
        return file.exists()
    return x509.load_pem_x509_certificate(file.read_bytes()).not_valid_after_utc > now + RENEW_BEFORE


def _signed_by(authority: x509.Certificate, file: Path) -> bool:
    certificate = x509.load_pem_x509_certificate(file.read_bytes())
    try:
        certificate.verify_directly_issued_by(authority)
    except (ValueError, InvalidSignature):
        return False
    return True


def _authority(key: ec.EllipticCurvePrivateKey, now: datetime) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Stowage private CA {now:%Y-%m-%d}")])
    usage = _key_usage(signs_certificates=True)
    return (
        _builder(name, name, key, now, CA_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )


def _certificate(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    authority: x509.Certificate,
    authority_key: ec.EllipticCurvePrivateKey,
    now: datetime,
) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    both = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH])
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key())
    return (
        _builder(subject, authority.subject, key, now, CERTIFICATE_LIFE)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(_key_usage(signs_certificates=False), critical=True)
        .add_extension(both, critical=False)
        .add_extension(issuer, critical=False)
        .sign(authority_key, hashes.SHA256())
    )


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, now: datetime, life: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))  # clocks differ
        .not_valid_after(now + life)
    )


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _write_pair(
    files: tuple[Path, Path], certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey
) -> None:
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    for file, content in zip(
        files, (certificate.public_bytes(serialization.Encoding.PEM), private), strict=True
    ):
        write_private(file, content)

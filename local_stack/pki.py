"""The private CA and a certificate for each service, whose identity is the one name in it.

`ca.pem` holds every authority that is trusted, `ca.key` the key of the one that signs. While an authority is
replaced there is `next-ca.key` too: of one that is trusted already and signs nothing yet. Every step may be
repeated after a crash, and between any two steps every certificate in use is trusted by everybody.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from local_stack.certificate import CA_LIFE, CERTIFICATE_LIFE, new_authority, new_certificate
from local_stack.files import write_private

__all__ = [
    "CA_LIFE",
    "CERTIFICATE_LIFE",
    "ensure_certificates",
    "expiries",
    "renew_certificates",
    "roll_authority",
]

RENEW_BEFORE = timedelta(days=90)
_PEM = serialization.Encoding.PEM


def ensure_certificates(
    folder: Path,
    names: Iterable[str],
    *,
    now: datetime | None = None,
    settle: Callable[[], None] = lambda: None,
) -> list[str]:
    """Make `ca.pem` and `<name>.pem`, `<name>.key` in `folder`, where missing or near their end; all 0600.

    Returns the names that got a new certificate. An authority near its end is rolled (see roll_authority).
    """
    now, names = now or datetime.now(UTC), list(names)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    authority = _authority_of(folder, "ca.key")
    if authority is None:
        _introduce(folder, now)
        _adopt(folder)
    elif not _lasts(authority, now):
        return roll_authority(folder, names, now=now, settle=settle)
    return _issue(folder, names, now, unless=_is_good)


def renew_certificates(
    folder: Path,
    names: Iterable[str],
    *,
    now: datetime | None = None,
    settle: Callable[[], None] = lambda: None,
) -> list[str]:
    """A new key and certificate for everybody. Returns the names.

    Of the same authority, unless that one is near its end and rolled (see roll_authority).
    """
    now, names = now or datetime.now(UTC), list(names)
    made = ensure_certificates(folder, names, now=now, settle=settle)
    _issue(folder, [name for name in names if name not in made], now)
    return names


def roll_authority(
    folder: Path, names: Iterable[str], *, settle: Callable[[], None], now: datetime | None = None
) -> list[str]:
    """A new authority, and new certificates of it; the old one is trusted until nobody uses it any more.

    `settle` returns when every running service has taken over the files as they are. Returns the names.
    """
    now = now or datetime.now(UTC)
    _introduce(folder, now)
    settle()
    _adopt(folder)
    renewed = _issue(folder, names, now)
    settle()
    authority = _authority_of(folder, "ca.key")
    assert authority is not None
    write_private(folder / "ca.pem", authority.public_bytes(_PEM))
    return renewed


def expiries(folder: Path) -> list[tuple[str, datetime]]:
    """Each certificate there is, and when it ends: the services' by name, and each authority that is trusted."""
    found = {file.stem: file.read_bytes() for file in sorted(folder.glob("*.pem"))}
    return [
        (name, each.not_valid_after_utc)
        for name, content in found.items()
        for each in x509.load_pem_x509_certificates(content)
    ]


def _introduce(folder: Path, now: datetime) -> None:
    """Let a new authority be trusted that signs nothing yet; nothing if there is one."""
    if _authority_of(folder, "next-ca.key") is None:
        key = ec.generate_private_key(ec.SECP256R1())
        _write_key(folder / "next-ca.key", key)
        trusted = [each for each in _trusted(folder) if each.not_valid_after_utc > now]
        trusted.append(new_authority(key, now))
        write_private(folder / "ca.pem", b"".join(each.public_bytes(_PEM) for each in trusted))


def _adopt(folder: Path) -> None:
    """From now on the next authority signs."""
    (folder / "next-ca.key").replace(folder / "ca.key")


def _issue(
    folder: Path,
    names: Iterable[str],
    now: datetime,
    *,
    unless: Callable[[Path, x509.Certificate, datetime], bool] = lambda *_: False,
) -> list[str]:
    authority, authority_key = _authority_of(folder, "ca.key"), _read_key(folder / "ca.key")
    assert authority is not None
    issued = []
    for name in names:
        if not unless(folder / f"{name}.pem", authority, now):
            key = ec.generate_private_key(ec.SECP256R1())
            certificate = new_certificate(name, key, authority, authority_key, now)
            # Who reads between the two sees that they do not fit, and looks again.
            _write_key(folder / f"{name}.key", key)
            write_private(folder / f"{name}.pem", certificate.public_bytes(_PEM))
            issued.append(name)
    return issued


def _is_good(file: Path, authority: x509.Certificate, now: datetime) -> bool:
    key_file = file.with_suffix(".key")
    if not file.exists() or not key_file.exists():
        return False
    certificate = x509.load_pem_x509_certificate(file.read_bytes())
    try:
        certificate.verify_directly_issued_by(authority)
    except (ValueError, InvalidSignature):
        return False
    return _lasts(certificate, now) and certificate.public_key() == _read_key(key_file).public_key()


def _lasts(certificate: x509.Certificate, now: datetime) -> bool:
    return certificate.not_valid_after_utc > now + RENEW_BEFORE


def _trusted(folder: Path) -> list[x509.Certificate]:
    file = folder / "ca.pem"
    return x509.load_pem_x509_certificates(file.read_bytes()) if file.exists() else []


def _authority_of(folder: Path, key_name: str) -> x509.Certificate | None:
    """The trusted authority that this key belongs to, if there are both."""
    if not (folder / key_name).exists():
        return None
    key = _read_key(folder / key_name).public_key()
    return next((each for each in _trusted(folder) if each.public_key() == key), None)


def _read_key(file: Path) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key(file.read_bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key


def _write_key(file: Path, key: ec.EllipticCurvePrivateKey) -> None:
    private = key.private_bytes(_PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    write_private(file, private)

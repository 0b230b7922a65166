"""Secrets and certificates for containers: kept together in one volume, dealt out to those who may know them."""

from collections.abc import Callable
from pathlib import Path

from local_stack.files import write_private
from local_stack.pki import ensure_certificates, renew_certificates, roll_authority
from local_stack.vault import SERVICES, Vault

_USERS_OF_REDIS = ("user-service", "api-gateway", "file-metadata-service")


def deal(keep: Path, hands: Path, *, redis: str, pause: Callable[[], None] = lambda: None) -> list[str]:
    """Make what is missing in `keep`, and write into each folder of `hands` what its container may know.

    hands: a folder for each service, `redis` and `s3`; they must be there. redis: host and port.
    Repeating it changes nothing, but that certificates near their end are renewed: returns whose. pause: returns
    when every container has looked at its files again.
    """
    secrets, tls = keep / "secrets", keep / "tls"
    secrets.mkdir(mode=0o700, exist_ok=True)
    vault = Vault(secrets)
    vault.fill()
    renewed = ensure_certificates(tls, SERVICES, settle=_settling(tls, hands, pause))
    _hand_certificates(tls, hands)
    for service in SERVICES:
        _hand(hands / service, *_files(secrets / service))
    engines = secrets / "engines"
    _hand(hands / "redis", vault.redis_acl, engines / "redis_password")
    _hand(hands / "s3", *engines.glob("s3_root_*"))
    url = f"redis://:{vault.read('engines/redis_password')}@{redis}/0"
    for service in _USERS_OF_REDIS:
        write_private(hands / service / "redis_url", url.encode())
    return renewed


def renew(keep: Path, hands: Path, *, authority: bool, pause: Callable[[], None]) -> None:
    """New certificates for services that go on running, and with `authority` of a new CA. pause: as in `deal`."""
    tls = keep / "tls"
    settle = _settling(tls, hands, pause)
    if authority:
        roll_authority(tls, SERVICES, settle=settle)
    else:
        renew_certificates(tls, SERVICES, settle=settle)
    _hand_certificates(tls, hands)


def _settling(tls: Path, hands: Path, pause: Callable[[], None]) -> Callable[[], None]:
    def settle() -> None:
        _hand_certificates(tls, hands)
        pause()

    return settle


def _hand_certificates(tls: Path, hands: Path) -> None:
    for service in SERVICES:
        _hand(hands / service, tls / "ca.pem", tls / f"{service}.pem", tls / f"{service}.key")


def _files(folder: Path) -> list[Path]:
    return [file for file in folder.iterdir() if file.is_file()]


def _hand(folder: Path, *files: Path) -> None:
    for file in files:
        write_private(folder / file.name, file.read_bytes())

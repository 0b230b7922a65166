"""The private keys that sign access tokens, as files `<key id>.pem` in one directory.

The ids say when each signs (see domain/key_schedule.py) and sort by age. To rotate is to add a file; to
withdraw a key is to delete its file. Running instances notice both by themselves.
"""

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from user_service.domain.key_schedule import is_believed, is_key_id, new_key_id, signing, signs_from

SUFFIX = ".pem"


class KeyUnusable(Exception):
    """The file holds no EC P-256 private key in unencrypted PEM."""


class KeyUnknown(Exception):
    """No file holds such a key."""


@dataclass(frozen=True, slots=True)
class KeyFile:
    """One file; `modified_ns` and `size_bytes` tell whether it must be read again."""

    key_id: str
    path: Path
    modified_ns: int
    size_bytes: int


@dataclass(frozen=True, slots=True)
class PrivateKey:
    """A key that was read and proven to be of the right kind."""

    key_id: str
    pem: str = field(repr=False)


def list_keys(directory: Path) -> list[KeyFile]:
    """Gives the key files, oldest first. Raises OSError if the directory cannot be read."""
    found = []
    for path in sorted(directory.iterdir()):
        if path.suffix == SUFFIX and is_key_id(path.stem):
            status = path.stat()
            found.append(KeyFile(path.stem, path, status.st_mtime_ns, status.st_size))
    return found


def read_key(file: KeyFile) -> PrivateKey:
    """Raises KeyUnusable."""
    try:
        pem = file.path.read_bytes()
        key = serialization.load_pem_private_key(pem, password=None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise KeyUnusable(f"{file.path.name} cannot be read as a private key.") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise KeyUnusable(f"{file.path.name} is not an EC P-256 key.")
    return PrivateKey(file.key_id, pem.decode("ascii"))


def create_first_key(directory: Path, now: datetime) -> str | None:
    """Makes a key if there is none, also when several try at once. Gives its id, or None if there was one.

    Raises OSError.
    """
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _locked(directory):
        return None if list_keys(directory) else _create_key(directory, now)


def add_key(directory: Path, now: datetime, notice: timedelta) -> str | None:
    """Makes a key that signs after `notice`. Gives its id, or None if one waits for its turn already.

    Raises OSError.
    """
    with _locked(directory):
        keys = _ids(directory)
        if keys and signs_from(keys[-1]) > now:
            return None
        return _create_key(directory, now + notice)


def revoke_key(directory: Path, key_id: str, now: datetime) -> str | None:
    """Deletes a key at once; if it was the one that signs, a new one does. Gives the new one's id, if so.

    Those that have ended go as well: without their follower they would be believed again. Raises KeyUnknown, OSError.
    """
    with _locked(directory):
        keys = _ids(directory)
        if key_id not in keys:
            raise KeyUnknown(f"{key_id} is no key in {directory}.")
        # Never an older one in its stead: of that one too there may be a copy somewhere.
        made = _create_key(directory, now) if key_id == signing(keys, now) else None
        for it in (*_ended(keys, now), key_id):
            (directory / f"{it}{SUFFIX}").unlink(missing_ok=True)
        return made


def prune_keys(directory: Path, now: datetime) -> list[str]:
    """Deletes the keys that nobody believes any more, and gives their ids. Raises OSError."""
    with _locked(directory):
        ended = _ended(_ids(directory), now)
        for key_id in ended:
            (directory / f"{key_id}{SUFFIX}").unlink()
        return ended


def _ids(directory: Path) -> list[str]:
    return [file.key_id for file in list_keys(directory)]


def _ended(keys: list[str], now: datetime) -> list[str]:
    return [key_id for key_id in keys if not is_believed(keys, key_id, now)]


def _create_key(directory: Path, signs_from: datetime) -> str:
    key_id = new_key_id(signs_from, secrets.token_hex(4))
    pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    unfinished = directory / f".{key_id}"
    with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())
    unfinished.rename(directory / f"{key_id}{SUFFIX}")  # appears whole or not at all
    return key_id


@contextmanager
def _locked(directory: Path) -> Iterator[None]:
    """Nobody else changes the directory meanwhile, and what was changed is on the disk afterwards."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        for path in directory.glob(".*"):
            if is_key_id(path.name[1:]):  # left by one that was killed: whoever lives holds the lock
                path.unlink()
        yield
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

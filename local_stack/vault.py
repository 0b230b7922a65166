"""Secrets: drawn once for each stack, 0600, one folder for each process that may know them."""

import hashlib
import re
import secrets
from pathlib import Path

from local_stack.engines.engine import Credentials
from local_stack.files import write_private

SERVICES = ("user-service", "file-metadata-service", "file-upload-service", "api-gateway")
# Names are those of the variables, in lower case, as the services look for them in STOWAGE_SECRETS_DIR.
_DRAWN = (
    "engines/s3_root_access_key_id",
    "engines/s3_root_secret_access_key",
    "engines/redis_password",
    "engines/dynamodb_access_key_id",
    "engines/dynamodb_secret_access_key",
    "user-service/stowage_refresh_secret",
    "file-metadata-service/stowage_id_secret",
    "file-upload-service/stowage_id_secret",
    "file-upload-service/s3_access_key_id",
    "file-upload-service/s3_secret_access_key",
)
_REFERENCE = re.compile(r"\{secret:([a-z0-9_/-]+)\}")


def reference(name: str) -> str:
    """What stands for a secret where plans are written down; `resolve` puts the secret there."""
    return f"{{secret:{name}}}"


class Vault:
    """The secrets below one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def redis_acl(self) -> Path:
        """Redis's own file of users: it holds the password's hash."""
        return self.folder / "engines" / "redis.acl"

    @property
    def token_keys(self) -> Path:
        return self.folder / "user-service" / "token-keys"

    def fill(self) -> None:
        """Draw what is missing; what is there stays."""
        for folder in ("engines", *SERVICES):
            (self.folder / folder).mkdir(mode=0o700, exist_ok=True)
        self.token_keys.mkdir(mode=0o700, exist_ok=True)
        for name in _DRAWN:
            if not (self.folder / name).exists():
                drawn = secrets.token_hex(10 if name.endswith("key_id") else 32)
                write_private(self.folder / name, drawn.encode())
        password = hashlib.sha256(self.read("engines/redis_password").encode()).hexdigest()
        write_private(self.redis_acl, f"user default on #{password} ~* &* +@all\n".encode())

    def read(self, name: str) -> str:
        return (self.folder / name).read_text()

    def credentials(self, prefix: str) -> Credentials:
        """The pair `<prefix>_access_key_id` and `<prefix>_secret_access_key`."""
        return Credentials(self.read(f"{prefix}_access_key_id"), self.read(f"{prefix}_secret_access_key"))

    def resolve(self, value: str) -> str:
        """`value` with each reference replaced by its secret."""
        return _REFERENCE.sub(lambda match: self.read(match[1]), value)

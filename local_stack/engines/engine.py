"""What it takes to run one process."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Credentials:
    """An S3 key pair."""

    access_key_id: str
    secret_access_key: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """One engine on one folder.

    probe: address that tells whether it is well (see `probe.is_healthy`).
    env: added to the environment; holds what must not be seen in a list of processes.
    subfolders: of `folder`, which the engine expects to find.
    repair: folder of the S3 server, to be mended (`local_stack.s3_repair`) before each start.
    """

    name: str
    argv: tuple[str, ...]
    probe: str
    folder: Path
    subfolders: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    repair: Path | None = None

    @property
    def folders(self) -> tuple[Path, ...]:
        """What must be there before a start."""
        return (self.folder, *(self.folder / name for name in self.subfolders))

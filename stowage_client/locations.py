"""Where this command line keeps its own files, and which server it talks to (XDG Base Directory 0.8)."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

DEFAULT_SERVER = "http://localhost:8080"


@dataclass(frozen=True, slots=True)
class Locations:
    """`config`: who is signed in. `state`: what is needed to go on with a transfer that was cut."""

    config: Path
    state: Path

    @classmethod
    def from_environment(cls, environment: Mapping[str, str], home: Path) -> "Locations":
        return cls(
            config=_base(environment, "XDG_CONFIG_HOME", home / ".config") / "stowage",
            state=_base(environment, "XDG_STATE_HOME", home / ".local" / "state") / "stowage",
        )


def _base(environment: Mapping[str, str], variable: str, default: Path) -> Path:
    value = Path(environment.get(variable, ""))
    return value if value.is_absolute() else default  # the specification: relative ones are ignored


def file_key(*words: str) -> str:
    """A file name for whatever these words identify."""
    return hashlib.sha256("\0".join(words).encode("utf-8", "surrogateescape")).hexdigest()[:32]

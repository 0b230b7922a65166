"""Which migrations this code has: a backup that has seen more is of a newer one."""

from pathlib import Path

_MIGRATIONS = Path(__file__).parents[2] / "migrations"


def known_migrations() -> frozenset[str]:
    """As `service/v0001_title`."""
    return frozenset(f"{file.parent.name}/{file.stem}" for file in _MIGRATIONS.glob("*/v*.py"))

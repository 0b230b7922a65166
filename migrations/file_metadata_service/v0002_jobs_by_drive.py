"""People list the jobs of a drive."""

from migrations.tables import Attribute, Engine, Index

BY_DRIVE = Index("by_drive", Attribute("listed_for"), Attribute("created_at", "N"), "KEYS_ONLY")


def apply(engine: Engine) -> None:
    engine.ensure_index("jobs", BY_DRIVE)

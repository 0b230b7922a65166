"""fsck walks all past versions of a drive, also those whose file is gone."""

from migrations.tables import Attribute, Engine, Index

BY_OWNER = Index("userid", Attribute("userid"), projection="KEYS_ONLY")


def apply(engine: Engine) -> None:
    engine.ensure_index("versions", BY_OWNER)

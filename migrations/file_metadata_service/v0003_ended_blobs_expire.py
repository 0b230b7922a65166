"""The rows of blobs whose bytes are gone, or never became a version, expire."""

from migrations.tables import Engine


def apply(engine: Engine) -> None:
    engine.ensure_ttl("blobs", "expires_at")

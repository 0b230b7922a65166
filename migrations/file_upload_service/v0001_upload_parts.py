"""Uploads and their parts, in one table, so that one Query returns both."""

from migrations.tables import Attribute, Engine, Index, TableSpec

TABLES = (
    TableSpec(
        "upload_parts",
        Attribute("uploadid"),
        Attribute("userid"),
        (
            Index("due", Attribute("due_shard"), Attribute("due_at", "N")),
            Index("owner", Attribute("owner"), Attribute("created_at", "N")),
        ),
    ),
)


def apply(engine: Engine) -> None:
    for table in TABLES:
        engine.ensure_table(table)

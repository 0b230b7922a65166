"""Drives, nodes, entries, versions, the journal, and what keeps commands and blobs exactly-once."""

from migrations.tables import Attribute, Engine, Index, TableSpec

DUE = Index("due", Attribute("due_shard"), Attribute("due_at", "N"))
BY_OWNER = Index("userid", Attribute("userid"), projection="KEYS_ONLY")

TABLES = (
    TableSpec("drives", Attribute("driveid")),
    TableSpec(
        "files",
        Attribute("id"),
        Attribute("userid"),
        (BY_OWNER, Index("folderid", Attribute("folderid"), projection="KEYS_ONLY")),
    ),
    TableSpec("folders", Attribute("id"), Attribute("userid"), (BY_OWNER,)),
    TableSpec(
        "entries",
        Attribute("folderid"),
        Attribute("entry_key"),
        (
            Index("by_updated", Attribute("folderid"), Attribute("updated_key")),
            Index("by_size", Attribute("folderid"), Attribute("size_key")),
        ),
    ),
    TableSpec("versions", Attribute("fileid"), Attribute("number", "N"), (DUE,)),
    TableSpec("journal", Attribute("driveid"), Attribute("seq", "N")),
    TableSpec("commands", Attribute("driveid"), Attribute("command_key"), ttl_attribute="expires_at"),
    TableSpec("trash", Attribute("driveid"), Attribute("trash_key"), (DUE,)),
    TableSpec(
        "blobs",
        Attribute("blobid"),
        indexes=(
            Index("content", Attribute("content_key"), projection="KEYS_ONLY"),
            Index("zero", Attribute("zero_shard"), Attribute("zero_since", "N")),
        ),
    ),
    TableSpec("jobs", Attribute("jobid"), indexes=(DUE,)),
)


def apply(engine: Engine) -> None:
    for table in TABLES:
        engine.ensure_table(table)

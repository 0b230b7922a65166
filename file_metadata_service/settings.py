"""What an operator can say about this service."""

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from chassis.settings import ServiceSettings


class MetadataSettings(ServiceSettings):
    """All instances must share `id_secret`: it makes the ids of new nodes, and seals cursors."""

    id_secret: SecretStr = Field(
        validation_alias="STOWAGE_ID_SECRET",
        min_length=16,
        description="Makes ids and seals cursors; the same for all instances of a service.",
    )
    default_quota_bytes: int = Field(
        0,
        validation_alias="STOWAGE_DEFAULT_QUOTA_BYTES",
        ge=0,
        description="Quota of new drives; 0 means none.",
    )
    versions_max: int = Field(
        100,
        validation_alias="STOWAGE_VERSIONS_MAX",
        ge=1,
        le=1_000,
        description="Most past versions of a file, besides those kept for ever.",
    )
    versions_days: int = Field(
        30,
        validation_alias="STOWAGE_VERSIONS_DAYS",
        ge=1,
        le=36_500,
        description="How long past versions stay, counted from when they were replaced; those kept for ever stay.",
    )
    trash_days: int = Field(
        30,
        validation_alias="STOWAGE_TRASH_DAYS",
        ge=1,
        le=36_500,
        description="How long what was deleted stays in the trash.",
    )
    group_commands: int = Field(
        32,
        validation_alias="STOWAGE_GROUP_COMMANDS",
        ge=1,
        le=98,
        description="Most commands in one transaction.",
    )
    journal_days: int = Field(
        30,
        validation_alias="STOWAGE_JOURNAL_DAYS",
        ge=1,
        le=3650,
        description="How long changes are kept for who follows a drive; who was away longer lists it anew. "
        "A drive that nobody writes to keeps its last ones.",
    )
    journal_entries: int = Field(
        250_000,
        validation_alias="STOWAGE_JOURNAL_ENTRIES",
        ge=1_000,
        description="Most changes that are kept, of a drive on which more happens.",
    )
    search_dir: str = Field(
        "",
        validation_alias="STOWAGE_SEARCH_DIR",
        description="Folder of this instance's indexes of names, kept over restarts; empty: a temporary one.",
    )
    search_cache_bytes: int = Field(
        2**30,
        validation_alias="STOWAGE_SEARCH_CACHE_BYTES",
        ge=2**20,
        description="Most bytes of indexes of names on disk; the drives that were asked longest ago make room.",
    )


class FsckSettings(BaseSettings):
    """Which tables to inspect: an inspection needs no more of the service's settings."""

    model_config = SettingsConfigDict(extra="ignore", populate_by_name=True)

    table_prefix: str = Field("stowage_", validation_alias="STOWAGE_TABLE_PREFIX")
    dynamodb_endpoint: str | None = Field(None, validation_alias="DYNAMODB_ENDPOINT")
    aws_region: str = Field("us-east-1", validation_alias="AWS_REGION")

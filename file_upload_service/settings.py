"""What file_upload_service is told from outside."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, SecretStr, model_validator

from chassis.settings import ServiceSettings
from file_upload_service.domain.policy import Policy


def _endpoint(value: str | None) -> str | None:
    if value and not value.startswith(("http://", "https://")):
        raise ValueError("say http://host:port or https://host")
    return value or None


Encryption = Literal["AES256", "aws:kms"]
# Read at once, and kept in more than one place: others must be restored first, or lose what one building loses.
StorageClass = Literal["STANDARD", "STANDARD_IA", "INTELLIGENT_TIERING", "GLACIER_IR"]
Endpoint = Annotated[str | None, AfterValidator(_endpoint)]


class UploadSettings(ServiceSettings):
    """S3's keys unset: AWS's own chain. The endpoint unset: AWS itself."""

    id_secret: SecretStr = Field(
        min_length=32,
        validation_alias="STOWAGE_ID_SECRET",
        description="Makes ids and seals cursors; the same for all instances of a service.",
    )
    s3_bucket: str = Field(
        min_length=3, validation_alias="S3_BUCKET", description="Private, with CORS for your origin."
    )
    s3_region: str = Field("us-east-1", validation_alias="S3_REGION", description="Of the bucket.")
    s3_endpoint: Endpoint = Field(
        None,
        validation_alias="S3_ENDPOINT",
        description="Where this service and the gateway reach storage; none means AWS.",
    )
    s3_public_endpoint: Endpoint = Field(
        None,
        validation_alias="S3_PUBLIC_ENDPOINT",
        description="Where people reach storage: the very name that they use, as it is signed; none means the same.",
    )
    s3_access_key_id: SecretStr | None = Field(
        None, validation_alias="S3_ACCESS_KEY_ID", description="None means: as AWS's own tools find it."
    )
    s3_secret_access_key: SecretStr | None = Field(
        None, validation_alias="S3_SECRET_ACCESS_KEY", description="None means: as AWS's own tools find it."
    )
    s3_flush_directory: Path | None = Field(
        None,
        validation_alias="S3_FLUSH_DIRECTORY",
        description="The folder of a storage server on this machine that does not sync by itself.",
    )
    s3_encryption: Encryption | None = Field(
        None,
        validation_alias="S3_ENCRYPTION",
        description="Asked for with each object: `AES256` (SSE-S3) or `aws:kms` (SSE-KMS); "
        "none means: as the bucket does.",
    )
    s3_kms_key_id: str | None = Field(
        None,
        validation_alias="S3_KMS_KEY_ID",
        description="With `aws:kms`: whose key, by id, ARN or alias; none means AWS's own.",
    )
    s3_storage_class: StorageClass | None = Field(
        None,
        validation_alias="S3_STORAGE_CLASS",
        description="`STANDARD`, `STANDARD_IA`, `INTELLIGENT_TIERING` or `GLACIER_IR`; none means: as the bucket does.",
    )
    s3_connections: int = Field(
        64,
        ge=1,
        le=10_000,
        validation_alias="STOWAGE_S3_CONNECTIONS",
        description="Most connections to storage at once.",
    )
    open_uploads: int = Field(
        1_000,
        ge=1,
        validation_alias="STOWAGE_OPEN_UPLOADS_PER_ACCOUNT",
        description="How many uploads of one account may be open at once.",
    )
    open_upload_days: float = Field(
        7,
        gt=0,
        le=365,
        validation_alias="STOWAGE_OPEN_UPLOAD_DAYS",
        description="An upload that nobody completes is ended after so long.",
    )

    @model_validator(mode="after")
    def _key_has_its_encryption(self) -> Self:
        if self.s3_kms_key_id and self.s3_encryption != "aws:kms":
            raise ValueError("S3_KMS_KEY_ID needs S3_ENCRYPTION=aws:kms")
        return self

    @property
    def policy(self) -> Policy:
        return Policy(
            open_uploads_an_account=self.open_uploads, open_life=timedelta(days=self.open_upload_days)
        )

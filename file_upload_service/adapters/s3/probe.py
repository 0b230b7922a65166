"""Whether S3 can be used: the bucket, at both endpoints."""

from typing import Any

from botocore.exceptions import ClientError

from chassis.errors import Unavailable
from file_upload_service.adapters.s3.connection import CALL_SECONDS
from file_upload_service.adapters.s3.errors import translated


class BucketProbe:
    """`setting` is the variable that names the endpoint, so that readiness says where to look."""

    def __init__(self, client: Any, bucket: str, setting: str) -> None:
        self._client = client
        self._bucket = bucket
        self._setting = setting

    async def __call__(self) -> None:
        """Raises Unavailable, in words."""
        try:
            async with translated("HeadBucket", CALL_SECONDS):
                await self._client.head_bucket(Bucket=self._bucket)
        except Unavailable as error:
            raise Unavailable(f"{self._setting} does not answer.") from error
        except ClientError as error:
            status = error.response["ResponseMetadata"]["HTTPStatusCode"]
            raise Unavailable(f"{self._setting} answers {status} for the bucket S3_BUCKET.") from error

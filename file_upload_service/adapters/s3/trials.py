"""Trying signed URLs on S3, as clients use them: by plain HTTP."""

import asyncio
import hashlib
from datetime import timedelta
from typing import Any

from botocore.awsrequest import AWSRequest
from botocore.exceptions import HTTPClientError
from botocore.httpsession import URLLib3Session

from chassis.errors import Unavailable
from file_upload_service.adapters.s3.connection import CALL_SECONDS, Bucket, Session
from file_upload_service.adapters.s3.errors import SORRY
from file_upload_service.adapters.s3.keeping import Keeping
from file_upload_service.adapters.s3.url_signer import PutToSign, frozen_credentials, sign_get, sign_put

LIFE = timedelta(minutes=5)
OK, NOT_IMPLEMENTED = 200, 501


class S3Trials:
    """At the endpoint that this service itself uses."""

    def __init__(self, session: Session, bucket: Bucket, keeping: Keeping) -> None:
        self._session = session
        self._bucket = bucket
        self._keeping = keeping

    async def put(self, key: str, body: bytes, *, signed_for: bytes) -> bool:
        return await self._put(_bound_to(key, signed_for), body) is not None

    async def put_part(
        self, key: str, multipart_id: str, number: int, body: bytes, *, signed_for: bytes
    ) -> str | None:
        return await self._put(_bound_to(key, signed_for, number, multipart_id), body)

    async def read(self, key: str) -> bytes:
        credentials = await frozen_credentials(self._session)
        answer = await _send("GET", sign_get(self._bucket, credentials, key, {}, LIFE), {}, b"")
        if answer.status_code != OK:
            raise Unavailable(SORRY)
        body: bytes = answer.content
        return body

    async def _put(self, put: PutToSign, body: bytes) -> str | None:
        """The ETag, or None if it was refused."""
        credentials = await frozen_credentials(self._session)
        url, headers = sign_put(self._bucket, credentials, put, self._keeping, LIFE)
        answer = await _send("PUT", url, headers | {"Content-Length": str(len(body))}, body)
        if answer.status_code >= 500 and answer.status_code != NOT_IMPLEMENTED:
            raise Unavailable(SORRY)
        return str(answer.headers.get("ETag", "")) if answer.status_code == OK else None


def _bound_to(key: str, signed_for: bytes, number: int = 1, multipart_id: str | None = None) -> PutToSign:
    return PutToSign(
        key=key,
        size_bytes=len(signed_for),
        sha256=hashlib.sha256(signed_for).digest(),
        number=number,
        multipart_id=multipart_id,
    )


async def _send(method: str, url: str, headers: dict[str, str], body: bytes) -> Any:
    """botocore's own HTTP: it trusts whom the client trusts."""

    def send() -> Any:
        session = URLLib3Session(timeout=CALL_SECONDS)
        try:
            request = AWSRequest(method=method, url=url, headers=headers, data=body)
            answer = session.send(request.prepare())
            answer.content  # noqa: B018  # read while the connection is there
            return answer
        finally:
            session.close()

    try:
        return await asyncio.to_thread(send)
    except HTTPClientError as error:
        raise Unavailable(SORRY) from error

"""Uploads: intent, signatures, reports and the end."""

from collections.abc import AsyncIterator, Mapping, Sequence

from stowage_client.api.answers import reading
from stowage_client.api.transport import ApiTransport
from stowage_client.api.upload_models import (
    Claim,
    KnownPart,
    KnownUse,
    PartReport,
    SignedPart,
    Started,
    StartRequest,
    Upload,
)
from stowage_client.layout import content_hash

# The server takes this many parts in one request (design.md, "Uploading", 2 and 4).
PARTS_PER_REQUEST = 100
_PAGE = 100


class UploadsApi:
    """One upload after another; every call is harmless to repeat."""

    def __init__(self, transport: ApiTransport) -> None:
        self._transport = transport

    async def start(
        self, request: StartRequest, *, key: str, claims: Sequence[Claim] = (), content_hash: str = ""
    ) -> Started:
        """The upload of this key, begun now or before; committed already if the drive holds what has this hash.

        Raises ApiError `command_id_reused` if the key began another one, and whatever the drive refuses.
        """
        body = request.as_json()
        if claims:
            body["parts"] = [claim.as_json() for claim in claims]
        if content_hash:
            body["content_hash"] = content_hash
        answer = await self._transport.request("POST", "/uploads", body=body, key=key)
        with reading():
            return Started.parse(answer.data)

    async def use_known(self, upload_id: str, digests: Mapping[int, bytes], *, also_parts: bool) -> Upload:
        """Tells what all its parts will be, by their numbers. Committed if the drive holds the content; else, with
        `also_parts`, those that the file which is replaced has too are there now.
        """
        body: dict[str, object] = {
            "content_hash": content_hash(digests[number] for number in sorted(digests))
        }
        if also_parts:
            body["parts"] = [Claim(number, digest).as_json() for number, digest in digests.items()]
        while True:
            answer = await self._transport.request("POST", f"/uploads/{upload_id}/known", body=body)
            with reading():
                used = KnownUse.parse(answer.data)
            if not used.more:
                return used.upload

    async def get(self, upload_id: str) -> Upload:
        answer = await self._transport.request("GET", f"/uploads/{upload_id}")
        with reading():
            return Upload.parse(answer.data)

    async def all(self) -> AsyncIterator[Upload]:
        """The person's uploads that have not ended, latest first."""
        cursor: str | None = ""
        while cursor is not None:
            params: dict[str, str | int] = {"limit": _PAGE, "cursor": cursor}
            answer = await self._transport.request("GET", "/uploads", params=params)
            with reading():
                page = [Upload.parse(item) for item in answer.data["items"]]
                cursor = answer.data["next_cursor"] or None
            for upload in page:
                yield upload

    async def parts(self, upload_id: str) -> list[KnownPart]:
        answer = await self._transport.request("GET", f"/uploads/{upload_id}", params={"parts": "true"})
        with reading():
            return [KnownPart.parse(part) for part in answer.data.get("parts") or []]

    async def sign(
        self, upload_id: str, claims: Sequence[Claim], *, size: int | None = None
    ) -> list[SignedPart]:
        """`size`: how long the file is, when that was not known at Start; its last part needs it.

        Raises ApiError 409 `part_claimed` if a number was claimed with another hash, `upload_not_open`.
        """
        body: dict[str, object] = {"parts": [claim.as_json() for claim in claims]}
        if size is not None:
            body["size"] = size
        answer = await self._transport.request("POST", f"/uploads/{upload_id}/urls", body=body)
        with reading():
            return [SignedPart.parse(part) for part in answer.data["urls"]]

    async def report(self, upload_id: str, reports: Sequence[PartReport]) -> None:
        body = {"parts": [report.as_json() for report in reports]}
        await self._transport.request("POST", f"/uploads/{upload_id}/parts", body=body)

    async def complete(
        self,
        upload_id: str,
        *,
        reports: Sequence[PartReport] = (),
        elsewhere: Mapping[str, str] | None = None,
        size: int | None = None,
    ) -> Upload:
        """The upload, committed, failed or on its way. `elsewhere`: folder_id, conflict, if not as at Start; `size`: if
        it was not known then.

        Raises ApiError `parts_missing`, and whatever the drive refuses.
        """
        body: dict[str, object] = dict(elsewhere or {})
        if reports:
            body["parts"] = [report.as_json() for report in reports]
        if size is not None:
            body["size"] = size
        answer = await self._transport.request("POST", f"/uploads/{upload_id}/complete", body=body)
        with reading():
            return Upload.parse(answer.data)

    async def abort(self, upload_id: str) -> None:
        await self._transport.request("DELETE", f"/uploads/{upload_id}")

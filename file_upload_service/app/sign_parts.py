"""Hands out URLs for parts."""

from collections.abc import Sequence
from dataclasses import dataclass

from file_upload_service.app.multipart import EnsureMultipart
from file_upload_service.app.rereading import rereading
from file_upload_service.app.stream_length import CheckRoom, closed
from file_upload_service.app.tails import FollowStream, require_end
from file_upload_service.domain.caller import Caller
from file_upload_service.domain.ids import UploadId
from file_upload_service.domain.part import PartClaim, check_claims
from file_upload_service.domain.policy import Policy
from file_upload_service.domain.transfer import Reach, SignedParts
from file_upload_service.domain.upload import Upload
from file_upload_service.ports.clock import Clock
from file_upload_service.ports.parts import PartRepository
from file_upload_service.ports.uploads import UploadRepository
from file_upload_service.ports.url_signer import UrlSigner


@dataclass(frozen=True, slots=True)
class SignParts:
    """One read and one transaction for up to 100 parts; of a stream also one call to metadata. Signing itself costs
    nothing."""

    uploads: UploadRepository
    parts: PartRepository
    signer: UrlSigner
    ensure_multipart: EnsureMultipart
    check_room: CheckRoom
    follow: FollowStream
    clock: Clock
    policy: Policy

    async def __call__(
        self,
        caller: Caller,
        upload_id: UploadId,
        claims: Sequence[PartClaim],
        reach: Reach,
        *,
        size_bytes: int | None = None,
        offset: int | None = None,
    ) -> SignedParts:
        """`size_bytes`: how long the file is, once that is known of a stream; its last part needs it. `offset`: where
        the stream ended for whoever makes a part of its tail; a claim is for ever, so it is asked before.

        Raises UploadNotFound, UploadNotOpen, PartNumberInvalid, InvalidArgument, PartClaimed, LengthDecided,
        FileTooLarge, OffsetWrong, and what metadata says if there is no room.
        """

        async def attempt(seen: Upload) -> Upload:
            if offset is not None:
                require_end(await self.follow(caller.account_id, upload_id), offset)
            if size_bytes is not None:
                seen = await self._closed(caller, seen, size_bytes)
            seen.require_open()
            check_claims(seen.plan, claims)
            await self.check_room(caller, seen, claims)
            return await self.bind(seen, claims)

        upload = await rereading(lambda: self.uploads.get(caller.account_id, upload_id), attempt)
        return await self.sign(upload, claims, reach)

    async def _closed(self, caller: Caller, seen: Upload, size_bytes: int) -> Upload:
        """Written before a URL of the last part may leave. A repeat finds it written."""
        seen.require_open()
        if not seen.plan.is_open:
            return seen.closed(size_bytes)
        upload, parts = await self.uploads.load(caller.account_id, seen.id)
        upload.require_open()
        after = closed(upload, parts, size_bytes)
        return after if after is upload else await self.uploads.save(upload, after)

    async def bind(self, upload: Upload, claims: Sequence[PartClaim]) -> Upload:
        """All that must be written before a URL may leave: until when bytes can arrive, and which bytes.

        The order matters: whoever ends the upload meanwhile reads `signed_until` and cleans up after it.
        """
        upload.require_open()
        check_claims(upload.plan, claims)
        upload = await self.ensure_multipart(upload)
        signing = upload.signing(self.clock.now(), self.policy)
        if signing is not upload:
            upload = await self.uploads.save(upload, signing)
        if claims:
            await self.parts.claim(upload, claims)
        return upload

    async def sign(self, upload: Upload, claims: Sequence[PartClaim], reach: Reach) -> SignedParts:
        """For claims that are bound."""
        return await self.signer.sign_parts(upload, claims, reach=reach, life=self.policy.upload_url_life)

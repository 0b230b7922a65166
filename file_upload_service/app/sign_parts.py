"""Hands out URLs for parts."""

from collections.abc import Sequence
from dataclasses import dataclass

from file_upload_service.app.multipart import EnsureMultipart
from file_upload_service.app.rereading import rereading
from file_upload_service.domain.ids import AccountId, UploadId
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
    """One read and one transaction for up to 100 parts; signing itself costs nothing."""

    uploads: UploadRepository
    parts: PartRepository
    signer: UrlSigner
    ensure_multipart: EnsureMultipart
    clock: Clock
    policy: Policy

    async def __call__(
        self, account_id: AccountId, upload_id: UploadId, claims: Sequence[PartClaim], reach: Reach
    ) -> SignedParts:
        """Raises UploadNotFound, UploadNotOpen, PartNumberInvalid, InvalidArgument, PartClaimed."""
        upload = await rereading(
            lambda: self.uploads.get(account_id, upload_id), lambda seen: self.bind(seen, claims)
        )
        return await self.sign(upload, claims, reach)

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

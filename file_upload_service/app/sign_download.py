"""Hands out a URL for a file's bytes."""

from dataclasses import dataclass

from file_upload_service.domain.caller import Caller
from file_upload_service.domain.ids import NodeId
from file_upload_service.domain.policy import Policy
from file_upload_service.domain.transfer import Reach, SignedDownload
from file_upload_service.ports.clock import Clock
from file_upload_service.ports.metadata import Metadata
from file_upload_service.ports.url_signer import UrlSigner


@dataclass(frozen=True, slots=True)
class SignDownload:
    """Metadata decides first, each time; then one URL is signed here."""

    metadata: Metadata
    signer: UrlSigner
    clock: Clock
    policy: Policy

    async def __call__(
        self, caller: Caller, node_id: NodeId, version: int | None, reach: Reach
    ) -> SignedDownload:
        """Raises what metadata answers to the check."""
        file = await self.metadata.check_download(caller, node_id, version)
        expire_at = self.clock.now() + self.policy.download_url_life
        url = await self.signer.sign_download(file, reach=reach, life=self.policy.download_url_life)
        return SignedDownload(url, expire_at, file)

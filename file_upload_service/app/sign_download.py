"""Hands out a URL for a file's bytes."""

from collections.abc import Sequence
from dataclasses import dataclass

from chassis.errors import DomainError, InvalidArgument
from file_upload_service.domain.caller import Caller
from file_upload_service.domain.ids import NodeId
from file_upload_service.domain.policy import Policy
from file_upload_service.domain.transfer import Reach, ReadableFile, SignedDownload
from file_upload_service.ports.clock import Clock
from file_upload_service.ports.metadata import Metadata, Wanted
from file_upload_service.ports.url_signer import UrlSigner

MAX_AT_ONCE = 100


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
        return await self._signed(await self.metadata.check_download(caller, node_id, version), reach)

    async def many(
        self, caller: Caller, wanted: Sequence[Wanted], reach: Reach
    ) -> Sequence[SignedDownload | DomainError]:
        """An answer for each of up to 100. Raises InvalidArgument for more, Unavailable."""
        if len(wanted) > MAX_AT_ONCE:
            raise InvalidArgument(f"At most {MAX_AT_ONCE} at a time.")
        files = await self.metadata.check_downloads(caller, wanted)
        return [each if isinstance(each, DomainError) else await self._signed(each, reach) for each in files]

    async def _signed(self, file: ReadableFile, reach: Reach) -> SignedDownload:
        expire_at = self.clock.now() + self.policy.download_url_life
        url = await self.signer.sign_download(file, reach=reach, life=self.policy.download_url_life)
        return SignedDownload(url, expire_at, file)

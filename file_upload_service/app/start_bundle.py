"""Opens a bundle: many small files in one plan."""

import asyncio
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from chassis.errors import DomainError, Kind
from file_upload_service.app.rereading import rereading
from file_upload_service.app.start_upload import check_command_id
from file_upload_service.domain.bundle import Bundle, BundledFile, BundleState, check_files
from file_upload_service.domain.caller import Caller
from file_upload_service.domain.errors import CommandIdReused
from file_upload_service.domain.ids import AccountId, DriveId, NodeId, actor_of, derive_upload_id
from file_upload_service.domain.outcome import PASSING, Failure
from file_upload_service.domain.policy import Policy
from file_upload_service.domain.target import ConflictRule, Target
from file_upload_service.domain.transfer import Reach, SignedParts, valid_content_type
from file_upload_service.ports.bundles import BundleRepository, BundleStarted
from file_upload_service.ports.clock import Clock
from file_upload_service.ports.metadata import Metadata, Place
from file_upload_service.ports.url_signer import UrlSigner

# Asks for a folder and the room in it. Names are Commit's to judge: it does so file by file.
_ANY_NAME = "file"
_OTHER_DRIVE = Failure(Kind.NOT_FOUND, "node_not_found", "The folder is not in the others' drive.")

# The URLs are those of the files that are not decided; None if there are none.
StartedBundle = tuple[Bundle, SignedParts | None]
_Answer = Place | Failure


@dataclass(frozen=True, slots=True)
class StartBundle:
    """One call to metadata for each folder that is named, and one transaction. Signing costs no call."""

    bundles: BundleRepository
    metadata: Metadata
    signer: UrlSigner
    clock: Clock
    policy: Policy
    id_secret: bytes

    async def __call__(
        self, caller: Caller, command_id: str, files: Sequence[BundledFile], reach: Reach
    ) -> StartedBundle:
        """A file that may not go where it shall is refused by itself, and gets no URL. The same command_id with the
        same files is the same bundle, with fresh URLs.

        Raises InvalidArgument, TooManyUploads, CommandIdReused, Unavailable.
        """
        check_command_id(command_id)
        check_files(files)
        places = await self._places(caller, files)
        bundle = self._bundle(caller.account_id, command_id, files, places)
        try:
            await self.bundles.start(bundle, budget=self.policy.open_uploads_an_account)
        except BundleStarted as started:
            if started.existing.request_hash != bundle.request_hash:
                raise CommandIdReused("This command_id has started another bundle.") from started
            bundle = await rereading(
                lambda: self.bundles.get(bundle.account_id, bundle.id),
                self._prolonged,
                first=started.existing,
            )
        return bundle, await self._signed(bundle, reach)

    async def _places(self, caller: Caller, files: Sequence[BundledFile]) -> Mapping[NodeId, _Answer]:
        """By folder as the request names it. Raises what says nothing about the folder."""
        sizes: dict[NodeId, int] = {}
        for file in files:
            folder_id = file.target.folder_id
            sizes[folder_id] = sizes.get(folder_id, 0) + file.size_bytes

        async def ask(folder_id: NodeId) -> _Answer:
            target = Target(folder_id, _ANY_NAME, ConflictRule.RENAME)
            try:
                return await self.metadata.check_upload(caller, target, sizes[folder_id])
            except DomainError as refusal:
                if refusal.kind in PASSING:
                    raise
                return Failure(refusal.kind, refusal.code, refusal.detail)

        return dict(zip(sizes, await asyncio.gather(*map(ask, sizes)), strict=True))

    def _bundle(
        self,
        account_id: AccountId,
        command_id: str,
        files: Sequence[BundledFile],
        places: Mapping[NodeId, _Answer],
    ) -> Bundle:
        drives = [answer.drive_id for answer in places.values() if isinstance(answer, Place)]
        drive_id = drives[0] if drives else DriveId(account_id)
        now = self.clock.now()
        bundle = Bundle(
            # Of the caller's own drive, wherever the files go: a repeat is found whatever has become of its folders.
            id=derive_upload_id(
                self.id_secret,
                purpose="bundle",
                drive_id=DriveId(account_id),
                actor=actor_of(account_id),
                command_id=command_id,
            ),
            account_id=account_id,
            drive_id=drive_id,
            files=tuple(_placed(file, places[file.target.folder_id], drive_id) for file in files),
            request_hash=_fingerprint(files),
            created_at=now,
            expires_at=now + self.policy.open_life,
            signed_until=now + self.policy.upload_url_life + self.policy.upload_url_slack,
            due_at=now + self.policy.open_life,
        )
        return bundle if bundle.undecided else bundle.after({}, now, self.policy)

    async def _prolonged(self, bundle: Bundle) -> Bundle:
        if bundle.state is not BundleState.OPEN:
            return bundle
        signing = bundle.signing(self.clock.now(), self.policy)
        return bundle if signing is bundle else await self.bundles.save(bundle, signing)

    async def _signed(self, bundle: Bundle, reach: Reach) -> SignedParts | None:
        if bundle.state is not BundleState.OPEN:
            return None
        return await self.signer.sign_files(
            bundle, bundle.undecided, reach=reach, life=self.policy.upload_url_life
        )


def _placed(file: BundledFile, answer: _Answer, drive_id: DriveId) -> BundledFile:
    file = replace(file, content_type=valid_content_type(file.content_type))
    if isinstance(answer, Failure):
        return file.is_now(answer)
    if answer.drive_id != drive_id:
        return file.is_now(_OTHER_DRIVE)
    return replace(file, target=replace(file.target, folder_id=answer.folder_id))


def _fingerprint(files: Sequence[BundledFile]) -> str:
    facts = [
        [
            file.target.folder_id,
            file.target.name,
            file.target.conflict,
            file.target.if_revision,
            file.size_bytes,
            file.content_type,
            file.sha256.hex(),
        ]
        for file in files
    ]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()

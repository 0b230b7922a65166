"""Opens an upload."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from chassis.errors import DomainError, InvalidArgument, Kind
from file_upload_service.app.multipart import EnsureMultipart
from file_upload_service.app.rereading import rereading
from file_upload_service.app.sign_parts import SignParts
from file_upload_service.app.take_known import TakeKnown
from file_upload_service.domain.caller import Caller
from file_upload_service.domain.errors import CommandIdReused, UploadNotFound
from file_upload_service.domain.ids import AccountId, DriveId, UploadId, actor_of, derive_upload_id
from file_upload_service.domain.known import checked_content_hash
from file_upload_service.domain.layout import OPEN_STREAM, Plan, plan_for
from file_upload_service.domain.part import PartClaim, check_claims
from file_upload_service.domain.policy import Policy
from file_upload_service.domain.target import Target
from file_upload_service.domain.transfer import Reach, SignedParts, valid_content_type
from file_upload_service.domain.upload import Upload, UploadState
from file_upload_service.ports.clock import Clock
from file_upload_service.ports.metadata import Metadata, Place
from file_upload_service.ports.uploads import AlreadyStarted, UploadRepository

MAX_COMMAND_ID_CHARACTERS = 128

Started = tuple[Upload, SignedParts | None]


@dataclass(frozen=True, slots=True)
class NewUpload:
    """What is asked for. The same command_id with the same request is the same upload.

    `size_bytes`: None of a stream whose length nobody knows yet. `content_hash`: hex, empty if it is not known yet; a
    repeat may know it.
    """

    command_id: str
    target: Target
    size_bytes: int | None
    content_type: str
    content_hash: str = ""

    def plan(self) -> Plan:
        """Raises InvalidArgument, FileTooLarge."""
        return OPEN_STREAM if self.size_bytes is None else plan_for(self.size_bytes)

    def fingerprint(self) -> str:
        target = self.target
        facts = [target.folder_id, target.name, target.conflict, target.if_revision, self.size_bytes]
        return hashlib.sha256(json.dumps([*facts, self.content_type]).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class StartUpload:
    """One call to metadata and one transaction; for several parts, two calls more. Signing costs nothing.

    One call more if the content's hash is known, and no byte to send if so is the content.
    """

    uploads: UploadRepository
    metadata: Metadata
    ensure_multipart: EnsureMultipart
    sign_parts: SignParts
    take_known: TakeKnown
    clock: Clock
    policy: Policy
    id_secret: bytes

    async def __call__(
        self, caller: Caller, new: NewUpload, claims: Sequence[PartClaim], reach: Reach
    ) -> Started:
        """Answers the upload, and the URLs of the parts that were named if it is open; committed already, if its
        content was known.

        Raises what metadata answers to the check, InvalidArgument, FileTooLarge, PartNumberInvalid,
        TooManyUploads, CommandIdReused, PartClaimed (a repeat that names other hashes).
        """
        check_command_id(new.command_id)
        plan = new.plan()
        check_claims(plan, claims)
        checked_content_hash(new.content_hash)
        try:
            place = await self.metadata.check_upload(caller, new.target, plan.size_bytes)
        except DomainError as refusal:
            # The first try may have committed since: its own file may be what stands in the way of a repeat.
            earlier = (
                None if refusal.kind is Kind.UNAVAILABLE else await self._earlier(caller.account_id, new)
            )
            if earlier is None:
                raise
            return await self._again(caller, earlier, new, claims, reach)
        return await self._start(
            caller, self._upload(caller.account_id, new, plan, place), new, claims, reach
        )

    async def _start(
        self, caller: Caller, upload: Upload, new: NewUpload, claims: Sequence[PartClaim], reach: Reach
    ) -> Started:
        try:
            await self.uploads.start(upload, claims, budget=self.policy.open_uploads_an_account)
        except AlreadyStarted as started:
            return await self._again(caller, started.existing, new, claims, reach)
        upload = await self.take_known(caller, upload, new.content_hash)
        if upload.state is not UploadState.OPEN:
            return upload, None
        upload = await rereading(
            lambda: self.uploads.get(upload.account_id, upload.id), self.ensure_multipart, first=upload
        )
        return upload, await self.sign_parts.sign(upload, claims, reach) if claims else None

    async def _again(
        self, caller: Caller, existing: Upload, new: NewUpload, claims: Sequence[PartClaim], reach: Reach
    ) -> Started:
        if existing.request_hash != new.fingerprint():
            raise CommandIdReused("This command_id has started another upload.")
        existing = await self.take_known(caller, existing, new.content_hash)
        if existing.state is not UploadState.OPEN:
            return existing, None
        upload = await rereading(
            lambda: self.uploads.get(existing.account_id, existing.id),
            lambda seen: self.sign_parts.bind(seen, claims),
            first=existing,
        )
        return upload, await self.sign_parts.sign(upload, claims, reach) if claims else None

    async def _earlier(self, account_id: AccountId, new: NewUpload) -> Upload | None:
        """Looks in the caller's own drive: the check that would have named another one was refused."""
        try:
            return await self.uploads.get(account_id, self._id(account_id, DriveId(account_id), new))
        except UploadNotFound:
            return None

    def _id(self, account_id: AccountId, drive_id: DriveId, new: NewUpload) -> UploadId:
        return derive_upload_id(
            self.id_secret, drive_id=drive_id, actor=actor_of(account_id), command_id=new.command_id
        )

    def _upload(self, account_id: AccountId, new: NewUpload, plan: Plan, place: Place) -> Upload:
        now = self.clock.now()
        return Upload(
            id=self._id(account_id, place.drive_id, new),
            account_id=account_id,
            drive_id=place.drive_id,
            target=replace(new.target, folder_id=place.folder_id),
            content_type=valid_content_type(new.content_type),
            plan=plan,
            request_hash=new.fingerprint(),
            created_at=now,
            expires_at=now + self.policy.open_life,
            signed_until=now + self.policy.upload_url_life + self.policy.upload_url_slack,
            due_at=now + self.policy.open_life,
        )


def check_command_id(command_id: str) -> None:
    """Raises InvalidArgument."""
    if not 0 < len(command_id) <= MAX_COMMAND_ID_CHARACTERS or not all(" " <= c <= "~" for c in command_id):
        raise InvalidArgument("A command_id has 1 to 128 printable ASCII characters.")

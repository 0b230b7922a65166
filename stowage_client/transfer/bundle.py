"""Small files to the drive, many in one plan and one commit: hash → start → send → complete, for all together."""

import asyncio
import contextlib
import secrets
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from stowage_client.api.bundles import Bundle, BundlesApi, CommittedFile
from stowage_client.api.upload_models import SignedPart
from stowage_client.errors import ApiError, ClientError, FileChanged, NotSignedIn, StorageRefused, Unreachable
from stowage_client.layout import Span
from stowage_client.storage.errors import StorageError
from stowage_client.transfer.crew import Crew
from stowage_client.transfer.jobs import Uploaded, UploadJob
from stowage_client.transfer.part_sender import OutgoingPart, PartSender
from stowage_client.transfer.source import SourceFile
from stowage_client.transfer.tasks import together
from stowage_client.transfer.upload import start_request

# More than the sender tries to send one file: whoever is not sent by then was taken by storage, and lost.
_ROUNDS = 12
_FAREWELL_SECONDS = 3.0

BundleOutcome = Uploaded | ClientError


@dataclass(eq=False, slots=True)
class _Bundled:
    """One file on its way, until it has an outcome."""

    job: UploadJob
    file: SourceFile
    part: OutgoingPart
    outcome: BundleOutcome | None = None


class BundleUploader:
    """Of a bundle that is cut nothing is remembered: what it committed is found again by its content, and the rest is
    small."""

    def __init__(
        self,
        bundles: BundlesApi,
        sender: PartSender,
        crew: Crew,
        *,
        new_key: Callable[[], str] = lambda: secrets.token_hex(16),
    ) -> None:
        self._bundles = bundles
        self._sender = sender
        self._crew = crew
        self._new_key = new_key

    async def __call__(self, jobs: Sequence[UploadJob]) -> list[BundleOutcome]:
        """An outcome for each of up to 100 files of one part: one that fails spoils no other.

        Raises what stops them all: NotSignedIn, Unreachable.
        """
        outcomes: dict[UploadJob, BundleOutcome] = {}
        with ExitStack() as opened:
            files = await self._hashed(jobs, opened, outcomes)
            while files:
                await self._carry(files)
                outcomes |= {file.job: file.outcome for file in files if file.outcome is not None}
                # Left are those of a bundle that was given up because one of its files had changed.
                files = [file for file in files if file.outcome is None]
        return [outcomes[job] for job in jobs]

    async def _hashed(
        self, jobs: Sequence[UploadJob], opened: ExitStack, outcomes: dict[UploadJob, BundleOutcome]
    ) -> list[_Bundled]:
        def hashed(job: UploadJob) -> _Bundled | ClientError:
            try:
                file = opened.enter_context(SourceFile(job.source))
                span = Span(1, 0, file.size_bytes)
                return _Bundled(job, file, OutgoingPart(span, file.digest(span)))
            except ClientError as error:
                return error

        files: list[_Bundled] = []
        for job, file in zip(jobs, await self._crew.hash_all(jobs, hashed), strict=True):
            if isinstance(file, _Bundled):
                files.append(file)
            else:
                outcomes[job] = file
        return files

    async def _carry(self, files: Sequence[_Bundled]) -> None:
        """Gives each its outcome, or none to those of a bundle that one spoiled."""
        key, bundle_id, done = self._new_key(), "", False
        try:
            for _ in range(_ROUNDS):
                bundle = await self._start(files, key)
                bundle_id = bundle.id
                self._take(files, bundle)
                await self._send(files)
                if not await self._are_unchanged(files):
                    return
                self._take(files, await self._bundles.complete(bundle_id))
                if done := all(file.outcome is not None for file in files):
                    return
            for file in files:
                file.outcome = file.outcome or StorageRefused("Storage loses what it was sent.")
        except (NotSignedIn, Unreachable):
            raise
        except ClientError as error:
            for file in files:
                file.outcome = file.outcome or error
        finally:
            if bundle_id and not done:
                await self._end(bundle_id)

    async def _start(self, files: Sequence[_Bundled], key: str) -> Bundle:
        return await self._bundles.start(
            [(start_request(file.job, file.file), file.part.digest) for file in files], key=key
        )

    def _take(self, files: Sequence[_Bundled], bundle: Bundle) -> None:
        """What the server says of each; bytes that did not arrive are no outcome."""
        for file, answer in zip(files, bundle.files, strict=True):
            if file.outcome is not None:
                continue
            match answer:
                case SignedPart():
                    file.part.signed = answer
                case CommittedFile():
                    path = file.job.target.parent.child(answer.name)
                    file.outcome = Uploaded(answer.node_id, path, file.file.size_bytes, resumed=False)
                case ApiError() if answer.server_code != "parts_missing":
                    file.outcome = answer

    async def _send(self, files: Sequence[_Bundled]) -> None:
        """Once each; one that has to be signed anew is sent in the next round."""

        async def postpone(file: _Bundled, error: StorageError) -> None:
            try:
                await self._sender.postpone(file.file, file.part, error)
            except Unreachable:
                raise
            except ClientError as useless:
                file.outcome = useless

        tried = await self._crew.move_all([file for file in files if file.outcome is None], self._attempt)
        async with together() as group:
            for file, error in tried:
                if error is not None:
                    group.create_task(postpone(file, error))

    def _attempt(self, file: _Bundled) -> tuple[_Bundled, StorageError | None]:
        """In a thread."""
        try:
            tried = self._sender.attempt(file.file, file.part)
        except ClientError as error:  # of reading it
            file.outcome = error
            return file, None
        return file, tried if isinstance(tried, StorageError) else None

    async def _are_unchanged(self, files: Sequence[_Bundled]) -> bool:
        """A file that has changed must not be committed, and cannot be taken out of its bundle."""
        for file in files:
            if file.outcome is None:
                try:
                    file.file.require_unchanged()
                except FileChanged as error:
                    file.outcome = error
        return not any(isinstance(file.outcome, FileChanged) for file in files)

    async def _end(self, bundle_id: str) -> None:
        """Frees what was sent in vain. The server would do it too, days later."""
        with contextlib.suppress(ClientError, TimeoutError):
            async with asyncio.timeout(_FAREWELL_SECONDS):
                await self._bundles.abort(bundle_id)

"""Bundles as the upload service keeps them, as far as the gateway sees it."""

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from api_gateway.domain.identity import Caller
from api_gateway.domain.nodes import At
from api_gateway.domain.uploads import Bundle, CommittedFile, NewBundledFile, Reach, SignedPart
from chassis.errors import DomainError, Kind, RemoteError
from tests.fakes.gateway_people import NOW
from tests.fakes.gateway_tree import NewFile
from tests.fakes.gateway_uploads import InMemoryUploads


@dataclass
class _Kept:
    owner: str
    files: Sequence[NewBundledFile]
    outcomes: dict[int, CommittedFile | DomainError] = field(default_factory=dict)


class InMemoryBundles:
    """Implements Bundles, over the tree and the storage of `uploads`. `command_ids`: as they came."""

    def __init__(self, uploads: InMemoryUploads) -> None:
        self._uploads = uploads
        self._kept: dict[str, _Kept] = {}
        self._by_command: dict[tuple[str, str], str] = {}
        self.command_ids: list[str] = []

    async def start(
        self, caller: Caller, files: Sequence[NewBundledFile], *, command_id: str, reach: Reach
    ) -> Bundle:
        self.command_ids.append(command_id)
        bundle_id = self._by_command.setdefault((caller.account_id, command_id), uuid.uuid4().hex)
        kept = self._kept.setdefault(bundle_id, _Kept(caller.account_id, files))
        if kept.files != files:
            raise RemoteError(Kind.CONFLICT, "command_id_reused", "Another bundle.")
        for number, file in enumerate(files, 1):
            try:
                self._uploads.tree.folder(caller, file.intent.folder_id)
            except DomainError as refusal:
                kept.outcomes[number] = refusal
        base = self._uploads.bases[reach]
        outcomes = [
            kept.outcomes.get(number)
            or SignedPart(
                number, "PUT", f"{base}{bundle_id}/{number}", {"sha256": file.sha256.hex()}, file.intent.size
            )
            for number, file in enumerate(files, 1)
        ]
        return Bundle(bundle_id, tuple(outcomes), NOW + timedelta(hours=1))

    async def complete(self, caller: Caller, bundle_id: str) -> At[Bundle]:
        kept = self._mine(caller, bundle_id)
        for number, file in enumerate(kept.files, 1):
            content = self._uploads.storage.objects.get(f"internal://{bundle_id}/{number}")
            if content is not None and number not in kept.outcomes:
                kept.outcomes[number] = self._put(caller, file, content)
        return self._uploads.tree.at(caller, self._answer(bundle_id, "parts_missing"))

    async def abort(self, caller: Caller, bundle_id: str) -> At[Bundle]:
        kept = self._mine(caller, bundle_id)
        for number, _ in enumerate(kept.files, 1):
            kept.outcomes.setdefault(number, RemoteError(Kind.CONFLICT, "already_aborted", "It has ended."))
        return self._uploads.tree.at(caller, self._answer(bundle_id, "already_aborted"))

    def _put(self, caller: Caller, file: NewBundledFile, content: bytes) -> CommittedFile | DomainError:
        intent, sha256 = file.intent, hashlib.sha256(content).hexdigest()
        new = NewFile(intent.folder_id, intent.name, intent.size, intent.content_type, sha256)
        try:
            node = self._uploads.tree.put_file(caller, new, intent.conflict)
        except DomainError as refusal:
            return refusal
        self._uploads.contents[node.id] = self._uploads.by_hash[node.content_hash] = content
        return CommittedFile(node.id, node.name, node.revision)

    def _answer(self, bundle_id: str, otherwise: str) -> Bundle:
        kept = self._kept[bundle_id]
        missing = RemoteError(Kind.CONFLICT, otherwise, "The file's bytes have not arrived.")
        return Bundle(
            bundle_id, tuple(kept.outcomes.get(n, missing) for n, _ in enumerate(kept.files, 1)), None
        )

    def _mine(self, caller: Caller, bundle_id: str) -> _Kept:
        kept = self._kept.get(bundle_id)
        if kept is None or kept.owner != caller.account_id:
            raise RemoteError(Kind.NOT_FOUND, "bundle_not_found", "There is no such bundle.")
        return kept

"""Many small files through the gateway, for clients that want one request for all of them."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass

from api_gateway.domain.errors import FileMissing, FileTooLargeForForm, PartRefused
from api_gateway.domain.identity import Caller
from api_gateway.domain.nodes import At
from api_gateway.domain.uploads import (
    MAX_BUNDLED_BYTES,
    CommittedFile,
    NewBundledFile,
    PlannedFile,
    ReceivedFile,
    SignedPart,
)
from api_gateway.ports.bundles import Bundles
from api_gateway.ports.storage import Storage
from chassis.errors import DomainError, Unavailable

# Of one request, into storage at once. More gain nothing: small objects take storage's time, not the line's.
LANES = 8
_TRIES = 2
_MISSING = FileMissing("The form did not bring this file.")

Outcome = CommittedFile | DomainError


@dataclass(frozen=True, slots=True)
class RelayFiles:
    """One bundle: one plan, an object for each file, one proof and one round of commits."""

    bundles: Bundles
    storage: Storage

    async def __call__(
        self,
        caller: Caller,
        planned: Sequence[PlannedFile],
        received: Sequence[ReceivedFile],
        *,
        command_id: str,
    ) -> At[tuple[Outcome, ...]]:
        """One outcome for each planned file, of which `received` are the first ones. The same again with the same
        `command_id` sends what is missing and answers what has been done.

        Raises what no file could have been answered without; then repeating is safe.
        """
        outcomes: dict[int, Outcome] = dict.fromkeys(range(len(planned)), _MISSING)
        sound: dict[int, ReceivedFile] = {}
        for index, file in enumerate(received):
            refusal = refusal_of(file)
            if refusal is None:
                sound[index] = file
            else:
                outcomes[index] = refusal
        position = ""
        if sound:
            at = await self._put(caller, list(sound.values()), command_id)
            outcomes.update(zip(sound, at.answer, strict=True))
            position = at.position
        return At(tuple(outcomes[index] for index in range(len(planned))), position)

    async def _put(
        self, caller: Caller, files: Sequence[ReceivedFile], command_id: str
    ) -> At[tuple[Outcome, ...]]:
        plan = [_bundled(file) for file in files]
        bundle = await self.bundles.start(caller, plan, command_id=command_id, reach="internal")
        failures = await self._send_all(bundle.files, files)
        at = await self.bundles.complete(caller, bundle.id)
        return At(tuple(_final(at.answer.files, failures)), at.position)

    async def _send_all(
        self, outcomes: Iterable[SignedPart | Outcome], files: Sequence[ReceivedFile]
    ) -> Mapping[int, DomainError]:
        """What storage did not take, by place."""
        failures: dict[int, DomainError] = {}
        waiting = iter(
            [
                (index, part, file)
                for index, (part, file) in enumerate(zip(outcomes, files, strict=True))
                if isinstance(part, SignedPart)
            ]
        )

        async def lane() -> None:
            for index, part, file in waiting:
                try:
                    await self._send(part, file)
                except DomainError as failure:
                    failures[index] = failure

        async with asyncio.TaskGroup() as lanes:
            for _ in range(min(LANES, len(files))):
                lanes.create_task(lane())
        return failures

    async def _send(self, part: SignedPart, file: ReceivedFile) -> None:
        for tries_left in reversed(range(_TRIES)):
            try:
                await self.storage.send(part, _chunks(file))
            except Unavailable:
                if not tries_left:
                    raise
            else:
                return


def refusal_of(file: ReceivedFile) -> DomainError | None:
    """Why what has arrived cannot be the file that was planned."""
    planned = file.planned
    if file.size > MAX_BUNDLED_BYTES or (planned.size or 0) > MAX_BUNDLED_BYTES:
        return FileTooLargeForForm("A file of more than 8 MiB goes by an upload of its own.")
    if not file.is_whole:
        return PartRefused("The form ends before the file does.")
    if planned.size is not None and planned.size != file.size:
        return PartRefused(f"{planned.size} bytes were announced, and {file.size} came.")
    if planned.sha256 is not None and planned.sha256 != file.sha256:
        return PartRefused("The bytes that came do not have the SHA-256 that was announced.")
    return None


def _bundled(file: ReceivedFile) -> NewBundledFile:
    return file.planned.bundled(file.size, file.sha256)


def _final(
    outcomes: Iterable[SignedPart | Outcome], failures: Mapping[int, DomainError]
) -> Iterable[Outcome]:
    """Of a file whose bytes did not get there, why they did not says more than that they are missing."""
    for index, outcome in enumerate(outcomes):
        if isinstance(outcome, CommittedFile):
            yield outcome
        elif isinstance(outcome, SignedPart):  # a bundle that is completed hands out no URLs
            yield failures.get(index, _MISSING)
        else:
            yield failures.get(index, outcome)


async def _chunks(file: ReceivedFile) -> AsyncIterator[bytes]:
    for chunk in file.chunks:
        yield chunk

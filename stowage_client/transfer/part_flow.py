"""All parts of one upload to storage, whichever way is shortest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from stowage_client.api.upload_models import Claim, PartReport, SignedPart, Upload
from stowage_client.api.uploads import UploadsApi
from stowage_client.layout import Span, spans
from stowage_client.transfer.crew import Crew
from stowage_client.transfer.meter import Meter
from stowage_client.transfer.part_sender import OutgoingPart, PartSender
from stowage_client.transfer.pipeline import Pipeline
from stowage_client.transfer.source import SourceFile


@dataclass(frozen=True, slots=True)
class Begun:
    """An open upload and what is known of its parts.

    `may_hold_parts`: an earlier run, or an earlier try, may have sent some. `trusted`: the file is so surely
    the one that was read then that what arrived need not be read again. `digests`: of all parts by their numbers, if
    they have just been read anyway.
    """

    upload: Upload
    claims: Sequence[Claim] = ()
    urls: Sequence[SignedPart] = ()
    may_hold_parts: bool = False
    trusted: bool = False
    digests: Mapping[int, bytes] = field(default_factory=dict)


class PartFlow:
    """Finds out what is missing and sends it."""

    def __init__(self, uploads: UploadsApi, sender: PartSender, crew: Crew, meter: Meter) -> None:
        self._uploads = uploads
        self._sender = sender
        self._crew = crew
        self._meter = meter

    async def send(self, begun: Begun, file: SourceFile) -> list[PartReport]:
        """Sends what is missing; returns what Complete shall report.

        Raises ApiError `part_claimed` if the file is not what was sent before, and what a part ends with.
        """
        if begun.claims:
            return await self._send_only_part(begun, file)
        missing = list(spans(begun.upload.layout, file.size_bytes))
        if begun.may_hold_parts:
            missing = await self._not_arrived(begun, file, missing)
        pipeline = Pipeline(
            begun.upload.id, file, missing, uploads=self._uploads, sender=self._sender, crew=self._crew
        )
        return await pipeline.run()

    async def _send_only_part(self, begun: Begun, file: SourceFile) -> list[PartReport]:
        [claim] = begun.claims
        urls = begun.urls
        part = OutgoingPart(Span(1, 0, file.size_bytes), claim.digest)
        while True:
            [part.signed] = urls or await self._uploads.sign(begun.upload.id, [claim])
            etag = await self._sender.send(file, part)
            if etag is not None:
                return [PartReport(1, etag)] if etag else []
            urls = ()

    async def _not_arrived(self, begun: Begun, file: SourceFile, all_spans: list[Span]) -> list[Span]:
        known = await self._uploads.parts(begun.upload.id)
        arrived = {part.number: part.digest for part in known if part.reported}
        missing = []
        for span in all_spans:
            if span.number in arrived and await self._holds(begun, file, span, arrived[span.number]):
                self._meter.settle(file.path, span.size_bytes)
            else:
                missing.append(span)
        return missing

    async def _holds(self, begun: Begun, file: SourceFile, span: Span, digest: bytes) -> bool:
        if begun.digests:
            return begun.digests[span.number] == digest
        return begun.trusted or await self._crew.hash(file.digest, span) == digest

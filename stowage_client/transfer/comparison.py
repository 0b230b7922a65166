"""Whether a file here is the file there, byte for byte, without moving any."""

from pathlib import Path

from stowage_client.layout import Span, content_hash, spans
from stowage_client.transfer.crew import Crew
from stowage_client.transfer.source import SourceFile
from stowage_client.transfer.tasks import each


async def same_content(crew: Crew, path: Path, size_bytes: int, layout: str, wanted_hash: str) -> bool:
    """Reads the file only if its size fits. Raises LocalError if it cannot be read, NotUnderstood."""
    with SourceFile(path) as file:
        return file.size_bytes == size_bytes and await hash_of(crew, file, layout) == wanted_hash


async def hash_of(crew: Crew, file: SourceFile, layout: str) -> str:
    """Its content hash in this layout. Raises LocalError if it cannot be read, NotUnderstood."""
    digests = await digests_of(crew, file, layout)
    return content_hash(digests[number] for number in sorted(digests))


async def digests_of(crew: Crew, file: SourceFile, layout: str) -> dict[int, bytes]:
    """The SHA-256 of each part, by its number. Raises LocalError if it cannot be read, NotUnderstood."""
    digests: dict[int, bytes] = {}

    async def look(span: Span) -> None:
        digests[span.number] = await crew.hash(file.digest, span)

    await each(spans(layout, file.size_bytes), look, at_once=crew.hasher_count)
    return digests

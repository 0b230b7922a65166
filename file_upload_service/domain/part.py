"""Parts: claimed (announced with their hash), sent, reported."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from chassis.errors import InvalidArgument
from file_upload_service.domain.content import SHA256_BYTES
from file_upload_service.domain.errors import LengthDecided, PartNotSigned, PartNumberInvalid, PartsMissing
from file_upload_service.domain.layout import Plan

MAX_PARTS_A_REQUEST = 100
MAX_ETAG_CHARACTERS = 256
_NUMBERS_NAMED_IN_A_REFUSAL = 10


@dataclass(frozen=True, slots=True)
class PartClaim:
    """A number belongs to the bytes with this hash, for ever."""

    number: int
    sha256: bytes


@dataclass(frozen=True, slots=True)
class PartReport:
    """S3 answered the part's PUT with this ETag."""

    number: int
    etag: str


@dataclass(frozen=True, slots=True)
class Part:
    """A claimed part; `etag` once somebody has reported it."""

    number: int
    sha256: bytes
    etag: str | None = None


@dataclass(frozen=True, slots=True)
class StoredPart:
    """A part that S3 holds, as S3 lists it; `checksum_sha256` is base64."""

    number: int
    etag: str
    size_bytes: int
    checksum_sha256: str | None


@dataclass(frozen=True, slots=True)
class PartToAssemble:
    """What S3 is told of each part when it puts them together."""

    number: int
    etag: str
    sha256: bytes


def check_claims(plan: Plan, claims: Sequence[PartClaim]) -> None:
    """Raises InvalidArgument, or PartNumberInvalid for numbers out of range or named twice."""
    _check_numbers(plan, [claim.number for claim in claims])
    if any(len(claim.sha256) != SHA256_BYTES for claim in claims):
        raise InvalidArgument("A part's SHA-256 has 32 bytes.")


def check_reports(plan: Plan, reports: Sequence[PartReport]) -> None:
    """Raises InvalidArgument, or PartNumberInvalid for numbers out of range or named twice."""
    _check_numbers(plan, [report.number for report in reports])
    if any(not 0 < len(report.etag) <= MAX_ETAG_CHARACTERS for report in reports):
        raise InvalidArgument(f"An ETag has 1 to {MAX_ETAG_CHARACTERS} characters.")


def _check_numbers(plan: Plan, numbers: Sequence[int]) -> None:
    if len(numbers) > MAX_PARTS_A_REQUEST:
        raise InvalidArgument(f"At most {MAX_PARTS_A_REQUEST} parts in one request.")
    if len(set(numbers)) < len(numbers):
        raise PartNumberInvalid("A part is named twice.")
    for number in numbers:
        plan.length_of(number)


def with_reports(parts: Sequence[Part], reports: Iterable[PartReport]) -> tuple[Part, ...]:
    """The parts as they are known after these reports. Raises PartNotSigned for one that nobody claimed."""
    by_number = {part.number: part for part in parts}
    for report in reports:
        part = by_number.get(report.number)
        if part is None:
            raise PartNotSigned(f"Part {report.number} was never signed.")
        by_number[report.number] = Part(part.number, part.sha256, report.etag)
    return tuple(by_number[number] for number in sorted(by_number))


def check_length(before: Plan, after: Plan, parts: Sequence[Part]) -> None:
    """Raises LengthDecided if a stream of this length lacks a part that was announced, or has it shorter."""
    if before.is_open and any(
        part.number > after.part_count or after.length_of(part.number) < before.length_of(part.number)
        for part in parts
    ):
        raise LengthDecided(f"Of a file of {after.size_bytes} bytes other parts were announced.")


def require_all_claimed(plan: Plan, parts: Sequence[Part]) -> None:
    """Raises PartsMissing, naming the first few, unless every number of the plan is claimed."""
    require_none_missing(set(range(1, plan.part_count + 1)) - {part.number for part in parts})


def require_none_missing(numbers: set[int]) -> None:
    """Raises PartsMissing, naming the first few, unless there is none."""
    if numbers:
        first = ", ".join(str(number) for number in sorted(numbers)[:_NUMBERS_NAMED_IN_A_REFUSAL])
        more = " …" if len(numbers) > _NUMBERS_NAMED_IN_A_REFUSAL else ""
        have = "part has" if len(numbers) == 1 else "parts have"
        raise PartsMissing(f"{len(numbers)} {have} not arrived: {first}{more}.")

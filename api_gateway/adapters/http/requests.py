"""The bodies that operations take. Rules of names, addresses and passwords are the services'; bounds stand here."""

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from api_gateway.adapters.http.models.bases import HASH
from api_gateway.domain.nodes import Conflict
from api_gateway.domain.uploads import (
    MAX_BUNDLED_BYTES,
    MAX_BUNDLED_FILES,
    MAX_PARTS,
    BaseVersion,
    Destination,
    KnownContent,
    NewBundledFile,
    PartClaim,
    PartReport,
    UploadIntent,
)

FolderConflict = Annotated[Literal["fail", "rename"], Field(description="What to do when the name is taken")]
# Longer than a name may be, so that the service says `name_invalid` in its own words.
NameText = Annotated[str, StringConstraints(max_length=1024)]
IdText = Annotated[str, StringConstraints(pattern=r"^(root|[0-9a-f]{32})$")]
Hash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


def _whole(value: Any) -> Any:
    """JSON knows one kind of number, and JSON Schema calls 4.0 an integer; some languages write it so."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


_Whole = BeforeValidator(_whole)
PartNumber = Annotated[int, Field(ge=1, le=MAX_PARTS), _Whole]
Size = Annotated[int, Field(ge=0, le=2**53), _Whole]
Revision = Annotated[int, Field(ge=0, le=2**53), _Whole]
_REPORTED = [{"number": 1, "etag": '"9f86d081884c7d659a2feaa0c55ad015"'}]


class Body(BaseModel):
    """Unknown fields are refused: a misspelt one would be silently without effect. So are numbers as text."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)


class Registration(Body):
    email: str = Field(max_length=320, examples=["ada@example.com"])
    password: str = Field(max_length=1024, examples=["correct horse battery staple"])
    display_name: str = Field("", max_length=200, examples=["Ada"])


class ProfileChange(Body):
    display_name: str | None = Field(None, max_length=200, examples=["Ada"])


class PasswordChange(Body):
    current_password: str = Field(max_length=1024, examples=["correct horse battery staple"])
    new_password: str = Field(max_length=1024, examples=["seven red bicycles on a hill"])


class SignIn(Body):
    email: str = Field(max_length=320, examples=["ada@example.com"])
    password: str = Field(max_length=1024, examples=["correct horse battery staple"])
    device: str = Field("", max_length=200, examples=["curl on a laptop"])
    cookies: bool = Field(
        default=False, description="For browsers: keep the tokens in cookies, out of reach of scripts"
    )


class Renewal(Body):
    refresh_token: str | None = Field(
        None,
        max_length=1024,
        description="Without it, the cookie's",
        examples=["c3Rvd2FnZS1yZWZyZXNoLXRva2Vu"],
    )


class NewFolder(Body):
    parent_id: IdText = Field(examples=["root"])
    name: NameText = Field(examples=["films"])
    conflict: FolderConflict = "fail"


class NodeChange(Body):
    """A new name, a new parent, or both at once."""

    model_config = ConfigDict(
        json_schema_extra={
            "anyOf": [
                {"required": [field], "properties": {field: {"type": "string"}}}
                for field in ("name", "parent_id")
            ]
        }
    )

    name: NameText | None = Field(None, examples=["holiday.mkv"])
    parent_id: IdText | None = Field(None, examples=["root"])
    conflict: FolderConflict = "fail"

    @model_validator(mode="after")
    def says_something(self) -> Self:
        if self.name is None and self.parent_id is None:
            raise ValueError("say a new name, a new parent_id, or both")
        return self


class Restoration(Body):
    """Where to; empty means where it was, or the nearest folder on the way there that still is."""

    parent_id: IdText | None = Field(default=None, examples=["root"])
    name: NameText | None = Field(default=None, examples=["films"])
    conflict: FolderConflict = "fail"


class Copying(Body):
    """Where to; without a name it is called as it is."""

    parent_id: IdText = Field(examples=["root"])
    name: NameText | None = Field(default=None, examples=["holiday copy.mkv"])
    conflict: FolderConflict = "fail"


class VersionChange(Body):
    keep: bool = Field(description="For ever, whatever the retention says", examples=[True])


class ClaimedPart(Body):
    number: PartNumber = Field(examples=[1])
    sha256: Hash = Field(examples=[HASH])

    def to_domain(self) -> PartClaim:
        return PartClaim(self.number, bytes.fromhex(self.sha256))


class ReportedPart(Body):
    number: PartNumber = Field(examples=[1])
    etag: str = Field(min_length=1, max_length=256, examples=['"9f86d081884c7d659a2feaa0c55ad015"'])

    def to_domain(self) -> PartReport:
        return PartReport(self.number, self.etag)


class NewUpload(Body):
    folder_id: IdText = Field(examples=["root"])
    name: NameText = Field(examples=["holiday.mkv"])
    size: Size | None = Field(description="Bytes; null if nobody knows yet: say it at the end", examples=[4])
    content_type: str = Field("application/octet-stream", max_length=255)
    conflict: Conflict = "fail"
    if_revision: Revision | None = Field(
        None, description="With `replace`: the revision that must be current"
    )
    parts: list[ClaimedPart] = Field(default_factory=list, max_length=100, description="To be signed at once")
    content_hash: Hash | None = Field(
        None,
        description="Of its parts' concatenated SHA-256s, if it is known: what your drive holds is not sent again",
    )

    def to_domain(self) -> UploadIntent:
        return UploadIntent(
            self.folder_id,
            self.name,
            self.size,
            self.content_type,
            self.conflict,
            self.if_revision,
            self.content_hash or "",
        )


class Base(Body):
    file_id: IdText = Field(examples=["a87ff679a2f3e71d9181a67b7542122c"])
    version: Revision | None = Field(None, description="The current one, if none is named")

    def to_domain(self) -> BaseVersion:
        return BaseVersion(self.file_id, self.version)


class KnownHashes(Body):
    content_hash: Hash = Field(
        description="SHA-256 of the concatenated SHA-256s of the upload's parts", examples=[HASH]
    )
    parts: list[ClaimedPart] = Field(
        default_factory=list,
        max_length=MAX_PARTS,
        description="To be copied, if they are in the base",
        examples=[[{"number": 1, "sha256": HASH}]],
    )
    base: Base | None = Field(
        None, description="A file that may be mostly the same; the one that is replaced, if none is named"
    )

    def to_domain(self) -> KnownContent:
        parts = tuple(part.to_domain() for part in self.parts)
        return KnownContent(self.content_hash, parts, self.base.to_domain() if self.base else None)


class BundledFile(Body):
    folder_id: IdText = Field(examples=["root"])
    name: NameText = Field(examples=["notes.txt"])
    size: Annotated[int, _Whole] = Field(
        ge=0, le=MAX_BUNDLED_BYTES, description="Bytes; larger files go by uploads of their own", examples=[4]
    )
    sha256: Hash = Field(description="Of all its bytes", examples=[HASH])
    content_type: str = Field("application/octet-stream", max_length=255)
    conflict: Conflict = "fail"
    if_revision: Revision | None = Field(
        None, description="With `replace`: the revision that must be current"
    )

    def to_domain(self) -> NewBundledFile:
        intent = UploadIntent(
            self.folder_id, self.name, self.size, self.content_type, self.conflict, self.if_revision
        )
        return NewBundledFile(intent, bytes.fromhex(self.sha256))


class NewBundle(Body):
    files: list[BundledFile] = Field(
        min_length=1,
        max_length=MAX_BUNDLED_FILES,
        examples=[[{"folder_id": "root", "name": "notes.txt", "size": 4, "sha256": HASH}]],
    )


class PartsToSign(Body):
    parts: list[ClaimedPart] = Field(min_length=1, max_length=100, examples=[[{"number": 1, "sha256": HASH}]])
    size: Size | None = Field(
        None, description="Bytes of a stream, now that it is known: its last part needs it"
    )


class PartsToReport(Body):
    parts: list[ReportedPart] = Field(min_length=1, max_length=100, examples=[_REPORTED])


class Completion(Body):
    """The last parts to report, and where the file shall go after all if a first try was refused."""

    parts: list[ReportedPart] = Field(default_factory=list, max_length=100, examples=[_REPORTED])
    folder_id: IdText | None = None
    name: NameText | None = None
    conflict: Conflict | None = None
    if_revision: Revision | None = None
    size: Annotated[Size | None, Field(description="Bytes of a stream, if it was not said before")] = None

    def destination(self) -> Destination:
        return Destination(self.folder_id, self.name, self.conflict, self.if_revision)

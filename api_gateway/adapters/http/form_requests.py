"""What a form says that brings many files."""

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import Field

from api_gateway.adapters.http.models.bases import HASH
from api_gateway.adapters.http.requests import Body, Hash, IdText, NameText, Revision, Size
from api_gateway.domain.nodes import Conflict
from api_gateway.domain.uploads import MAX_BUNDLED_FILES, PlannedFile

ContentType = Annotated[str, Field(max_length=255)]
_FILES = [{"name": "notes.txt"}, {"name": "letter.txt", "size": 4, "sha256": HASH}]


class FileOfPlan(Body):
    """A file that the form brings. What is not said here is as the plan says for all."""

    name: NameText = Field(examples=["notes.txt"])
    folder_id: IdText | None = Field(None, examples=["root"])
    size: Size | None = Field(
        None, description="Bytes, if they are known: of which no other number is taken", examples=[4]
    )
    sha256: Hash | None = Field(
        None, description="Of all its bytes, if it is known: others are not taken", examples=[HASH]
    )
    content_type: ContentType = "application/octet-stream"
    conflict: Conflict | None = None
    if_revision: Revision | None = Field(
        None, description="With `replace`: the revision that must be current"
    )


class FilesPlan(Body):
    """What a form of files begins with."""

    folder_id: IdText = Field("root", description="Where files go that say nothing else", examples=["root"])
    conflict: Conflict = Field("fail", description="What to do when a name is taken")
    files: list[FileOfPlan] = Field(min_length=1, max_length=MAX_BUNDLED_FILES, examples=[_FILES])

    def to_domain(self) -> Sequence[PlannedFile]:
        return tuple(
            PlannedFile(
                folder_id=file.folder_id or self.folder_id,
                name=file.name,
                content_type=file.content_type,
                conflict=file.conflict or self.conflict,
                if_revision=file.if_revision,
                size=file.size,
                sha256=bytes.fromhex(file.sha256) if file.sha256 else None,
            )
            for file in self.files
        )


def files_form() -> dict[str, Any]:
    """A form of files, as the API's document describes a body."""
    plan = FilesPlan.model_json_schema()
    [file] = plan.pop("$defs").values()
    plan["properties"]["files"]["items"] = file
    schema = {
        "type": "object",
        "required": ["plan"],
        "properties": {
            "plan": plan,
            "file": {
                "type": "array",
                "maxItems": MAX_BUNDLED_FILES,
                "items": {"type": "string", "format": "binary", "maxLength": 8 * 2**20},
                "description": "The bytes of each, in the order of the plan",
            },
        },
    }
    example = {"plan": {"files": _FILES}, "file": ["four", "four"]}
    encoding = {
        "plan": {"contentType": "application/json"},
        "file": {"contentType": "application/octet-stream"},
    }
    media = {"schema": schema, "encoding": encoding, "examples": {"two files": {"value": example}}}
    return {"required": True, "content": {"multipart/form-data": media}}

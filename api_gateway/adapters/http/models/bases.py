"""What answers are declared as. They are encoded from the domain's values; a test holds the two together."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

ID = "9f86d081884c7d659a2feaa0c55ad015"
OTHER_ID = "60303ae22b998861bce3b28f33eec1be"
HASH = "a591a6d40bf420404a011733cfb7b190d62c65bf0bcda32b57b277d9ad9f146e"
EARLIER, LATER = "2026-05-04T09:30:00Z", "2026-05-04T10:30:00Z"

Id = Annotated[str, Field(examples=[ID])]
Hash = Annotated[str, Field(examples=[HASH], description="SHA-256, 64 lower-case hex digits")]


class Answer(BaseModel):
    """Clients ignore what they do not know: later versions may add fields."""


def sample(**fields: Any) -> ConfigDict:
    """A whole example of a model."""
    return ConfigDict(json_schema_extra={"examples": [fields]})

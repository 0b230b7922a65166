"""Every body as somebody would send it, every answer as somebody would get it, each said once."""

from collections.abc import Iterator
from typing import Any

from api_gateway.adapters.http.components import Document, models_of, reference
from api_gateway.adapters.http.errors import PROBLEM, status_of
from api_gateway.adapters.http.models.bases import Answer
from api_gateway.adapters.http.problems import CODES

_REQUEST_ID = "0b7f5c9e1f6b4f0f9a3f6b2f8a1d2c3e"
_JSON = "application/json"


def illustrate(made: Document) -> None:
    """Puts the models' examples and those of refusals under `components`, and refers to them wherever one is due."""
    components = made["components"]
    schemas = components["schemas"]
    known = {name: _taken(schema) for name, schema in schemas.items()} | dict(_samples(Answer))
    used: dict[str, Document] = {}
    for media in _media(made, _JSON):
        names = [
            each
            for name in models_of(media["schema"])
            for each in (*models_of(schemas[name]), name)
            if known[each]
        ]
        used |= {name: {"value": known[name]} for name in names}
        if names:
            media["examples"] = {name: reference("examples", name) for name in names}
    for media in _media(made, PROBLEM):
        for code in media["examples"]:
            used[code] = {"summary": CODES[code].words, "value": _problem(code)}
    components["examples"] = dict(sorted(used.items()))
    components["schemas"] = dict(sorted(schemas.items()))


def _media(made: Document, media_type: str) -> Iterator[Document]:
    for path in made["paths"].values():
        for operation in path.values():
            for holder in (operation.get("requestBody", {}), *operation["responses"].values()):
                if media_type in holder.get("content", {}):
                    yield holder["content"][media_type]


def _samples(model: type[Answer]) -> Iterator[tuple[str, Any]]:
    """From the models themselves: FastAPI drops each null in a document, also those of examples."""
    for each in model.__subclasses__():
        extra = each.model_config.get("json_schema_extra")
        if isinstance(extra, dict) and isinstance(examples := extra["examples"], list):
            yield each.__name__, examples[0]
        yield from _samples(each)


def _taken(schema: Document) -> Any:
    """What the examples of its fields make; that of the whole goes out of the schema."""
    schema.pop("examples", None)
    fields = schema.get("properties", {}).items()
    return {name: field["examples"][0] for name, field in fields if field.get("examples")} or None


def _problem(code: str) -> Document:
    status = status_of(CODES[code].kind, code)
    return {
        "type": "about:blank",
        "title": status.phrase,
        "status": int(status),
        "detail": CODES[code].words,
        "code": code,
        "request_id": _REQUEST_ID,
    }

"""What FastAPI and pydantic write into a document that tells no reader anything."""

from typing import Any

from api_gateway.adapters.http.components import Document, models_of

_NO_WORDS = "Successful Response"


def tidy(made: Document) -> None:
    """No titles that repeat a name, no null where nothing can be sent as one, no description twice."""
    for name, schema in made["components"]["schemas"].items():
        made["components"]["schemas"][name] = _untitled(schema)
    for path in made["paths"].values():
        for operation in path.values():
            operation["parameters"] = [_parameter(each) for each in operation.get("parameters", ())]
            if not operation["parameters"]:
                del operation["parameters"]
            for media in operation.get("requestBody", {}).get("content", {}).values():
                media["schema"] = _not_null(_untitled(media["schema"]))
            for answer in operation["responses"].values():
                for media in answer.get("content", {}).values():
                    media["schema"] = _untitled(media["schema"])
                if answer["description"] == _NO_WORDS:
                    answer["description"] = _words(answer, made["components"]["schemas"])


def _words(answer: Document, schemas: Document) -> str:
    """What the models say they are."""
    contents = answer.get("content", {}).values()
    names = [name for media in contents for name in models_of(media["schema"])]
    return " Or: ".join(schemas[name]["description"] for name in names) or "It is done."


def _parameter(parameter: Document) -> Document:
    schema = _not_null(_untitled(parameter["schema"]))
    examples = schema.pop("examples", [])
    schema.pop("description", None)
    tidied = {**parameter, "schema": schema}
    return {**tidied, "example": examples[0]} if examples else tidied


def _not_null(schema: Document) -> Document:
    """`required: false` says that it may be left out; a header or a query cannot be null."""
    kept = [each for each in schema.get("anyOf", ()) if each != {"type": "null"}]
    if len(kept) != 1:
        return schema
    return {**{key: value for key, value in schema.items() if key != "anyOf"}, **kept[0]}


def _untitled(schema: Any) -> Any:
    """`properties` may have one called title: that is a name, and stays."""
    if isinstance(schema, list):
        return [_untitled(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: {name: _untitled(each) for name, each in value.items()}
        if key == "properties"
        else value
        if key in ("examples", "example", "default", "const", "enum")
        else _untitled(value)
        for key, value in schema.items()
        if key != "title" or not isinstance(value, str)
    }

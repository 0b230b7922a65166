"""What operations have in common is said once, under `components`, and referred to.

With every refusal and example in every place, the document was ten times as long, and nobody could read it.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from api_gateway.adapters.http.errors import PROBLEM

Document = dict[str, Any]
_Places = list[tuple[Any, Any]]


def reference(section: str, name: str) -> Document:
    return {"$ref": f"#/components/{section}/{name}"}


def models_of(schema: Document) -> Iterator[str]:
    """The names of the models that it refers to, at its top."""
    if "$ref" in schema:
        yield schema["$ref"].rpartition("/")[2]
    for each in (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
        yield from models_of(each)


def share(made: Document) -> None:
    """Moves refusals and parameters that several operations have to `components`, and describes the headers there."""
    operations = [each for path in made["paths"].values() for each in path.values()]
    components = made["components"]
    parameters: _Places = [
        (each["parameters"], index) for each in operations for index in range(len(each.get("parameters", ())))
    ]
    refusals: _Places = [
        (each["responses"], status)
        for each in operations
        for status, answer in each["responses"].items()
        if PROBLEM in answer.get("content", {})
    ]
    components["parameters"] = _moved(parameters, "parameters", lambda each: str(each["name"]))
    components["responses"] = _moved(refusals, "responses", _name_of_refusal)


def _moved(places: _Places, section: str, name_of: Callable[[Any], str]) -> Document:
    """What stands in more than one place, by its name; the places then refer to it."""
    times = Counter(_form(container[key]) for container, key in places)
    moved: Document = {}
    for container, key in places:
        value = container[key]
        if times[_form(value)] > 1:
            name = name_of(value)
            if moved.setdefault(name, value) != value:
                raise ValueError(f"two {section} would be called {name}")
            container[key] = reference(section, name)
    return dict(sorted(moved.items()))


def _form(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def _name_of_refusal(answer: Document) -> str:
    """Its codes, in CamelCase: `NodeNotFound`, `SessionEndedOrUnauthenticated`."""
    codes: list[str] = answer["content"][PROBLEM]["schema"]["properties"]["code"]["enum"]
    return "Or".join("".join(word.capitalize() for word in code.split("_")) for code in codes)

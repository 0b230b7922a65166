"""The REST document as a Postman collection (v2.1): a folder for each tag, and the journey that newman runs."""

import json
import uuid
from collections.abc import Iterator
from typing import Any

from api_gateway.adapters.http.application import described
from handbook.postman.journey import JOURNEY
from handbook.postman.step import Step

Json = dict[str, Any]
_SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
_HOW = """Every operation of Stowage, and a journey through them.

Set `base_url` to your server. Run the folder *Journey* as it stands: it makes an account of its own, and leaves its
tokens in `access_token`, so that every other request works after it. Generated from /openapi.json.
"""
_VARIABLES = {
    "base_url": "http://localhost:8080",
    "password": "correct horse battery staple",
    "access_token": "",
}


def collection() -> str:
    """As JSON, the same at every call."""
    document = described()
    made = {
        "info": {
            "_postman_id": str(uuid.uuid5(uuid.NAMESPACE_URL, document["info"]["title"])),
            "name": document["info"]["title"],
            "description": _HOW,
            "schema": _SCHEMA,
        },
        "auth": _bearer(),
        "variable": [{"key": key, "value": value} for key, value in _VARIABLES.items()],
        "item": [
            {
                "name": "Journey",
                "description": "From signing up to signing out: run it in order.",
                "item": [_step(step) for step in JOURNEY],
            },
            *_folders(document),
        ],
    }
    return f"{json.dumps(made, indent=1, ensure_ascii=False)}\n"


def _folders(document: Json) -> Iterator[Json]:
    for tag in document["tags"]:
        operations = [
            _operation(document, method, path, operation)
            for path, methods in document["paths"].items()
            for method, operation in methods.items()
            if tag["name"] in operation["tags"]
        ]
        yield {"name": tag["name"], "description": tag["description"], "item": operations}


def _operation(document: Json, method: str, path: str, operation: Json) -> Json:
    parameters = [_found(document, each) for each in operation.get("parameters", ())]
    body = operation.get("requestBody", {}).get("content", {})
    request: Json = {
        "method": method.upper(),
        "header": [_optional(each) for each in parameters if each["in"] == "header"],
        "url": _url(path, parameters),
        "description": operation["description"],
    }
    if "application/json" in body:
        request["header"].insert(0, {"key": "Content-Type", "value": "application/json"})
        request["body"] = _json_body(json.dumps(_example(document, body["application/json"]), indent=2))
    elif body:
        request["body"] = {"mode": "file", "file": {}}
    if "security" not in operation:
        request["auth"] = {"type": "noauth"}
    return {
        "name": operation["summary"],
        "request": request,
        "response": _answers(document, operation, request),
    }


def _answers(document: Json, operation: Json, request: Json) -> list[Json]:
    return [
        {
            "name": answer["description"],
            "originalRequest": request,
            "code": int(status),
            "header": [{"key": "Content-Type", "value": "application/json"}],
            "body": json.dumps(_example(document, answer["content"]["application/json"]), indent=2),
        }
        for status, answer in operation["responses"].items()
        if status.startswith("2") and "application/json" in answer.get("content", {})
    ]


def _url(path: str, parameters: list[Json]) -> Json:
    steps = [f":{step[1:-1]}" if step.startswith("{") else step for step in path.strip("/").split("/")]
    return {
        "raw": "/".join(("{{base_url}}", *steps)),
        "host": ["{{base_url}}"],
        "path": steps,
        "query": [_optional(each) for each in parameters if each["in"] == "query"],
        "variable": [
            {
                "key": each["name"],
                "value": str(each.get("example", "")),
                "description": each.get("description", ""),
            }
            for each in parameters
            if each["in"] == "path"
        ],
    }


def _optional(parameter: Json) -> Json:
    value = parameter.get("example", parameter["schema"].get("default", ""))
    return {
        "key": parameter["name"],
        "value": str(value).lower() if isinstance(value, bool) else str(value),
        "description": parameter.get("description", ""),
        "disabled": True,
    }


def _found(document: Json, value: Json) -> Json:
    if "$ref" not in value:
        return value
    found: Any = document
    for key in value["$ref"].removeprefix("#/").split("/"):
        found = found[key]
    return dict(found)


def _example(document: Json, media: Json) -> Any:
    return _found(document, next(iter(media["examples"].values())))["value"]


def _step(step: Step) -> Json:
    request: Json = {"method": step.method, "header": [], "url": step.url}
    if step.json_body:
        request["header"] = [{"key": "Content-Type", "value": "application/json"}]
        request["body"] = _json_body(step.json_body)
    if step.raw_body:
        request["body"] = {"mode": "raw", "raw": step.raw_body}
    if step.is_public:
        request["auth"] = {"type": "noauth"}
    scripts = {"prerequest": step.before, "test": step.after}
    return {
        "name": step.name,
        "event": [
            {"listen": listen, "script": {"type": "text/javascript", "exec": script.strip().splitlines()}}
            for listen, script in scripts.items()
            if script
        ],
        "request": request,
        **({"protocolProfileBehavior": {"followRedirects": False}} if step.stays_here else {}),
    }


def _json_body(text: str) -> Json:
    return {"mode": "raw", "raw": text, "options": {"raw": {"language": "json"}}}


def _bearer() -> Json:
    return {"type": "bearer", "bearer": [{"key": "token", "value": "{{access_token}}", "type": "string"}]}

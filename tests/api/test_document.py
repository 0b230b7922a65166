"""The document says what is so: its codes are those of the services, its examples fit, nothing dangles."""

import inspect
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from pydantic import BaseModel, TypeAdapter

import api_gateway.adapters.http.refusals as gateway_refusals
import api_gateway.domain.errors as gateway_errors
import chassis.errors as chassis_errors
import file_metadata_service.domain.errors as metadata_errors
import file_upload_service.domain.errors as upload_errors
import user_service.domain.errors as user_errors
from api_gateway.adapters.http import batch_requests, requests
from api_gateway.adapters.http.models import (
    bases,
    batches,
    bundles,
    changes,
    health,
    jobs,
    nodes,
    people,
    problem,
    search,
    uploads,
    versions,
)
from api_gateway.adapters.http.problems import CODES
from chassis.errors import DomainError
from tests.api.conftest import Door
from tests.api.declared import PROBLEM, Declared
from tests.fakes.gateway import GatewayWorld

PROTOS = Path(__file__).parents[2] / "protos" / "stowage"
# What the gateway answers for, by the rpc that does it.
OPERATION_OF = {
    "Register": "register", "GetAccount": "get_account", "UpdateAccount": "update_account",
    "ChangePassword": "change_password", "SignIn": "sign_in", "Refresh": "refresh", "ListSessions": "list_sessions",
    "EndSession": "end_session", "GetDrive": "get_drive", "GetNode": "get_node", "ResolvePath": "resolve_path",
    "ListEntries": "list_folder", "CreateFolder": "create_folder", "UpdateNode": "update_node",
    "TrashNode": "trash_node", "RestoreNode": "restore_node", "ListTrash": "list_trash", "CheckUpload": "start_upload",
    "StartUpload": "start_upload", "UseKnown": "use_known", "SignParts": "sign_parts", "ReportParts": "report_parts",
    "GetTail": "append_to_stream", "SignSegment": "append_to_stream", "AppendTail": "append_to_stream",
    "CompleteUpload": "complete_upload", "Commit": "complete_upload", "AbortUpload": "abort_upload",
    "StartBundle": "start_bundle", "CompleteBundle": "complete_bundle", "AbortBundle": "abort_bundle",
    "GetUpload": "get_upload", "ListUploads": "list_uploads", "SignDownload": "get_content",
    "SignDownloads": "get_zip", "CheckDownloads": "get_zip",
    "CheckDownload": "get_content", "ListChanges": "list_changes", "Run": "run_batch", "RunTogether": "run_together",
    "ListVersions": "list_versions", "RestoreVersion": "restore_version", "DeleteVersion": "delete_version",
    "KeepVersion": "keep_version",
    "SearchNames": "search_names", "ListRecent": "list_recent",
    "CopyNode": "copy_node", "DeleteForEver": "delete_for_ever",
    "EmptyTrash": "empty_trash", "ListJobs": "list_jobs", "GetJob": "get_job", "CancelJob": "cancel_job",
}  # fmt: skip
# Asked by the gateway itself, or by other services.
NO_OPERATION = {
    "CheckSession", "ProlongAccess", "GetSigningKeys", "Abandon", "CommitMany", "FindKnown", "ListUnreferenced",
    "Condemn", "ConfirmDeleted", "LookUpBlobs", "ListLiveBlobs",
}  # fmt: skip
# Never leave the services.
INWARD = {"caller_not_allowed", "content_unknown"}


@pytest.fixture(scope="module")
def declared() -> Declared:
    return Declared(GatewayWorld().application())


def rpcs() -> Iterator[tuple[str, set[str]]]:
    """Each rpc, and the codes that the comment before it names."""
    for proto in sorted(PROTOS.glob("*/v1/*.proto")):
        comment: list[str] = []
        for line in proto.read_text().splitlines():
            if line.strip().startswith("//"):
                comment.append(line)
                continue
            if match := re.match(r"\s+rpc (\w+)\(", line):
                kinds = r"(?:[A-Z_]+) `(\w+)`(?: or `(\w+)`)?"
                found = re.findall(kinds, " ".join(each.strip(" /") for each in comment))
                yield match[1], {code for pair in found for code in pair if code}
            comment = []


def codes_of(operation: dict[str, Any]) -> set[str]:
    return {
        code
        for answer in operation["responses"].values()
        if PROBLEM in answer.get("content", {})
        for code in answer["content"][PROBLEM]["schema"]["properties"]["code"]["enum"]
    }


def by_id(declared: Declared) -> dict[str, dict[str, Any]]:
    return {operation["operationId"]: operation for _, _, operation in declared.operations()}


def test_every_rpc_is_accounted_for() -> None:
    assert {name for name, _ in rpcs()} == OPERATION_OF.keys() | NO_OPERATION


@pytest.mark.parametrize(("rpc", "codes"), [each for each in rpcs() if each[0] in OPERATION_OF])
def test_an_operation_declares_what_its_rpc_may_answer(declared: Declared, rpc: str, codes: set[str]) -> None:
    assert codes - INWARD <= codes_of(by_id(declared)[OPERATION_OF[rpc]])


@pytest.mark.parametrize(
    "module",
    [user_errors, metadata_errors, upload_errors, gateway_errors, gateway_refusals, chassis_errors],
    ids=lambda module: module.__name__,
)
def test_every_code_that_anybody_raises_has_its_meaning_here(module: Any) -> None:
    raised = {
        error.code: error.kind
        for _, error in inspect.getmembers(module, inspect.isclass)
        if issubclass(error, DomainError) and error.code not in INWARD
    }
    assert {code: CODES[code].kind for code in raised} == raised


def test_every_meaning_is_used_somewhere(declared: Declared) -> None:
    used = {code for operation in by_id(declared).values() for code in codes_of(operation)}
    # These are answered where there is no operation, and the last one for one file of many.
    elsewhere = {"route_not_found", "method_not_allowed", "request_malformed", "too_large_for_form"}
    assert CODES.keys() - used == elsewhere


def test_every_operation_has_a_summary_words_and_a_tag_that_is_explained(declared: Declared) -> None:
    tags = {tag["name"] for tag in declared.document["tags"]}
    for _, path, operation in declared.operations():
        assert operation["summary"], path
        assert operation["description"], path
        assert set(operation["tags"]) <= tags, path


def test_operation_ids_are_unique(declared: Declared) -> None:
    ids = [operation["operationId"] for _, _, operation in declared.operations()]
    assert len(ids) == len({*ids})


def test_nothing_refers_to_what_is_not_there(declared: Declared) -> None:
    text = json.dumps(declared.document)
    for section in ("schemas", "examples", "headers", "parameters", "responses"):
        wanted = set(re.findall(rf'"#/components/{section}/([\w-]+)"', text))
        assert wanted == declared.document["components"][section].keys()
    assert "x-codes" not in text
    assert "HTTPValidationError" not in text


def test_every_success_has_its_headers_and_every_answer_a_request_id(declared: Declared) -> None:
    for _, path, operation in declared.operations():
        for answer in operation["responses"].values():
            assert "X-Request-Id" in answer["headers"], path


def every_model() -> list[type[BaseModel]]:
    modules = (people, nodes, search, batches, bundles, changes, uploads, versions, jobs, health, problem)
    return [
        model
        for module in modules
        for _, model in inspect.getmembers(module, inspect.isclass)
        if issubclass(model, bases.Answer)
        and "examples" in (model.model_config.get("json_schema_extra") or {})
    ]


@pytest.mark.parametrize("model", every_model(), ids=lambda model: model.__name__)
def test_an_example_is_one(model: type[BaseModel]) -> None:
    extra = model.model_config["json_schema_extra"]
    assert isinstance(extra, dict)
    examples = extra["examples"]
    assert isinstance(examples, list)
    for example in examples:
        TypeAdapter(model).validate_json(json.dumps(example), strict=True, extra="forbid")


def every_body() -> list[type[requests.Body]]:
    return [
        body
        for module in (requests, batch_requests)
        for _, body in inspect.getmembers(module, inspect.isclass)
        if body.__module__ == module.__name__
        and issubclass(body, requests.Body)
        and body is not requests.Body
    ]


@pytest.mark.parametrize("body", every_body(), ids=lambda body: body.__name__)
def test_the_examples_of_a_bodys_fields_make_a_body(body: type[requests.Body]) -> None:
    example = {
        name: field.examples[0]
        for name, field in body.model_fields.items()
        if field.examples and field.annotation
    }
    body.model_validate(example)


def test_every_body_has_an_example(declared: Declared) -> None:
    for _, path, operation in declared.operations():
        for holder in (operation.get("requestBody", {}), *operation["responses"].values()):
            for media_type, media in holder.get("content", {}).items():
                assert media.get("examples"), f"{path}: {media_type}"


def test_an_example_fits_the_schema_beside_it(declared: Declared) -> None:
    for _, path, operation in declared.operations():
        for holder in (operation.get("requestBody", {}), *operation["responses"].values()):
            for media in holder.get("content", {}).values():
                schema = {**media["schema"], "components": declared.document["components"]}
                for name, example in media["examples"].items():
                    Draft202012Validator(schema).validate(example["value"]), f"{path}: {name}"


def test_the_document_is_openapi_3_1(declared: Declared) -> None:
    OpenAPIV31SpecValidator(declared.document).validate()


def test_it_stays_small_enough_to_be_read(declared: Declared) -> None:
    assert len(json.dumps(declared.document, indent=2)) < 450_000


def test_a_link_names_an_operation_and_fields_that_it_takes(declared: Declared) -> None:
    operations = by_id(declared)
    for operation in operations.values():
        for answer in operation["responses"].values():
            for link in answer.get("links", {}).values():
                target = operations[link["operationId"]]
                names = {parameter["name"] for parameter in target.get("parameters", ())}
                assert link.get("parameters", {}).keys() <= names, link
                required = {each["name"] for each in target.get("parameters", ()) if each["required"]}
                assert required <= link.get("parameters", {}).keys(), link


async def test_the_document_is_served(door: Door) -> None:
    served = await door.get("/openapi.json")
    assert served.json() == door.declared.document

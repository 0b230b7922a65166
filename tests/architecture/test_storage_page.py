"""The rights that docs/storage.md asks for are those that the code needs: no more, and no fewer."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from file_upload_service.domain.ids import BlobId, UploadId, blob_key
from file_upload_service.domain.tail import tail_prefix
from local_stack.bucket import EXPOSED_HEADERS

ROOT = Path(__file__).parents[2]
SERVICE = ROOT / "file_upload_service"
ADAPTER = SERVICE / "adapters" / "s3"

# What AWS asks for each call (https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html).
# Without s3:ListBucket a HEAD of what is not there answers 403.
RIGHTS = {
    "create_multipart_upload": {"s3:PutObject"},
    "complete_multipart_upload": {"s3:PutObject"},
    "abort_multipart_upload": {"s3:AbortMultipartUpload"},
    "upload_part_copy": {"s3:GetObject", "s3:PutObject"},
    "get_object": {"s3:GetObject"},
    "upload_part": {"s3:PutObject"},
    "list_parts": {"s3:ListMultipartUploadParts"},
    "list_objects_v2": {"s3:ListBucket"},
    "list_multipart_uploads": {"s3:ListBucketMultipartUploads"},
    "head_object": {"s3:GetObject", "s3:ListBucket"},
    "delete_object": {"s3:DeleteObject"},
    "head_bucket": {"s3:ListBucket"},
}
RIGHTS_OF_A_URL = {"GET": {"s3:GetObject"}, "PUT": {"s3:PutObject"}}
OF_THE_BUCKET = {"s3:ListBucket", "s3:ListBucketMultipartUploads"}


def nodes() -> Iterator[ast.AST]:
    for path in sorted(ADAPTER.glob("*.py")):
        yield from ast.walk(ast.parse(path.read_text()))


def is_client(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "_client" and isinstance(node.ctx, ast.Load)


def called() -> list[str]:
    functions = (node.func for node in nodes() if isinstance(node, ast.Call))
    return [each.attr for each in functions if isinstance(each, ast.Attribute) and is_client(each.value)]


def signed() -> set[str]:
    calls = (node for node in nodes() if isinstance(node, ast.Call))
    methods = (call.args[2] for call in calls if isinstance(call.func, ast.Name) and call.func.id == "_sign")
    return {str(ast.literal_eval(method)) for method in methods}


def written() -> tuple[Any, Any]:
    """The policy and the CORS rules of the page; what a key of one's own needs is another service's."""
    blocks = re.findall(r"```json\n(.*?)```", (ROOT / "docs" / "storage.md").read_text(), re.DOTALL)
    policy, cors, _ = map(json.loads, blocks)
    return policy, cors


def policy() -> dict[str, set[str]]:
    """Actions by resource."""
    statements = written()[0]["Statement"]
    assert all(statement["Effect"] == "Allow" for statement in statements)
    rights: dict[str, set[str]] = {}
    for statement in statements:
        resources = statement["Resource"]
        for resource in [resources] if isinstance(resources, str) else resources:
            rights[resource] = set(statement["Action"])
    return rights


def test_every_call_and_every_url_has_its_rights_in_the_policy_and_nothing_else_has() -> None:
    needed = {right for call in called() for right in RIGHTS[call]}
    needed |= {right for method in signed() for right in RIGHTS_OF_A_URL[method]}

    assert policy() == {
        "arn:aws:s3:::BUCKET": needed & OF_THE_BUCKET,
        "arn:aws:s3:::BUCKET/blobs/*": needed - OF_THE_BUCKET,
        "arn:aws:s3:::BUCKET/tails/*": needed - OF_THE_BUCKET,
    }


def test_every_object_is_where_the_policy_reaches() -> None:
    assert blob_key(BlobId("00" * 16)).startswith("blobs/")
    assert tail_prefix(UploadId("00" * 16)).startswith("tails/")


def test_the_client_is_only_ever_called_so_that_no_call_escapes_the_count() -> None:
    assert sum(map(is_client, nodes())) == len(called()) > 0


def test_nothing_but_the_adapter_speaks_to_s3() -> None:
    speakers = {
        path.parent
        for path in SERVICE.rglob("*.py")
        if re.search(r"\b(aio)?boto(3|core)\b", path.read_text())
    }

    assert speakers == {ADAPTER}


def test_browsers_may_read_there_what_they_may_on_the_local_stack() -> None:
    (rule,) = written()[1]

    assert rule["ExposeHeaders"] == EXPOSED_HEADERS

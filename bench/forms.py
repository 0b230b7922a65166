"""Forms of files, as browsers make them."""

import hashlib
import json
from collections.abc import Mapping, Sequence

_BOUNDARY = "6c1f8e0b2d"


def form_request(headers: Mapping[str, str], folder_id: str, files: Sequence[tuple[str, bytes]]) -> bytes:
    """A whole request to put files, each a name and its bytes, into a folder."""
    told = [
        {"name": name, "size": len(body), "sha256": hashlib.sha256(body).hexdigest()} for name, body in files
    ]
    plan = json.dumps({"folder_id": folder_id, "files": told}).encode()
    fields = [_field("plan", plan), *(_field("file", body) for _, body in files)]
    content = b"".join((*fields, f"--{_BOUNDARY}--\r\n".encode()))
    lines = [
        "POST /api/v1/files:batch HTTP/1.1",
        "Host: localhost",
        *(f"{name}: {value}" for name, value in headers.items()),
        f"Content-Type: multipart/form-data; boundary={_BOUNDARY}",
        f"Content-Length: {len(content)}",
    ]
    return "\r\n".join((*lines, "", "")).encode() + content


def _field(name: str, content: bytes) -> bytes:
    head = f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"; filename="x"\r\n\r\n'
    return head.encode() + content + b"\r\n"

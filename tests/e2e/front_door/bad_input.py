"""What careless and ill-meaning programs send, and what each is told: status and code.

`$folder`, `$file`, `$upload` … stand for what an account has; see test_bad_input.py.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

SHA = "0" * 64
MAX_FILE_BYTES = 1000 * 5 * 2**30
TOO_LONG, WRONG, NAME = (413, "body_too_large"), (422, "invalid_argument"), (422, "name_invalid")
MALFORMED, CURSOR, PART = (422, "body_malformed"), (422, "cursor_invalid"), (422, "part_number_invalid")
Told = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Bad:
    """One request. `content` is sent as it stands; a `body` becomes JSON."""

    title: str
    told: Told
    method: str
    path: str
    content: bytes | None = None
    params: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.title


def posted(title: str, told: Told, path: str, body: object, method: str = "POST") -> Bad:
    return Bad(
        title, told, method, path, json.dumps(body).encode(), headers={"Content-Type": "application/json"}
    )


def raw(title: str, told: Told, content: bytes) -> Bad:
    return replace(posted(title, told, "/folders", None), content=content)


def names() -> Iterator[Bad]:
    bad = {
        "empty": "",
        "a dot": ".",
        "two dots": "..",
        "a slash": "a/b",
        "a way out": "../../etc/passwd",
        "NUL": "a\0b",
        "a control character": "a\u0001",
        "a line break": "a\nb",
        "delete": "a\u007f",
        "a C1 control": "a\u0085b",
        "256 bytes": "x" * 256,
        "256 bytes in 128 characters": "ä" * 128,
        "256 bytes in 64 characters": "🚀" * 64,
        "1024 characters": "x" * 1024,
    }
    for title, name in bad.items():
        upload = {"folder_id": "root", "name": name, "size": 1}
        yield posted(f"folder called {title}", NAME, "/folders", {"parent_id": "root", "name": name})
        yield posted(f"renamed to {title}", NAME, "/nodes/$folder", {"name": name}, "PATCH")
        yield posted(f"restored as {title}", NAME, "/trash/$trashed/restore", {"name": name})
        yield posted(f"file called {title}", NAME, "/uploads", upload)
        yield posted(f"upload finished as {title}", NAME, "/uploads/$ready/complete", {"name": name})
    yield posted("1025 characters", WRONG, "/folders", {"parent_id": "root", "name": "x" * 1025})
    for title, text in {"high": "\\ud83d", "low": "\\ude80", "swapped": "\\ude80\\ud83d"}.items():
        body = f'{{"parent_id":"root","name":"a{text}b"}}'.encode()
        yield raw(f"lone surrogate, {title}", MALFORMED, body)
    yield raw("lone surrogate in UTF-8", MALFORMED, b'{"parent_id":"root","name":"\xed\xa0\xbd"}')


def bodies() -> Iterator[Bad]:
    good = b'"parent_id":"root"'
    yield raw("10 MB of spaces", TOO_LONG, b" " * 10_000_000)
    yield raw("10 MB in one name", TOO_LONG, b'{"parent_id":"root","name":"%s"}' % (b"x" * 10_000_000))
    yield raw("a byte too long", TOO_LONG, b'{"parent_id":"root","name":"films"}'.ljust(2**20 + 1))
    yield raw("17 arrays deep", MALFORMED, b"[" * 17 + b"]" * 17)
    yield raw("500,000 arrays deep", MALFORMED, b"[" * 500_000 + b"]" * 500_000)
    yield raw("objects without end", MALFORMED, b'{"a":' * 100_000)
    yield raw("one name twice", MALFORMED, b'{"name":"a",%s,"name":"b"}' % good)
    yield raw("no end", MALFORMED, b'{"name":"a",%s' % good)
    yield raw("bytes after the end", MALFORMED, b'{"name":"a",%s}{}' % good)
    yield raw("a comment", MALFORMED, b'{"name":"a",%s} // no' % good)
    yield raw("single quotes", MALFORMED, b"{'name':'a'}")
    yield raw("not UTF-8", MALFORMED, b'{"name":"\xff",%s}' % good)
    yield raw("UTF-16", MALFORMED, '{"name":"a"}'.encode("utf-16"))
    yield raw("nothing", WRONG, b"")
    for value in ("[]", "null", "1", '"films"', "true", "{}"):
        yield raw(f"{value} as the body", WRONG, value.encode())
    yield posted("an unknown field", WRONG, "/folders", {"parent_id": "root", "name": "a", "colour": "red"})
    yield posted("a list as the name", WRONG, "/folders", {"parent_id": "root", "name": ["a"]})
    form = Bad("a form", (415, "unsupported_media_type"), "POST", "/folders", b"parent_id=root&name=a")
    yield replace(form, headers={"Content-Type": "application/x-www-form-urlencoded"})


def sizes() -> Iterator[Bad]:
    for number in ("NaN", "Infinity", "-Infinity", "1e999999999", "0x10", "01", "1_000", ".5"):
        body = f'{{"folder_id":"root","name":"a","size":{number}}}'.encode()
        yield replace(raw(f"size {number}", MALFORMED, body), path="/uploads")
    for number in (
        "-1",
        "-0.5",
        "1.5",
        '"5"',
        "true",
        str(2**53 + 1),
        str(2**63),
        str(10**400),
    ):
        body = f'{{"folder_id":"root","name":"a","size":{number}}}'.encode()
        yield replace(raw(f"size {number[:30]}", WRONG, body), path="/uploads")
    for size in (MAX_FILE_BYTES + 1, 2**53):
        body = {"folder_id": "root", "name": "a", "size": size}
        yield posted(f"size {size}", (413, "file_too_large"), "/uploads", body)


def parts() -> Iterator[Bad]:
    def claim(number: object, sha256: object = SHA) -> dict[str, Any]:
        return {"number": number, "sha256": sha256}

    for number, told in ((0, WRONG), (-1, WRONG), (1.5, WRONG), (1001, WRONG), (1000, PART), (3, PART)):
        yield posted(f"sign part {number}", told, "/uploads/$upload/urls", {"parts": [claim(number)]})
        report = {"parts": [{"number": number, "etag": '"0"'}]}
        yield posted(f"report part {number}", told, "/uploads/$upload/parts", report)
        yield posted(f"complete with part {number}", told, "/uploads/$upload/complete", report)
        start = {"folder_id": "root", "name": "a", "size": 1, "parts": [claim(number)]}
        yield posted(f"start with part {number}", told, "/uploads", start)
        relayed = Bad(f"relay part {number}", told, "PUT", f"/uploads/$upload/parts/{number}", b"x")
        yield relayed
    yield posted("a part twice", PART, "/uploads/$upload/urls", {"parts": [claim(1), claim(1)]})
    yield posted("no parts", WRONG, "/uploads/$upload/urls", {"parts": []})
    yield posted("101 parts", WRONG, "/uploads/$upload/urls", {"parts": [claim(n) for n in range(1, 102)]})
    for sha256 in ("", "0" * 63, "0" * 65, "G" * 64, "A" * 64, 0):
        yield posted(f"hash {sha256}", WRONG, "/uploads/$upload/urls", {"parts": [claim(1, sha256)]})
    for etag in ("", "x" * 257):
        report = {"parts": [{"number": 1, "etag": etag}]}
        yield posted(f"ETag of {len(etag)} characters", WRONG, "/uploads/$upload/parts", report)
    unsigned = {"parts": [{"number": 2, "etag": '"0"'}]}
    yield posted("a part never signed", (409, "part_not_signed"), "/uploads/$upload/parts", unsigned)
    yield posted("parts missing", (409, "parts_missing"), "/uploads/$upload/complete", {})
    for length in (0, 2**23 - 1, 2**23 + 1):
        headers = {"Stowage-Part-Sha256": SHA}
        told = (422, "part_length_wrong")
        yield Bad(
            f"part of {length}", told, "PUT", "/uploads/$upload/parts/1", b"x" * length, headers=headers
        )


def many() -> Iterator[Bad]:
    making = {"op": "create_folder", "parent_id": "root", "name": "a"}
    for path, list_name, most in (("batch", "operations", 1000), ("together", "steps", 10)):
        for title, value in {
            "nothing": [],
            "too much": [making] * (most + 1),
            "no list": making,
            "a list in the list": [[making]],
            "an unknown one": [{**making, "op": "destroy"}],
            "one without a name": [{"parent_id": "root", "name": "a"}],
            "one too many fields": [{**making, "node_id": "root"}],
        }.items():
            yield posted(f"{path} of {title}", WRONG, f"/nodes:{path}", {list_name: value})
    for title, told, step in (
        ("a bad name", NAME, {**making, "name": ".."}),
        ("a file as the parent", (409, "not_a_folder"), {**making, "parent_id": "$file"}),
        ("the root", (409, "root_is_fixed"), {"op": "trash", "node_id": "root"}),
        ("itself", (409, "would_make_cycle"), {"op": "update", "node_id": "$folder", "parent_id": "$inner"}),
    ):
        yield posted(
            f"together with {title}", told, "/nodes:together", {"steps": [{**making, "name": "b"}, step]}
        )


def every() -> Iterable[Bad]:
    for table in (names, bodies, sizes, parts, many):
        yield from table()

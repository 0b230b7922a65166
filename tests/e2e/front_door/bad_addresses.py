"""Bad ids, cursors, pages, paths and headers; as bad_input.py."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from tests.e2e.front_door.bad_input import CURSOR, WRONG, Bad, posted

LISTINGS = {
    "folder": "/folders/root/entries",
    "trash": "/trash",
    "changes": "/changes",
    "uploads": "/uploads",
}
NODE, UPLOAD = (404, "node_not_found"), (404, "upload_not_found")
PATH = (422, "path_invalid")
SEEN = f"{'0' * 32}.{'0' * 32}.1"


def cursors() -> Iterator[Bad]:
    for listing, path in LISTINGS.items():
        made_up = {
            "words": "next",
            "base64": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "JSON": "WzEsICIwIl0=",
            "not ASCII": "ä" * 8,
            "NUL": "\0",
            "a space": " ",
            "4096 characters": "A" * 4096,
        }
        for title, cursor in made_up.items():
            yield Bad(f"cursor of {title}, {listing}", CURSOR, "GET", path, params={"cursor": cursor})
        for title in ("cut", "longer", "changed", "another account's"):
            yield Bad(
                f"cursor {title}, {listing}", CURSOR, "GET", path, params={"cursor": f"${listing}_{title}"}
            )
        for other in (it for it in LISTINGS if it != listing):
            yield Bad(
                f"cursor of {other}, {listing}", CURSOR, "GET", path, params={"cursor": f"${other}_cursor"}
            )
        yield Bad(f"4097 characters, {listing}", WRONG, "GET", path, params={"cursor": "A" * 4097})
    by_name = {"cursor": "$folder_cursor"}
    yield Bad("cursor of another folder", CURSOR, "GET", "/folders/$folder/entries", params=by_name)
    for changed in ({"sort": "size"}, {"sort": "updated"}, {"order": "desc"}):
        yield Bad(
            f"cursor of another order {changed}", CURSOR, "GET", LISTINGS["folder"], params=by_name | changed
        )


def pages() -> Iterator[Bad]:
    for listing, path in LISTINGS.items():
        for limit in ("0", "-1", "1001", "1.5", "x", "", "9" * 30, "٣"):
            told = WRONG
            yield Bad(f"{listing} by {limit}", told, "GET", path, params={"limit": limit})
    for params in ({"sort": "colour"}, {"order": "up"}):
        yield Bad(f"{params}", WRONG, "GET", LISTINGS["folder"], params=params)


def ids() -> Iterator[Bad]:
    for node_id in ("0" * 31, "0" * 33, "G" * 32, "A" * 32, "ROOT", "%00", "a%20b", "x" * 5000):
        yield Bad(f"node {node_id[:40]}", WRONG, "GET", f"/nodes/{node_id}")
        yield Bad(f"upload {node_id[:40]}", WRONG, "GET", f"/uploads/{node_id}")
        yield Bad(f"session {node_id[:40]}", WRONG, "DELETE", f"/sessions/{node_id}")
    yield Bad("a file that is a folder", (409, "not_a_file"), "GET", "/files/$folder/content")
    yield Bad("a folder that is a file", (409, "not_a_folder"), "GET", "/folders/$file/entries")
    yield posted(
        "a file as the parent", (409, "not_a_folder"), "/folders", {"parent_id": "$file", "name": "a"}
    )
    yield posted(
        "into itself", (409, "would_make_cycle"), "/nodes/$folder", {"parent_id": "$folder"}, "PATCH"
    )
    yield posted(
        "into what is in it", (409, "would_make_cycle"), "/nodes/$folder", {"parent_id": "$inner"}, "PATCH"
    )
    yield posted("the root renamed", (409, "root_is_fixed"), "/nodes/root", {"name": "a"}, "PATCH")
    yield posted("nothing to change", WRONG, "/nodes/$folder", {}, "PATCH")
    yield posted("out of the trash by a rename", NODE, "/nodes/$trashed", {"parent_id": "root"}, "PATCH")
    yield posted("below a trashed folder", NODE, "/folders", {"parent_id": "$trashed", "name": "a"})
    yield Bad("the root deleted", (409, "root_is_fixed"), "DELETE", "/nodes/root")
    yield Bad("deleted twice", NODE, "DELETE", "/nodes/$trashed")
    yield posted("restored though it lives", NODE, "/trash/$folder/restore", {})


def paths() -> Iterator[Bad]:
    for path in ("%2e%2e", "a/%2E%2E/b", "%2e", "a//b", "/a", "a/", "%", "%zz", "%ff", "%ed%a0%80"):
        yield Bad(f"path {path}", PATH, "GET", f"/paths/{path}")
    yield Bad("1001 names", PATH, "GET", "/paths/" + "/".join(["a"] * 1001))
    for path in ("%00", "%0a", "x" * 256, "nowhere", "%E2%80%AE", "$file/below"):
        yield Bad(f"path to {path[:20]}", NODE, "GET", f"/paths/{path}")


def headers() -> Iterator[Bad]:
    rename = posted("", WRONG, "/nodes/$folder", {"name": "renamed"}, "PATCH")
    for key in ("x" * 129, "", "tab\tkey"):
        sent = rename.headers | {"Idempotency-Key": key}
        yield replace(rename, title=f"key {key[:20]!r}", headers=sent)
    for tag, told in {
        "7": WRONG,
        '"7", "8"': WRONG,
        "": WRONG,
        '"7': WRONG,
        '"99999999999999999999999"': (412, "revision_stale"),
        'W/"1"': (412, "revision_stale"),
        '"-1"': (412, "revision_stale"),
    }.items():
        sent = rename.headers | {"If-Match": tag}
        yield replace(rename, title=f"If-Match {tag[:20]!r}", told=told, headers=sent)
    for seen in ("7", "a.b", "..1", f"{SEEN}, 7", f"{SEEN} {SEEN}", f"{SEEN}x", ", ".join([SEEN] * 17)):
        yield Bad(f"Stowage-Seq {seen[:80]!r}", WRONG, "GET", "/drive", headers={"Stowage-Seq": seen})
    many = {f"X-{number}": "x" for number in range(101)}
    yield Bad("101 headers", (431, "headers_too_large"), "GET", "/drive", headers=many)
    yield Bad("33 KB of headers", (431, "headers_too_large"), "GET", "/drive", headers={"X": "x" * 33_000})
    yield Bad("33 KB of address", (431, "headers_too_large"), "GET", "/drive", params={"x": "x" * 33_000})


def every() -> Iterable[Bad]:
    for table in (cursors, pages, ids, paths, headers):
        yield from table()

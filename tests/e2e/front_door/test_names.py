"""Names that look like trouble and are none, and folders as deep as they go."""

import re
from collections.abc import Iterator
from urllib.parse import quote, unquote

import pytest

from tests.e2e.person import Person

MAX_DEPTH = 128
GOOD = {
    "255 bytes": "x" * 255,
    "255 bytes in 128 characters": "ä" * 127 + "x",
    "255 bytes in 64 characters": "🚀" * 63 + "äx",
    "right to left": "שלום עולם.txt",
    "an override of direction": "photo\u202egpj.exe",
    "isolates of direction": "\u2067a\u2069b",
    "zero width": "a\u200bb\u200d\ufeffc",
    "nothing but zero width": "\u200b",
    "a family of emoji": "👨\u200d👩\u200d👧\u200d👦",
    "a noncharacter": "a\uffff",
    "private use": "a\ue000\U0010fffd",
    "unassigned": "a\U000e1234",
    "reserved on Windows": "CON",
    "reserved on Windows, with an end": "nul.tar.gz",
    "reserved on Windows, superscript": "COM¹.txt",
    "forbidden on Windows": 'a<b>c:"d|e?f*g\\h',
    "a dot at the end": "name.",
    "a space at the end": "name ",
    "a space at the beginning": " name",
    "nothing but spaces": "   ",
    "three dots": "...",
    "a hidden one": ".stowage",
    "a percent sign": "100%2e%2e%2f",
    "an option": "-rf *",
    "a shell's": "$(reboot);`id`",
    "SQL's": "'; DROP TABLE nodes; --",
    "HTML's": "<img src=x onerror=alert(1)>",
    "a template's": "{{7*7}}${7*7}",
    "a word of ours": "root",
    "the joint of our keys": "d#1#a",
}
TWINS = {
    "case": ("README", "readme"),
    "composition": ("caf\u00e9", "cafe\u0301"),
    "a sign of its own": ("\u212bngstr\u00f6m", "\u00e5ngstr\u00f6m"),
    "case that grows": ("Straße", "STRASSE"),
    "sigma at the end": ("ΟΔΟΣ", "οδος"),
    "case, composed and not": ("\u00c9t\u00e9", "e\u0301te\u0301"),
}
NO_TWINS = {
    "zero width": ("ab", "a\u200bb"),
    "scripts": ("paypal", "p\u0430ypal"),
    "width": ("ABC", "ＡＢＣ"),
    "spaces": ("a b", "a\u00a0b"),
}


@pytest.fixture(scope="module")
def carl(stack_url: str) -> Iterator[Person]:
    with Person(stack_url) as person:
        yield person


def new_folder(person: Person, name: str, parent_id: str = "root") -> str:
    made = person.request("POST", "/folders", json={"parent_id": parent_id, "name": name})
    return str(made.json()["id"])


@pytest.mark.parametrize("name", GOOD.values(), ids=GOOD.keys())
def test_a_name_comes_back_as_it_was_given(carl: Person, name: str) -> None:
    folder = new_folder(carl, name)
    try:
        found = carl.request("GET", f"/paths/{quote(name, safe='')}").json()
        assert (found["id"], found["name"]) == (folder, name)
        assert name in carl.names()
    finally:
        carl.request("DELETE", f"/nodes/{folder}")


@pytest.mark.parametrize("name", GOOD.values(), ids=GOOD.keys())
def test_a_download_by_any_name_is_one_header(carl: Person, name: str) -> None:
    file = carl.put(name, b"bytes")["node_id"]
    try:
        answer = carl.request("GET", f"/files/{file}/content?relay=1")
        assert answer.content == b"bytes"
        _, plain, encoded = re.split(r"; (?=filename)", answer.headers["content-disposition"])
        assert re.fullmatch(r'filename="[ -~]+"', plain)
        assert re.fullmatch(r"filename\*=UTF-8''[!#$&+.^_`|~%0-9A-Za-z-]+", encoded)  # RFC 8187
        assert unquote(encoded.partition("''")[2]) == name
    finally:
        carl.request("DELETE", f"/nodes/{file}")


@pytest.mark.parametrize(("one", "other"), TWINS.values(), ids=TWINS.keys())
def test_twins_cannot_stand_side_by_side(carl: Person, one: str, other: str) -> None:
    parent = new_folder(carl, "twins")
    new_folder(carl, one, parent)
    try:
        refused = carl.http.post("/folders", json={"parent_id": parent, "name": other})
        upload = carl.http.post("/uploads", json={"folder_id": parent, "name": other, "size": 1})
        assert [(it.status_code, it.json()["code"]) for it in (refused, upload)] == [(409, "name_taken")] * 2
        assert carl.names(parent) == [one]
    finally:
        carl.request("DELETE", f"/nodes/{parent}")


@pytest.mark.parametrize(("one", "other"), NO_TWINS.values(), ids=NO_TWINS.keys())
def test_what_file_systems_tell_apart_stands_side_by_side(carl: Person, one: str, other: str) -> None:
    parent = new_folder(carl, "no twins")
    ids = {new_folder(carl, one, parent), new_folder(carl, other, parent)}
    assert len(ids) == 2
    carl.request("DELETE", f"/nodes/{parent}")


def test_an_upload_refused_for_its_name_is_finished_under_another(carl: Person) -> None:
    upload = carl.start("fine.txt", b"bytes")["upload"]["id"]
    carl.send_parts(upload, [1], b"bytes")
    for name in ("..", "a/b", "x" * 256):
        refused = carl.http.post(f"/uploads/{upload}/complete", json={"name": name})
        assert (refused.status_code, refused.json()["code"]) == (422, "name_invalid")
    done = carl.request("POST", f"/uploads/{upload}/complete", json={"name": "fine.txt"}).json()
    assert (done["state"], done["committed_name"]) == ("committed", "fine.txt")


def test_folders_go_128_deep_and_no_deeper(carl: Person) -> None:
    chain = ["root"]
    for _ in range(MAX_DEPTH):
        chain.append(new_folder(carl, "d", chain[-1]))
    two_levels = new_folder(carl, "top")
    below = new_folder(carl, "below", two_levels)
    now = carl.now()

    refused = [
        carl.http.post("/folders", json={"parent_id": chain[-1], "name": "d"}),
        carl.http.patch(f"/nodes/{two_levels}", json={"parent_id": chain[-1]}),
        carl.http.patch(f"/nodes/{below}", json={"parent_id": chain[-1]}),
    ]

    assert [(it.status_code, it.json()["code"]) for it in refused] == [(409, "too_deep")] * 3
    assert carl.changes(now) == []
    ancestors = carl.request("GET", f"/nodes/{chain[-1]}?ancestors=1").json()["ancestors"]
    assert len(ancestors) == MAX_DEPTH
    assert carl.put("deepest.txt", b"x", folder_id=chain[-1])["state"] == "committed"

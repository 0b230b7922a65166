"""Every kind of bad input on the whole system: a declared answer each, and nothing changed."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest

from tests.api.declared import Declared
from tests.e2e.front_door import bad_addresses, bad_input
from tests.e2e.front_door.bad_input import Bad
from tests.e2e.front_door.belongings import Belongings, Json
from tests.fakes.gateway import GatewayWorld

CASES = [*bad_input.every(), *bad_addresses.every()]
CURSORS = {
    "folder": "list_folder",
    "trash": "list_trash",
    "changes": "list_changes",
    "uploads": "list_uploads",
}
TWO_PARTS = 2**23 + 1


@pytest.fixture(scope="module")
def declared() -> Declared:
    return Declared(GatewayWorld().application())


@pytest.fixture(scope="module")
def words(bob: Belongings, ada: Belongings) -> dict[str, str]:
    """What the cases call by name."""
    upload = bob.person.start("two parts", b"x" * TWO_PARTS)["upload"]["id"]
    nodes = bob.ids["node"]
    found = {
        "$folder": nodes["folder"],
        "$inner": nodes["nested folder"],
        "$file": nodes["file"],
        "$trashed": nodes["trashed folder"],
        "$upload": upload,
        "$ready": bob.ids["upload"]["ready"],
    }
    for listing, operation in CURSORS.items():
        cursor = bob.cursors[operation]
        found |= {
            f"${listing}_cursor": cursor,
            f"${listing}_cut": cursor[: len(cursor) // 2],
            f"${listing}_longer": cursor + "AAAA",
            f"${listing}_changed": ("B" if cursor[0] == "A" else "A") + cursor[1:],
            f"${listing}_another account's": ada.cursors[operation],
        }
    # The longest first: one may begin as another does.
    return dict(sorted(found.items(), key=lambda item: -len(item[0])))


@pytest.fixture(scope="module")
def untouched(bob: Belongings, words: object) -> Iterator[None]:
    before = state(bob)
    yield
    assert state(bob) == before


def state(bob: Belongings) -> Json:
    """Without the upload that was finished under bad names: it stays stored, and says under which it was refused."""
    told = bob.state()
    told["uploads"] = [each for each in told["uploads"] if each["id"] != bob.ids["upload"]["ready"]]
    return told


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize("case", CASES, ids=str)
def test_bad_input_is_told_so_and_changes_nothing(
    case: Bad, bob: Belongings, words: dict[str, str], declared: Declared
) -> None:
    now = bob.person.now()

    answer = send(case, bob, words)

    assert (answer.status_code, answer.json()["code"]) == case.told, answer.text
    declared.check(answer)
    assert bob.person.changes(now) == []


def send(case: Bad, bob: Belongings, words: dict[str, str]) -> httpx.Response:
    """As it stands: httpx would encode what is encoded already."""
    http = bob.person.http
    path = named(case.path, words)
    content = case.content
    if content is not None and b"$" in content:
        content = named(content.decode("latin-1"), words).encode("latin-1")
    params = {name: named(value, words) for name, value in case.params.items()}
    request = http.build_request(case.method, "/x", content=content, params=params, headers=case.headers)
    prefix = urlsplit(str(http.base_url)).path.rstrip("/")
    query = request.url.raw_path.partition(b"?")
    request.url = request.url.copy_with(raw_path=f"{prefix}{path}".encode() + query[1] + query[2])
    return http.send(request)


def named(text: str, words: dict[str, str]) -> str:
    for word, meaning in words.items():
        text = text.replace(word, meaning)
    return text


def test_the_cases_are_many_and_each_has_its_own_title() -> None:
    titles = [case.title for case in CASES]
    assert len(titles) == len({*titles}) > 200

"""Search on the whole system: found at once, gone at once, and nobody else's."""

from tests.e2e.person import Person


def found(person: Person, text: str, **params: str) -> list[str]:
    """The first answer that says it is complete: a question waits half a second, a busy machine may take longer."""
    for _ in range(60):
        answer = person.request("GET", "/search", params={"q": text, **params}).json()
        if answer["complete"]:
            break
    return ["/".join([*(it["name"] for it in item["ancestors"]), item["name"]]) for item in answer["items"]]


def test_what_is_written_is_found_by_the_next_question_and_what_is_trashed_is_not(person: Person) -> None:
    folder = person.request("POST", "/folders", json={"parent_id": "root", "name": "Fotos"}).json()["id"]
    assert found(person, "fotos") == ["/Fotos"]

    person.put("Straßenfest_2023-05.JPG", b"jpg", folder_id=folder)
    assert found(person, "strassen 05") == ["/Fotos/Straßenfest_2023-05.JPG"]
    assert found(person, "2023", type="image", folder_id=folder) == ["/Fotos/Straßenfest_2023-05.JPG"]
    recent = person.request("GET", "/recent").json()
    assert [item["name"] for item in recent["items"]] == ["Straßenfest_2023-05.JPG"]

    person.request("DELETE", f"/nodes/{folder}")
    assert found(person, "strassen") == []
    assert person.request("GET", "/recent").json()["items"] == []

    person.request("POST", f"/trash/{folder}/restore", json={"name": "Bilder"})
    assert found(person, "strassen") == ["/Bilder/Straßenfest_2023-05.JPG"]


def test_what_was_there_before_anybody_searched_is_found(person: Person) -> None:
    folders = ["root"]
    for depth in range(4):
        body = {"parent_id": folders[-1], "name": f"level {depth}"}
        folders.append(person.request("POST", "/folders", json=body).json()["id"])
    person.put("deep.txt", b"deep", folder_id=folders[-1])

    assert found(person, "deep") == ["/level 0/level 1/level 2/level 3/deep.txt"]
    assert len(found(person, "level")) == 4


def test_nobody_finds_what_is_somebody_elses(person: Person, stranger: Person) -> None:
    person.put("diary of the day.txt", b"private")

    assert found(person, "diary") == ["/diary of the day.txt"]
    assert found(stranger, "diary") == []
    assert found(stranger, "") == []

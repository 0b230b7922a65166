"""Finding things by name."""

from tests.unit.stowage_client.conftest import World


def test_search_shows_where_things_are_whatever_the_number_of_pages(world: World) -> None:
    for number in range(5):
        world.gateway.drive.folder(f"/films/Holiday {number}")
    world.gateway.drive.folder("/music")

    found = world.do("search", "holiday").splitlines()

    assert sorted(found) == [f"/films/Holiday {number}/" for number in range(5)]


def test_search_stops_when_it_has_as_many_as_were_wanted(world: World) -> None:
    for number in range(5):
        world.gateway.drive.folder(f"/x{number}")

    assert len(world.do("search", "-n", "2", "x").splitlines()) == 2


def test_search_asks_below_a_folder_and_for_one_sort(world: World) -> None:
    world.gateway.uploads.hold(world.gateway.drive.folder("/films"), "a.mkv", b"x")
    world.gateway.drive.folder("/films/a")
    world.gateway.drive.folder("/music/a")

    [item] = world.json("search", "--in", "/films", "--type", "file", "a")["items"]

    assert (item["path"], item["size"]) == ("/films/a.mkv", 1)
    assert world.do("search", "--in", "/films", "--type", "folder", "a") == "/films/a/\n"


def test_recent_shows_the_files_that_changed_last_and_no_more_than_were_wanted(world: World) -> None:
    for number in range(5):
        world.gateway.uploads.hold(world.gateway.drive.folder("/films"), f"{number}.mkv", b"x")

    lines = world.do("recent", "-n", "4").splitlines()

    assert [line.split()[-1] for line in lines] == [f"/films/{number}.mkv" for number in (4, 3, 2, 1)]
    assert lines[0].startswith("2027-01-15 ")


def test_search_says_when_something_may_be_missing(world: World) -> None:
    world.gateway.drive.index_is_complete = False

    assert world.json("search", "x") == {"complete": False, "items": []}
    assert "may be missing" in world.run("search", "x").stderr

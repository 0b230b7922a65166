"""Looking, making, moving, deleting, bringing back."""

import pytest

from stowage_client.errors import ExitCode
from tests.unit.stowage_client.conftest import World


@pytest.fixture
def furnished(world: World) -> World:
    uploads, drive = world.gateway.uploads, world.gateway.drive
    for number in range(5):
        uploads.hold(drive.folder("/films"), f"{number}.mkv", b"x" * 700 * number)
    drive.folder("/films/1927")
    return world


def test_ls_lists_all_pages_folders_first(furnished: World) -> None:
    assert furnished.do("ls", "/films").split() == ["1927/", "0.mkv", "1.mkv", "2.mkv", "3.mkv", "4.mkv"]


def test_ls_sorts_as_the_server_does(furnished: World) -> None:
    assert furnished.do("ls", "--sort", "size", "-r", "/films").split()[0] == "4.mkv"


def test_ls_long_shows_size_time_and_id(furnished: World) -> None:
    line = furnished.do("ls", "-l", "/films").splitlines()[-1]

    assert "2.7 KiB" in line
    assert "2027-01-15" in line
    assert line.endswith("  4.mkv")


def test_ls_of_a_file_shows_the_file(furnished: World) -> None:
    [item] = furnished.json("ls", "/films/3.mkv")["items"]

    assert (item["path"], item["size"]) == ("/films/3.mkv", 2100)
    assert item["updated_at"].endswith("Z")


def test_control_characters_never_reach_the_terminal(world: World) -> None:
    world.gateway.uploads.hold(world.gateway.drive.id, "\x1b[2Jclear", b"")

    assert world.do("ls") == "\\x1b[2Jclear\n"


def test_mkdir_makes_one_folder_and_says_nothing(world: World) -> None:
    assert world.do("mkdir", "/films") == ""
    assert world.names() == ["films"]
    assert world.run("mkdir", "/films").exit_code == ExitCode.CONFLICT
    assert world.run("mkdir", "/a/b").exit_code == ExitCode.NOT_FOUND


def test_mkdir_p_makes_what_is_missing_and_minds_nothing(world: World) -> None:
    world.do("mkdir", "-p", "/films/1927/berlin")
    world.do("mkdir", "-p", "/films/1927/berlin")

    assert world.names("/films/1927") == ["berlin"]


def test_a_path_that_leads_up_is_refused(world: World) -> None:
    assert world.run("ls", "/films/../..").exit_code == ExitCode.USAGE


def test_mv_renames(furnished: World) -> None:
    assert furnished.do("mv", "/films/4.mkv", "/films/four.mkv") == "/films/4.mkv is now /films/four.mkv\n"
    assert "four.mkv" in furnished.names("/films")


def test_mv_into_a_folder_keeps_the_name(furnished: World) -> None:
    furnished.do("mv", "/films/4.mkv", "/films/1927")

    assert furnished.names("/films/1927") == ["4.mkv"]


def test_mv_to_a_taken_name_fails_or_takes_another(furnished: World) -> None:
    assert furnished.run("mv", "/films/4.mkv", "/films/3.mkv").exit_code == ExitCode.CONFLICT
    assert "/films/3.mkv (2)" in furnished.do("mv", "/films/4.mkv", "/films/3.mkv", "--conflict", "rename")


def test_mv_into_a_missing_folder_is_told(furnished: World) -> None:
    assert furnished.run("mv", "/films/4.mkv", "/nothing/").exit_code == ExitCode.NOT_FOUND
    assert furnished.run("mv", "/films/4.mkv", "/films/3.mkv/").exit_code == ExitCode.USAGE


def test_the_root_can_neither_move_nor_go(world: World) -> None:
    assert world.run("mv", "/", "/films").exit_code == ExitCode.USAGE
    assert world.run("rm", "/").exit_code == ExitCode.USAGE
    assert world.run("mkdir", "/").exit_code == ExitCode.USAGE


def test_what_is_deleted_waits_in_the_trash_and_comes_back(furnished: World) -> None:
    furnished.do("rm", "/films/4.mkv", "/films/3.mkv")
    assert "/films/4.mkv" in furnished.do("trash")
    assert len(furnished.json("trash")["items"]) == 2

    assert furnished.do("restore", "/films/4.mkv") == "/films/4.mkv is back.\n"

    assert "4.mkv" in furnished.names("/films")


def test_restore_takes_an_id_and_another_place(furnished: World) -> None:
    node_id = furnished.json("rm", "/films/4.mkv")["items"][0]["id"]

    restored = furnished.json("restore", node_id, "--to", "/films/1927/back.mkv")

    assert restored["path"] == "/films/1927/back.mkv"


def test_restore_takes_the_latest_of_several(furnished: World) -> None:
    furnished.do("rm", "/films/4.mkv")
    furnished.gateway.uploads.hold(furnished.gateway.drive.folder("/films"), "4.mkv", b"newest")
    furnished.do("rm", "/films/4.mkv")

    furnished.do("restore", "/films/4.mkv")

    assert furnished.stored("/films/4.mkv") == b"newest"


def test_restore_of_what_is_not_there_is_told(world: World) -> None:
    result = world.run("restore", "/films")

    assert result.exit_code == ExitCode.NOT_FOUND
    assert "stowage trash" in result.stderr


@pytest.mark.parametrize(
    "verb",
    ["put", "get", "ls", "mkdir", "mv", "rm", "trash", "restore", "register", "login", "logout", "whoami"],
)
def test_every_verb_has_help_json_and_url(stranger: World, verb: str) -> None:
    said = stranger.do(verb, "--help")

    assert "--json" in said
    assert "--url" in said


def test_help_lists_the_exit_codes(stranger: World) -> None:
    assert "5 conflict" in " ".join(stranger.do("--help").split())


@pytest.mark.parametrize("verb", ["ls", "mkdir", "rm", "restore"])
def test_a_path_that_is_no_text_is_told_in_words(world: World, verb: str) -> None:
    result = world.run(verb, "/bad\udcff")

    assert result.exit_code == ExitCode.USAGE
    assert "stowage: /bad\\udcff: a path in the drive is UTF-8" in result.stderr


def test_of_several_paths_the_missing_one_is_named(furnished: World) -> None:
    result = furnished.run("rm", "/films/1.mkv", "/nosuch", "/films/2.mkv")

    assert result.exit_code == ExitCode.NOT_FOUND
    assert "There is no /nosuch. (node_not_found" in result.stderr


@pytest.mark.parametrize("verb", ["ls", "mkdir", "mv", "rm", "restore", "put", "get", "register", "login"])
def test_help_shows_each_example_on_a_line_of_its_own(world: World, verb: str) -> None:
    shown = [line.strip() for line in world.do(verb, "--help").splitlines()]

    examples = [line for line in shown if line.startswith("stowage ")]
    assert examples
    assert all(line.count("stowage ") == 1 for line in examples)

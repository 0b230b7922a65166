"""Names that are free without asking: in folders that a writer made itself, as long as nobody else wrote."""

from dataclasses import replace

import pytest

from file_metadata_service.app.whole_folders import WholeFolders
from file_metadata_service.domain.drives import Drive
from file_metadata_service.domain.errors import NameTaken
from file_metadata_service.domain.ids import NodeId, own_drive
from file_metadata_service.domain.nodes import Folder, new_folder
from file_metadata_service.ports.ledger import Item, folder_key, name_keys
from tests.fakes.metadata_service import ANN, FakeWorld, Service

DRIVE = Drive(id=own_drive(ANN.account_id), journal_id="j", created_at_ms=0)
LATER = replace(DRIVE, seq=7)


def _folder(name: str, parent: Folder = DRIVE.root) -> Folder:
    return new_folder(NodeId(f"id of {name}"), parent, name, at_ms=0, seq=1)


def _made(folder: Folder) -> tuple[Item, Item]:
    entry, _ = name_keys(NodeId(str(folder.parent_id)), folder.name)
    return Item(folder_key(folder.id), None, folder), Item(entry, None, folder)


def _gone(folder: Folder) -> tuple[Item, Item]:
    return tuple(Item(item.key, item.after, None) for item in _made(folder))  # type: ignore[return-value]  # two


def _free(whole: WholeFolders, parent: Folder, name: str) -> list[bool]:
    return [whole.frees(key) for key in name_keys(parent.id, name)]


def test_in_a_folder_that_was_made_here_every_name_is_free_but_those_that_were_put_there() -> None:
    whole, made = WholeFolders(), _folder("made")
    whole.landed(LATER, [*_made(made), *_made(_folder("inside", made))])
    assert _free(whole, made, "other") == [True, True]
    assert _free(whole, made, "INSIDE") == [False, True]


def test_a_name_that_went_is_free_again() -> None:
    whole, made = WholeFolders(), _folder("made")
    inside = _folder("inside", made)
    whole.landed(LATER, [*_made(made), *_made(inside)])
    whole.landed(LATER, _gone(inside))
    assert _free(whole, made, "inside") == [True, True]


def test_of_a_folder_that_was_there_before_nothing_is_known() -> None:
    whole = WholeFolders()
    whole.landed(LATER, _made(_folder("made")))
    assert _free(whole, DRIVE.root, "other") == [False, False]
    assert _free(whole, _folder("older"), "other") == [False, False]


def test_the_root_of_a_drive_that_nobody_wrote_to_is_empty() -> None:
    whole = WholeFolders()
    whole.landed(DRIVE, _made(_folder("first")))
    assert _free(whole, DRIVE.root, "other") == [True, True]
    assert _free(whole, DRIVE.root, "first") == [False, True]


def test_of_a_folder_that_is_gone_nothing_is_known() -> None:
    whole, made = WholeFolders(), _folder("made")
    whole.landed(LATER, _made(made))
    whole.landed(LATER, _gone(made))
    assert _free(whole, made, "other") == [False, False]


def test_only_places_of_names_are_free() -> None:
    whole, made = WholeFolders(), _folder("made")
    whole.landed(LATER, _made(made))
    assert not whole.frees(folder_key(made.id))


def test_the_memory_has_an_end() -> None:
    whole, made = WholeFolders(max_held=7), _folder("made")
    whole.landed(LATER, _made(made))
    for number in range(3):
        whole.landed(LATER, _made(_folder(f"{number}", made)))
    assert _free(whole, made, "other") == [True, True]
    whole.landed(LATER, _made(_folder("one too many", made)))
    assert _free(whole, made, "other") == [False, False]


def test_folders_count_wherever_their_own_names_are() -> None:
    whole, made = WholeFolders(max_held=3), _folder("made")
    whole.landed(LATER, _made(made))
    for number in range(3):
        whole.landed(LATER, _made(_folder(f"{number}")))
    assert _free(whole, made, "other") == [False, False]


def test_what_went_is_not_counted_any_more() -> None:
    whole, made = WholeFolders(max_held=4), _folder("made")
    whole.landed(LATER, _made(made))
    for number in range(9):
        other = _folder(f"other {number}")
        inside = _folder("inside", other)
        whole.landed(LATER, [*_made(other), *_made(inside)])
        whole.landed(LATER, _gone(inside))
        whole.landed(LATER, _gone(other))
    for number in range(9):
        other = _folder(f"other {number}")
        entry, _ = name_keys(other.id, "file")
        whole.landed(LATER, [*_made(other), Item(entry, None, _folder("file", other))])
        whole.landed(LATER, _gone(other))
    assert _free(whole, made, "other") == [True, True]


async def test_who_fills_a_new_folder_never_asks_whether_a_name_is_taken(
    world: FakeWorld, service: Service
) -> None:
    made = (await service.mkdir("made")).result.id
    world.store.calls.clear()
    for number in range(5):
        await service.mkdir(f"{number}", made)
    assert world.store.calls == ["write"] * 5


async def test_a_name_that_another_instance_took_is_taken(world: FakeWorld, service: Service) -> None:
    made = (await service.mkdir("made")).result.id
    await service.mkdir("mine", made)
    await world.service().mkdir("theirs", made)
    with pytest.raises(NameTaken):
        await service.mkdir("theirs", made)


async def test_a_folder_that_another_instance_wrote_to_is_asked_again(
    world: FakeWorld, service: Service
) -> None:
    made = (await service.mkdir("made")).result.id
    await world.service().mkdir("theirs", made)
    await service.mkdir("mine", made)
    world.store.calls.clear()
    await service.mkdir("another", made)
    assert world.store.calls == ["read", "write"]

"""docs/cost.md tells the truth: each operation costs what it says there, and no more."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from local_stack.stack import Stack
from tests.e2e.costs.meter import Cost, Meter
from tests.e2e.costs.operations import (
    MANY,
    Drive,
    of_a_seeker,
    of_files,
    of_one_device,
    of_people,
    of_the_tree,
)
from tests.e2e.costs.trees import Trees
from tests.e2e.person import Person

PAGE = Path(__file__).parents[3] / "docs" / "cost.md"
IN_A_CROWD = f"a small file, one of {MANY} at once"
BUNDLED = f"a small file, one of {MANY} in a bundle"
IN_A_FORM = f"a small file, one of {MANY} in a form"
COPIED = f"copy a folder, each of its {MANY} files"
DELETED = f"delete a folder for ever, each of its {MANY} files"
EMPTIED = f"empty the trash, each of {MANY} files in it"
# By batches, of which some are larger in one try than in the other.
IN_BATCHES = {IN_A_CROWD, BUNDLED, IN_A_FORM, COPIED, DELETED, EMPTIED}


def said() -> dict[str, Cost]:
    """The rows of the page's first table, by operation."""
    rows = re.findall(r"^\| ([^|]+?) \| ([\d.]+(?: \| [\d.]+){5}) \|$", PAGE.read_text(), re.MULTILINE)
    return {name: Cost.said(cells.split(" | ")) for name, cells in rows}


@pytest.fixture(scope="module")
def drive(stack: Stack) -> Iterator[Drive]:
    with Person(stack.url) as person:
        yield Drive(person)


@pytest.fixture(scope="module")
def newcomer(stack: Stack) -> Iterator[Person]:
    with Person(stack.url) as person:
        yield person


@pytest.fixture(scope="module")
def seeker(stack: Stack) -> Iterator[Person]:
    with Person(stack.url) as person:
        yield person


# Each is done a dozen times, each time between two readings of every service.
@pytest.mark.timeout(600)
def test_each_operation_costs_what_the_page_says(
    stack: Stack, drive: Drive, newcomer: Person, seeker: Person
) -> None:
    meter, page = Meter(stack, drive.person), said()
    operations = {
        **of_people(drive.person),
        **of_one_device(newcomer),
        **of_a_seeker(seeker),
        **of_the_tree(drive),
        **of_files(drive),
    }
    for warming in operations.values():
        warming()

    measured = {name: meter.cost(call, page.get(name)) for name, call in operations.items()}

    table = "\n".join(f"| {name} | {cost} |" for name, cost in measured.items())
    differing = [name for name in measured if page.get(name) != measured[name]]
    assert not differing, f"docs/cost.md should say:\n{table}"
    assert page.keys() == {*measured, *IN_BATCHES}


def test_small_files_in_a_crowd_cost_no_more_than_the_page_says(stack: Stack, drive: Drive) -> None:
    most, meter = said(), Meter(stack, drive.person)

    measured = {
        IN_A_CROWD: meter.cost(drive.many_small_files, most.get(IN_A_CROWD), calls=MANY),
        BUNDLED: meter.cost(drive.bundle, most.get(BUNDLED), calls=MANY),
        IN_A_FORM: meter.cost(drive.form, most.get(IN_A_FORM), calls=MANY),
    }

    for name, cost in measured.items():
        assert name in most, f"| {name} | {cost} |"
        assert cost.within(most[name]), f"| {name} | {cost} |"


def test_jobs_cost_no_more_for_each_file_than_the_page_says(stack: Stack) -> None:
    page = said()
    with Person(stack.url) as person:
        meter = Meter(stack, person)
        trees = Trees(Drive(person), meter)
        trees.plant()

        measured = {
            COPIED: meter.cost(trees.copy, page.get(COPIED), calls=MANY),
            DELETED: meter.cost(
                trees.delete_for_ever, page.get(DELETED), calls=MANY, prepare=trees.trash_a_copy
            ),
            EMPTIED: meter.cost(
                trees.empty_the_trash, page.get(EMPTIED), calls=MANY, prepare=trees.trash_a_copy
            ),
        }

    table = "\n".join(f"| {name} | {cost} |" for name, cost in measured.items())
    assert all(name in page and cost.within(page[name]) for name, cost in measured.items()), table

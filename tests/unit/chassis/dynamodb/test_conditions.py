import pytest

from chassis.dynamodb import (
    Condition,
    at_least,
    at_most,
    differs,
    equals,
    exists,
    greater,
    less,
    not_exists,
    one_of,
)
from chassis.dynamodb.conditions import Placeholders, render_update


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        (exists("a"), "attribute_exists(#n0)"),
        (not_exists("a"), "attribute_not_exists(#n0)"),
        (equals("a", 1), "#n0 = :v0"),
        (equals("a", None), "attribute_not_exists(#n0)"),
        (differs("a", 1), "#n0 <> :v0"),
        (less("a", 1), "#n0 < :v0"),
        (at_most("a", 1), "#n0 <= :v0"),
        (greater("a", 1), "#n0 > :v0"),
        (at_least("a", 1), "#n0 >= :v0"),
        (one_of("a", [1, 2]), "#n0 IN (:v0, :v1)"),
    ],
)
def test_each_condition_has_its_expression(condition: Condition, text: str) -> None:
    assert condition.render(Placeholders()) == text


def test_and_binds_as_it_is_written() -> None:
    either_and = (exists("a") | not_exists("b")) & equals("a", "x")

    assert (
        either_and.render(Placeholders())
        == "((attribute_exists(#n0)) OR (attribute_not_exists(#n1))) AND (#n0 = :v0)"
    )


def test_names_and_values_never_stand_in_the_text() -> None:
    to = Placeholders()

    text = equals("size) OR (1", "x' OR 1=1").render(to)

    assert text == "#n0 = :v0"
    assert to.request() == {
        "ExpressionAttributeNames": {"#n0": "size) OR (1"},
        "ExpressionAttributeValues": {":v0": {"S": "x' OR 1=1"}},
    }


def test_a_condition_can_be_used_for_many_requests() -> None:
    condition = equals("a", 1)

    assert condition.render(Placeholders()) == condition.render(Placeholders())


def test_an_update_has_one_clause_of_each_kind() -> None:
    to = Placeholders()

    text = render_update(to, {"a": 1, "b": None, "c": "x"}, {"n": -1}, ["d"])

    assert text == "SET #n0 = :v0, #n1 = :v1 ADD #n2 :v2 REMOVE #n3, #n4"
    assert to.request()["ExpressionAttributeNames"] == {
        "#n0": "a",
        "#n1": "c",
        "#n2": "n",
        "#n3": "d",
        "#n4": "b",
    }


def test_without_placeholders_the_request_has_none() -> None:
    assert Placeholders().request() == {}

"""The steps against what AWS says and local engines never do."""

import pytest
from botocore.exceptions import ClientError

from migrations.tables import Attribute, Engine, Index, MigrationError, TableSpec
from tests.fakes.dynamodb_admin import Answer, ScriptedAdmin, expiry, refusal, table

PLAIN = TableSpec("rows", Attribute("id"))
OWNER = Index("owner", Attribute("owner"))


def engine(**answers: list[Answer]) -> tuple[Engine, ScriptedAdmin, list[float]]:
    admin, pauses = ScriptedAdmin(**answers), list[float]()
    return Engine(admin, "p_", lambda _: None, pause=pauses.append), admin, pauses


def test_a_table_is_waited_for_until_it_and_its_indexes_are_active() -> None:
    making, _, pauses = engine(
        describe_table=[
            refusal("ResourceNotFoundException"),
            table(status="CREATING"),
            table(indexes={"owner": "CREATING"}),
            table(indexes={"owner": "ACTIVE"}),
        ]
    )

    making.ensure_table(PLAIN)

    assert len(pauses) == 3


def test_a_table_that_never_gets_active_is_given_up_in_words() -> None:
    making, _, _ = engine(describe_table=[table(status="CREATING")])

    with pytest.raises(MigrationError, match="see p_rows active"):
        making.ensure_table(PLAIN)


def test_a_table_is_made_to_be_paid_by_request_with_all_its_keys() -> None:
    spec = TableSpec(
        "rows", Attribute("id"), indexes=(OWNER, Index("due", Attribute("id"), Attribute("at", "N")))
    )
    making, admin, _ = engine(describe_table=[table(indexes={"owner": "ACTIVE"})])

    with pytest.raises(KeyError):  # the script knows no index `due`
        making.ensure_table(spec)

    (request,) = admin.requests["create_table"]
    assert request["BillingMode"] == "PAY_PER_REQUEST"
    assert request["AttributeDefinitions"] == [
        {"AttributeName": "id", "AttributeType": "S"},
        {"AttributeName": "owner", "AttributeType": "S"},
        {"AttributeName": "at", "AttributeType": "N"},
    ]
    assert "LocalSecondaryIndexes" not in request


def test_a_table_that_somebody_else_made_is_taken_as_it_is() -> None:
    making, admin, _ = engine(create_table=[refusal("ResourceInUseException")], describe_table=[table()])

    making.ensure_table(PLAIN)

    assert admin.requests["update_continuous_backups"]


@pytest.mark.parametrize(
    "spec",
    [
        TableSpec("rows", Attribute("other")),
        TableSpec("rows", Attribute("id"), Attribute("sort")),
        TableSpec("rows", Attribute("id", "N")),
    ],
)
def test_a_table_with_other_keys_is_refused_in_words(spec: TableSpec) -> None:
    making, _, _ = engine(create_table=[refusal("ResourceInUseException")], describe_table=[table()])

    with pytest.raises(MigrationError, match=r"other keys: id \(S\)"):
        making.ensure_table(spec)


def test_an_index_is_added_where_it_is_missing_and_waited_for() -> None:
    making, admin, pauses = engine(
        describe_table=[
            table(),
            table(),
            table(indexes={"owner": "CREATING"}),
            table(indexes={"owner": "ACTIVE"}),
        ]
    )

    making.ensure_index("rows", OWNER)

    assert len(admin.requests["update_table"]) == 1
    assert len(pauses) == 1


def test_of_two_who_add_an_index_at_once_the_slower_waits_for_the_other_one() -> None:
    making, admin, _ = engine(
        describe_table=[
            table(),
            table(),
            table(indexes={"owner": "CREATING"}),
            table(indexes={"owner": "ACTIVE"}),
        ],
        update_table=[refusal("ResourceInUseException")],
    )

    making.ensure_index("rows", OWNER)

    assert len(admin.requests["update_table"]) == 1


def test_an_index_waits_until_another_one_is_made() -> None:
    making, admin, _ = engine(
        describe_table=[table(), table(), table(), table(indexes={"owner": "ACTIVE"})],
        update_table=[refusal("LimitExceededException"), {}],
    )

    making.ensure_index("rows", OWNER)

    assert len(admin.requests["update_table"]) == 2


def test_an_index_with_other_keys_is_refused_in_words() -> None:
    making, _, _ = engine(describe_table=[table(indexes={"owner": "ACTIVE"})])

    with pytest.raises(MigrationError, match="index owner is there already"):
        making.ensure_index("rows", Index("owner", Attribute("id")))


@pytest.mark.parametrize(
    "step", [lambda it: it.ensure_index("rows", OWNER), lambda it: it.ensure_ttl("rows", "at")]
)
def test_a_step_on_a_table_that_is_missing_says_so(step: object) -> None:
    making, _, _ = engine(describe_table=[refusal("ResourceNotFoundException")])

    with pytest.raises(MigrationError, match="no table p_rows"):
        step(making)  # type: ignore[operator]  # pytest's parameters are objects


def test_an_expiry_that_is_set_already_is_left_alone() -> None:
    making, admin, _ = engine(describe_table=[table()], describe_time_to_live=[expiry("at")])

    making.ensure_ttl("rows", "at")

    assert not admin.requests["update_time_to_live"]


def test_of_two_who_set_an_expiry_at_once_both_succeed() -> None:
    making, _, _ = engine(
        describe_table=[table()],
        describe_time_to_live=[expiry(None), expiry("at")],
        update_time_to_live=[refusal("ValidationException")],
    )

    making.ensure_ttl("rows", "at")


def test_an_expiry_by_another_attribute_is_refused_in_words() -> None:
    making, _, _ = engine(describe_table=[table()], describe_time_to_live=[expiry("other")])

    with pytest.raises(MigrationError, match="expire by other already"):
        making.ensure_ttl("rows", "at")


def test_an_invalid_expiry_is_an_error() -> None:
    making, _, _ = engine(
        describe_table=[table()],
        describe_time_to_live=[expiry(None)],
        update_time_to_live=[refusal("ValidationException")],
    )

    with pytest.raises(ClientError):
        making.ensure_ttl("rows", "at")


def test_an_engine_without_backups_is_good_enough() -> None:
    making, _, _ = engine(update_continuous_backups=[refusal("UnknownOperationException")])

    making.ensure_recovery("rows")


def test_backups_of_a_fresh_table_are_waited_for() -> None:
    making, admin, pauses = engine(
        update_continuous_backups=[refusal("ContinuousBackupsUnavailableException"), {}]
    )

    making.ensure_recovery("rows")

    assert len(admin.requests["update_continuous_backups"]) == 2
    assert len(pauses) == 1


def test_what_aws_does_not_allow_is_an_error() -> None:
    making, _, _ = engine(create_table=[refusal("AccessDeniedException")])

    with pytest.raises(ClientError):
        making.ensure_table(PLAIN)

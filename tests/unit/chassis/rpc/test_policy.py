import pytest

from chassis.rpc.policy import PolicyError, Rpc, require_agreement

ROW = Rpc(callers=frozenset({"api-gateway"}), token=True)


def test_a_table_that_names_each_method_is_in_order() -> None:
    require_agreement({"/a.B/C": ROW}, frozenset({"/a.B/C"}))


def test_a_method_without_a_row_is_refused_by_name() -> None:
    with pytest.raises(PolicyError, match=r"/a\.B/C"):
        require_agreement({}, frozenset({"/a.B/C"}))


def test_a_row_without_a_method_is_refused_by_name() -> None:
    with pytest.raises(PolicyError, match=r"/a\.B/Typo"):
        require_agreement({"/a.B/Typo": ROW}, frozenset())

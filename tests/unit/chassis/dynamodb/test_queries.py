from chassis.dynamodb.queries import next_start


def test_a_place_is_the_same_in_whichever_order_its_attributes_are_named() -> None:
    folder, entry = ("folderid", {"S": "f"}), ("entry_key", {"S": "e"})
    starts = [next_start({"LastEvaluatedKey": dict(order)}) for order in ((folder, entry), (entry, folder))]
    assert [list((start or {}).items()) for start in starts] == [[("entry_key", "e"), ("folderid", "f")]] * 2


def test_behind_the_last_row_is_nothing() -> None:
    assert next_start({"Items": []}) is None

"""The machine's source of fresh ids."""

import uuid


def new_id() -> str:
    return uuid.uuid4().hex

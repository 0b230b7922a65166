"""Who may read the bucket from a browser."""

import pytest

from local_stack.bucket import as_browsers_say


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("http://localhost:80", "http://localhost"),
        ("https://files.example.com:443", "https://files.example.com"),
        ("http://localhost:8080", "http://localhost:8080"),
        ("http://localhost:443", "http://localhost:443"),
        ("https://files.example.com", "https://files.example.com"),
        ("*", "*"),
    ],
)
def test_an_origin_is_allowed_as_browsers_say_it(told: str, said: str) -> None:
    assert as_browsers_say(told) == said

"""Fixtures for every tier: the engines start only for tests that ask for them."""

pytest_plugins = ["tests.engines", "tests.pki"]

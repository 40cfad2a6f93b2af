"""The environment of every unit test."""

from tests.unit import conftest  # noqa: F401

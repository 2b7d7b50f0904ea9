"""The tests."""

from tests.compiled import keep

keep()

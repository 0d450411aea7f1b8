"""The fixtures that the tests of campaigns share with those of people and approvals."""

from tests.people import _in_english, asking, deciding, doing

__all__ = ["_in_english", "asking", "deciding", "doing"]

"""The language in which these tests read sentences."""

from tests.people import _in_english

__all__ = ["_in_english"]

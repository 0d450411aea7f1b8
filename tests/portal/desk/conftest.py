"""The people who request and who decide."""

from tests.people import asking, deciding, doing

__all__ = ["asking", "deciding", "doing"]

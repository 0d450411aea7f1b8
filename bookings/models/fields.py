"""Columns that several models share."""

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

if TYPE_CHECKING:  # generic only in its stubs
    CharField = models.CharField[Any, Any]
else:
    CharField = models.CharField


def identifier(**options: Any) -> "CharField":
    """Return a column for an upstream identifier, compared and sorted as bytes."""
    return models.CharField(max_length=40, db_collation="C", **options)


class IdentifierKey(CharField):
    """An upstream identifier as a primary key.

    Its type is ``varchar``, by the long name: for the short name Django creates a second index for
    LIKE. The key sorts as bytes, so its own index serves LIKE, and each index on random keys takes
    a quarter of the time of a load of events.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": 40, "db_collation": "C", "primary_key": True, **options})

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        """Return the database type."""
        return f"character varying({self.max_length})"


def section(**options: Any) -> "CharField":
    """Return a column for an operator and a line as ``bookings.journeys.name_section`` joins them.

    Compared as bytes.
    """
    return models.CharField(max_length=201, db_collation="C", **options)


def name(**options: Any) -> "CharField":
    """Return a column for a Japanese name, compared as bytes, without normalisation."""
    return models.CharField(max_length=100, db_collation="C", **options)

"""Columns that several models share."""

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

if TYPE_CHECKING:  # generic in its stubs alone
    CharField = models.CharField[Any, Any]
else:
    CharField = models.CharField


def identifier(**options: Any) -> "CharField":
    """Return a column for an upstream identifier, compared and sorted as bytes."""
    return models.CharField(max_length=40, db_collation="C", **options)


class IdentifierKey(CharField):
    """An upstream identifier as a primary key.

    Of the type ``varchar``, by its long name: where Django meets the short one it makes a second
    index for LIKE. The key sorts as bytes, so its own index answers that, and every index on
    random keys costs a load of events a quarter of its time.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": 40, "db_collation": "C", "primary_key": True, **options})

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        """Return the name of the type."""
        return f"character varying({self.max_length})"


def name(**options: Any) -> "CharField":
    """Return a column for a Japanese name, compared as bytes and never normalised."""
    return models.CharField(max_length=100, db_collation="C", **options)

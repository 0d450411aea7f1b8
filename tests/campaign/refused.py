"""Expect the database to refuse, under the name of the constraint or trigger that does."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from django.db import DatabaseError, transaction


@contextmanager
def refused_as(name: str) -> Iterator[None]:
    """Expect what runs inside to be refused by the constraint or trigger of this name."""
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        yield
    assert isinstance(caught.value.__cause__, psycopg.Error)
    assert caught.value.__cause__.diag.constraint_name == name

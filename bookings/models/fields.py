"""Columns that several models share."""

from typing import Any

from django.db import models


def identifier(**options: Any) -> "models.CharField[Any, Any]":
    """Return a column for an upstream identifier, compared and sorted as bytes."""
    return models.CharField(max_length=40, db_collation="C", **options)


def name(**options: Any) -> "models.CharField[Any, Any]":
    """Return a column for a Japanese name, compared as bytes and never normalised."""
    return models.CharField(max_length=100, db_collation="C", **options)

"""Expect a refusal: the database's under the name of what refuses, a file's in one sentence."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from campaign.refusals import BrokenCampaignFile
from campaign.termsfile import read_campaign_file


@contextmanager
def refused_as(name: str) -> Iterator[None]:
    """Expect what runs inside to be refused by the constraint or trigger of this name."""
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        yield
    assert isinstance(caught.value.__cause__, psycopg.Error)
    assert caught.value.__cause__.diag.constraint_name == name


def sql(statement: str, *parameters: Any) -> int:
    """Execute a statement past the ORM; return how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters or None)
        return int(cursor.rowcount)


def sentence_about(content: bytes) -> str:
    """Return the one sentence that refuses the file."""
    with pytest.raises(BrokenCampaignFile) as refusal:
        read_campaign_file(content)
    sentence = str(refusal.value)
    assert "\n" not in sentence
    return sentence

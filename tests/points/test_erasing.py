"""A member who is erased: what is left, what still holds, and that no feed brings them back."""

from pathlib import Path

import pytest
from django.db import connection

from points.verifying import verify_ledger
from tests.points.removing import (
    closed,
    erased,
    member_of,
    sign_in,
)

pytestmark = pytest.mark.django_db
W1 = "W1-of-the-erasure"


def everything() -> str:
    """Return every row of every table, as text; bytes as text too."""
    rows: list[str] = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            rows += [" ".join(map(as_text, row)) for row in cursor.fetchall()]
    return "\n".join(rows)


def as_text(value: object) -> str:
    is_binary = isinstance(value, memoryview | bytes)
    return bytes(value).decode("latin-1") if is_binary else str(value)


def test_nothing_names_the_member_any_more(tmp_path: Path) -> None:
    closed(tmp_path, {W1: 5_000, "W2-stays": 6_000})
    sign_in(member_of(W1))
    assert W1 in everything()

    erasure = erased(W1)

    assert W1 not in everything()
    assert "W2-stays" in everything()
    assert erasure.tables == {}
    assert verify_ledger().ok

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
    tables = connection.introspection.table_names()
    found = []
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            for row in cursor.fetchall():
                found.append(
                    " ".join(
                        bytes(one).decode("latin-1")
                        if isinstance(one, memoryview | bytes)
                        else str(one)
                        for one in row
                    )
                )
    return "\n".join(found)


def test_nothing_names_the_member_any_more(tmp_path: Path) -> None:
    payout = closed(tmp_path, {W1: 5_000, "W2-stays": 6_000})
    sign_in(member_of(W1))
    assert W1 in everything()

    erasure = erased(W1)

    assert W1 not in everything()
    assert "W2-stays" in everything()
    assert erasure.tables == {}
    assert verify_ledger().ok

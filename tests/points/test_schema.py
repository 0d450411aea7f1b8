"""What holds for the table of transfers beyond its constraints."""

import pytest
from django.db import connection


@pytest.mark.django_db
def test_an_equal_transfer_is_met_at_the_index_that_passes_it_over() -> None:
    """PostgreSQL looks at unique indexes in the order of their numbers."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid "
            "WHERE indrelid = 'points_transfer'::regclass AND indisunique AND NOT indisprimary "
            "ORDER BY indexrelid"
        )
        names = [name for (name,) in cursor.fetchall()]

    assert names[0] == "transfer_repeats_say_the_same"
    assert "transfer_key_once" in names

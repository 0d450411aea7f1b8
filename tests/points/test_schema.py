"""What holds for all tables of points."""

from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection, models

HERE = Path(__file__).parent
MODELS = list(apps.get_app_config("points").get_models())
TABLES = [model for model in MODELS if model._meta.managed and not model._meta.proxy]

# Instants that no member of staff acts at, or whose person stands in the audit or the approval.
WITHOUT_A_PERSON = {
    "Payout.approved_at",
    "Payout.ended_at",
    "Payout.closed_at",
    "PayoutPart.done_at",
    "CreditFile.exported_at",
    "CreditAnswer.processed_at",
}
# Looked at by the trigger of transfers, for all rows of a statement.
UNCHECKED = {"Transfer.from_account", "Transfer.to_account", "Transfer.award", "Transfer.reverses"}


def test_every_foreign_key_protects_and_is_checked() -> None:
    keys = [
        (f"{model.__name__}.{field.name}", field)
        for model in TABLES
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey)
    ]

    assert {
        name for name, field in keys if field.remote_field.on_delete is not models.PROTECT
    } == set()
    assert {name for name, field in keys if not vars(field)["db_constraint"]} == UNCHECKED


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

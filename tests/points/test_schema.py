"""What holds for the tables of the money together."""

from pathlib import Path

import pgtrigger
import pytest
from django.apps import apps
from django.db import connection, models

from points.models.transfer_trigger import REVERSAL_RULES, RULES

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
UNCHECKED = {"Transfer.debit", "Transfer.credit", "Transfer.award", "Transfer.reverses"}


def test_every_guard_is_named_in_a_test() -> None:
    tested = "".join(file.read_text(encoding="utf-8") for file in HERE.glob("*.py"))
    guards = {one.name for model in MODELS for one in model._meta.constraints}
    labels = {model._meta.label for model in MODELS}
    guards |= {
        str(trigger.name)
        for model, trigger in pgtrigger.registered()
        if model._meta.label in labels and trigger.name != "transfer_posted"
    }
    guards |= {name for name, _message, _condition in (*RULES, *REVERSAL_RULES)}
    guards |= {
        "transfer_between_known_accounts",
        "transfer_award_not_overspent",
        "payout_closed_when_sums_agree",
    }

    assert len(guards) > 40
    assert {name for name in guards if f'"{name}"' not in tested} == set()


def test_every_instant_of_staff_has_its_person() -> None:
    lonely = {
        f"{model.__name__}.{field.name}"
        for model in TABLES
        for field in model._meta.concrete_fields
        if isinstance(field, models.DateTimeField) and field.name.endswith("_at")
    }

    assert lonely == WITHOUT_A_PERSON


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

"""What holds for the tables of campaigns, terms, approvals and people together."""

from pathlib import Path

import pgtrigger
import pytest
from django.conf import settings
from django.db import connection, models

from campaign.models import (
    AggregationRun,
    AggregationShard,
    Approval,
    AuditRecord,
    Campaign,
    DemoClock,
    DueMember,
    Terms,
    Total,
    User,
)

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
MODELS: tuple[type[models.Model], ...] = (
    AggregationRun,
    AggregationShard,
    Approval,
    AuditRecord,
    Campaign,
    DemoClock,
    DueMember,
    Terms,
    Total,
    User,
)
APPS = ("config", "portal", "points", "lottery", "entries", "campaign", "bookings")

# Instants that no member of staff acts at: what terms promise, what machines set, and two acts
# whose person stands elsewhere.
WITHOUT_A_PERSON = {
    "campaign.Terms.public_at",
    "campaign.Terms.opens_at",
    "campaign.Terms.closes_at",
    "campaign.Terms.credit_at",
    "campaign.Campaign.entries_frozen_at",  # the draw says who froze
    "campaign.DemoClock.set_at",
    "campaign.AggregationRun.finished_at",
}


def test_every_guard_is_named_in_a_test() -> None:
    tested = "".join(file.read_text(encoding="utf-8") for file in HERE.glob("*.py"))
    guards = {constraint.name for model in MODELS for constraint in model._meta.constraints}
    guards |= {
        str(trigger.name)
        for model, trigger in pgtrigger.registered()
        if model._meta.label in {one._meta.label for one in MODELS}
    }

    assert len(guards) > 30
    assert {name for name in guards if f'"{name}"' not in tested} == set()


def test_every_instant_of_staff_has_its_person() -> None:
    lonely = {
        f"campaign.{model.__name__}.{field.name}"
        for model in MODELS
        for field in model._meta.concrete_fields
        if isinstance(field, models.DateTimeField)
        and field.name.endswith("_at")
        and field.name.removesuffix("_at") + "_by" not in {f.name for f in model._meta.get_fields()}
    }

    assert lonely == WITHOUT_A_PERSON


@pytest.mark.django_db
def test_every_foreign_key_protects() -> None:
    unprotected = {
        f"{model.__name__}.{field.name}"
        for model in MODELS
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey)
        and field.remote_field.on_delete is not models.PROTECT
    }

    assert unprotected == set()


def test_no_code_switches_triggers_off() -> None:
    using = [
        str(file.relative_to(ROOT))
        for app in APPS
        for file in (ROOT / app).rglob("*.py")
        if file != ROOT / "config/postgres/base.py"  # refuses a connection that has them off
        if "pgtrigger.ignore(" in (text := file.read_text(encoding="utf-8"))
        or "session_replication_role" in text
        or "DISABLE TRIGGER" in text
    ]

    assert using == []


@pytest.mark.django_db
def test_no_trigger_is_passed_over_by_a_setting_of_the_connection() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('pgtrigger.ignore')")
        assert cursor.fetchone() == ("{}",)
        cursor.execute("SELECT count(*) FROM pg_trigger WHERE tgenabled <> 'O'")
        assert cursor.fetchone() == (0,)
    assert "PGTRIGGER" not in "".join(dir(settings))

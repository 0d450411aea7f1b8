"""What holds for the tables of all apps together."""

import re
from collections.abc import Callable, Iterator

import pytest
from django.apps import apps
from django.db import connection, models

from core.sql_files import FIXED_PATH
from tests.database import as_owner
from tests.guards import DEMANDED, guards
from tests.outside import ROOT

APPS = ("points", "lottery", "entries", "campaign", "bookings", "core")
MODELS = [model for app in APPS for model in apps.get_app_config(app).get_models()]
TABLES = [model for model in MODELS if model._meta.managed and not model._meta.proxy]
DEFINES = re.compile(r"^CREATE (?:OR REPLACE |CONSTRAINT )*(?:FUNCTION|TRIGGER|VIEW)", re.MULTILINE)
FILES = sorted(
    path
    for app in APPS
    for path in (ROOT / app / "sql").glob("*.sql")
    if DEFINES.search(path.read_text())
)
RAISED = re.compile(r"CONSTRAINT = '(\w+)'")
OUR_TRIGGERS = """
SELECT tgrelid::regclass::text, tgname, tgenabled, pg_get_triggerdef(oid)
FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2
"""
DEFINED = """
SELECT 'trigger', tgrelid::regclass || '.' || tgname, tgenabled::text, pg_get_triggerdef(oid)
FROM pg_trigger WHERE NOT tgisinternal
UNION ALL
SELECT 'function', proname, '', pg_get_functiondef(oid)
FROM pg_proc WHERE pronamespace = current_schema()::regnamespace AND prokind = 'f'
    AND oid NOT IN (SELECT objid FROM pg_depend WHERE deptype = 'e')
UNION ALL
SELECT 'view', viewname, '', definition FROM pg_views WHERE schemaname = current_schema()
ORDER BY 1, 2
"""
# Instants that no member of staff acts at: what the terms, upstream and the beacon set, what
# machines do, and acts whose person stands in the audit, the approval or the draw.
WITHOUT_A_PERSON = {
    "bookings.Booking.booked_at",
    "bookings.Booking.latest_occurred_at",
    "bookings.Booking.ticketing_at",
    "bookings.BookingEvent.booked_at",
    "bookings.BookingEvent.occurred_at",
    "bookings.ErasedIdentifier.returned_at",
    "bookings.ExRegistration.points_registered_at",
    "bookings.ExRegistration.updated_at",
    "bookings.FeedFile.tried_at",
    "bookings.InboxFile.tried_at",
    "bookings.RegistrationRow.points_registered_at",
    "bookings.RegistrationRow.updated_at",
    "campaign.AggregationRun.finished_at",
    "campaign.Campaign.entries_frozen_at",
    "campaign.Terms.closes_at",
    "campaign.Terms.credit_at",
    "campaign.Terms.opens_at",
    "campaign.Terms.public_at",
    "core.AuditSeal.sealed_at",
    "core.DemoClock.set_at",
    "core.Heartbeat.seen_at",
    "core.SignInTries.tried_at",
    "core.StaffSession.factor_at",
    "core.StaffSession.seen_at",
    "core.StaffSession.started_at",
    "entries.Entry.entered_at",
    "entries.EntryRow.entered_at",
    "entries.Membership.changed_at",
    "entries.MembershipRow.changed_at",
    "lottery.Draw.drawn_at",
    "lottery.Draw.frozen_at",
    "lottery.StoredForecast.computed_at",
    "points.CreditAnswer.processed_at",
    "points.CreditFile.exported_at",
    "points.Erasure.erased_at",
    "points.Payout.approved_at",
    "points.Payout.closed_at",
    "points.Payout.ended_at",
    "points.PayoutPart.done_at",
    "points.Purge.purged_at",
}


@pytest.mark.django_db
def test_every_guard_of_the_database_is_demanded(
    record_property: Callable[[str, str], None],
) -> None:
    """Each of them has to be proved by some test of a run: see tests/guards.py."""
    found = guards()
    declared = {str(one.name) for model in MODELS for one in model._meta.constraints}
    raised = {name for file in FILES for name in RAISED.findall(file.read_text())}

    assert len(found) > 200
    assert declared | raised <= found.keys()
    for name in found:
        record_property(DEMANDED, name)


def test_every_instant_of_staff_has_its_person() -> None:
    lonely = {
        f"{model._meta.app_label}.{model.__name__}.{field.name}"
        for model in TABLES
        for field in model._meta.local_concrete_fields
        if isinstance(field, models.DateTimeField)
        and field.name.endswith("_at")
        and f"{field.name.removesuffix('_at')}_by" not in {f.name for f in model._meta.get_fields()}
    }

    assert lonely == WITHOUT_A_PERSON


def foreign_keys() -> Iterator[tuple[str, models.ForeignKey]]:
    for model in TABLES:
        for field in model._meta.local_concrete_fields:
            if isinstance(field, models.ForeignKey):
                yield f"{model._meta.label}.{field.name}", field


def test_every_foreign_key_protects() -> None:
    unprotected = {
        name for name, field in foreign_keys() if field.remote_field.on_delete is not models.PROTECT
    }

    assert unprotected == {"bookings.Stop.service"}  # the network is replaced as a whole


def test_every_foreign_key_is_checked_by_the_database() -> None:
    unchecked = {name for name, field in foreign_keys() if not vars(field)["db_constraint"]}

    # Tables that grow by whole statements: their triggers check all rows of one together.
    assert {name.rpartition(".")[0] for name in unchecked} == {
        "campaign.Total",
        "lottery.Award",
        "lottery.Entrant",
        "points.Transfer",
    }


@pytest.mark.django_db
def test_the_database_holds_what_the_files_define() -> None:
    """A file that was changed without a migration that loads it would differ here."""
    before = everything_defined()
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(FIXED_PATH)
        for file in FILES:
            cursor.execute(file.read_text())

    assert everything_defined() == before
    assert len(FILES) > 20


def everything_defined() -> list[tuple[str, ...]]:
    """Return every trigger, function and view of the database, as the database writes it."""
    with connection.cursor() as cursor:
        cursor.execute(DEFINED)
        return list(cursor.fetchall())


@pytest.mark.django_db
def test_every_trigger_function_and_view_stands_in_a_file() -> None:
    text = "\n".join(file.read_text() for file in FILES)
    names = {row[1].rpartition(".")[2] for row in everything_defined()}

    assert {name for name in names if not re.search(rf"\b{name}\b", text)} == set()


@pytest.mark.django_db
def test_no_setting_of_a_session_switches_a_trigger_off() -> None:
    with connection.cursor() as cursor:
        cursor.execute(OUR_TRIGGERS)
        triggers = cursor.fetchall()

    assert {row[1] for row in triggers if row[2] != "A"} == set()


@pytest.mark.django_db
def test_every_trigger_looks_into_our_schema_alone() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT proname, proconfig FROM pg_proc"
            " JOIN pg_trigger ON tgfoid = pg_proc.oid WHERE NOT tgisinternal"
        )
        found = {row[0]: row[1] for row in cursor.fetchall()}

    assert {tuple(setting) for setting in found.values()} == {("search_path=public, pg_temp",)}


def test_no_code_switches_triggers_off() -> None:
    using = [
        str(file.relative_to(ROOT))
        for app in (*APPS, "portal", "config", "dev")
        for file in (ROOT / app).rglob("*.py")
        if "SET session_replication_role" in (text := file.read_text()) or "DISABLE TRIGGER" in text
    ]

    assert using == []

"""The written list of an erasure against the tables that there are."""

import re

import pytest
from django.db import connection

from points import erasure_list
from points.personal_data import KEPT
from tests.outside import ROOT

COLUMNS = """
SELECT relname, array_agg(attname::text)
FROM pg_attribute
JOIN pg_class ON pg_class.oid = attrelid
JOIN pg_type ON pg_type.oid = atttypid
WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' AND attnum > 0
    AND typname IN ('text', '_text', 'varchar', '_varchar', 'bpchar', 'bytea', 'json', 'jsonb')
GROUP BY relname
"""
NAMES_A_USER = """
SELECT conrelid::regclass::text FROM pg_constraint
WHERE contype = 'f' AND confrelid = 'core_user'::regclass
"""
EVERY_LIST = (erasure_list.DELETED, erasure_list.COLUMNS, erasure_list.OF_NO_MEMBER)


def columns_that_hold_text() -> dict[str, set[str]]:
    """Return the columns of each table that could hold an identifier, or any text."""
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS)
        return {table: set(columns) for table, columns in cursor.fetchall()}


@pytest.mark.django_db
def test_every_column_that_can_hold_a_persons_data_is_in_the_list() -> None:
    found = columns_that_hold_text()

    unplaced = {table for table in found if sum(table in one for one in EVERY_LIST) != 1}
    assert unplaced == set(), "say in points/erasure_list.py what an erasure does with these"
    for table, columns in erasure_list.COLUMNS.items():
        assert set(columns) == found[table], table


def test_the_function_does_what_the_list_says() -> None:
    statements = (ROOT / "points/sql/erase_member.sql").read_text()
    deleted = set(re.findall(r"DELETE FROM (\w+)", statements))
    updated = set(re.findall(r"UPDATE (\w+_\w+)", statements))

    assert deleted | {"django_session"} == set(erasure_list.DELETED)
    changed = {
        table
        for table, columns in erasure_list.COLUMNS.items()
        if not all(fate.startswith("stays") for fate in columns.values())
    }
    assert updated | {"bookings_erasedidentifier"} == changed | {
        "bookings_booking",
        "bookings_bookingevent",
    }


@pytest.mark.django_db
def test_what_is_disclosed_is_erased_or_stays_by_the_list() -> None:
    for kept in KEPT:
        assert kept.table not in erasure_list.OF_NO_MEMBER - {"core_auditrecord"}


@pytest.mark.django_db
def test_every_table_that_names_an_account_is_of_staff_or_deleted() -> None:
    """An account that one of these names could not be deleted."""
    with connection.cursor() as cursor:
        cursor.execute(NAMES_A_USER)
        naming = {table for (table,) in cursor.fetchall()}

    of_members = {"account_emailaddress", "entries_member", "socialaccount_socialaccount"}
    of_staff = {
        "campaign_terms",
        "core_approval",
        "core_auditrecord",
        "core_signintries",
        "core_staffsession",
        "core_user_groups",
        "core_user_user_permissions",
        "django_admin_log",
        "entries_casenote",
        "entries_lookupcount",
        "entries_membercase",
        "lottery_draw",
        "mfa_authenticator",
    }
    assert naming == of_members | of_staff
    assert of_members < erasure_list.DELETED


def test_the_manual_names_every_table_of_the_list() -> None:
    manual = (ROOT / "docs/retention.md").read_text()

    assert {
        table
        for table in (*erasure_list.DELETED, *erasure_list.COLUMNS)
        if f"`{table}`" not in manual
    } == set()

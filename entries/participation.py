"""Who takes part in a campaign: by its own entries, carried ones of its series, or bookings alone.

Source: docs/specs/campaigns.md 2, 6; docs/specs/eligibility.md 3.1.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from psycopg import sql

from campaign.models import Campaign, Terms
from campaign.queries import terms_in_force
from core.locks import Lock, acquire
from core.sql_files import compose_sql, read_sql
from entries.models import CourseMember

EVERYBODY = sql.SQL("TRUE")
ONE_MEMBER = sql.SQL("wester_id = %(wester_id)s")


@dataclass(frozen=True)
class Participation:
    """One member's part in a campaign.

    ``entered_at`` is the instant of the entry that counts, None where there is none or none is
    needed; ``is_elsewhere``: the member's course of the series is another one.
    """

    takes_part: bool = False
    entered_at: datetime | None = None
    is_elsewhere: bool = False


def compose_participants(
    terms: Terms, *, wester_id: str | None = None
) -> tuple[sql.Composed, dict[str, Any]]:
    """Return the query of who takes part, and its named values; of one member, or of everybody.

    Its columns are ``wester_id``, ``entered_at`` and ``is_elsewhere``, as in Participation; it has
    no row for a member who takes no part, and at most one for any other. The totals have to be
    computed where no entry is needed.
    """
    name = "participants"
    if not terms.entry_needed:
        name = "participants_by_bookings"
    elif terms.series_course or terms.series_carried:
        name = "participants_in_series"
    values = {
        "campaign": terms.campaign_id,
        "opens_at": terms.opens_at,
        "closes_at": terms.closes_at,
        "series": terms.series_code,
        "course": terms.series_course,
        "carried": terms.series_carried,
        "wester_id": wester_id,
    }
    whose = EVERYBODY if wester_id is None else ONE_MEMBER
    return compose_sql("entries", name, whose=whose), values


def find_participation(terms: Terms, wester_id: str) -> Participation:
    """Return a member's part in the campaign of these terms."""
    query, values = compose_participants(terms, wester_id=wester_id)
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        row = cursor.fetchone()
    if row is None:
        return Participation()
    return Participation(takes_part=True, entered_at=row[1], is_elsewhere=row[2])


def find_course(series_code: str, wester_id: str) -> str | None:
    """Return the course of a series that a member is of; None before the first entry to one."""
    with connection.cursor() as cursor:
        cursor.execute(
            read_sql("entries", "course_of_member"),
            {"series": series_code, "wester_id": wester_id},
        )
        course: str | None = cursor.fetchone()[0]
    return course


def lock_series(terms: Terms) -> None:
    """Lock the entries of the campaign, and of all campaigns of its series, until the end.

    Always in the order of their keys, as every transaction that locks several does.
    """
    keys = {terms.campaign_id}
    if terms.series_code:
        of_series = terms_in_force().filter(series_code=terms.series_code)
        keys |= set(of_series.values_list("campaign_id", flat=True))
    for key in sorted(keys):
        acquire(Lock.ENTRIES, key)


def fix_courses(terms: Terms, members: sql.Composable, values: dict[str, Any]) -> None:
    """Remember that the members of a frozen list are of its course for good.

    Args: ``members``: a query with a column ``wester_id``, with its named values.
    """
    if terms.series_course is None:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            compose_sql("entries", "fix_courses", members=members),
            {
                **values,
                "campaign": terms.campaign_id,
                "series": terms.series_code,
                "course": terms.series_course,
            },
        )


def release_courses(campaign: Campaign) -> None:
    """Forget whom a list that became void had fixed to its course."""
    CourseMember.objects.filter(campaign=campaign).delete()

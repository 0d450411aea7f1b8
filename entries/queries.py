"""Find the signed-in member, and what the entry button needs to know."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import AnonymousUser
from django.db import connection

from core.models import User
from core.sql_files import read_sql
from entries.models import Member


@dataclass(frozen=True)
class Visit:
    """A user at a public campaign: its entry period, its series and the user's WESTER ID."""

    campaign_id: int
    opens_at: datetime
    closes_at: datetime
    series_code: str | None
    series_course: str | None
    wester_id: str | None  # None for a visitor, and for staff


def find_visit(code: str, user: User | AnonymousUser) -> Visit | None:
    """Return the user's visit; None where no such campaign is public.

    SQL without joins: when many members press at once, building and planning an ORM query takes
    longer than its answer.
    """
    with connection.cursor() as cursor:
        cursor.execute(read_sql("entries", "find_visit"), {"code": code, "user": user.pk})
        row = cursor.fetchone()
    return Visit(*row) if row else None


def find_signed_in_member(user: User | AnonymousUser) -> Member | None:
    """Return the member who is signed in; None for a visitor, and for staff."""
    return Member.objects.filter(user=user.pk).first() if user.is_authenticated else None

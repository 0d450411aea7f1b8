"""Questions about members, and about what somebody who presses the button needs to know."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import AnonymousUser
from django.db import connection

from core.models import User
from entries.models import Member


@dataclass(frozen=True)
class Visit:
    """Who stands before which campaign, and when its door is open."""

    campaign_id: int
    opens_at: datetime
    closes_at: datetime
    wester_id: str | None  # None for a visitor, and for staff


# By unique indexes: campaign_campaign (code), campaign_terms (campaign, version; a handful of
# versions), entries_member (user). As SQL and without joins, for at noon building and planning it
# anew for each press costs more than its answer.
VISIT = """
SELECT campaign_id, opens_at, closes_at,
    (SELECT wester_id FROM entries_member WHERE user_id = %(user)s)
FROM campaign_terms
WHERE campaign_id = (SELECT id FROM campaign_campaign WHERE code = %(code)s)
    AND published_at IS NOT NULL
ORDER BY version DESC LIMIT 1
"""


def find_visit(code: str, user: User | AnonymousUser) -> Visit | None:
    """Return who presses, and the entry period in force; None where no such campaign is public."""
    with connection.cursor() as cursor:
        cursor.execute(VISIT, {"code": code, "user": user.pk})
        row = cursor.fetchone()
    return Visit(*row) if row else None


def find_member(user: User | AnonymousUser) -> Member | None:
    """Return the member who is signed in; None for a visitor, and for staff."""
    return Member.objects.filter(user=user.pk).first() if user.is_authenticated else None

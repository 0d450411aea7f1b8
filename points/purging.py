"""Purge a campaign after its retention: requested, approved by another person, done by a worker.

The work is one function of the database's owner, points/sql/purge_campaign.sql; it may take minutes
and therefore is not done while the approver waits. Source: docs/specs/consistency.md 6.
"""

import json
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from campaign.models import Campaign
from campaign.queries import get_campaign, published_terms
from campaign.terms import lock_campaign_for_approval
from core import approvals, clock
from core.audit import Actor
from core.commands import JAPAN
from core.locks import Lock, acquire
from core.models import Approval
from lottery.queries import standing_draw
from points.auditing import log_removal
from points.models import Purge
from points.refusals import BooksOpen, StillKept

PURGE = "campaign.purge"
PERMISSION = "points.request_purge"


@transaction.atomic
def request_purge(
    *, campaign: Campaign, actor: Actor, at: datetime
) -> tuple[Approval, dict[str, int]]:
    """Request the purge of a campaign; return also how many rows of each table it would delete.

    It may be requested again after it was done: for what was loaded again since.

    Raises:
        NotPermitted: the person may not request it.
        StillKept: the retention of the terms has not ended.
        BooksOpen: a draw is open, or its payout is not closed.
    """
    approval = approvals.request(action=PURGE, subject=campaign.code, actor=actor, at=at)
    with connection.cursor() as cursor:
        cursor.execute("SELECT points_count_campaign(%s, %s)", [campaign.pk, at])
        counts: dict[str, int] = json.loads(cursor.fetchone()[0])
    return approval, counts


def content_to_purge(code: str) -> dict[str, Any]:
    """Return which campaign is purged, and until when its data was kept, to read and to hash.

    Raises:
        StillKept: the retention of the terms has not ended, or there are no terms in force.
        BooksOpen: a draw is open, or its payout is not closed.
    """
    campaign = get_campaign(code)
    terms = published_terms(campaign)
    today = clock.now().astimezone(JAPAN).date()
    if terms is None or today <= terms.kept_until:
        raise StillKept(
            _("What is stored of this campaign is kept until %(day)s; purge it after that.")
            % {"day": terms.kept_until.isoformat() if terms else "—"}
        )
    draw = standing_draw(campaign)
    payout = getattr(draw, "payout", None)
    if draw and (payout is None or payout.closed_at is None):
        raise BooksOpen(_("The payout of this campaign is not closed."))
    return {
        "campaign": code,
        "name": terms.name_ja,
        "kept_until": terms.kept_until.isoformat(),
        "last_travel_day": terms.periods[-1][1].isoformat(),
    }


@approvals.action(
    PURGE,
    name=pgettext_lazy("approval", "Deletion of a campaign's data"),
    permission=PERMISSION,
    lock=lock_campaign_for_approval,
    content=content_to_purge,
)
def approve_purge(approval: Approval) -> None:
    """Create the purge that a worker carries out (called by the approval, in its transaction)."""
    Purge.objects.create(campaign=get_campaign(approval.subject), approval=approval)


def waiting_purges() -> QuerySet[Purge]:
    """Return the purges that were approved and are not done, the oldest first."""
    waiting = Purge.objects.filter(purged_at__isnull=True)
    return waiting.select_related("campaign", "approval__decided_by").order_by("pk")


@transaction.atomic
def carry_out_purge(purge: Purge, *, at: datetime) -> dict[str, int]:
    """Delete what only a campaign needed; return the rows of each table, none where it was done.

    Waits for loads and nightly runs to end, and makes others wait.
    """
    acquire(Lock.LOADS)
    acquire(Lock.ENTRIES, purge.campaign_id)
    acquire(Lock.TOTALS, purge.campaign_id)
    if not waiting_purges().filter(pk=purge.pk).exists():  # another worker was first
        return {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT points_purge_campaign(%s, %s)", [purge.approval_id, at])
        counts: dict[str, int] = json.loads(cursor.fetchone()[0])
    log_removal(purge.approval)
    return counts

"""Prepare the payout of a confirmed draw: a second person approves its upper bound.

Source: docs/specs/points.md 2.
"""

from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from campaign.models import Campaign
from core import approvals
from core.audit import Actor
from core.commands import JAPAN
from core.models import Approval
from core.sql_files import read_sql
from lottery.models import Draw
from lottery.queries import (
    find_subject,
    lock_draw,
    lock_draw_for_approval,
    standing_draw,
    subject_of,
)
from points import queries
from points.models import Payout, PayoutPart
from points.refusals import NotConfirmed, PayoutApproved

PREPARE = queries.PREPARE
PERMISSION = "points.request_payout"
AWARDS_PER_PART = 1_000
MAX_LINE_BYTES = 2_000
END_OF_WINNERS = """
SELECT substr(winners_csv, greatest(length(winners_csv) - %s, 1)) FROM lottery_draw WHERE id = %s"""


@transaction.atomic
def request_payout(*, campaign: Campaign, actor: Actor, at: datetime) -> Approval | None:
    """Request the payout of the campaign's confirmed draw; None where it is approved already.

    Raises:
        NotConfirmed: there is no confirmed draw.
        NotPermitted: the person may not request it.
    """
    draw = lock_draw(get_confirmed_draw(campaign))
    if Payout.objects.filter(draw=draw).exists():
        return None
    return approvals.request(action=PREPARE, subject=subject_of(draw), actor=actor, at=at)


def get_confirmed_draw(campaign: Campaign) -> Draw:
    """Return the confirmed draw of a campaign.

    Raises:
        NotConfirmed: there is none.
    """
    draw = standing_draw(campaign)
    if draw is None or draw.state != Draw.State.CONFIRMED:
        raise NotConfirmed(_("This campaign has no confirmed draw; nothing is owed yet."))
    return draw


def content_to_prepare(subject: str) -> dict[str, Any]:
    """Return the upper bound of the payout, to be shown and hashed.

    ``list_sha256`` is of a line for each award, sorted by key: ``key,wester_id,points``, LF.

    Raises:
        NotConfirmed: the draw is not confirmed.
        PayoutApproved: its payout is approved already.
    """
    draw = find_subject(subject)
    if draw.state != Draw.State.CONFIRMED:
        raise NotConfirmed(_("This draw is not confirmed, or void; nothing is owed."))
    if Payout.objects.filter(draw=draw).exists():
        raise PayoutApproved(_("The payout of this draw is approved already."))
    with connection.cursor() as cursor:
        cursor.execute(read_sql("points", "summarize_awards"), {"draw": draw.pk})
        awards, points, list_sha256 = cursor.fetchone()
    return {
        "campaign": draw.campaign.code,
        "sequence": draw.sequence,
        "manifest_sha256": bytes(draw.manifest_sha256).hex(),
        "awards": awards,
        "award_points": int(points),
        "list_sha256": list_sha256,
        "credit_at": draw.terms.credit_at.astimezone(JAPAN).isoformat(),
        "expires_on": draw.terms.expires_on.isoformat(),
    }


@approvals.action(
    PREPARE,
    name=pgettext_lazy("approval", "Preparation of the payout"),
    permission=PERMISSION,
    lock=lock_draw_for_approval,
    content=content_to_prepare,
)
def prepare_payout(approval: Approval) -> None:
    """Create the payout and its parts as approved (called by the approval, in its transaction)."""
    draw = find_subject(approval.subject)
    content = approval.content
    payout = Payout.objects.create(
        draw=draw,
        approval=approval,
        awards=content["awards"],
        award_points=content["award_points"],
        list_sha256=content["list_sha256"],
        ended_by_budget=is_ended_by_budget(draw),
        approved_at=queries.decided_at(approval),
    )
    PayoutPart.objects.bulk_create(split_into_parts(payout))


def split_into_parts(payout: Payout) -> list[PayoutPart]:
    """Return the parts of a payout: ranks of one prize each, with as many awards as are allowed."""
    values = {"draw": payout.draw_id, "max_awards": AWARDS_PER_PART}
    with connection.cursor() as cursor:
        cursor.execute(read_sql("points", "split_awards"), values)
        parts = cursor.fetchall()
    return [
        PayoutPart(payout=payout, number=number, prize=prize, first_rank=first, last_rank=last)
        for number, (prize, first, last) in enumerate(parts)
    ]


def is_ended_by_budget(draw: Draw) -> bool:
    """Return whether the budget ended a draw's plan: a reward did not fit.

    It is then in the last line of winners.csv, with a smaller award.
    Source: docs/specs/draw-protocol.md 3.5.
    """
    with connection.cursor() as cursor:
        cursor.execute(END_OF_WINNERS, [MAX_LINE_BYTES, draw.pk])
        (end,) = cursor.fetchone()
    *_before, last = bytes(end).decode("ascii").splitlines()
    _prize, _rank, _pid, reward, award, *_after = last.split(",")
    return award.isdecimal() and award != reward  # it is no number where there are no winners

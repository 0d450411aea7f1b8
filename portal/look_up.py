"""Answer a member's question: staff look one member up, and the audit keeps that they did."""

from datetime import datetime
from typing import Any

from django.db import transaction

from campaign.models import Campaign, Terms
from campaign.queries import working_terms
from core import approvals, audit
from core.audit import Actor
from entries.models import Entry, Member
from points.models import Account
from portal import my_page, my_result

PERMISSION = "entries.view_member"


@transaction.atomic
def look_up_member(
    *, campaign: Campaign, wester_id: str, actor: Actor, at: datetime
) -> dict[str, Any]:
    """Return what the member sees on their own page, and keep who looked.

    The audit names the member by our own numbers, never by the WESTER ID.

    Raises:
        NotPermitted: the person may not see members.
    """
    approvals.require(actor.user, PERMISSION)
    entry = Entry.objects.filter(campaign=campaign, wester_id=wester_id).first()
    member = Member.objects.filter(wester_id=wester_id).first()
    audit.record(
        actor=actor,
        action="member.looked_up",
        subject=campaign.code,
        at=at,
        detail={"entry": entry.pk if entry else None, "member": member.pk if member else None},
    )
    return found_member(working_terms(campaign), wester_id, entry, now=at)


def found_member(
    terms: Terms, wester_id: str, entry: Entry | None, *, now: datetime
) -> dict[str, Any]:
    """Return the member's standing in words."""
    total = my_page.shown_total(terms, wester_id, now=now)
    return {
        "receipt": my_page.receipt_of(entry) if entry else None,
        "entry": entry,
        "total": total,
        "bookings": my_page.shown_bookings(terms, wester_id),
        "member_sentences": my_page.member_sentences(terms, wester_id, total_yen=total.yen),
        "result": my_result.find_result(terms, wester_id, total_yen=total.yen, now=now),
        "account": Account.objects.filter(wester_id=wester_id).first(),
        "terms": terms,
    }

"""Answer a member's question: staff look one member up, and the audit keeps that they did."""

from datetime import datetime
from typing import Any

from django.db import transaction

from campaign import approvals, audit
from campaign.audit import Actor
from campaign.models import Campaign
from campaign.queries import terms_in_force
from entries import finding
from entries.models import Entry, Member
from points.models import Account
from portal import campaign_page, my_page, names

PERMISSION = "entries.view_member"


@transaction.atomic
def look_up_member(
    *, campaign: Campaign, wester_id: str, actor: Actor, at: datetime
) -> dict[str, Any]:
    """Return what the member sees on their own page, or who may be meant; record who looked.

    Of a WESTER ID that nothing is known of, ``candidates`` are those that differ only in how they
    are typed; where there are none, the list is empty. The audit names the member by our own
    numbers, never by the WESTER ID.

    Raises:
        NotPermitted: the person may not see members.
    """
    approvals.require(actor.user, PERMISSION)
    entry = Entry.objects.filter(campaign=campaign, wester_id=wester_id).first()
    member = Member.objects.filter(wester_id=wester_id).first()
    detail = {"entry": entry.pk if entry else None, "member": member.pk if member else None}
    found: dict[str, Any]
    if finding.is_known(wester_id):
        found = found_member(campaign, wester_id, entry, now=at)
    else:
        candidates = finding.find_candidates(wester_id)
        detail["candidates"] = len(candidates)
        found = {"candidates": candidates}
    audit.record(
        actor=actor, action="member.looked_up", subject=campaign.code, at=at, detail=detail
    )
    return {"campaign": campaign, **found}


def found_member(
    campaign: Campaign, wester_id: str, entry: Entry | None, *, now: datetime
) -> dict[str, Any]:
    """Return the member's standing in words, from the functions of the member's own page."""
    terms = terms_in_force().get(campaign=campaign)
    state = campaign_page.current_state(terms, now=now)
    return {
        **my_page.member_facts(terms, wester_id, state=state, now=now),
        "receipt": my_page.receipt_of(entry) if entry else None,
        "account": Account.objects.filter(wester_id=wester_id).first(),
        "state_name": names.STATES[state],
        "terms": terms,
    }

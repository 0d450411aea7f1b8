"""Look one member up for staff, and record that in the audit."""

from datetime import datetime
from typing import Any

from django.db import transaction

from campaign.models import Campaign
from campaign.queries import terms_in_force
from core import approvals
from core.audit import Actor
from entries import finding, looking
from entries.models import Entry
from points.models import Account
from portal import campaign_page, my_page


@transaction.atomic
def look_up_member(
    *, campaign: Campaign, wester_id: str, actor: Actor, at: datetime
) -> dict[str, Any]:
    """Return a member's own page as a context, or similar WESTER IDs; audit the look-up.

    For an unknown WESTER ID ``candidates`` lists the known ones that differ only in how they are
    typed. The audit names the member by primary keys, never by the WESTER ID.

    Raises:
        NotPermitted: the actor may not see members.
    """
    approvals.require(actor.user, looking.PERMISSION)
    found: dict[str, Any]
    counts: dict[str, Any] = {}
    if finding.is_known(wester_id):
        entry = Entry.objects.filter(campaign=campaign, wester_id=wester_id).first()
        found = describe_member(campaign, wester_id, entry, now=at)
    else:
        found = {"candidates": finding.find_candidates(wester_id)}
        counts = {"candidates": len(found["candidates"])}
    looking.record_look_up(campaign, wester_id, actor=actor, at=at, **counts)
    return {"campaign": campaign, **found}


def describe_member(
    campaign: Campaign, wester_id: str, entry: Entry | None, *, now: datetime
) -> dict[str, Any]:
    """Return what a member's own page shows, for the page of staff."""
    terms = terms_in_force().get(campaign=campaign)
    state = campaign_page.current_state(terms, now=now)
    return {
        **my_page.member_facts(terms, wester_id, state=state, now=now),
        "receipt": my_page.receipt_of(entry) if entry else None,
        "account": Account.objects.filter(wester_id=wester_id).first(),
        "state_name": campaign_page.name_of_state(terms, state),
        "terms": terms,
    }

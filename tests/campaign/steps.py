"""The steps that many tests of terms take, and what they leave behind."""

from typing import Any

from campaign import terms
from campaign.models import Campaign, Prize, Terms
from core.audit import Actor
from core.models import Approval, AuditRecord
from tests.factories.campaign import (
    AT,
    campaign_file,
)


def ask_publication(campaign: Campaign, actor: Actor) -> Approval:
    """Request the publication of what is not published yet."""
    approval = terms.request_publication(campaign=campaign, actor=actor, at=AT)
    assert approval
    return approval


def ask_revision(campaign: Campaign, actor: Actor, **changed: Any) -> Approval:
    """Request a new version that says something new."""
    file = campaign_file(code=campaign.code, **changed)
    approval = terms.request_revision(campaign=campaign, file=file, actor=actor, at=AT)
    assert approval
    return approval


def stored() -> list[Any]:
    """Return all that these functions write, to compare before and after.

    A refused page writes one thing: that it was refused.
    """
    audited = AuditRecord.objects.exclude(action="page.refused")
    tables = (Campaign.objects, Terms.objects, Prize.objects, Approval.objects, audited)
    return [list(rows.order_by("pk").values()) for rows in tables]

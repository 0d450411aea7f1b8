"""A published campaign, and the clock at any instant."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pytest_django import Settings

from campaign.models import Campaign, Terms
from campaign.termsfile import CampaignFile, read_campaign_file
from config.env import ROOT, MovedClock
from core.models import User
from tests.factories.campaign import TermsFactory

JAPAN = ZoneInfo("Asia/Tokyo")


@pytest.fixture(scope="session")
def first_campaign() -> CampaignFile:
    """Read the first campaign as it is announced."""
    return read_campaign_file((ROOT / "campaign/data/012025121203.json").read_bytes())


@pytest.fixture
def publish(db: None, first_campaign: CampaignFile) -> Callable[..., Terms]:
    """Publish a campaign: the first one, or another with other terms (see ``TermsFactory``).

    ``operator`` changes who runs the sections that count.
    """

    def write_terms(
        code: str = first_campaign.code,
        *,
        published: bool = True,
        operator: str | None = None,
        **changes: Any,
    ) -> Terms:
        campaign, _ = Campaign.objects.get_or_create(code=code)
        if operator:
            touches = first_campaign.terms["touches"]
            changes["touches"] = [{**touch, "operator": operator} for touch in touches]
        if published:
            approver, _ = User.objects.get_or_create(username="approver")
            opens_at = changes.get("public_at", first_campaign.terms["public_at"])
            changes |= {"published_by": approver, "published_at": opens_at - timedelta(days=1)}
        terms: Terms = TermsFactory.create(
            campaign=campaign, version=campaign.terms.count() + 1, **changes
        )
        return terms

    return write_terms


@pytest.fixture
def set_clock(settings: Settings) -> Callable[[datetime], None]:
    """Return a function that stops the clock at an instant."""

    def stand_at(now: datetime) -> None:
        settings.CAMPAIGN_NOW = MovedClock(now, runs=False)

    return stand_at

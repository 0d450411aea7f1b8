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

JAPAN = ZoneInfo("Asia/Tokyo")


@pytest.fixture(scope="session")
def first_campaign() -> CampaignFile:
    """Read the first campaign as it is announced."""
    return read_campaign_file((ROOT / "campaign/data/012025121203.json").read_bytes())


@pytest.fixture
def publish(db: None, first_campaign: CampaignFile) -> Callable[..., Terms]:
    """Publish a campaign: the first one, or another with other terms."""

    def write_terms(
        code: str = first_campaign.code, *, published: bool = True, **changes: Any
    ) -> Terms:
        campaign, _ = Campaign.objects.get_or_create(code=code)
        terms = Terms(campaign=campaign, version=campaign.terms.count() + 1)
        for name, value in {**first_campaign.terms, **changes}.items():
            setattr(terms, name, value)
        if published:
            terms.published_by, _ = User.objects.get_or_create(username="approver")
            terms.published_at = terms.public_at - timedelta(days=1)
        terms.save()
        return terms

    return write_terms


@pytest.fixture
def set_clock(settings: Settings) -> Callable[[datetime], None]:
    """Return a function that stops the clock at an instant."""

    def stand_at(now: datetime) -> None:
        settings.CAMPAIGN_NOW = MovedClock(now, runs=False)

    return stand_at

"""Whom the button belongs to, and when it is open."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser

from entries.queries import Visit, find_visit
from tests.factories.campaign import FIRST_TERMS, CampaignFactory, TermsFactory, UserFactory
from tests.factories.entries import MemberFactory

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def test_find_visit_returns_the_period_of_the_last_version_in_force() -> None:
    campaign = CampaignFactory.create(published=True)
    period = {
        "opens_at": FIRST_TERMS["opens_at"] + DAY,
        "closes_at": FIRST_TERMS["closes_at"] - DAY,
    }
    TermsFactory.create(campaign=campaign, published=True, **period)
    TermsFactory.create(campaign=campaign)  # a draft, which nobody has seen yet
    TermsFactory.create(published=True)

    visit = find_visit(campaign.code, AnonymousUser())

    assert visit == Visit(
        campaign.pk, **period, series_code=None, series_course=None, wester_id=None
    )


def test_find_visit_of_only_a_draft_is_none() -> None:
    campaign = CampaignFactory.create(draft=True)

    assert find_visit(campaign.code, AnonymousUser()) is None


def test_find_visit_has_a_wester_id_only_for_a_member() -> None:
    code = CampaignFactory.create(published=True).code
    MemberFactory.create()
    member = MemberFactory.create(wester_id="W1")

    visits = [
        find_visit(code, user) for user in (member.user, UserFactory.create(), AnonymousUser())
    ]

    assert [visit and visit.wester_id for visit in visits] == ["W1", None, None]

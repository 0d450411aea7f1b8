"""No terms follow a freeze, whichever of the two comes first."""

import pytest
from django.db import transaction

from campaign.models import Terms
from tests.factories.campaign import (
    AT,
    LATER,
    CampaignFactory,
    TermsFactory,
    UserFactory,
)
from tests.guards import refused_as, sql
from tests.sessions import another_session, ended, wait_until_blocked

pytestmark = pytest.mark.django_db


def test_no_terms_follow_a_freeze_until_it_is_void() -> None:
    campaign = CampaignFactory.create(redrafted=True, frozen_at=AT)
    publish = "UPDATE campaign_terms SET published_at = now(), published_by_id = %s WHERE version=2"
    person = UserFactory.create()

    with refused_as("terms_none_follow_freeze"):
        sql(publish, person.pk)
    assert sql("UPDATE campaign_terms SET budget_points = 1 WHERE version = 2") == 1
    sql("DELETE FROM campaign_prize WHERE terms_id = (SELECT max(id) FROM campaign_terms)")
    assert sql("DELETE FROM campaign_terms WHERE version = 2") == 1
    with refused_as("terms_none_follow_freeze"):
        TermsFactory.create(campaign=campaign, published=True)

    campaign.entries_frozen_at = None
    campaign.save(update_fields=["entries_frozen_at"])
    TermsFactory.create(campaign=campaign, published=True)
    assert campaign.terms.filter(published_at__isnull=False).count() == 2


@pytest.mark.django_db(transaction=True)
def test_publication_waits_for_a_freeze_under_way_and_is_refused() -> None:
    campaign = CampaignFactory.create(redrafted=True)
    person = UserFactory.create()

    with another_session() as submit:
        with transaction.atomic():
            freeze_in_sql()
            published = submit(publish_in_sql, campaign.pk, person.pk)
            wait_until_blocked(published)
        with refused_as("terms_none_follow_freeze"):
            ended(published)

    assert campaign.terms.filter(published_at=None).count() == 1


@pytest.mark.django_db(transaction=True)
def test_freeze_waits_for_a_publication_under_way() -> None:
    campaign = CampaignFactory.create(redrafted=True)
    person = UserFactory.create()

    with another_session() as submit:
        with transaction.atomic():
            publish_in_sql(campaign.pk, person.pk)
            frozen = submit(freeze_in_sql)
            wait_until_blocked(frozen)
        in_force_at_the_freeze = ended(frozen)

    assert in_force_at_the_freeze == 2


@pytest.mark.django_db(transaction=True)
def test_two_drafts_at_once_are_one() -> None:
    campaign = CampaignFactory.create(published=True)

    with another_session() as submit:
        with transaction.atomic():
            TermsFactory.create(campaign=campaign)
            other = submit(TermsFactory.create, campaign=campaign, version=2, budget_points=1)
            wait_until_blocked(other)
        with refused_as("terms_one_per_version"):
            ended(other)

    assert campaign.terms.get(version=2).budget_points == 100_000_000


def publish_in_sql(campaign_id: int, person_id: int) -> int:
    return sql(
        "UPDATE campaign_terms SET published_at = %s, published_by_id = %s"
        " WHERE campaign_id = %s AND published_at IS NULL",
        LATER,
        person_id,
        campaign_id,
    )


def freeze_in_sql() -> int:
    """Freeze, then read the version in force, as a freeze must."""
    sql("UPDATE campaign_campaign SET entries_frozen_at = now()")
    return Terms.objects.filter(published_at__isnull=False).count()

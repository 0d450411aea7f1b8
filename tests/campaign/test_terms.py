"""Load the terms of a campaign from a file, and check them."""

from typing import Any

import pytest

from campaign import queries, refusals, terms
from campaign.models import Campaign, Terms
from campaign.sentences import TERMS_SENTENCES
from core.audit import machine_user
from core.canonical_json import content_sha256
from core.models import AuditRecord
from tests.campaign.steps import stored
from tests.factories.campaign import (
    AT,
    CampaignFactory,
    TermsFactory,
    campaign_file,
)

pytestmark = pytest.mark.django_db


CODE = "012025121203"


def test_load_saves_an_unpublished_campaign_as_the_file_says() -> None:
    file = campaign_file()

    assert terms.load_campaign(file, at=AT) is True

    campaign = Campaign.objects.get()
    draft = campaign.terms.get()
    assert (campaign.code, campaign.entries_frozen_at) == (CODE, None)
    assert (draft.version, draft.published_at, draft.published_by) == (1, None, None)
    assert queries.terms_values(draft) == file.terms
    record = AuditRecord.objects.get()
    assert (record.at, record.action, record.subject) == (AT, "campaign.load", CODE)
    assert (record.user, record.os_user) == (None, machine_user())
    assert record.detail == {
        "version": 1,
        "terms_sha256": content_sha256(terms.written_values(draft)),
    }


def test_load_again_changes_nothing() -> None:
    terms.load_campaign(campaign_file(), at=AT)
    before = stored()

    assert terms.load_campaign(campaign_file(), at=AT) is False
    assert stored() == before


def test_load_writes_the_same_instants_in_another_zone_as_no_change() -> None:
    terms.load_campaign(campaign_file(), at=AT)

    assert terms.load_campaign(campaign_file(opens_at="2024-12-10T03:00:00Z"), at=AT) is False


def test_load_changes_a_draft() -> None:
    terms.load_campaign(campaign_file(), at=AT)

    assert terms.load_campaign(campaign_file(budget_points=90_000_000), at=AT) is True

    draft = Terms.objects.get()
    assert (draft.version, draft.budget_points) == (1, 90_000_000)


def test_load_of_what_is_published_changes_nothing() -> None:
    campaign = CampaignFactory.create(published=True)
    before = stored()

    assert terms.load_campaign(campaign_file(code=campaign.code), at=AT) is False
    assert stored() == before


def test_load_of_other_terms_than_the_published_is_refused() -> None:
    campaign = CampaignFactory.create(redrafted=True)
    before = stored()

    with pytest.raises(refusals.AlreadyPublished, match="campaign revise"):
        terms.load_campaign(campaign_file(code=campaign.code, budget_points=1), at=AT)

    assert stored() == before


def test_load_does_not_change_other_campaigns() -> None:
    other = CampaignFactory.create(draft=True)
    before = other.terms.values().get()

    terms.load_campaign(campaign_file(budget_points=1), at=AT)

    assert other.terms.values().get() == before


BROKEN: list[tuple[dict[str, Any], str]] = [
    ({"operator": "JR西日本"}, "operator must be written in ASCII, such as JR West."),
    ({"expires_on": "2025-02-15"}, "expires_on must be after the day of credit_at."),
    (
        {"public_at": "2000-01-01T00:00:00+15:00"},
        "Dates and instants must be from 2000 to 2099.",
    ),
    ({"public_at": "2024-12-10T12:00:01+09:00"}, "public_at must not be after opens_at."),
    ({"closes_at": "2024-12-10T12:00:00+09:00"}, "opens_at must be before closes_at."),
    ({"travel_first": "2025-01-07"}, "travel_first must not be after travel_last."),
    ({"credit_at": "2025-01-13T23:59:59+09:00"}, "credit_at must not be before closes_at."),
    ({"travel_last": "2025-02-15"}, "credit_at must be on a day after travel_last."),
    ({"minimum_total_yen": 0}, "minimum_total_yen must be from 1 to 9,007,199,254,740,991."),
    ({"reward_cap_points": 0}, "reward_cap_points must be from 1 to 9,007,199,254,740,991."),
    ({"budget_points": -1}, "budget_points must be from 1 to 9,007,199,254,740,991."),
    ({"expected_sales_yen": 0}, "expected_sales_yen must be from 1 to 9,007,199,254,740,991."),
    ({"policy": "skip"}, "policy must be stop or partial."),
    ({"time_zone": "UTC"}, "time_zone must be Asia/Tokyo."),
    ({"kinds_free": ["corporate"]}, "A member kind must stand on one list only."),
    (
        {"kinds_free": ["plus_ex", "plus_ex"]},
        "A list of member kinds must name each kind once.",
    ),
]


@pytest.mark.parametrize(
    ("changed", "sentence"), BROKEN, ids=[" ".join(changed) for changed, _ in BROKEN]
)
def test_load_names_the_rule_that_terms_break(changed: dict[str, Any], sentence: str) -> None:
    with pytest.raises(refusals.BrokenCampaignFile) as refusal:
        terms.load_campaign(campaign_file(**changed), at=AT)

    assert str(refusal.value) == sentence
    assert not Campaign.objects.exists()


def test_broken_load_leaves_the_draft_as_it_was() -> None:
    terms.load_campaign(campaign_file(), at=AT)
    before = stored()

    with pytest.raises(refusals.BrokenCampaignFile):
        terms.load_campaign(campaign_file(budget_points=0), at=AT)

    assert stored() == before


def test_every_rule_of_terms_has_its_sentence() -> None:
    # People do not write version and publication: they follow from those before.
    unwritten = {
        "terms_version_from_1",
        "terms_one_per_version",
        "terms_one_draft_per_campaign",
        "terms_draft_or_published",
    }
    names = {rule.name for rule in Terms._meta.constraints}
    assert names - unwritten == set(TERMS_SENTENCES)
    assert unwritten <= names


def test_check_finds_nothing_wrong_with_the_first_campaign() -> None:
    terms.load_campaign(campaign_file(), at=AT)

    assert terms.check_campaign(Campaign.objects.get()) == []


def test_check_finds_an_operator_that_runs_nothing() -> None:
    campaign = CampaignFactory.create()
    TermsFactory.create(campaign=campaign, operator="JR Wset")

    (found,) = terms.check_campaign(campaign)

    assert (found.code, found.unlawful) == ("unknown_operator", False)


def test_check_judges_the_draft_that_would_follow() -> None:
    campaign = CampaignFactory.create(published=True)
    TermsFactory.create(campaign=campaign, reward_cap_points=100_001)

    assert [found.code for found in terms.check_campaign(campaign)] == ["prize_too_large"]

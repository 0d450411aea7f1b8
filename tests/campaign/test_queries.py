"""Which terms answer which question."""

from datetime import timedelta
from typing import Any

import pytest

from campaign import queries
from campaign.models import Campaign, Terms
from campaign.refusals import NoTerms, UnknownCampaign
from tests.factories.campaign import FIRST_TERMS, CampaignFactory, TermsFactory

pytestmark = pytest.mark.django_db
PUBLIC, OPENS = FIRST_TERMS["public_at"], FIRST_TERMS["opens_at"]
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)


def test_get_campaign_by_its_code() -> None:
    campaign = CampaignFactory.create(code="one")
    CampaignFactory.create(code="ONE")

    assert queries.get_campaign("one") == campaign


@pytest.mark.parametrize("code", ["", "two", "On", "one\0", "one\n", "\udcff", "年末"])
def test_get_campaign_refuses_a_code_that_is_not_known(code: str) -> None:
    for known in ("one", "b", "a"):
        CampaignFactory.create(code=known)

    with pytest.raises(UnknownCampaign) as refusal:
        queries.get_campaign(code)

    assert str(refusal.value) == "There is no campaign with this code. Known codes: a, b, one."


@pytest.mark.parametrize(
    ("count", "end"),
    [(10, "9, 8, 7, 6, 5, 4, 3, 2, 1, 0."), (11, "10, 9, 8, 7, 6, 5, 4, 3, 2, 1, ….")],
    ids=["all", "the newest of many"],
)
def test_get_campaign_names_the_newest_of_many(count: int, end: str) -> None:
    for number in range(count):
        CampaignFactory.create(code=f"{number}")

    with pytest.raises(UnknownCampaign) as refusal:
        queries.get_campaign("none")

    assert str(refusal.value).endswith(end)


def test_get_campaign_reports_that_there_are_none() -> None:
    with pytest.raises(UnknownCampaign, match="Known codes: none"):
        queries.get_campaign("one")


@pytest.mark.parametrize(
    ("make", "published", "draft", "working"),
    [
        ({"draft": True}, None, 1, 1),
        ({"published": True}, 1, None, 1),
        ({"redrafted": True}, 1, 2, 1),
        ({"revised": True}, 2, None, 2),
    ],
    ids=["a draft", "published", "published, with a draft", "revised"],
)
def test_terms_of_a_campaign(
    make: dict[str, bool], published: int | None, draft: int | None, working: int
) -> None:
    CampaignFactory.create(revised=True)
    campaign = CampaignFactory.create(**make)

    def version(terms: Terms | None) -> int | None:
        return terms.version if terms else None

    assert version(queries.published_terms(campaign)) == published
    assert version(queries.draft_terms(campaign)) == draft
    assert version(queries.working_terms(campaign)) == working
    fetched = Campaign.objects.prefetch_related("terms").get(pk=campaign.pk)
    assert version(queries.working_terms(fetched)) == working


def test_terms_of_a_campaign_without_any() -> None:
    campaign = CampaignFactory.create()

    assert queries.published_terms(campaign) is None
    assert queries.draft_terms(campaign) is None
    with pytest.raises(NoTerms, match="has no terms yet"):
        queries.working_terms(campaign)


def test_published_campaigns_are_no_drafts_and_the_last_to_open_is_first() -> None:
    revised = CampaignFactory.create()
    TermsFactory.create(campaign=revised, published=True)
    TermsFactory.create(campaign=revised, published=True, opens_at=OPENS + 2 * DAY)
    TermsFactory.create(campaign=revised, opens_at=OPENS - DAY, public_at=OPENS - DAY)
    earlier = CampaignFactory.create(published=True)
    between = TermsFactory.create(published=True, opens_at=OPENS + DAY).campaign
    CampaignFactory.create(draft=True)
    CampaignFactory.create()

    assert list(queries.published_campaigns()) == [revised, between, earlier]


@pytest.mark.parametrize(
    ("at", "meant"),
    [
        pytest.param(PUBLIC - SECOND, None, id="two are announced"),
        pytest.param(PUBLIC, "this-year", id="the first is public"),
        pytest.param(PUBLIC + 365 * DAY - SECOND, "this-year", id="the next one is announced"),
        pytest.param(PUBLIC + 365 * DAY, None, id="two are public"),
        pytest.param(PUBLIC + 9 * 365 * DAY, None, id="long after all"),
    ],
)
def test_only_the_one_public_campaign_is_meant_and_never_a_draft(
    at: Any, meant: str | None
) -> None:
    CampaignFactory.create(code="last-draft", draft=True)
    CampaignFactory.create(code="this-year", published=True)
    next_year = {"public_at": PUBLIC + 365 * DAY, "opens_at": OPENS + 365 * DAY}
    next_year |= {"closes_at": FIRST_TERMS["closes_at"] + 365 * DAY}
    next_year |= {"credit_at": FIRST_TERMS["credit_at"] + 365 * DAY}
    next_year |= {"expires_on": FIRST_TERMS["expires_on"] + 365 * DAY}
    TermsFactory.create(campaign__code="next-year", published=True, **next_year)
    CampaignFactory.create(code="draft", draft=True)

    found = queries.meant_campaign(at=at)

    assert (found.code if found else None) == meant


def test_the_only_campaign_is_meant_before_it_is_public() -> None:
    campaign = CampaignFactory.create(published=True)
    CampaignFactory.create(draft=True)

    assert queries.meant_campaign(at=PUBLIC - SECOND) == campaign


def test_no_campaign_is_meant_where_none_is_published() -> None:
    CampaignFactory.create(draft=True)

    assert queries.meant_campaign(at=OPENS) is None


def test_lines_of_the_network_have_their_operators() -> None:
    lines = queries.lines_of_network()

    assert lines["東海道新幹線"] == {"JR Central"}
    assert lines["山陽新幹線"] == {"JR West"}
    assert lines["のぞみ"] == {"JR Central", "JR West"}


def test_other_terms_are_those_of_every_other_campaign_that_has_any() -> None:
    one = CampaignFactory.create(code="one", published=True)
    CampaignFactory.create(code="bare")
    CampaignFactory.create(code="two", draft=True)
    CampaignFactory.create(code="three", redrafted=True)

    found = queries.other_terms(one)

    assert [(terms.campaign.code, terms.version) for terms in found] == [("three", 1), ("two", 1)]

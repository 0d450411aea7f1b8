"""What values terms can have, and that published ones never change."""

from typing import Any

import pytest

from campaign.models import Terms
from tests.campaign.terms_rules_table import FORM, MEANING
from tests.database import trigger_off
from tests.factories.campaign import (
    AT,
    CampaignFactory,
    TermsFactory,
    UserFactory,
)
from tests.guards import refused_as, sql

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("name", "broken", "kept"), FORM)
def test_terms_keep_their_form(name: str, broken: dict[str, Any], kept: dict[str, Any]) -> None:
    with refused_as(name):
        TermsFactory.create(**broken)

    TermsFactory.create(**kept)


@pytest.mark.parametrize(("name", "broken", "kept"), MEANING)
def test_published_terms_keep_the_rule(
    name: str, broken: dict[str, Any], kept: dict[str, Any]
) -> None:
    TermsFactory.create(**broken)
    with refused_as(name):
        TermsFactory.create(**broken, published=True)

    TermsFactory.create(**kept, published=True)


@pytest.mark.parametrize(
    ("name", "broken", "kept"),
    [
        pytest.param(name, broken, kept, id=f"{name} {words}")
        for name, words, broken, kept in (
            ("terms_prizes_numbered", "two left out", [{"number": 3}], [{"number": 1}]),
            ("terms_prizes_named", "no Japanese", [{"name_ja": ""}], [{"name_ja": "松"}]),
            ("terms_prizes_named", "no English", [{"name_en": ""}], [{"name_en": "P"}]),
            (
                "terms_prize_minimum_not_below",
                "below",
                [{"minimum_total_yen": 4_999}],
                [{"minimum_total_yen": 5_000}],
            ),
            (
                "terms_pool_within_budget",
                "a yen above",
                [{"kind": "pool", "points": 100_000_001}],
                [{"kind": "pool", "points": 100_000_000}],
            ),
            (
                "terms_prize_facts_known",
                "a fact of nobody",
                [{"cap_if": [{"when": ["nobody"], "cap": 1}]}],
                [{"cap_if": [{"when": ["e5489", "ticketless"], "cap": 1}]}],
            ),
        )
    ],
)
def test_published_terms_have_a_whole_plan(
    name: str, broken: list[dict[str, Any]], kept: list[dict[str, Any]]
) -> None:
    TermsFactory.create(prizes=broken)
    with refused_as(name):
        TermsFactory.create(prizes=broken, published=True)

    TermsFactory.create(prizes=kept, published=True)


def test_published_terms_give_at_least_a_point() -> None:
    with refused_as("terms_prize_of_a_point"):
        TermsFactory.create(minimum_total_yen=99, prizes=[{"percent": 1}], published=True)

    TermsFactory.create(minimum_total_yen=100, prizes=[{"percent": 1}], published=True)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param(
            "terms_lists_sorted_once", "ARRAY[ARRAY['corporate', 'plus_ex']]", id="two dimensions"
        ),
        pytest.param("terms_lists_sorted_once", "'[0:0]={corporate}'", id="counted from nought"),
    ],
)
def test_terms_accept_only_plain_lists(name: str, value: str) -> None:
    TermsFactory.create(kinds_excluded=[], kinds_registered=[], kinds_free=[])

    with refused_as(name):
        sql(f"UPDATE campaign_terms SET kinds_free = {value}")


@pytest.mark.parametrize(
    "half",
    [{"published_at": AT}, {"published_by": True}],
    ids=["an instant without a person", "a person without an instant"],
)
def test_terms_are_draft_or_published(half: dict[str, Any]) -> None:
    if "published_by" in half:
        half = {"published_by": UserFactory.create()}

    with refused_as("terms_draft_or_published"):
        TermsFactory.create(**half)

    TermsFactory.create()
    TermsFactory.create(published=True)


def test_terms_are_one_per_version() -> None:
    draft = TermsFactory.create()

    with refused_as("terms_one_per_version"):
        TermsFactory.create(campaign=draft.campaign, version=1)

    TermsFactory.create(version=1)


def test_terms_have_one_draft_per_campaign_even_without_the_order_of_versions() -> None:
    draft = TermsFactory.create()

    with trigger_off("terms_versions_follow_on"):
        with refused_as("terms_one_draft_per_campaign"):
            TermsFactory.create(campaign=draft.campaign, version=2)
        with refused_as("terms_version_from_1"):
            TermsFactory.create(version=0)
        TermsFactory.create(version=2)


@pytest.mark.parametrize(
    ("published", "version"),
    [(0, 0), (0, 2), (1, 1), (1, 3), (2, 4)],
    ids=["nought", "none before", "again", "one left out", "one left out after two"],
)
def test_terms_versions_follow_on(published: int, version: int) -> None:
    campaign = CampaignFactory.create()
    for _ in range(published):
        TermsFactory.create(campaign=campaign, published=True)

    with refused_as("terms_versions_follow_on"):
        TermsFactory.create(campaign=campaign, version=version)
    with refused_as("terms_versions_follow_on"):
        TermsFactory.create(campaign=campaign, version=version, published=True)

    draft = TermsFactory.create(campaign=campaign, version=published + 1)
    with refused_as("terms_versions_follow_on"):
        Terms.objects.filter(pk=draft.pk).update(version=published + 2)


def test_terms_cannot_move_to_a_campaign_where_they_do_not_follow() -> None:
    TermsFactory.create()
    published = CampaignFactory.create(published=True)

    with refused_as("terms_versions_follow_on"):
        Terms.objects.filter(published_at=None).update(campaign=published)


@pytest.mark.parametrize("column", [field.column for field in Terms._meta.concrete_fields])
def test_published_terms_never_change(column: str) -> None:
    CampaignFactory.create(published=True)

    with refused_as("terms_published_never_change"):
        sql(f"UPDATE campaign_terms SET {column} = {column}")


def test_published_terms_are_never_unpublished_nor_deleted() -> None:
    TermsFactory.create(published=True)

    with refused_as("terms_published_never_change"):
        sql("UPDATE campaign_terms SET published_at = NULL, published_by_id = NULL")
    with refused_as("terms_published_never_change"):
        sql("DELETE FROM campaign_terms")


def test_drafts_change_and_go() -> None:
    TermsFactory.create()

    assert sql("UPDATE campaign_terms SET budget_points = 1") == 1
    assert sql("DELETE FROM campaign_prize") == 1
    assert sql("DELETE FROM campaign_terms") == 1

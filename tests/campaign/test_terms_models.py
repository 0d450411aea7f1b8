"""What terms can say at all: each rule of the database, from both sides of its edge."""

from datetime import date, datetime, timedelta
from typing import Any

import pgtrigger
import pytest
from django.db import connection, transaction

from bookings.models.registrations import MemberKind
from campaign.models import Terms
from tests.campaign.refused import refused_as
from tests.campaign.sessions import another_session, ended, wait_until_blocked
from tests.factories.campaign import (
    AT,
    FIRST_TERMS,
    JAPAN,
    LATER,
    CampaignFactory,
    TermsFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
SECOND, MICROSECOND = timedelta(seconds=1), timedelta(microseconds=1)
OPENS, CLOSES = FIRST_TERMS["opens_at"], FIRST_TERMS["closes_at"]
EXACT = 2**53 - 1
KINDS = sorted(MemberKind.values)


def japan(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=JAPAN)  # type: ignore[misc,arg-type] # parts of an instant


def case(name: str, broken: dict[str, Any], kept: dict[str, Any], words: str = "") -> Any:
    return pytest.param(name, broken, kept, id=f"{name} {words}".strip())


RULES = [
    case("terms_names_not_empty", {"name_ja": ""}, {"name_ja": "年"}, "Japanese"),
    case("terms_names_not_empty", {"name_en": ""}, {"name_en": "N"}, "English"),
    case("terms_names_not_empty", {"operator": ""}, {"operator": "J"}, "operator"),
    case("terms_operator_is_ascii", {"operator": "JR\x1fW"}, {"operator": " "}, "below"),
    case("terms_operator_is_ascii", {"operator": "JR\x7f"}, {"operator": "~"}, "above"),
    case("terms_operator_is_ascii", {"operator": "JR西日本"}, {"operator": "JR West"}, "JR"),
    case(
        "terms_dates_from_2000_to_2099",
        {"expires_on": date(2100, 1, 1)},
        {"expires_on": date(2099, 12, 31)},
        "expiry",
    ),
    case(
        "terms_dates_from_2000_to_2099",
        {"public_at": japan(1999, 12, 31, 23, 59, 59)},
        {"public_at": japan(2000, 1, 1)},
        "page",
    ),
    case(
        "terms_dates_from_2000_to_2099",
        {"travel_first": date(1999, 12, 31)},
        {"travel_first": date(2000, 1, 1)},
        "travel",
    ),
    case("terms_public_before_entry", {"public_at": OPENS + SECOND}, {"public_at": OPENS}),
    case(
        "terms_entry_opens_before_closing",
        {"closes_at": OPENS},
        {"closes_at": OPENS + SECOND},
    ),
    case(
        "terms_travel_dates_in_order",
        {"travel_first": date(2025, 1, 7)},
        {"travel_first": date(2025, 1, 6)},
    ),
    case("terms_credit_after_entry", {"credit_at": CLOSES - SECOND}, {"credit_at": CLOSES}),
    case(
        "terms_credit_after_travel",
        {"travel_last": date(2025, 2, 15)},
        {"travel_last": date(2025, 2, 14)},
    ),
    case(
        "terms_credit_after_travel",
        {"travel_last": date(2025, 2, 14), "credit_at": japan(2025, 2, 14, 23, 59, 59)},
        {"travel_last": date(2025, 2, 14), "credit_at": japan(2025, 2, 15)},
        "by Japan's midnight",
    ),
    case(
        "terms_expiry_after_credit",
        {"expires_on": date(2025, 2, 15)},
        {"expires_on": date(2025, 2, 16)},
    ),
    case(
        "terms_expiry_after_credit",
        {"expires_on": date(2025, 2, 15), "credit_at": japan(2025, 2, 15)},
        {"expires_on": date(2025, 2, 15), "credit_at": japan(2025, 2, 14, 23, 59, 59)},
        "by Japan's midnight",
    ),
    *(
        case(
            "terms_instants_whole_seconds",
            {field: FIRST_TERMS[field] + MICROSECOND},
            {field: FIRST_TERMS[field]},
            field,
        )
        for field in ("public_at", "opens_at", "closes_at", "credit_at")
    ),
    *(
        case(name, {field: value}, {field: neighbour}, f"at {neighbour}")
        for name, field in (
            ("terms_minimum_in_range", "minimum_total_yen"),
            ("terms_cap_in_range", "reward_cap_points"),
            ("terms_budget_in_range", "budget_points"),
            ("terms_sales_in_range", "expected_sales_yen"),
        )
        for value, neighbour in ((0, 1), (EXACT + 1, EXACT))
    ),
    case("terms_policy_known", {"policy": "other"}, {"policy": "partial"}),
    case("terms_policy_known", {"policy": ""}, {"policy": "stop"}, "stop"),
    case("terms_time_zone_is_japan", {"time_zone": "Japan"}, {"time_zone": "Asia/Tokyo"}),
    case(
        "terms_kinds_known",
        {"kinds_excluded": [], "kinds_registered": [], "kinds_free": ["nobody"]},
        {"kinds_excluded": [], "kinds_registered": [], "kinds_free": KINDS},
    ),
    *(
        case(
            "terms_kinds_on_one_list",
            {one: KINDS[:2], other: KINDS[1:3], third: []},
            {one: KINDS[:2], other: KINDS[2:3], third: KINDS[3:]},
            f"{one}, {other}",
        )
        for one, other, third in (
            ("kinds_excluded", "kinds_registered", "kinds_free"),
            ("kinds_excluded", "kinds_free", "kinds_registered"),
            ("kinds_registered", "kinds_free", "kinds_excluded"),
        )
    ),
    *(
        case(
            "terms_kinds_sorted_once",
            {"kinds_excluded": [], "kinds_registered": [], "kinds_free": [], field: broken},
            {"kinds_excluded": [], "kinds_registered": [], "kinds_free": [], field: KINDS[:2]},
            f"{field} {words}",
        )
        for field in ("kinds_excluded", "kinds_registered", "kinds_free")
        for broken, words in (([KINDS[1], KINDS[0]], "unsorted"), ([KINDS[0]] * 2, "twice"))
    ),
]


@pytest.mark.parametrize(("name", "broken", "kept"), RULES)
def test_terms_keep_the_rule(name: str, broken: dict[str, Any], kept: dict[str, Any]) -> None:
    with refused_as(name):
        TermsFactory.create(**broken)

    TermsFactory.create(**kept)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("terms_kinds_known", "ARRAY[NULL]::varchar[]", id="an element that is null"),
        pytest.param(
            "terms_kinds_sorted_once", "ARRAY[ARRAY['corporate', 'plus_ex']]", id="two dimensions"
        ),
        pytest.param("terms_kinds_sorted_once", "'[0:0]={corporate}'", id="counted from nought"),
    ],
)
def test_terms_take_plain_lists_alone(name: str, value: str) -> None:
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

    with pgtrigger.ignore("campaign.Terms:terms_versions_follow_on"):
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
    published = TermsFactory.create(published=True)

    with refused_as("terms_published_never_change"):
        sql("UPDATE campaign_terms SET published_at = NULL, published_by_id = NULL")
    with refused_as("terms_published_never_change"):
        sql("DELETE FROM campaign_terms")
    with refused_as("terms_published_never_change"):
        published.delete()


def test_drafts_change_and_go() -> None:
    TermsFactory.create()

    assert sql("UPDATE campaign_terms SET budget_points = 1") == 1
    assert sql("DELETE FROM campaign_terms") == 1


def test_no_terms_follow_a_freeze_until_it_is_void() -> None:
    campaign = CampaignFactory.create(redrafted=True, frozen_at=AT)
    publish = "UPDATE campaign_terms SET published_at = now(), published_by_id = %s WHERE version=2"
    person = UserFactory.create()

    with refused_as("terms_none_follow_freeze"):
        sql(publish, person.pk)
    assert sql("UPDATE campaign_terms SET budget_points = 1 WHERE version = 2") == 1
    assert sql("DELETE FROM campaign_terms WHERE version = 2") == 1
    with refused_as("terms_none_follow_freeze"):
        TermsFactory.create(campaign=campaign, published=True)

    campaign.entries_frozen_at = None
    campaign.save()
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


def sql(statement: str, *parameters: Any) -> int:
    """Execute a statement past the ORM; return how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters or None)
        return int(cursor.rowcount)

"""Totals follow whatever changes: in full and from the marks they are the same, byte for byte."""

from random import Random
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from bookings.models import MemberMark
from campaign import aggregation
from campaign.models import Campaign, DueMember, Total
from tests.campaign import changes
from tests.campaign.changes import add_booking, change_booking, mark, register
from tests.campaign.runs import FULL, INCREMENTAL, NOW, assert_right, run, stored_sums, totals
from tests.campaign.touches import touch
from tests.factories.campaign import CampaignFactory, TermsFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign() -> Campaign:
    return CampaignFactory.create(published=True)


def test_a_moved_registration_moves_its_bookings(campaign: Campaign) -> None:
    register("X1", wester_id="W1")
    add_booking(booking_service="smart_ex", wester_id=None, ex_member_no="X1", amount_yen=10)
    add_booking(wester_id="W1", amount_yen=1)
    run(campaign)
    assert totals(campaign) == {"W1": (11, 2, 0)}

    register("X1", wester_id="W2")
    run(campaign)

    assert totals(campaign) == {"W1": (1, 1, 0), "W2": (10, 1, 0)}


def test_both_kinds_of_bookings_of_a_marked_member_add_up(campaign: Campaign) -> None:
    for number in ("X1", "X2"):
        register(number, wester_id="W1")
    run(campaign)
    add_booking(wester_id="W1", amount_yen=1)
    for n, number in enumerate(("X1", "X1", "X2"), 1):
        add_booking(
            booking_service="smart_ex",
            wester_id=None,
            ex_member_no=number,
            amount_yen=10**n,
            used=number == "X1",
        )

    started = run(campaign)

    assert started.mode == INCREMENTAL
    assert totals(campaign) == {"W1": (111, 3, 1_000)}
    assert_right(campaign)


@pytest.mark.parametrize("used", [True, False], ids=["counting", "waiting"])
def test_equal_sums_of_both_kinds_of_bookings_are_two_sums(campaign: Campaign, used: bool) -> None:
    register("X1", wester_id="W1")
    run(campaign)
    add_booking(wester_id="W1", amount_yen=700, used=used)
    add_booking(
        booking_service="smart_ex", wester_id=None, ex_member_no="X1", amount_yen=700, used=used
    )

    started = run(campaign)

    assert started.mode == INCREMENTAL
    assert totals(campaign) == {"W1": (1_400, 2, 0) if used else (0, 0, 1_400)}


TICKETLESS = {"ticketing": "ticketless", "ticketing_at": NOW, "ticketing_event_id": "T"}
PAPER = {**TICKETLESS, "ticketing": "paper"}
UNKNOWN = {"ticketing": None, "ticketing_at": None, "ticketing_event_id": None}


@pytest.mark.parametrize("full", [True, False], ids=["in full", "from the marks"])
@pytest.mark.parametrize(
    ("change", "facts"),
    [
        pytest.param({}, {"e5489", "smart_ex", "ticketless"}, id="of all that count"),
        pytest.param(PAPER, {"e5489", "smart_ex"}, id="a paper ticket is no fact"),
        pytest.param(UNKNOWN, {"e5489", "smart_ex"}, id="nor what is not known"),
        pytest.param({"used": False}, {"e5489"}, id="none of what waits"),
        pytest.param({"cancelled": True}, {"e5489"}, id="none of what does not count"),
        pytest.param(
            {"booking_service": "ex_yoyaku"},
            {"e5489", "ex_yoyaku", "ticketless"},
            id="the other service",
        ),
    ],
)
def test_facts_follow_the_counting_bookings(
    change: dict[str, Any], facts: set[str], full: bool, campaign: Campaign
) -> None:
    register("X1", wester_id="W1")
    add_booking(wester_id="W1", amount_yen=0)
    add_booking(wester_id="W1", used=False, **TICKETLESS)
    ridden = {"wester_id": None, "ex_member_no": "X1", "booking_service": "smart_ex"}
    booking = add_booking(**ridden, **TICKETLESS)
    run(campaign)
    assert stored_sums(campaign)["W1"].facts == {"e5489", "smart_ex", "ticketless"}

    change_booking(booking, **change)
    run(campaign, full=full)

    assert stored_sums(campaign)["W1"].facts == facts
    assert_right(campaign)


@pytest.mark.parametrize("full", [True, False], ids=["in full", "from the marks"])
@pytest.mark.parametrize(
    ("change", "expected"),
    [
        pytest.param({"amount_yen": 8}, (107, 2, 8), id="the waiting sum alone"),
        pytest.param({"amount_yen": 0, "used": True}, (107, 3, 0), id="no yen that counts"),
        pytest.param({"cancelled": True}, (107, 2, 0), id="nothing waits any more"),
        pytest.param({"wester_id": None}, (107, 2, 0), id="nobody's any more"),
    ],
)
def test_a_total_follows_each_of_its_sums(
    change: dict[str, Any], expected: tuple[int, int, int], full: bool, campaign: Campaign
) -> None:
    for amount in (100, 7):
        add_booking(wester_id="W1", amount_yen=amount)
    waiting = add_booking(wester_id="W1", amount_yen=9, used=False)
    run(campaign)
    assert totals(campaign) == {"W1": (107, 2, 9)}

    change_booking(waiting, **change)
    run(campaign, full=full)

    assert totals(campaign) == {"W1": expected}


def test_a_total_follows_its_yen_where_the_bookings_are_as_many(campaign: Campaign) -> None:
    booking = add_booking(wester_id="W1", amount_yen=7)
    run(campaign)

    change_booking(booking, amount_yen=8)
    run(campaign)

    assert totals(campaign) == {"W1": (8, 1, 0)}


def test_a_registration_that_comes_late_brings_its_bookings(campaign: Campaign) -> None:
    add_booking(booking_service="smart_ex", wester_id=None, ex_member_no="X1", amount_yen=10)
    run(campaign)
    run(campaign)
    assert totals(campaign) == {}

    register("X1", wester_id="W1")
    run(campaign)

    assert totals(campaign) == {"W1": (10, 1, 0)}


def test_a_mark_of_an_ex_member_is_of_the_member_with_the_number(campaign: Campaign) -> None:
    register("X1", wester_id="W1")
    run(campaign)
    add_booking(booking_service="smart_ex", wester_id=None, ex_member_no="X1", amount_yen=10)

    started = run(campaign)

    assert started.mode == INCREMENTAL
    assert totals(campaign) == {"W1": (10, 1, 0)}


def test_a_booking_that_changes_hands_leaves_one_total_for_another(campaign: Campaign) -> None:
    booking = add_booking(wester_id="W1", amount_yen=10)
    run(campaign)

    change_booking(booking, wester_id="W2")
    run(campaign)

    assert totals(campaign) == {"W2": (10, 1, 0)}


@pytest.mark.parametrize(
    "values",
    [
        pytest.param({"cancelled": True}, id="cancelled after the ride"),
        pytest.param({"operators": ["JR East"]}, id="another network"),
        pytest.param({"wester_id": None}, id="nobody's any more"),
    ],
)
def test_a_member_whose_last_booking_falls_away_has_no_total(
    values: dict[str, Any], campaign: Campaign
) -> None:
    booking = add_booking(wester_id="W1")
    run(campaign)
    assert totals(campaign) == {"W1": (5_000, 1, 0)}

    change_booking(booking, **values)
    run(campaign)

    assert totals(campaign) == {}


@pytest.mark.parametrize("full", [False, True], ids=["from the marks", "in full"])
@pytest.mark.parametrize(
    ("values", "total"),
    [
        pytest.param({"amount_yen": 6_000, "used": False}, (5_000, 1, 6_000), id="what waits"),
        pytest.param({"amount_yen": 0}, (5_000, 2, 0), id="how many count"),
        pytest.param({"amount_yen": 0, "used": False}, (5_000, 1, 0), id="none of them"),
    ],
)
def test_a_total_follows_where_a_single_figure_changes(
    values: dict[str, Any], total: tuple[int, int, int], full: bool, campaign: Campaign
) -> None:
    add_booking(wester_id="W1")
    run(campaign)

    add_booking(wester_id="W1", **values)
    run(campaign, full=full)

    assert totals(campaign) == {"W1": total}


@pytest.mark.parametrize("full", [False, True], ids=["from the marks", "in full"])
def test_losing_a_total_leaves_that_of_another_campaign(full: bool, campaign: Campaign) -> None:
    other = TermsFactory.create(published=True, touches=[touch("JR Kyushu")]).campaign
    booking = add_booking(wester_id="W1", operators=["JR Kyushu", "JR West"])
    for one in (campaign, other):
        run(one)

    change_booking(booking, operators=["JR West"])
    run(other, full=full)

    assert (totals(campaign), totals(other)) == ({"W1": (5_000, 1, 0)}, {})


def test_a_full_run_deletes_totals_without_bookings(campaign: Campaign) -> None:
    for n in range(30):
        Total.objects.create(
            campaign=campaign, wester_id=f"gone{n}", total_yen=1, bookings=1, awaiting_yen=0
        )

    run(campaign)

    assert totals(campaign) == {}


def test_marks_wait_for_every_campaign_that_has_totals(campaign: Campaign) -> None:
    other, never = CampaignFactory.create_batch(2, published=True)
    for one in (campaign, other):
        run(one)
    add_booking(wester_id="W1", amount_yen=1)
    add_booking(wester_id="W2", amount_yen=2)

    run(campaign)
    waiting = DueMember.objects.order_by("wester_id").values_list("campaign", "wester_id")
    assert list(waiting) == [(other.pk, "W1"), (other.pk, "W2")]
    mark("W1")
    run(campaign)
    assert run(other).mode == INCREMENTAL
    assert run(never).mode == FULL

    assert totals(campaign) == totals(other) == totals(never) == {"W1": (1, 1, 0), "W2": (2, 1, 0)}
    assert not MemberMark.objects.exists()
    assert DueMember.objects.count() == 0


def test_a_full_run_leaves_marks_to_other_campaigns(campaign: Campaign) -> None:
    other = CampaignFactory.create(published=True)
    run(other)
    add_booking(wester_id="W1", amount_yen=1)

    run(campaign)
    run(other)

    assert totals(other) == {"W1": (1, 1, 0)}


def work_through(random: Random, steps: int) -> None:
    """Change things, run now and then, and compare with the written rules after every run."""
    terms = TermsFactory.create(published=True)
    bystander = CampaignFactory.create(published=True)
    for _ in range(steps):
        for _ in range(random.randrange(6)):
            random.choice(changes.CHANGES)(random)
        if random.randrange(8) == 0:
            terms = changes.publish_new_terms(terms, random)
        one = random.choice([terms.campaign, terms.campaign, bystander])
        run(one, full=random.randrange(10) == 0)
        assert_right(one)
    for one in (terms.campaign, bystander):
        run(one)
        incremental = totals(one)
        run(one, full=True)
        assert totals(one) == incremental


@pytest.mark.slow
@given(random=st.randoms(use_true_random=False), members_per_shard=st.sampled_from([1, 2, 2_000]))
@settings(max_examples=25)
def test_any_changes_come_to_the_same_in_full_and_from_the_marks(
    random: Random, members_per_shard: int
) -> None:
    with pytest.MonkeyPatch.context() as patch, transaction.atomic():
        patch.setattr(aggregation, "MEMBERS_PER_SHARD", members_per_shard)
        work_through(random, steps=8)
        transaction.set_rollback(True)

"""Any plan with any members: what Postgres orders and awards is what the pure module gives."""

from random import Random
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bookings.models import Booking
from campaign.models import RewardKind
from tests.campaign import any_plan
from tests.factories.bookings import BOOKED_AT
from tests.factories.lottery import closed_campaign, drawn_draw
from tests.lottery.recomputed import awards_of, ranks_of, recomputed, recomputed_ranks

pytestmark = pytest.mark.django_db
MAX_MEMBERS, MAX_YEN = 12, 200_000
# Less than one reward, in the middle of a plan, and more than all of it.
BUDGETS = (1, 3, 10_000, 20_001, 45_000, 10**12)
MAX_TIMES = 3  # a lot costs a hash


def any_terms(random: Random) -> dict[str, Any]:
    """Return terms with a plan of few lots, whose budget often ends inside it."""
    terms = any_plan.any_terms_with_a_plan(random)
    budget = random.choice(BUDGETS)
    for item in terms["lots_times"]:
        item["times"] = min(item["times"], MAX_TIMES)
    for prize in terms["prizes"]:
        if prize["kind"] == RewardKind.POOL:
            prize["points"] = min(prize["points"], budget)
    return {**terms, "budget_points": budget}


def any_members(random: Random, minimum: int) -> dict[str, int]:
    """Return members with their totals, of which some are equal and some below the minimum."""
    turns = [minimum - 1, minimum, minimum + 1, 3 * minimum, 10 * minimum, 20_000, MAX_YEN]
    return {
        f"W{number}": min(random.choice(turns), MAX_YEN)
        for number in range(random.randint(0, MAX_MEMBERS))
    }


def ride_ticketless(members: list[str]) -> None:
    """Let the bookings of these members give the fact of a ticketless ride."""
    of_members = Booking.objects.filter(wester_id__in=members)
    of_members.update(ticketing="ticketless", ticketing_at=BOOKED_AT, ticketing_event_id="T")


@given(random=st.randoms(use_true_random=False))
@settings(
    max_examples=15,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # a plan gets no plainer by shrinking
    suppress_health_check=list(HealthCheck),
)
def test_any_draw_agrees_with_the_pure_module(random: Random) -> None:
    with transaction.atomic():
        terms = any_terms(random)
        members = any_members(random, terms["minimum_total_yen"])
        campaign = closed_campaign(members, **terms)
        ride_ticketless([member for member in members if random.random() < 0.5])
        draw = drawn_draw(campaign=campaign)

        assert awards_of(draw) == recomputed(draw)
        assert ranks_of(draw) == recomputed_ranks(draw)
        total, left = draw.total_points or 0, draw.leftover_points or 0
        assert total + left == terms["budget_points"]
        transaction.set_rollback(True)

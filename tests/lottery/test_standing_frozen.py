"""From the freeze on, the frozen list decides who is eligible, for which reward."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from bookings.models import Booking
from campaign.models import Campaign
from entries import standing
from entries.models import Entry
from lottery import results
from portal import reasons
from tests.commands import run_json
from tests.factories.bookings import BookingFactory
from tests.factories.entries import EntryFactory, MembershipFactory
from tests.factories.lottery import (
    FREEZES,
    ROUND,
    closed_campaign,
    confirm,
    drawn_draw,
    frozen_draw,
    void,
)

pytestmark = pytest.mark.django_db


def explain(campaign: Campaign, wester_id: str) -> dict[str, Any]:
    """Return the command's report of a member."""
    found: dict[str, Any] = run_json("explain", campaign.code, wester_id)
    return found


def verdict(campaign: Campaign, wester_id: str) -> tuple[bool, int, list[str]]:
    found = explain(campaign, wester_id)
    (reward,) = found["rewards"]
    return found["eligible"], reward, found["member_reasons"]


def test_entrant_stays_as_frozen_whatever_becomes_known() -> None:
    campaign = closed_campaign({"cancelled": 9_000, "left": 9_000, "more": 9_000})
    frozen_draw(campaign=campaign)
    Booking.objects.filter(wester_id="cancelled").update(cancelled=True)
    MembershipFactory.create(wester_id="left")
    BookingFactory.create(wester_id="more", amount_yen=5_000)

    for member in ("cancelled", "left", "more"):
        assert verdict(campaign, member) == (True, 9_000, [])
    found = explain(campaign, "cancelled")
    assert (found["total_yen"], found["frozen"], found["award_points"]) == (0, True, None)
    assert explain(campaign, "left")["withdrawn"] is True


def test_who_becomes_eligible_only_afterwards_is_known_too_late() -> None:
    campaign = closed_campaign({"below": 4_000, "left": 9_000, "stays below": 4_000})
    BookingFactory.create(wester_id="not entered", amount_yen=9_000)
    MembershipFactory.create(wester_id="left")
    frozen_draw(campaign=campaign)
    BookingFactory.create(wester_id="below", amount_yen=1_000)
    EntryFactory.create(campaign=campaign, wester_id="not entered")

    assert verdict(campaign, "below") == (False, 0, ["known_too_late"])
    assert verdict(campaign, "not entered") == (False, 0, ["known_too_late"])
    assert verdict(campaign, "left") == (False, 0, ["withdrawn"])
    assert verdict(campaign, "stays below") == (False, 0, ["below_minimum"])
    assert verdict(campaign, "unknown") == (False, 0, ["not_entered", "below_minimum"])


def test_booking_is_explained_with_its_members_place() -> None:
    campaign = closed_campaign({"W1": 9_000})
    frozen_draw(campaign=campaign)
    booking = Booking.objects.get()
    Booking.objects.update(cancelled=True)

    found = standing.explain_booking(
        campaign=campaign,
        service=booking.booking_service,
        reservation_no=booking.reservation_no,
        item_no=booking.item_no,
    )

    assert (found.eligible, found.rewards) == (True, [9_000])
    assert [one.reasons for one in found.bookings] == [["cancelled"]]


def test_result_shows_from_the_confirmation_on() -> None:
    draw = drawn_draw({"W1": 9_000, "W2": 9_000}, budget_points=9_000)
    campaign = draw.campaign
    assert [explain(campaign, member)["award_points"] for member in ("W1", "W2")] == [None, None]

    confirm(draw)

    reported = [explain(campaign, member)["award_points"] for member in ("W1", "W2", "W3")]
    assert sorted(reported[:2]) == [0, 9_000]
    assert reported[2] == 0
    words = [words_of(campaign, member) for member in ("W1", "W2", "W3")]
    assert sorted(words[:2]) == ["Drawn: 9,000 points.", "On the frozen list, not drawn."]
    assert words[2] == "Not on the frozen list."


def words_of(campaign: Campaign, member: str) -> str:
    stdout = StringIO()
    call_command("explain", campaign.code, member, stdout=stdout)
    return stdout.getvalue().splitlines()[-1]


def test_after_a_void_the_rules_decide_again() -> None:
    campaign = closed_campaign({"W1": 9_000, "W2": 4_000})
    draw = frozen_draw(campaign=campaign)
    BookingFactory.create(wester_id="W2", amount_yen=1_000)
    assert verdict(campaign, "W2") == (False, 0, ["known_too_late"])

    void(draw)

    assert verdict(campaign, "W2") == (True, 5_000, [])
    assert explain(campaign, "W2")["frozen"] is False
    frozen_draw(
        campaign=Campaign.objects.get(pk=campaign.pk),
        round_time=ROUND + timedelta(days=1),
        at=FREEZES + timedelta(hours=1),
    )
    assert verdict(campaign, "W2") == (True, 5_000, [])


def test_before_the_freeze_no_draw_is_queried(django_assert_num_queries: Any) -> None:
    terms = closed_campaign({"W1": 9_000}).terms.get()

    with django_assert_num_queries(2):  # the part that they take, and what the rules say
        found = standing.find_what_is_known(terms, "W1", 9_000)
    assert (found["reasons"], found["frozen"]) == ([], None)
    assert Entry.objects.exists()


def test_members_read_why_they_came_too_late() -> None:
    terms = closed_campaign({}).terms.get()

    assert "not known" in reasons.member_sentences(terms)["known_too_late"]


def test_nothing_of_a_result_shows_before_it_is_confirmed() -> None:
    draw = drawn_draw()
    before = results.member_result(draw, "W2")

    assert draw.awards.count() == 3
    assert (before.is_confirmed, before.rank, before.award_points) == (False, None, None)
    after = results.member_result(confirm(draw), "W2")
    assert (after.is_confirmed, after.award_points) == (True, 12_340)
    assert after.rank in {1, 2, 3}

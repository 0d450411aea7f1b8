"""Replies to usual questions say what the member's own page says."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from campaign.models import Campaign
from entries.models import Entry
from entries.receipts import receipt_number
from tests.factories.bookings import BookingFactory
from tests.factories.campaign import TermsFactory
from tests.factories.entries import MembershipFactory
from tests.factories.feeds import QuarantinedRowFactory
from tests.factories.lottery import FREEZES, closed_campaign, drawn_draw
from tests.points import steps
from tests.portal.desk.members import look_up, staff

pytestmark = pytest.mark.django_db
SetClock = Callable[[datetime], None]
ENTERED, TOTAL, MISSING = (
    "Am I entered?",
    "What is my eligible total?",
    "A booking of mine is missing",
)
WON, CREDIT = "Have I won? When is the draw?", "When do the points come?"


def replies_to(campaign: Campaign, wester_id: str) -> dict[str, str]:
    """Return the replies on the page of a member by their questions."""
    response = look_up(staff("support"), campaign, wester_id)
    return {one.question: one.text for one in response.context["replies"]}


def test_an_entry_is_confirmed_with_its_receipt(set_clock: SetClock) -> None:
    campaign = closed_campaign()
    set_clock(FREEZES)

    reply = replies_to(campaign, "W2")[ENTERED]

    assert reply.startswith("Thank you for your question about “")
    assert receipt_number(Entry.objects.get(wester_id="W2").pk) in reply


@pytest.mark.parametrize(
    ("after", "terms", "words"),
    [
        pytest.param(-1, {}, "Entries open on", id="before the opening"),
        pytest.param(0, {}, "Entries are accepted on the campaign page until", id="open"),
        pytest.param(60, {}, "Entries were accepted until", id="closed"),
        pytest.param(0, {"entry_needed": False}, "Nobody needs to enter", id="no entry needed"),
    ],
)
def test_who_has_not_entered_reads_until_when_one_may(
    set_clock: SetClock, after: int, terms: dict[str, Any], words: str
) -> None:
    published = TermsFactory.create(published=True, **terms)
    MembershipFactory.create(wester_id="W1", status="active")
    set_clock(published.opens_at + timedelta(days=after))

    assert words in replies_to(published.campaign, "W1")[ENTERED]


def test_each_booking_that_does_not_count_has_its_own_question(set_clock: SetClock) -> None:
    campaign = closed_campaign()
    for day, used in (
        (date(2025, 1, 8), True),
        (date(2025, 1, 5), False),
        (date(2025, 1, 4), True),
    ):
        BookingFactory.create(
            wester_id="W2", travel_date=day, used=used, reservation_no=f"R-{day:%m%d}"
        )
    QuarantinedRowFactory.create(content=b"W2")
    set_clock(FREEZES)

    replies = replies_to(campaign, "W2")

    (rejected,) = (text for one, text in replies.items() if "of Wednesday, January 8, " in one)
    assert "R-0108" in rejected
    assert "January 8, 2025" in rejected
    assert "We are sorry" in rejected
    assert "ask for your understanding" in rejected
    assert "within the travel period (December 26, 2024 to January 6, 2025)." in rejected
    (waits,) = (text for one, text in replies.items() if "of Sunday, January 5, " in one)
    assert "R-0105" in waits
    assert "We are sorry" not in waits
    assert not any("January 4" in question for question in replies)
    assert "R-0104" in replies[MISSING]
    assert "We are checking further data about you." in replies[MISSING]


def test_bookings_of_one_day_are_told_apart(set_clock: SetClock) -> None:
    campaign = closed_campaign()
    for number, journey in enumerate(("のぞみ:新大阪>博多", "のぞみ:博多>新大阪")):
        BookingFactory.create(
            wester_id="W2",
            travel_date=date(2025, 1, 8),
            journey=journey,
            reservation_no=f"R-{number}",
        )
    set_clock(FREEZES)

    questions = [one for one in replies_to(campaign, "W2") if "January 8" in one]

    assert ["新大阪 to 博多" in one for one in questions] == [True, False]


@pytest.mark.parametrize("question", [ENTERED, TOTAL, MISSING])
def test_who_has_not_entered_reads_of_an_entry_that_waits_in_quarantine(
    set_clock: SetClock, question: str
) -> None:
    campaign = closed_campaign()
    MembershipFactory.create(wester_id="W9", status="active")
    QuarantinedRowFactory.create(content=b"W9")
    set_clock(FREEZES)

    assert "We are checking further data about you." in replies_to(campaign, "W9")[question]


def test_before_the_draw_nothing_of_it_is_promised(set_clock: SetClock) -> None:
    campaign = closed_campaign()
    set_clock(FREEZES)

    replies = replies_to(campaign, "W2")

    assert "The draw has not been held yet." in replies[WON]
    assert "Those who are drawn get points." in replies[CREDIT]
    assert "mid-February 2025" in replies[CREDIT]
    assert "has not been computed yet" in replies[TOTAL]


def test_before_the_confirmation_a_reply_knows_no_result(set_clock: SetClock) -> None:
    draw = drawn_draw(budget_points=6_000)
    set_clock(draw.round_time + timedelta(hours=1))

    for wester_id in steps.THREE:
        replies = replies_to(draw.campaign, wester_id)
        assert "You are in the draw." in replies[WON]
        assert "Congratulations" not in str(replies)


def test_after_the_crediting_a_reply_says_what_the_member_reads(set_clock: SetClock) -> None:
    payout = steps.paid()
    set_clock(steps.CREDIT_AT + timedelta(hours=1))

    replies = replies_to(payout.draw.campaign, "W2")

    assert "You were drawn, and won 12,340 points." in replies[WON]
    for question in (WON, CREDIT):
        lines = replies[question].splitlines()
        assert "12,340 points were credited to you on February 15, 2025." in lines
        assert "They are valid until the end of March 2026." in lines
    assert "<" not in str(replies)


def test_who_is_not_in_the_draw_reads_why(set_clock: SetClock) -> None:
    draw = drawn_draw()
    MembershipFactory.create(wester_id="W9", status="active")
    set_clock(draw.round_time + timedelta(hours=1))

    reply = replies_to(draw.campaign, "W9")[WON]

    assert "We are sorry" in reply
    assert "You are not in the draw." in reply
    assert "Not in the draw, because there is no entry." in reply

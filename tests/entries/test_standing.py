"""Where a member stands: every booking with every reason, the total, the reward, the entry."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import translation

from bookings.models import Booking
from campaign.models import Campaign
from entries import rules, standing
from entries.standing import Standing
from tests.factories.bookings import BookingFactory, RegistrationFactory
from tests.factories.campaign import FIRST_TERMS, CampaignFactory, TermsFactory
from tests.factories.entries import EntryFactory, MembershipFactory

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)
OPENS_AT: datetime = FIRST_TERMS["opens_at"]
CLOSES_AT: datetime = FIRST_TERMS["closes_at"]


HOLDERS: dict[bool, dict[str, Any]] = {
    True: {"wester_id": "W1"},
    False: {"wester_id": None, "ex_member_no": "X1"},
}


@pytest.fixture
def campaign() -> Campaign:
    return CampaignFactory.create(published=True)


def stand(campaign: Campaign, wester_id: str = "W1") -> Standing:
    return standing.explain_member(campaign=campaign, wester_id=wester_id)


@pytest.mark.parametrize(
    ("yen", "reasons", "reward", "missing"),
    [
        pytest.param(0, ["below_minimum"], 0, 5_000, id="free of charge"),
        pytest.param(4_999, ["below_minimum"], 0, 1, id="a yen short"),
        pytest.param(5_000, [], 5_000, 0, id="exactly enough"),
        pytest.param(20_000, [], 20_000, 0, id="exactly the largest reward"),
        pytest.param(20_001, [], 20_000, 0, id="a yen more than that"),
    ],
)
def test_the_total_decides(
    yen: int, reasons: list[str], reward: int, missing: int, campaign: Campaign
) -> None:
    EntryFactory.create(campaign=campaign, wester_id="W1")
    BookingFactory.create(wester_id="W1", amount_yen=yen)

    found = stand(campaign)

    assert (found.total_yen, found.member_reasons) == (yen, reasons)
    assert (found.lots, found.rewards) == (1 if reward else 0, [reward])
    assert found.missing_yen == missing
    assert found.eligible is (not reasons)


@pytest.mark.parametrize(
    ("entered_at", "reasons"),
    [
        pytest.param(None, ["not_entered"], id="never"),
        pytest.param(OPENS_AT - SECOND, ["not_entered"], id="a second before the opening"),
        pytest.param(OPENS_AT, [], id="as it opens"),
        pytest.param(CLOSES_AT - SECOND, [], id="in the last second"),
        pytest.param(CLOSES_AT, ["not_entered"], id="as it closes"),
    ],
)
def test_the_entry_decides(
    entered_at: datetime | None, reasons: list[str], campaign: Campaign
) -> None:
    BookingFactory.create(wester_id="W1")
    EntryFactory.create(wester_id="W1")  # another campaign's
    if entered_at:
        EntryFactory.create(campaign=campaign, wester_id="W1", entered_at=entered_at)

    found = stand(campaign)

    assert (found.entered_at, found.member_reasons) == (entered_at, reasons)
    assert found.eligible is (not reasons)
    assert found.rewards == ([5_000] if not reasons else [0])


@pytest.mark.parametrize("entered", [False, True], ids=["no entry", "an entry all the same"])
@pytest.mark.parametrize(
    ("yen", "reasons"),
    [(None, ["below_minimum"]), (4_999, ["below_minimum"]), (5_000, [])],
    ids=["no booking", "a yen short", "enough"],
)
def test_the_total_alone_decides_where_no_entry_is_needed(
    yen: int | None, reasons: list[str], entered: bool
) -> None:
    campaign = TermsFactory.create(published=True, entry_needed=False).campaign
    if yen is not None:
        BookingFactory.create(wester_id="W1", amount_yen=yen)
    if entered:
        EntryFactory.create(campaign=campaign, wester_id="W1", entered_at=OPENS_AT)

    found = stand(campaign)

    assert (found.member_reasons, found.eligible) == (reasons, not reasons)
    assert found.rewards == [5_000 if not reasons else 0]


@pytest.mark.parametrize(
    ("status", "reasons"),
    [
        pytest.param(None, [], id="no word of it"),
        pytest.param("active", [], id="a member"),
        pytest.param("withdrawn", ["withdrawn"], id="a member who has left"),
    ],
)
def test_the_membership_decides(status: str | None, reasons: list[str], campaign: Campaign) -> None:
    EntryFactory.create(campaign=campaign, wester_id="W1")
    BookingFactory.create(wester_id="W1")
    MembershipFactory.create(wester_id="W2")
    if status:
        MembershipFactory.create(wester_id="W1", status=status)

    found = stand(campaign)

    assert (found.has_left, found.member_reasons) == (status == "withdrawn", reasons)
    assert found.eligible is (not reasons)


def test_all_reasons_are_given_in_the_order_of_the_terms(campaign: Campaign) -> None:
    MembershipFactory.create(wester_id="W1")

    assert stand(campaign).member_reasons == ["not_entered", "below_minimum", "withdrawn"]
    assert [rule.code for rule in rules.MEMBER_RULES] == [
        "not_entered",
        "entered_elsewhere",
        "below_minimum",
        "withdrawn",
    ]


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        (
            "entered_elsewhere",
            "同じシリーズの別のコースにエントリー済みのため、このコースの抽選の対象外です。",
        ),
        ("not_entered", "エントリーが確認できないため、抽選の対象外です。"),
        (
            "below_minimum",
            "期間中の対象ご利用額が5,000円未満のため、抽選の対象外です。",
        ),
        ("withdrawn", "WESTER会員を退会されているため、ポイント還元の対象外です。"),
    ],
)
def test_members_read_the_sentence_of_a_rule(code: str, sentence: str) -> None:
    (rule,) = (rule for rule in rules.MEMBER_RULES if rule.code == code)

    with translation.override("ja"):
        assert str(rule.sentence) % {"minimum": "5,000"} == sentence
    assert rule.clause


def test_bookings_that_only_wait_are_awaited(campaign: Campaign) -> None:
    RegistrationFactory.create(ex_member_no="X1", wester_id="W1", member_kind="plus_ex")
    BookingFactory.create(wester_id="W1", amount_yen=1)
    BookingFactory.create(wester_id="W1", amount_yen=20, used=False)
    BookingFactory.create(ex=True, ex_member_no="X1", amount_yen=300)
    BookingFactory.create(wester_id="W1", amount_yen=4_000, used=False, cancelled=True)

    found = stand(campaign)

    assert (found.total_yen, found.awaiting_yen, found.missing_yen) == (1, 320, 4_999)
    assert [(one.counts, one.is_pending) for one in found.bookings] == [
        (True, False),
        (False, True),
        (False, False),
        (False, True),
    ]


def test_bookings_are_sorted_by_service_reservation_as_bytes_and_item(campaign: Campaign) -> None:
    RegistrationFactory.create(ex_member_no="X1", wester_id="W1")
    expected = [
        *(("e5489", reservation, 1) for reservation in ("-", "10", "9", "A", "_", "a")),
        ("e5489", "b", 2),
        ("e5489", "b", 10),
        ("ex_yoyaku", "0", 1),
        ("smart_ex", "0", 1),
    ]
    for service, reservation_no, item_no in reversed(expected):
        BookingFactory.create(
            booking_service=service,
            reservation_no=reservation_no,
            item_no=item_no,
            **HOLDERS[service == "e5489"],
        )

    shown = [one.booking.key_text for one in stand(campaign).bookings]

    assert shown == ["/".join(map(str, key)) for key in expected]


def test_an_unknown_wester_id_has_an_empty_list(campaign: Campaign) -> None:
    BookingFactory.create(wester_id="W1")

    found = stand(campaign, "w1")

    assert found == Standing(
        wester_id="w1",
        entered_at=None,
        has_left=False,
        total_yen=0,
        awaiting_yen=0,
        missing_yen=5_000,
        member_reasons=["not_entered", "below_minimum"],
        rewards=[0],
        bookings=[],
    )
    assert not found.eligible


def test_one_booking_is_explained_with_its_member(campaign: Campaign) -> None:
    RegistrationFactory.create(ex_member_no="X1", wester_id="W1")
    EntryFactory.create(campaign=campaign, wester_id="W1")
    BookingFactory.create(wester_id="W1", amount_yen=5_000)
    requested = BookingFactory.create(ex=True, ex_member_no="X1", refunded=True)

    found = explain(campaign, requested)

    assert (found.wester_id, found.total_yen, found.eligible) == ("W1", 5_000, True)
    assert [(one.booking, one.reasons) for one in found.bookings] == [(requested, ["refunded"])]


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        pytest.param({"wester_id": None}, "no_wester_login", id="booked without sign-in"),
        pytest.param({"ex": True}, "unlinked_ex_member", id="in no registration"),
    ],
)
def test_a_booking_of_no_member_is_explained_too(
    values: dict[str, Any], reason: str, campaign: Campaign
) -> None:
    requested = BookingFactory.create(**values)
    BookingFactory.create(wester_id=None)
    EntryFactory.create(campaign=campaign)

    found = explain(campaign, requested)

    assert (found.wester_id, found.eligible, found.total_yen) == (None, False, 0)
    assert [(one.booking, one.reasons) for one in found.bookings] == [(requested, [reason])]


def test_an_unknown_booking_has_no_member(campaign: Campaign) -> None:
    BookingFactory.create(reservation_no="R1", item_no=1)

    for service, reservation_no, item_no in [("e5489", "r1", 1), ("smart_ex", "R1", 1)]:
        found = standing.explain_booking(
            campaign=campaign, service=service, reservation_no=reservation_no, item_no=item_no
        )
        assert (found.wester_id, found.bookings) == (None, [])


def explain(campaign: Campaign, booking: Booking) -> Standing:
    return standing.explain_booking(
        campaign=campaign,
        service=booking.booking_service,
        reservation_no=booking.reservation_no,
        item_no=booking.item_no,
    )

"""My page shows only this member's entry, total and bookings, in every state."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.utils import translation

from campaign.models import Terms
from entries.models import Member
from entries.receipts import receipt_number
from portal import my_page, reasons
from portal.states import ShownState
from tests.factories.entries import EntryFactory, MemberFactory
from tests.factories.network import RideFactory
from tests.factories.totals import TotalFactory
from tests.portal.members import (
    AS_OF,
    CLOSES,
    ENTER,
    ENTERED,
    MY_PAGE,
    OPENS,
    count_total,
    finish_run,
    freeze,
    signed_in,
)
from tests.portal.pages import Page, assert_sound

Publish = Callable[..., Terms]
SetClock = Callable[[datetime], None]
JAPANESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
COUNTING_AT = CLOSES + timedelta(days=6)
STATES = {"before": OPENS - timedelta(days=1), "open": AS_OF, "closed": CLOSES}
JOURNEY = "のぞみ1号:東京>新大阪"


@pytest.fixture
def member() -> Member:
    """Return a member who can sign in."""
    member: Member = MemberFactory.create()
    return member


@pytest.fixture
def terms(publish: Publish, set_clock: SetClock) -> Terms:
    """Publish the first campaign and set the clock into its entry period."""
    set_clock(AS_OF)
    return publish()


def look(member: Member, language: str = "ja", address: str = MY_PAGE) -> Page:
    """Return a member's own page."""
    response = signed_in(member, language=language).get(address)
    assert response.status_code == 200
    assert {"no-store", "private"} <= set(response.headers["Cache-Control"].split(", "))
    page = Page(response.content.decode())
    assert_sound(page)
    return page


def ride(member: Member, **values: Any) -> None:
    """Create a booking that counts, apart from the given changes."""
    defaults = {"operators": ["JR West"], "used": True, "journey": JOURNEY}
    RideFactory.create(wester_id=member.wester_id, **{**defaults, **values})


def enter(terms: Terms, member: Member) -> str:
    """Enter the member; return the number of the receipt."""
    entry = EntryFactory.create(
        campaign=terms.campaign, wester_id=member.wester_id, entered_at=ENTERED
    )
    return receipt_number(entry.pk)


def bring_to(state: str, terms: Terms, set_clock: SetClock) -> None:
    """Bring the campaign into a state."""
    set_clock(STATES.get(state, COUNTING_AT + timedelta(days=1)))
    if state == "counting":
        freeze(terms, COUNTING_AT)


NOT_ENTERED_SAYS = {
    "before": "エントリー受付は12月10日（火）12時からです。",
    "open": "まだエントリーされていません。1月13日（月・祝）24時まで受け付けています。",
    "closed": "エントリーはありません。",
    "counting": "エントリーはありません。",
}


@pytest.mark.parametrize("yen", [0, 4999, 5000, 20_001])
@pytest.mark.parametrize("state", ["before", "open", "closed", "counting"])
def test_every_state_has_its_text(
    terms: Terms, member: Member, set_clock: SetClock, state: str, yen: int
) -> None:
    bring_to(state, terms, set_clock)
    count_total(terms, member.wester_id, yen)
    text = look(member).text
    assert f"{yen:,}円 （2024年12月28日時点）" in text
    assert ("条件を達成しました" in text) == (yen >= 5000)
    assert (f"（5,000円以上）まであと{5000 - yen:,}円" in text) == (yen < 5000)
    assert ("当選時の還元は20,000ポイントです。" in text) == (yen > 20_000)
    assert ("引き続きご確認いただけます" in text) == (state in ("closed", "counting"))
    assert ("集計と抽選を行っています" in text) == (state == "counting")


@pytest.mark.parametrize("entered", [True, False], ids=["entered", "not entered"])
@pytest.mark.parametrize("state", ["before", "open", "closed", "counting"])
def test_the_entry_or_the_way_to_it_is_in_every_state(
    terms: Terms, member: Member, set_clock: SetClock, state: str, entered: bool
) -> None:
    bring_to(state, terms, set_clock)
    numbers = [enter(terms, member)] if entered else []
    page = look(member)
    assert all(number in page.text for number in numbers)
    assert (NOT_ENTERED_SAYS[state] in page.text) == (not entered)
    assert (ENTER in page.values("action")) == (state == "open" and not entered)


@pytest.mark.parametrize("entered", [True, False], ids=["entered", "not entered"])
@pytest.mark.parametrize("state", ["before", "open", "closed", "counting"])
def test_the_english_page_is_english(
    terms: Terms, member: Member, set_clock: SetClock, state: str, entered: bool
) -> None:
    bring_to(state, terms, set_clock)
    count_total(terms, member.wester_id, 20_001, awaiting_yen=1)
    ride(member, cancelled=True)
    if entered:
        enter(terms, member)
    page = look(member, "en")
    assert [text for lang, text in page.texts if lang == "en" and JAPANESE.search(text)] == []


@pytest.mark.parametrize("state", ["before", "open", "closed", "counting"])
def test_nothing_of_a_result_shows_before_its_time(
    terms: Terms, member: Member, set_clock: SetClock, state: str
) -> None:
    bring_to(state, terms, set_clock)
    count_total(terms, member.wester_id, 12_340)
    page = look(member)
    for word in ("おめでとう", "落選", "還元しました"):
        assert word not in page.text


REJECTED: dict[str, tuple[dict[str, Any], str]] = {
    "cancelled": ({"cancelled": True}, "取り消しのため、対象外です。"),
    "refunded": ({"refunded": True}, "払いもどしのため、対象外です。"),
    "stopover": ({"stopover": True}, "途中下車のため、対象外です。"),
    "phone": ({"changed_by_phone": True}, "お電話で変更されたため、対象外です。"),
    "counter": (
        {"sales_channel": "counter"},
        "または旅行会社等でのご予約・ご購入のため",
    ),
    "paid elsewhere": (
        {"payment_method": "bank"},
        "クレジットカード以外でのお支払いのため",
    ),
    "points product": ({"product_kind": "rail_points"}, "「鉄道ポイント利用商品」のため"),
    "fare only": ({"product_kind": "fare_only"}, "特急券・新幹線を含まないご予約のため"),
    "elsewhere": ({"operators": ["JR East"]}, "JR西日本の区間を含まない行程のため"),
    "too early": (
        {"travel_date": date(2024, 12, 25)},
        "対象乗車期間（2024年12月26日～2025年1月6日）外のため、対象外です。",
    ),
}


@pytest.mark.parametrize("case", REJECTED)
def test_a_booking_that_does_not_count_shows_why(terms: Terms, member: Member, case: str) -> None:
    changes, sentence = REJECTED[case]
    ride(member, **changes)
    page = look(member)
    assert [e for e in page.elements if "booking-rejected" in e.attributes.get("class", "")]
    assert sentence in page.text


def test_a_pending_booking_is_being_checked(terms: Terms, member: Member) -> None:
    ride(member, used=False)
    page = look(member)
    assert "確認中" in page.text
    assert "ご利用（ご乗車）を確認中です。" in page.text
    assert [e for e in page.elements if "booking-waits" in e.attributes.get("class", "")]


def test_a_booking_that_counts_is_shown_with_its_facts(terms: Terms, member: Member) -> None:
    ride(member, reservation_no="R77", amount_yen=14_720)
    page = look(member)
    assert "対象 2025年1月1日（水・祝）" in page.text
    assert "のぞみ1号 東京 → 新大阪" in page.text
    assert "e5489 R77-1" in page.text
    assert "14,720円" in page.text
    assert "ご利用額に加算されます。" in page.text


def test_all_reasons_are_given_the_first_one_first(terms: Terms, member: Member) -> None:
    ride(member, cancelled=True, payment_method="bank")
    (shown,) = my_page.shown_bookings(terms, member.wester_id, is_final=False)
    sentences = reasons.booking_sentences(terms)
    assert shown.sentences == [sentences["payment_method"], sentences["cancelled"]]


def test_bookings_stand_in_the_order_of_travel(terms: Terms, member: Member) -> None:
    for reservation, day in (("R1", 3), ("R2", 1), ("R3", 2)):
        ride(member, reservation_no=reservation, travel_date=date(2025, 1, day))
    shown = my_page.shown_bookings(terms, member.wester_id, is_final=False)
    assert [one.name for one in shown] == ["R2-1", "R3-1", "R1-1"]


def test_other_terms_give_other_numbers(
    publish: Publish, member: Member, set_clock: SetClock
) -> None:
    terms = publish(
        "next-year",
        minimum_total_yen=7_000,
        cap=8_000,
        operator="JR East",
        travel_first=date(2024, 12, 27),
        travel_last=date(2025, 1, 7),
    )
    set_clock(AS_OF)
    count_total(terms, member.wester_id, 6_000)
    ride(member, operators=["JR West"], travel_date=date(2024, 12, 26))
    page = look(member, address="/campaign/detail/next-year/mypage/")
    assert "（7,000円以上）まであと1,000円" in page.text
    assert "JR東日本の区間を含まない行程のため" in page.text
    assert "対象乗車期間（2024年12月27日～2025年1月7日）外" in page.text
    with translation.override("ja"):
        assert "7,000円未満" in reasons.member_sentences(terms)["below_minimum"]


@pytest.mark.parametrize("has_entered", [True, False], ids=["entered", "not entered"])
def test_only_who_has_entered_meets_the_conditions_of_the_draw(
    terms: Terms, member: Member, set_clock: SetClock, has_entered: bool
) -> None:
    bring_to("open", terms, set_clock)
    count_total(terms, member.wester_id, 5_000)
    if has_entered:
        EntryFactory.create(campaign=terms.campaign, wester_id=member.wester_id)
    text = look(member).text
    assert ("抽選の条件を達成しました" in text) == has_entered
    assert "条件を達成しました" in text


def test_a_revision_changes_the_numbers(
    terms: Terms, publish: Publish, member: Member, set_clock: SetClock
) -> None:
    publish(minimum_total_yen=3_000)
    count_total(terms, member.wester_id, 3_000)
    assert "条件を達成しました" in look(member).text


def test_before_the_first_run_there_is_no_total(terms: Terms, member: Member) -> None:
    page = look(member)
    assert "ご利用額はまだ集計されていません。" in page.text
    assert "時点" not in page.text


def test_a_member_without_a_total_has_zero_yen(terms: Terms, member: Member) -> None:
    finish_run(terms)
    assert "0円 （2024年12月28日時点）" in look(member).text


def test_the_day_is_that_of_the_last_finished_run(terms: Terms, member: Member) -> None:
    count_total(terms, member.wester_id, 1_000)
    finish_run(terms, as_of=AS_OF + timedelta(days=1))
    assert "（2024年12月29日時点）" in look(member).text


def test_pending_yen_are_shown_separately(terms: Terms, member: Member) -> None:
    count_total(terms, member.wester_id, 1_000, awaiting_yen=2_500)
    assert "このほか2,500円分を確認中です。" in look(member).text


def test_the_total_is_that_of_the_campaign(terms: Terms, member: Member) -> None:
    TotalFactory.create(wester_id=member.wester_id, total_yen=9_000, awaiting_yen=300)

    total = my_page.shown_total(terms, member.wester_id, state=ShownState.OPEN)

    assert (total.yen, total.awaiting_yen) == (0, 0)


@pytest.mark.parametrize(
    ("yen", "percent"),
    [(0, 0), (1, 0), (4_999, 99), (5_000, 100), (9_999_999, 100)],
)
def test_progress_is_full_only_where_the_minimum_is_reached(
    terms: Terms, member: Member, yen: int, percent: int
) -> None:
    count_total(terms, member.wester_id, yen)
    shown = my_page.shown_total(terms, member.wester_id, state=ShownState.OPEN)
    assert shown.percent == percent


def test_nobody_sees_another_members_page(terms: Terms, member: Member) -> None:
    other = MemberFactory.create()
    ride(other, reservation_no="SECRET")
    count_total(terms, other.wester_id, 77_777)
    entry = EntryFactory.create(campaign=terms.campaign, wester_id=other.wester_id)
    page = look(member)
    for word in ("SECRET", "77,777", receipt_number(entry.pk), other.wester_id):
        assert word not in page.html


def test_a_wester_id_stands_on_no_page(terms: Terms, member: Member) -> None:
    ride(member)
    assert member.wester_id not in look(member).html


def test_an_unpublished_campaign_has_no_page(publish: Publish, member: Member) -> None:
    publish("draft", published=False)
    assert signed_in(member).get("/campaign/detail/draft/mypage/").status_code == 404


def test_queries_do_not_grow_with_the_bookings(
    terms: Terms, member: Member, django_assert_num_queries: Any
) -> None:
    counted = []
    for more in (1, 299):
        for number in range(more):
            ride(member, reservation_no=f"N{more}-{number}")
        client = signed_in(member)
        with django_assert_num_queries(13) as found:
            client.get(MY_PAGE)
        counted.append(len(found))
    assert counted[0] == counted[1]
    assert len(my_page.shown_bookings(terms, member.wester_id, is_final=False)) == 300

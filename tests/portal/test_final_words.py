"""From the crediting on the sentences about pending bookings are final."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import RequestFactory
from django.utils import translation

from bookings.models import Booking
from campaign.models import Campaign, Terms, Total
from campaign.rules import PENDING, rules_of
from entries.models import Member
from entries.sign_in import views as sign_in_views
from entries.sign_in.refusals import (
    AccountClosed,
    SignInLost,
    SignInRefusal,
    WesterIdChanged,
    WesterIdTaken,
)
from points.models import Payout
from portal import reasons
from tests.factories.bookings import BookingFactory, RegistrationFactory
from tests.factories.entries import EntryFactory, MemberFactory
from tests.points import steps
from tests.portal.desk.members import look_up, staff
from tests.portal.members import count_total, signed_in
from tests.portal.pages import Page, assert_sound

pytestmark = pytest.mark.django_db
SetClock = Callable[[datetime], None]
SECOND = timedelta(seconds=1)
TEN_MONTHS_LATER = steps.CREDIT_AT + timedelta(days=300)
WAITING = {
    "ja": ["確認中", "反映", "まだ", "加算されます", "現在の", "予定です"],
    "en": ["eing checked", "checking", "waiting", "yet", "counts towards", "appears here"],
}


@pytest.fixture
def payout() -> Payout:
    """Return an approved payout of a campaign with rides that were never confirmed."""
    payout = steps.prepared()
    terms = payout.draw.terms
    RegistrationFactory.create(ex_member_no="X1", wester_id="W-waits", member_kind="plus_ex")
    BookingFactory.create(ex=True, ex_member_no="X1", amount_yen=1_200)
    BookingFactory.create(wester_id="W-waits", used=False, amount_yen=30_000)
    BookingFactory.create(wester_id="W-waits", used=True, amount_yen=4_000)
    EntryFactory.create(campaign=terms.campaign, wester_id="W-waits")
    EntryFactory.create(campaign=terms.campaign, wester_id="W-none")
    BookingFactory.create(wester_id="W2", used=False, amount_yen=700)
    count_total(terms, "W-waits", 4_000, awaiting_yen=31_200, as_of=steps.CREDIT_AT - SECOND)
    Total.objects.filter(wester_id="W2").update(awaiting_yen=700)
    return payout


@pytest.fixture
def campaign(payout: Payout) -> Campaign:
    """Return the campaign, paid."""
    steps.pay(payout)
    return payout.draw.campaign


def own_page(campaign: Campaign, wester_id: str, language: str) -> str:
    """Return the text of my page."""
    member = Member.objects.filter(wester_id=wester_id).first()
    client = signed_in(member or MemberFactory.create(wester_id=wester_id), language=language)
    page = Page(client.get(f"/campaign/detail/{campaign.code}/mypage/").content.decode())
    assert_sound(page)
    return page.text


def staff_page(campaign: Campaign, wester_id: str, language: str) -> str:
    """Return the text of the staff's page of a member."""
    html = look_up(staff("support", language=language), campaign, wester_id).content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html[html.index("<main") :]))


LOOKS = pytest.mark.parametrize("look", [own_page, staff_page], ids=["the member", "the staff"])
FINAL = {
    ("W-waits", "ja"): [
        "ご利用（ご乗車）を確認できなかったため、対象外です。",
        "会員種別を確認できなかったため、対象外です。",
        "このほか31,200円分は、ご利用（ご乗車）などを確認できなかったため、対象外です。",
        "ご利用額に加算しました。",
        "期間中の対象ご利用額が5,000円未満のため、抽選の対象外です。",
    ],
    ("W-waits", "en"): [
        "could not be confirmed that the journey was made",
        "the kind of membership could not be confirmed",
        "Another 31,200 yen could not be confirmed and are not eligible.",
        "It was added to your total.",
    ],
    ("W-none", "ja"): ["対象となるご予約はありませんでした。", "0円"],
    ("W-none", "en"): ["to be considered.", "0 yen"],
    ("W2", "ja"): ["このほか700円分は", "を確認できなかったため、対象外です。", "加算しました"],
    ("W2", "en"): ["Another 700 yen could not be confirmed", "It was added to your total."],
}


@LOOKS
@pytest.mark.parametrize(
    ("wester_id", "language"), FINAL, ids=[" in ".join(case) for case in FINAL]
)
def test_after_the_crediting_nothing_is_pending(
    campaign: Campaign, set_clock: SetClock, look: Any, wester_id: str, language: str
) -> None:
    set_clock(TEN_MONTHS_LATER)
    text = look(campaign, wester_id, language)
    assert [words for words in FINAL[wester_id, language] if words not in text] == []
    found = [text[text.index(w) - 60 : text.index(w) + 30] for w in WAITING[language] if w in text]
    assert found == []


@LOOKS
def test_until_the_crediting_it_is_being_checked(
    payout: Payout, set_clock: SetClock, look: Any
) -> None:
    campaign = payout.draw.campaign
    set_clock(steps.CREDIT_AT - SECOND)
    before = look(campaign, "W-waits", "ja")
    for words in (
        "ご利用（ご乗車）を確認中です。",
        "会員種別を確認中です。",
        "確認中の31,200円は、対象者の確定までにご乗車などを確認できませんでした。",
    ):
        assert words in before
    assert "確認できなかった" not in before
    assert "ご利用額に加算されます。" in before
    set_clock(steps.CREDIT_AT)
    steps.pay(payout)
    assert "確認中" not in look(campaign, "W-waits", "ja")


def test_unconfirmed_yen_are_shown_once_beside_the_reason(
    campaign: Campaign, set_clock: SetClock
) -> None:
    set_clock(TEN_MONTHS_LATER)
    text = own_page(campaign, "W-waits", "ja")
    reason = text.index("5,000円未満のため、抽選の対象外です。")
    assert reason < text.index("31,200円分") < text.index("対象ご利用額（確定）")
    assert text.count("31,200円分") == 1


def test_a_campaign_that_is_not_paid_late_after_its_date_still_waits(set_clock: SetClock) -> None:
    draw = steps.confirmed()
    Booking.objects.filter(wester_id="W1").update(used=False)
    set_clock(TEN_MONTHS_LATER)
    assert "ご利用（ご乗車）を確認中です。" in own_page(draw.campaign, "W1", "ja")


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_pending_rule_has_a_final_sentence(campaign: Campaign, language: str) -> None:
    terms: Terms = campaign.terms.get()
    with translation.override(language):
        now, then = (reasons.booking_sentences(terms, is_final=final) for final in (False, True))
    assert {code for code in now if now[code] != then[code]} == PENDING
    assert list(now) == list(then) == [rule.code for rule in rules_of(terms)]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("ja", ["1億ポイントどどんとバックキャンペーン事務局", "0120-000-000", "10時から17時まで"]),
        ("en", ["Office of the 100 Million Points Back", "0120-000-000", "10:00 to 17:00"]),
    ],
)
def test_my_page_says_whom_to_ask(campaign: Campaign, language: str, words: list[str]) -> None:
    page = own_page(campaign, "W2", language)
    assert [one for one in words if one not in page] == []


@pytest.mark.parametrize(
    "refusal", [WesterIdChanged, WesterIdTaken, AccountClosed], ids=lambda one: one.reason
)
def test_a_sign_in_that_only_the_help_desk_can_mend_says_how_to_reach_it(
    campaign: Campaign, set_clock: SetClock, rf: RequestFactory, refusal: type[SignInRefusal]
) -> None:
    set_clock(steps.CREDIT_AT)
    response = sign_in_views.render_refusal(rf.get("/"), refusal())
    html = response.content.decode()
    assert "0120-000-000" in html
    assert "10時から17時まで" in html
    assert "0120" not in sign_in_views.render_refusal(rf.get("/"), SignInLost()).content.decode()

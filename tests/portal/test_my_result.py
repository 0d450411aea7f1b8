"""My page shows the draw from the freeze to the points, each fact only from its time on."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from campaign.models import Campaign, Total
from entries.models import Entry
from lottery.models import Draw
from tests.database import as_owner
from tests.factories.entries import EntryFactory, MemberFactory
from tests.factories.lottery import (
    FREEZES,
    PUBLISHES,
    ROUND,
    closed_campaign,
    drawn_draw,
    frozen_draw,
    publish,
    published_draw,
    run,
    void,
)
from tests.points import steps
from tests.portal.members import count_total, signed_in
from tests.portal.pages import Page, assert_sound

pytestmark = pytest.mark.django_db
SetClock = Callable[[datetime], None]
JAPANESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
LATER = ROUND + timedelta(hours=3)
CONFIRMED_AT = steps.CONFIRMED_AT + timedelta(hours=1)
PAID_AT = steps.CREDIT_AT + timedelta(hours=1)
RESULT_WORDS = ("おめでとう", "落選", "還元しました", "対象外となりました", "無効")


def look(campaign: Campaign, wester_id: str, language: str = "ja") -> Page:
    """Return a member's own page."""
    client = signed_in(MemberFactory.create(wester_id=wester_id), language=language)
    response = client.get(f"/campaign/detail/{campaign.code}/mypage/")
    assert response.status_code == 200
    page = Page(response.content.decode())
    assert_sound(page)
    return page


def badge(campaign: Campaign, **options: Any) -> str:
    """Return the state that the campaign page shows."""
    page = signed_in(**options).get(f"/campaign/detail/{campaign.code}/").content.decode()
    return page.split('class="badge badge-')[1].split('"')[0]


def receipt_of(draw: Draw) -> str:
    """Return the address of a receipt of a draw."""
    return f"/campaign/detail/{draw.campaign.code}/draw/{draw.sequence}/receipt/"


def manifest_hash(draw: Draw) -> str:
    """Return the manifest hash of a draw in hex."""
    return bytes(draw.manifest_sha256).hex()


def test_before_the_freeze_nothing_of_the_draw_is_shown(set_clock: SetClock) -> None:
    campaign = closed_campaign()
    set_clock(FREEZES)
    assert "抽選の結果" not in look(campaign, "W1").text


def test_from_the_freeze_on_an_entrant_is_shown_as_one(set_clock: SetClock) -> None:
    draw = frozen_draw()
    set_clock(PUBLISHES)
    page = look(draw.campaign, "W2")
    assert "抽選の対象です。" in page.text
    assert "当選時の還元は12,340ポイントです。" in page.text
    assert manifest_hash(draw) not in page.html
    assert receipt_of(draw) not in page.values("href")


@pytest.mark.parametrize(("wester_id", "yen"), [("W3", 30_000), ("W-below", 3_000)])
def test_from_the_freeze_on_the_total_shows_no_progress(
    set_clock: SetClock, wester_id: str, yen: int
) -> None:
    draw = frozen_draw()
    Total.objects.filter(wester_id=wester_id).delete()
    count_total(draw.terms, wester_id, yen, as_of=FREEZES)
    set_clock(PUBLISHES)
    text = look(draw.campaign, wester_id).text
    assert f"{yen:,}円" in text
    assert not [
        words for words in ("あと", "条件を達成", "上限を超え", "反映には") if words in text
    ]


def test_from_the_publication_on_hash_receipt_and_date_are_there(set_clock: SetClock) -> None:
    draw = published_draw()
    set_clock(PUBLISHES)
    page = look(draw.campaign, "W2")
    assert manifest_hash(draw) in page.text
    assert receipt_of(draw) in page.values("href")
    assert "抽選は2025年1月17日（金）12時に行います。" in page.text


def test_nothing_of_a_result_shows_before_the_confirmation(set_clock: SetClock) -> None:
    draw = drawn_draw(budget_points=6_000)
    set_clock(LATER)
    for wester_id in steps.THREE:
        page = look(draw.campaign, wester_id)
        assert not [word for word in RESULT_WORDS if word in page.text]
        assert "抽選の対象です。" in page.text
    assert badge(draw.campaign) == "counting"


def test_a_winner_is_congratulated_and_warned_of_fraud(set_clock: SetClock) -> None:
    draw = steps.confirmed()
    set_clock(CONFIRMED_AT)
    page = look(draw.campaign, "W2")
    for words in (
        "当選おめでとうございます。12,340ポイントを還元します。",
        "WESTERポイントの還元は、2025年2月中旬の予定です。",
        "クレジットカード番号やパスワードをお尋ねすることはありません。",
        manifest_hash(draw),
    ):
        assert words in page.text
    assert receipt_of(draw) in page.values("href")
    assert "落選" not in page.text
    assert badge(draw.campaign) == "results"


def test_a_loser_is_thanked_and_shown_the_proof(set_clock: SetClock) -> None:
    draw = steps.confirmed({"W1": 5_000, "W2": 5_000}, budget_points=5_000)
    loser = draw.entrants.get(awards=None).wester_id
    set_clock(CONFIRMED_AT)
    page = look(draw.campaign, loser)
    assert "厳正な抽選の結果、今回は落選となりました。" in page.text
    assert "おめでとう" not in page.text
    assert manifest_hash(draw) in page.text
    assert f"/campaign/detail/{draw.campaign.code}/draw/" in page.values("href")


def test_the_last_winner_reads_why_the_award_is_smaller(set_clock: SetClock) -> None:
    draw = steps.confirmed({"W1": 5_000, "W2": 5_000}, budget_points=8_000, edge="partial")
    last = draw.awards.get(rank=2).entrant.wester_id
    set_clock(CONFIRMED_AT)
    text = look(draw.campaign, last).text
    assert "当選おめでとうございます。3,000ポイントを還元します。" in text
    assert "5,000ポイントのうち、残りのポイントを還元します。" in text


@pytest.mark.parametrize("is_confirmed", [False, True], ids=["frozen", "confirmed"])
@pytest.mark.parametrize(
    ("wester_id", "sentence"),
    [
        ("nobody", "エントリーが確認できないため、抽選の対象外です。"),
        ("small", "対象ご利用額が5,000円未満のため、抽選の対象外です。"),
        ("gone", "WESTER会員を退会されているため、ポイント還元の対象外です。"),
        ("late", "抽選対象者の確定までにエントリーまたはご利用が確認できなかったため"),
    ],
)
def test_a_member_outside_the_draw_reads_why(
    set_clock: SetClock, wester_id: str, sentence: str, is_confirmed: bool
) -> None:
    campaign = closed_campaign({"W1": 5_000, "small": 4_000, "gone": 9_000, "late": 9_000})
    steps.leave("gone")
    with as_owner():
        Entry.objects.filter(wester_id="late").delete()
    draw = drawn_draw(campaign=campaign) if is_confirmed else published_draw(campaign=campaign)
    if is_confirmed:
        steps.confirm(draw)
    EntryFactory.create(campaign=campaign, wester_id="late")
    set_clock(CONFIRMED_AT if is_confirmed else PUBLISHES)
    page = look(campaign, wester_id)
    assert "抽選の対象外です。 理由：" in page.text
    assert sentence in page.text
    assert "落選" not in page.text
    assert manifest_hash(draw) not in page.html
    assert receipt_of(draw) not in page.values("href")


def test_credited_points_are_shown_with_day_and_expiry(set_clock: SetClock) -> None:
    done = steps.paid()
    set_clock(PAID_AT)
    text = look(done.draw.campaign, "W2").text
    assert "2025年2月15日に12,340ポイントを還元しました。" in text
    assert "有効期限は2026年3月末です。" in text
    assert "変更しました" not in text
    assert badge(done.draw.campaign) == "credited"


def test_a_member_who_entered_too_late_reads_so_after_the_freeze(set_clock: SetClock) -> None:
    draw = steps.confirmed()
    EntryFactory.create(campaign=draw.campaign, wester_id="W-late")
    count_total(draw.terms, "W-late", 9_000)
    client = signed_in(MemberFactory.create(wester_id="W-late"))
    address = f"/campaign/detail/{draw.campaign.code}/mypage/"
    set_clock(CONFIRMED_AT)
    assert "確定までに" in client.get(address).content.decode()


def test_a_lowered_award_is_shown_beside_the_first_one(set_clock: SetClock) -> None:
    payout = steps.prepared()
    steps.lower("W2", to=7_000)
    steps.pay(payout)
    set_clock(PAID_AT)
    text = look(payout.draw.campaign, "W2").text
    assert "2025年2月15日に7,000ポイントを還元しました。" in text
    assert "当選時は12,340ポイントでしたが" in text


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        ("withdrawn", "ポイント還元時にWESTER会員を退会されていたため"),
        ("below_minimum", "対象ご利用額が5,000円未満となったため"),
    ],
)
def test_a_forfeited_award_is_shown_with_its_reason(
    set_clock: SetClock, reason: str, sentence: str
) -> None:
    payout = steps.prepared()
    if reason == "withdrawn":
        steps.leave("W2")
    else:
        steps.lower("W2", to=0)
    steps.pay(payout)
    set_clock(PAID_AT)
    text = look(payout.draw.campaign, "W2").text
    assert "ポイント還元の対象外となりました。" in text
    assert sentence in text
    assert "おめでとう" not in text


def test_a_void_draw_is_shown_with_its_reason_until_the_next_is_confirmed(
    set_clock: SetClock,
) -> None:
    first = void(drawn_draw(), reason="A feed file was overlooked.", at=LATER)
    set_clock(LATER)
    text = look(first.campaign, "W1").text
    assert "第1回抽選は無効となりました" in text
    assert "A feed file was overlooked." in text
    assert "次回の抽選の日時は、抽選のページでお知らせします。" in text
    assert "おめでとう" not in text
    second = frozen_draw(
        campaign=first.campaign,
        at=LATER + timedelta(hours=1),
        round_time=ROUND + timedelta(days=4),
    )
    second = publish(second, at=LATER + timedelta(hours=2))
    set_clock(LATER + timedelta(hours=3))
    text = look(first.campaign, "W2").text
    assert "次回の抽選は2025年1月21日（火）12時に行います。" in text
    assert "抽選の対象です。" in text
    steps.confirm(run(second))
    set_clock(steps.CONFIRMED_AT)
    assert "無効となりました" not in look(first.campaign, "W3").text


@pytest.mark.parametrize("wester_id", ["W2", "nobody"])
@pytest.mark.parametrize("make", [published_draw, steps.confirmed, steps.paid])
def test_the_english_page_is_english(
    set_clock: SetClock, make: Callable[[], Any], wester_id: str
) -> None:
    make()
    set_clock(PAID_AT)
    page = look(Campaign.objects.get(), wester_id, "en")
    assert [text for lang, text in page.texts if lang == "en" and JAPANESE.search(text)] == []


def test_the_campaign_page_publishes_what_was_credited_and_what_was_not(
    set_clock: SetClock,
) -> None:
    payout = steps.prepared(budget_points=40_000)
    steps.lower("W2", to=7_000)
    steps.leave("W1")
    steps.pay(payout)
    set_clock(PAID_AT)
    address = f"/campaign/detail/{payout.draw.campaign.code}/"
    text = Page(signed_in().get(address).content.decode()).text
    assert "2名に27,000ポイントを還元しました。" in text
    assert "還元されなかった13,000ポイントを、ほかの方に還元することはありません。" in text


TWO_PRIZES = [
    {"kind": "fixed", "points": 300, "take": "winners", "take_count": 3, "name_ja": "一等"},
    {"kind": "fixed", "points": 50, "beside": True, "name_ja": "おまけ"},
]


def test_each_award_is_shown_with_its_prize(set_clock: SetClock) -> None:
    payout = steps.prepared(prizes=TWO_PRIZES, budget_points=10_000)
    set_clock(CONFIRMED_AT)
    text = look(payout.draw.campaign, "W2").text
    first, second = (text.index(f"賞：{name}") for name in ("一等", "おまけ"))
    assert "当選おめでとうございます。300ポイントを還元します。" in text[first:second]
    assert "当選おめでとうございます。50ポイントを還元します。" in text[second:]


def test_what_became_of_each_award_is_shown(set_clock: SetClock) -> None:
    payout = steps.pay(steps.prepared(prizes=TWO_PRIZES, budget_points=10_000))
    set_clock(PAID_AT)
    client = signed_in(MemberFactory.create(wester_id="W2"))
    address = f"/campaign/detail/{payout.draw.campaign.code}/mypage/"
    text = Page(client.get(address).content.decode()).text
    assert "2025年2月15日に300ポイントを還元しました。" in text
    assert "2025年2月15日に50ポイントを還元しました。" in text


def test_an_entrant_reads_lots_and_rewards_of_the_frozen_list(set_clock: SetClock) -> None:
    second = {**TWO_PRIZES[1], "beside": False, "minimum_total_yen": 20_000}
    draw = frozen_draw(prizes=[TWO_PRIZES[0], second], lots_yen=5_000, lots_most=9)
    set_clock(PUBLISHES)
    text = look(draw.campaign, "W2").text
    assert "口数：2口" in text
    assert "一等300ポイント" in text.replace(" ", "")
    assert "おまけ" not in text[text.index("抽選の状況") : text.index("口数：2口")]

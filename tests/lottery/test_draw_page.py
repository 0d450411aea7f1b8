"""The public page of a draw at each stage; nothing of it shows too early."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from config.env import MovedClock
from lottery.models import Draw
from tests.factories.campaign import CampaignFactory, TermsFactory
from tests.factories.lottery import (
    FREEZES,
    PUBLISHES,
    ROUND,
    closed_campaign,
    frozen_draw,
    publish,
    void,
)
from tests.lottery.pages import (
    LATER,
    SEEN_AT,
    STAGES,
    TOTALS,
    VOID_REASON,
    address,
    browser_of,
    draw_at,
    visitor,
)
from tests.portal.pages import Page, assert_sound

pytestmark = pytest.mark.django_db
JAPANESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
SetClock = Callable[[datetime], None]
LEADS = {
    "frozen": "抽選対象者のリストを確定しました。",
    "published": "抽選は1月17日（金）12時に行います。",
    "drawing": "抽選と結果の確認を行っています。",
    "drawn": "抽選と結果の確認を行っています。",
    "confirmed": "抽選結果を発表しました。",
    "void": "抽選をやり直します。",
}


@pytest.fixture
def set_clock(settings: Settings) -> SetClock:
    """Stop the clock at an instant."""

    def stand_at(now: datetime) -> None:
        settings.CAMPAIGN_NOW = MovedClock(now, runs=False)

    return stand_at


def look(draw: Draw, client: Client | None = None) -> Page:
    """Read the page of a draw."""
    response = (client or visitor()).get(address(draw))
    assert response.status_code == 200
    page = Page(response.content.decode())
    assert_sound(page, scripts=True)
    return page


@pytest.mark.parametrize("stage", STAGES)
def test_every_stage_has_its_words(set_clock: SetClock, stage: str) -> None:
    draw = draw_at(stage)
    set_clock(SEEN_AT[stage])
    text = look(draw).text
    assert LEADS[stage] in text
    assert not [lead for lead in set(LEADS.values()) - {LEADS[stage]} if lead in text]


@pytest.mark.parametrize("stage", STAGES)
def test_the_english_page_is_english(set_clock: SetClock, stage: str) -> None:
    draw = draw_at(stage)
    set_clock(SEEN_AT[stage])
    page = look(draw, visitor("en"))
    assert [text for lang, text in page.texts if lang == "en" and JAPANESE.search(text)] == []


def test_before_the_freeze_the_page_says_how_a_draw_works(set_clock: SetClock) -> None:
    campaign = closed_campaign()
    set_clock(FREEZES)
    page = Page(visitor().get(f"/campaign/detail/{campaign.code}/draw/").content.decode())
    assert_sound(page, scripts=True)
    assert "抽選はまだ始まっていません。" in page.text
    assert "総額に収まらない方が出たところで抽選を終了します。" in page.text


@pytest.mark.parametrize(
    ("take", "heading"),
    [
        pytest.param({"take": "all"}, "Winners until the budget is used up", id="all"),
        pytest.param(
            {"take": "one_in", "take_count": 2}, "The winners follow from this order", id="half"
        ),
    ],
)
def test_the_budget_ends_a_prize_for_all_alone(
    set_clock: SetClock, take: dict[str, Any], heading: str
) -> None:
    terms = TermsFactory.create(published=True, prizes=[take])
    set_clock(terms.closes_at)
    response = visitor("en").get(f"/campaign/detail/{terms.campaign.code}/draw/")
    text = Page(response.content.decode()).text
    assert heading in text
    assert ("Winners until the budget is used up" in text) == (take["take"] == "all")


@pytest.mark.parametrize("entry_needed", [True, False])
def test_before_the_end_the_page_invites_to_enter_only_where_one_enters(
    set_clock: SetClock, entry_needed: bool
) -> None:
    terms = TermsFactory.create(published=True, entry_needed=entry_needed)
    set_clock(terms.closes_at - timedelta(days=1))
    response = visitor("en").get(f"/campaign/detail/{terms.campaign.code}/draw/")
    page = Page(response.content.decode())
    assert_sound(page, scripts=True)
    assert ("You can enter until" in page.text) == entry_needed
    assert ("Nobody needs to enter." in page.text) != entry_needed


@pytest.mark.parametrize("edge", ["stop", "partial"])
def test_the_page_describes_the_end_of_the_budget(set_clock: SetClock, edge: str) -> None:
    draw = frozen_draw(TOTALS, edge=edge)
    set_clock(SEEN_AT["frozen"])
    text = look(draw, visitor("en")).text
    assert ("gets what is left" in text) == (edge == "partial")
    assert ("at the first reward that no longer fits" in text) == (edge == "stop")


THREE_PRIZES: list[dict[str, Any]] = [
    {"take": "winners", "take_count": 2, "kind": "fixed", "points": 900, "name_en": "Gold"}
    | {"minimum_total_yen": 12_000},
    {"take": "one_in", "take_count": 3, "kind": "fixed", "points": 300, "name_en": "Silver"},
    {"kind": "pool", "points": 100, "beside": True, "name_en": "Pool"},
]


def test_the_page_describes_lots_and_prizes(set_clock: SetClock) -> None:
    draw = frozen_draw(TOTALS, prizes=THREE_PRIZES, lots_yen=5_000, lots_most=3)
    set_clock(SEEN_AT["frozen"])
    text = look(draw, visitor("en")).text
    for words in (
        "a draw number is computed for each of your lots",
        "Gold: 2 winners (from a total of 12,000 yen)",
        "Silver: one in 3 of those who can win it",
        "(in addition to earlier prizes)",
        "Who has won an earlier prize is passed over",
    ):
        assert words in text, words


def test_the_page_of_a_plan_for_all_says_that_nobody_is_drawn(set_clock: SetClock) -> None:
    set_clock(SEEN_AT["frozen"])
    for_all, for_some = "The points are given", "One prize after the other"
    text = look(frozen_draw(TOTALS, expected_sales_yen=100_000_000), visitor("en")).text
    assert for_all in text
    assert for_some not in text
    text = look(frozen_draw(TOTALS, prizes=THREE_PRIZES), visitor("en")).text
    assert for_all not in text
    assert for_some in text


def test_a_result_shows_every_prize(set_clock: SetClock) -> None:
    draw = draw_at("confirmed", frozen_draw(TOTALS, prizes=THREE_PRIZES))
    set_clock(LATER)
    text = look(draw, visitor("en")).text
    for words in ("2 winners of 2 who could win", "1 winners of 3 who could win", "2,199 points"):
        assert words in text, words
    assert "fewer winners than planned" not in text


def test_a_prize_that_too_few_could_win_says_so(set_clock: SetClock) -> None:
    draw = draw_at("confirmed", frozen_draw({"W1": 12_000}, prizes=THREE_PRIZES))
    set_clock(LATER)
    said = re.findall(r"[\w, ]+: there are fewer winners", look(draw, visitor("en")).text)
    assert len(said) == 1  # however many prizes are short
    assert "Gold" in said[0]


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_page_links_the_text_of_the_protocol(set_clock: SetClock, language: str) -> None:
    draw = draw_at("published")
    set_clock(SEEN_AT["published"])
    client = visitor(language)
    link = address(draw, "protocol/")
    assert link in look(draw, client).values("href")
    text = client.get(link).content.decode()
    assert "Check values" in text
    assert "RFC 9162" in text


@pytest.mark.parametrize("stage", STAGES)
def test_the_manifest_hash_shows_from_the_publication_on(set_clock: SetClock, stage: str) -> None:
    draw = draw_at(stage)
    set_clock(SEEN_AT[stage])
    page = look(draw)
    assert (bytes(draw.manifest_sha256).hex() in page.html) == (stage != "frozen")
    assert ("抽選対象者3名" in page.text) == (stage not in ("frozen", "void"))


@pytest.mark.parametrize("stage", STAGES)
def test_nothing_of_a_result_shows_before_its_confirmation(set_clock: SetClock, stage: str) -> None:
    draw = draw_at(stage)
    set_clock(SEEN_AT[stage])
    page = look(draw)
    shows = stage in ("confirmed", "void")
    # Everybody wins: 5,000, 12,340 and the cap of 20,000.
    assert ("37,340" in page.text) == shows
    assert (address(draw, "1/winners.csv") in page.values("href")) == shows


def test_a_result_shows_winners_points_and_what_is_left(set_clock: SetClock) -> None:
    draw = draw_at("confirmed", frozen_draw({"W1": 5_000, "W2": 5_000}, budget_points=9_000))
    set_clock(LATER)
    text = look(draw).text
    for words in ("当選者1名", "還元するポイント5,000ポイント", "残ったポイント4,000ポイント"):
        assert words in text
    assert "ほかの方に還元することはありません" in text


def test_a_partial_award_shows_beside_the_winners(set_clock: SetClock) -> None:
    two = {"W1": 5_000, "W2": 5_000}
    draw = draw_at("confirmed", frozen_draw(two, budget_points=9_000, edge="partial"))
    set_clock(LATER)
    text = look(draw).text
    assert "還元するポイント9,000ポイント" in text
    assert "残りの4,000ポイントを還元します" in text


def test_a_void_draw_stays_listed_with_its_reason_hash_and_result(set_clock: SetClock) -> None:
    first = draw_at("void")
    second = publish(
        frozen_draw(
            campaign=first.campaign,
            at=LATER + timedelta(hours=1),
            round_time=ROUND + timedelta(days=4),
        ),
        at=LATER + timedelta(hours=2),
    )
    set_clock(LATER + timedelta(hours=3))
    page = look(first)
    for words in ("第1回抽選（無効）", VOID_REASON, "当選3名・37,340ポイント"):
        assert words in page.text
    for draw in (first, second):
        assert bytes(draw.manifest_sha256).hex() in page.text
        assert address(draw, f"{draw.sequence}/manifest.json") in page.values("href")
    assert "抽選は1月21日（火）12時に行います。" in page.text


def test_a_draw_that_was_void_before_its_publication_says_so(set_clock: SetClock) -> None:
    draw = void(frozen_draw(TOTALS), at=PUBLISHES)
    set_clock(LATER)
    page = look(draw)
    assert "リストは公開されていません。" in page.text
    assert bytes(draw.manifest_sha256).hex() in page.text


def test_a_draw_that_was_not_published_in_time_does_not_take_place(set_clock: SetClock) -> None:
    draw = frozen_draw(TOTALS)
    set_clock(draw.publish_by)
    assert LEADS["frozen"] in look(draw).text
    set_clock(draw.publish_by + timedelta(seconds=1))
    assert "この抽選は実施しません。" in look(draw).text


def test_the_page_says_that_a_local_chain_proves_nothing(set_clock: SetClock) -> None:
    draw = draw_at("published")
    set_clock(SEEN_AT["published"])
    assert "鍵を持つ人は結果を操作できる" in look(draw).text


def test_the_page_says_that_a_short_gap_is_a_trial(set_clock: SetClock, settings: Settings) -> None:
    settings.DRAW_MIN_GAP_S = 60
    draw = draw_at("published")
    set_clock(SEEN_AT["published"])
    assert "24時間未満" in look(draw).text


def test_the_page_says_what_files_cannot_prove(set_clock: SetClock) -> None:
    draw = draw_at("published")
    set_clock(SEEN_AT["published"])
    text = look(draw).text
    assert "当社の申告にすぎません" in text
    assert "社外の証人" in text
    assert f"--manifest-sha256 {bytes(draw.manifest_sha256).hex()}" in text


def test_the_page_changes_at_the_second_of_the_round(set_clock: SetClock) -> None:
    draw = draw_at("published")
    for now, lead in ((ROUND - timedelta(seconds=1), "published"), (ROUND, "drawing")):
        set_clock(now)
        assert LEADS[lead] in look(draw).text


def test_the_page_is_shared_and_revalidated(set_clock: SetClock) -> None:
    draw = draw_at("published")
    set_clock(ROUND - timedelta(seconds=10))
    response = visitor().get(address(draw))
    assert response.headers["Cache-Control"] == (
        "public, max-age=0, s-maxage=8, must-revalidate, proxy-revalidate"
    )
    assert not response.cookies
    etag = response.headers["ETag"]
    assert visitor().get(address(draw), headers={"if-none-match": etag}).status_code == 304


def test_a_members_page_links_their_receipt_and_is_not_cached(set_clock: SetClock) -> None:
    draw = draw_at("published")
    set_clock(SEEN_AT["published"])
    client = browser_of("W1")
    response = client.get(address(draw))
    assert {"private", "no-store"} <= set(response.headers["Cache-Control"].split(", "))
    receipt = address(draw, "1/receipt/")
    assert receipt in Page(response.content.decode()).values("href")
    assert receipt not in look(draw, browser_of("W-nobody")).values("href")
    assert receipt not in look(draw).values("href")


def test_the_page_of_an_unknown_campaign_is_not_found() -> None:
    for client in (visitor(), browser_of("W1")):
        assert client.get("/campaign/detail/unknown/draw/").status_code == 404


@pytest.mark.parametrize("client", [visitor, partial(browser_of, "W1")], ids=["visitor", "member"])
def test_before_any_draw_it_says_whether_one_can_still_enter(
    set_clock: SetClock, client: Callable[[], Client]
) -> None:
    terms = CampaignFactory.create(published=True).terms.get()
    look_at, found = client(), {}
    for second in (-1, 0):
        set_clock(terms.closes_at + timedelta(seconds=second))
        response = look_at.get(f"/campaign/detail/{terms.campaign.code}/draw/")
        found[second] = Page(response.content.decode()).text
    assert "24時まで受け付けます。" in found[-1]
    assert "エントリー期間は終了しました。" not in found[-1]
    assert "エントリー期間は終了しました。" in found[0]
    assert "受け付けます" not in found[0]

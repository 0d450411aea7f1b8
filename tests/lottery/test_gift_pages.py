"""A campaign that gives to all speaks of no draw, in no state and in neither language."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from pytest_django import Settings

from config.env import MovedClock
from lottery.models import Draw
from tests.factories.lottery import CLOSED, closed_campaign, frozen_draw
from tests.lottery.pages import SEEN_AT, STAGES, TOTALS, address, browser_of, draw_at, visitor
from tests.portal.pages import Page, assert_sound

pytestmark = pytest.mark.django_db
SetClock = Callable[[datetime], None]
POOL: dict[str, Any] = {"budget_points": 30_000, "prizes": [{"kind": "pool", "points": 30_000}]}
TWO: dict[str, Any] = {
    "budget_points": 5 * 10**9,
    "lots_yen": 5_000,
    "lots_most": 3,
    "prizes": [
        {"kind": "fixed", "points": 500},
        {"percent": 5, "cap": 900, "minimum_total_yen": 9_000, "beside": True},
    ],
}
PLANS = {"a pool": POOL, "two prizes and lots": TWO}
OF_A_DRAW = {
    "ja": re.compile(r"抽選|当選|落選|当たっ"),
    "en": re.compile(r"\b(draws?|drawn|wins?|won|winn(er|ers|ing)|entrants?)\b", re.IGNORECASE),
}
# That there is no draw, and when there would be one; names of files.
SAYS_THAT_THERE_IS_NONE = {
    "ja": r"このキャンペーンでは抽選を行わず|抽選と同じ手順",
    "en": r"Nobody is drawn here|the same steps as for a draw|verify_draw\.py|winners\.csv",
}
in_both_languages = pytest.mark.parametrize("language", ["ja", "en"])
of_every_plan = pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS)


@pytest.fixture
def set_clock(settings: Settings) -> SetClock:
    """Stop the clock at an instant."""

    def stand_at(now: datetime) -> None:
        settings.CAMPAIGN_NOW = MovedClock(now, runs=False)

    return stand_at


def words_of_a_draw(page: Page, language: str) -> list[str]:
    """Return the texts of a page that speak of a draw, without those that say there is none."""
    assert_sound(page, scripts=True)
    found = (re.sub(SAYS_THAT_THERE_IS_NONE[language], "", text) for _lang, text in page.texts)
    return [text for text in found if OF_A_DRAW[language].search(text)]


def gift_at(stage: str, plan: dict[str, Any]) -> Draw:
    """Return the list of a campaign that gives to all, at a stage."""
    return draw_at(stage, frozen_draw(TOTALS, **plan))


@in_both_languages
@of_every_plan
@pytest.mark.parametrize("stage", STAGES)
def test_no_page_speaks_of_a_draw(
    set_clock: SetClock, stage: str, plan: dict[str, Any], language: str
) -> None:
    draw = gift_at(stage, plan)
    set_clock(SEEN_AT[stage])
    client = browser_of("W2", language=language)
    own = f"/campaign/detail/{draw.campaign.code}/mypage/"
    receipts = [] if stage == "frozen" else [address(draw, f"{draw.sequence}/receipt/")]

    for place in (own, address(draw), address(draw, "protocol/"), *receipts):
        response = client.get(place)
        assert response.status_code == 200
        html = re.sub(r"<pre.*?</pre>", "", response.content.decode(), flags=re.DOTALL)
        assert words_of_a_draw(Page(html), language) == []


@in_both_languages
@pytest.mark.parametrize("totals", [{"W2": 6_000}, {}], ids=["entered", "not entered"])
def test_my_page_speaks_of_no_draw_before_the_list_is_fixed(
    set_clock: SetClock, totals: dict[str, int], language: str
) -> None:
    campaign = closed_campaign(totals, **POOL)
    set_clock(CLOSED)
    html = browser_of("W2", language=language).get(f"/campaign/detail/{campaign.code}/mypage/")

    assert words_of_a_draw(Page(html.content.decode()), language) == []


def test_a_void_list_is_no_void_draw(set_clock: SetClock) -> None:
    draw = gift_at("void", POOL)
    set_clock(SEEN_AT["void"])
    text = Page(visitor("en").get(address(draw)).content.decode()).text

    assert "The list has to be made again." in text
    assert f"List no. {draw.sequence} (void)" in text


def test_files_of_a_draw_keep_their_words(set_clock: SetClock) -> None:
    draw = draw_at("confirmed")
    set_clock(SEEN_AT["confirmed"])
    text = Page(visitor("en").get(address(draw)).content.decode()).text

    assert "The list of winners, without names" in text
    assert "The list of the points, without names" not in text

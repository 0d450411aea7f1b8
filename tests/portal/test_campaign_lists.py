"""The front page lists what is public, the open ones first; a series lists its campaigns."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from campaign.models import Terms
from tests.portal.conftest import JAPAN
from tests.portal.pages import Page, assert_sound

OPENS = datetime(2024, 12, 10, 12, tzinfo=JAPAN)
CLOSES = datetime(2025, 1, 14, tzinfo=JAPAN)
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
Publish = Callable[..., Terms]
SetClock = Callable[[datetime], None]


@pytest.fixture(autouse=True)
def _while_open(set_clock: SetClock) -> None:
    set_clock(OPENS + DAY)


def moved(first: Terms, days: int) -> dict[str, Any]:
    """Return the first campaign's dates some days later, in a row of their own."""
    shift = timedelta(days=days)
    names = ("public_at", "opens_at", "closes_at", "credit_at", "expires_on", "kept_until")
    dates = {name: getattr(first, name) + shift for name in names}
    (period,) = first.periods
    return {
        **dates,
        "travel_first": period[0] + shift,
        "travel_last": period[1] + shift,
        "name_ja": f"{days}日後のキャンペーン",
        "name_en": f"The campaign {days} days later",
    }


def look(client: Client, address: str = "/") -> Page:
    """Return a list of campaigns."""
    response = client.get(address)
    assert response.status_code == 200
    page = Page(response.content.decode())
    assert_sound(page)
    return page


def linked(page: Page) -> list[str]:
    """Return the codes of the campaigns to which a page links, in its order."""
    begin = "/campaign/detail/"
    return [link.split("/")[3] for link in page.values("href") if link.startswith(begin)]


def test_one_public_campaign_is_where_the_front_page_leads(
    client: Client, publish: Publish, set_clock: SetClock
) -> None:
    first = publish()
    publish("later", **moved(first, 60))
    publish("draft", published=False)
    response = client.get("/")
    assert (response.status_code, response.headers["Location"]) == (
        302,
        "/campaign/detail/012025121203/",
    )
    assert "no-store" in response.headers["Cache-Control"]


def test_where_none_is_public_the_next_to_open_is_where_it_leads(
    client: Client, publish: Publish, set_clock: SetClock
) -> None:
    first = publish()
    publish("earlier", **moved(first, -5))
    publish("draft", published=False)
    set_clock(OPENS - 6 * DAY)
    assert client.get("/").headers["Location"] == "/campaign/detail/earlier/"


@pytest.mark.django_db
def test_without_a_campaign_there_is_no_front_page(client: Client) -> None:
    assert client.get("/").status_code == 404


@pytest.mark.parametrize(
    ("now", "codes"),
    [
        pytest.param(OPENS + 9 * DAY, ["second", "012025121203"], id="both open: the last to open"),
        pytest.param(CLOSES - SECOND, ["third", "second", "012025121203"], id="all of them open"),
        pytest.param(
            CLOSES, ["third", "second", "012025121203"], id="the first one closed: after the open"
        ),
        pytest.param(CLOSES + 60 * DAY, ["third", "second", "012025121203"], id="all closed"),
    ],
)
def test_public_campaigns_are_listed_the_open_ones_first(
    client: Client, publish: Publish, set_clock: SetClock, now: datetime, codes: list[str]
) -> None:
    first = publish()
    publish("second", **moved(first, 7))
    publish("third", **moved(first, 30))
    publish("draft", published=False)
    set_clock(now)
    assert linked(look(client)) == codes


def test_an_open_campaign_stands_before_one_that_opened_later_and_has_ended(
    client: Client, publish: Publish, set_clock: SetClock
) -> None:
    first = publish()
    publish("short", **{**moved(first, 7), "closes_at": OPENS + 8 * DAY})
    set_clock(OPENS + 9 * DAY)
    assert linked(look(client)) == ["012025121203", "short"]


def test_a_public_campaign_that_is_not_open_yet_stands_between(
    client: Client, publish: Publish, set_clock: SetClock
) -> None:
    first = publish()
    publish("ended", **{**moved(first, 1), "closes_at": OPENS + 2 * DAY})
    publish("soon", **{**moved(first, 7), "public_at": OPENS})
    set_clock(OPENS + 3 * DAY)
    assert linked(look(client)) == ["012025121203", "soon", "ended"]


@pytest.mark.parametrize(
    ("now", "seconds"),
    [
        pytest.param(OPENS + 30 * DAY - timedelta(seconds=10), 8, id="before one becomes public"),
        pytest.param(CLOSES - timedelta(seconds=10), 8, id="before one closes"),
        pytest.param(CLOSES, 30, id="long before the next change"),
    ],
)
def test_caches_may_store_the_list_until_the_clock_changes_it(
    client: Client, publish: Publish, set_clock: SetClock, now: datetime, seconds: int
) -> None:
    first = publish()
    publish("second", **moved(first, 7))
    publish("third", **moved(first, 30))
    set_clock(now)
    assert f"s-maxage={seconds}," in client.get("/").headers["Cache-Control"]


def test_the_list_of_a_visitor_with_a_session_is_never_cached(
    client: Client, publish: Publish
) -> None:
    first = publish()
    publish("second", **moved(first, 1))
    client.cookies[settings.SESSION_COOKIE_NAME] = "of-somebody"
    response = client.get("/")
    assert linked(Page(response.content.decode())) == ["second", "012025121203"]
    assert {"private", "no-store"} <= set(response.headers["Cache-Control"].split(", "))


def test_a_series_lists_its_own_campaigns(
    client: Client, publish: Publish, set_clock: SetClock
) -> None:
    first = publish(series_code="winter")
    publish("second", series_code="winter", **moved(first, 7))
    publish("not-public", series_code="winter", **moved(first, 200))
    publish("other", series_code="summer", **moved(first, 7))
    publish("alone", **moved(first, 7))
    publish("draft", published=False, series_code="winter")
    set_clock(OPENS + 9 * DAY)
    page = look(client, "/campaign/series/winter/")
    assert linked(page) == ["second", "012025121203"]
    assert "コース" not in page.text
    address = "/campaign/detail/second/"
    assert "/campaign/series/winter/" in look(client, address).values("href")
    assert "/campaign/series/" not in client.get("/campaign/detail/alone/").content.decode()


def test_a_series_with_courses_and_carried_entries_says_so(
    client: Client, publish: Publish
) -> None:
    first = publish(series_code="s", series_course="a", series_carried=True)
    publish("b", series_code="s", series_course="b", series_carried=True, **moved(first, 0))
    text = look(client, "/campaign/series/s/").text
    assert "お一人につき1つのコースにのみご参加いただけます。" in text
    assert "同じコースの以降のキャンペーンにもエントリー済みとなります。" in text
    text = look(client, "/campaign/detail/b/").text
    assert "お一人につき1つのコースにのみご参加いただけます。" in text
    assert "あらためてのエントリーは不要です。" in text


@pytest.mark.parametrize("code", ["unknown", "012025121203", "x" * 41])
@pytest.mark.parametrize("has_session", [False, True], ids=["anonymous", "with a session"])
def test_an_unknown_series_is_not_found(
    client: Client, publish: Publish, code: str, has_session: bool
) -> None:
    publish(series_code="winter")
    if has_session:
        client.cookies[settings.SESSION_COOKIE_NAME] = "of-somebody"
    assert client.get(f"/campaign/series/{code}/").status_code == 404


@pytest.mark.parametrize("address", ["/", "/campaign/series/winter/"])
def test_lists_are_wholly_in_the_language_of_the_page(
    client: Client, publish: Publish, address: str
) -> None:
    first = publish(series_code="winter")
    publish("second", series_code="winter", **moved(first, 1))
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    page = look(client, address)
    assert "The campaign 1 days later" in page.text
    assert {text for lang, text in page.texts if lang == "ja"} == {"日本語"}

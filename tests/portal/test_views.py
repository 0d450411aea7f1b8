"""The campaign page is right to the second and shared by all visitors without a cookie."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from campaign.models import Campaign, Terms
from core import shared_pages
from core.freshness import MAX_SHARED_S
from tests.portal.conftest import JAPAN

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

OPENS = datetime(2024, 12, 10, 12, tzinfo=JAPAN)
CLOSES = datetime(2025, 1, 14, tzinfo=JAPAN)
SECOND = timedelta(seconds=1)
DETAIL = "/campaign/detail/012025121203/"
SET_LANGUAGE = "/language/setlang/"
Publish = Callable[..., Terms]
SetClock = Callable[[datetime], None]


@pytest.fixture(autouse=True)
def _while_open(set_clock: SetClock) -> None:
    set_clock(OPENS + timedelta(days=1))


def badge(response: "Response") -> str:
    """Return the state shown on a page."""
    page = response.content.decode()
    return page.split('class="badge badge-')[1].split('"')[0]


@pytest.mark.parametrize(
    ("now", "state"),
    [
        pytest.param(OPENS - timedelta(days=9), "before", id="announced, but not public yet"),
        pytest.param(OPENS - SECOND, "before", id="a second before opening"),
        pytest.param(OPENS, "open", id="at the second of opening"),
        pytest.param(CLOSES - SECOND, "open", id="in the last second"),
        pytest.param(CLOSES, "closed", id="at closing"),
    ],
)
def test_campaign_follows_the_clock(
    client: Client, publish: Publish, set_clock: SetClock, now: datetime, state: str
) -> None:
    publish()
    set_clock(now)
    assert badge(client.get(DETAIL)) == state


def test_campaign_is_counting_once_the_entrants_are_frozen(
    client: Client, publish: Publish, set_clock: SetClock
) -> None:
    publish()
    set_clock(CLOSES + timedelta(days=5))
    Campaign.objects.update(entries_frozen_at=CLOSES + timedelta(days=4))
    assert badge(client.get(DETAIL)) == "counting"


@pytest.mark.parametrize("edge", [OPENS, CLOSES], ids=["opening", "closing"])
def test_a_cached_page_does_not_outlive_the_state(
    client: Client, publish: Publish, set_clock: SetClock, edge: datetime
) -> None:
    publish()
    shown = []
    for now in (edge - SECOND, edge):
        set_clock(now)
        shown.append(badge(client.get(DETAIL)))
    assert shown[0] != shown[1]


def test_campaign_follows_the_newest_published_terms(client: Client, publish: Publish) -> None:
    publish()
    publish(minimum_total_yen=6_600)
    assert "6,600円以上" in client.get(DETAIL).content.decode()


@pytest.mark.parametrize(
    ("remembered_s", "shown"),
    [
        pytest.param(60, "5,000円以上", id="within the seconds of memory"),
        pytest.param(0, "6,600円以上", id="after them"),
    ],
)
def test_a_revision_shows_once_the_page_has_left_the_cache(
    client: Client,
    publish: Publish,
    monkeypatch: pytest.MonkeyPatch,
    remembered_s: int,
    shown: str,
) -> None:
    monkeypatch.setattr(shared_pages, "REMEMBERED_S", remembered_s)
    publish()
    client.get(DETAIL)
    publish(minimum_total_yen=6_600)
    assert shown in client.get(DETAIL).content.decode()


def test_campaign_costs_two_queries_and_then_none(
    client: Client, publish: Publish, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    publish()
    with django_assert_num_queries(2):
        client.get(DETAIL)
    with django_assert_num_queries(0):
        client.get(DETAIL)


def test_campaign_is_the_same_for_all_and_sets_no_cookie(publish: Publish) -> None:
    publish()
    first, second = (Client(enforce_csrf_checks=True).get(DETAIL) for _ in range(2))
    assert first.content == second.content
    assert not first.cookies
    assert b"csrf" not in first.content


@pytest.mark.parametrize(
    ("now", "seconds"),
    [
        pytest.param(OPENS - timedelta(hours=1), MAX_SHARED_S, id="an hour before opening"),
        pytest.param(OPENS - timedelta(seconds=10), 8, id="ten seconds before opening"),
        pytest.param(OPENS - SECOND, 0, id="a second before opening"),
        pytest.param(OPENS, MAX_SHARED_S, id="at opening"),
        pytest.param(CLOSES - timedelta(seconds=10), 8, id="ten seconds before closing"),
        pytest.param(CLOSES, MAX_SHARED_S, id="when nothing more comes by the clock"),
    ],
)
def test_caches_may_store_the_page_until_it_changes(
    client: Client, publish: Publish, set_clock: SetClock, now: datetime, seconds: int
) -> None:
    publish()
    set_clock(now)
    headers = client.get(DETAIL).headers
    assert headers["Cache-Control"] == (
        f"public, max-age=0, s-maxage={seconds}, must-revalidate, proxy-revalidate"
    )
    assert headers["Vary"] == "Cookie"
    assert headers["Content-Language"] == "ja"


def test_campaign_is_not_sent_again_to_a_browser_that_has_it(
    client: Client, publish: Publish, set_clock: SetClock
) -> None:
    publish()
    set_clock(OPENS - SECOND)
    known = client.get(DETAIL).headers["ETag"]
    again = client.get(DETAIL, headers={"if-none-match": known})
    assert (again.status_code, again.content, again.headers["Vary"]) == (304, b"", "Cookie")
    set_clock(OPENS)
    changed = client.get(DETAIL, headers={"if-none-match": known})
    assert changed.status_code == 200
    assert changed.headers["ETag"] != known


def test_campaign_of_a_visitor_with_a_session_is_never_cached(
    client: Client, publish: Publish
) -> None:
    publish()
    client.cookies[settings.SESSION_COOKIE_NAME] = "of-somebody"
    response = client.get(DETAIL)
    assert badge(response) == "open"
    assert {"private", "no-store"} <= set(response.headers["Cache-Control"].split(", "))
    assert response.headers["Vary"] == "Cookie"
    assert "ETag" not in response.headers


@pytest.mark.parametrize("code", ["unknown", "draft", "x" * 300])
@pytest.mark.parametrize("has_session", [False, True], ids=["anonymous", "with a session"])
def test_a_campaign_that_is_not_published_is_not_found(
    client: Client, publish: Publish, code: str, has_session: bool
) -> None:
    publish("draft", published=False)
    if has_session:
        client.cookies[settings.SESSION_COOKIE_NAME] = "of-somebody"
    response = client.get(f"/campaign/detail/{code}/")
    assert response.status_code == 404
    assert "ページが見つかりません" in response.content.decode()


def test_the_printed_address_without_its_slash_leads_to_the_page(
    client: Client, publish: Publish
) -> None:
    publish()
    response = client.get(DETAIL.rstrip("/"))
    assert (response.status_code, response.headers["Location"]) == (301, DETAIL)


@pytest.mark.parametrize("address", [DETAIL, "/", "/robots.txt"])
def test_pages_answer_only_get_and_head(client: Client, publish: Publish, address: str) -> None:
    publish()
    assert client.post(address).status_code == 405


def test_choosing_a_language_needs_no_token_and_is_remembered(publish: Publish) -> None:
    publish()
    client = Client(enforce_csrf_checks=True)
    page = client.get(DETAIL).content.decode()
    assert f'action="{SET_LANGUAGE}"' in page
    assert f'name="next" value="{DETAIL}"' in page
    response = client.post(SET_LANGUAGE, {"language": "en", "next": DETAIL})
    assert (response.status_code, response.headers["Location"]) == (302, DETAIL)
    english = client.get(DETAIL)
    assert english.headers["Content-Language"] == "en"
    assert b'<html lang="en">' in english.content
    client.post(SET_LANGUAGE, {"language": "ja", "next": DETAIL})
    assert b'<html lang="ja">' in client.get(DETAIL).content


@pytest.mark.parametrize("elsewhere", ["https://example.com/", "//example.com", "javascript:x"])
def test_choosing_a_language_redirects_to_no_other_site(client: Client, elsewhere: str) -> None:
    response = client.post(SET_LANGUAGE, {"language": "en", "next": elsewhere})
    assert response.headers["Location"] == "/"


@pytest.mark.parametrize("language", ["", "xx", "de", "../../etc"])
def test_an_unknown_language_leaves_the_page_japanese(
    client: Client, publish: Publish, language: str
) -> None:
    publish()
    client.post(SET_LANGUAGE, {"language": language, "next": DETAIL})
    assert client.get(DETAIL).headers["Content-Language"] == "ja"


def test_reading_the_language_address_changes_nothing(client: Client) -> None:
    response = client.get(SET_LANGUAGE, {"language": "en", "next": DETAIL})
    assert not response.cookies


def test_browser_preferences_do_not_choose_the_language(client: Client, publish: Publish) -> None:
    publish()
    response = client.get(DETAIL, headers={"accept-language": "en"})
    assert response.headers["Content-Language"] == "ja"


def test_robots_keeps_crawlers_out_of_what_is_private(client: Client) -> None:
    response = client.get("/robots.txt")
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert "Disallow: /staff/" in response.content.decode().splitlines()

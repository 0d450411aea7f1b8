"""The entry button: what it does, and its answer when something fails."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.conf import settings
from django.db import InterfaceError, OperationalError, close_old_connections, connection
from django.test import Client

from campaign.models import Terms
from entries import entering
from entries.models import Entry
from entries.receipts import receipt_number
from portal.errors import RETRY_AFTER_S
from tests.factories.campaign import UserFactory
from tests.factories.entries import EntryFactory, MemberFactory
from tests.portal.members import (
    CLOSES,
    DETAIL,
    ENTER,
    ENTERED,
    MY_PAGE,
    OPENS,
    freeze,
    signed_in,
)
from tests.portal.pages import Page, assert_sound

Publish = Callable[..., Terms]
SetClock = Callable[[datetime], None]
INSTANT = timedelta(microseconds=1)
NOT_MADE = "エントリーは完了していません。しばらくしてからもう一度お試しください。"
UNCONFIRMED = "エントリーが完了したかどうかを確認できませんでした。"


@pytest.fixture(autouse=True)
def _published(publish: Publish, set_clock: SetClock) -> None:
    publish()
    set_clock(ENTERED)


def press(client: Client) -> Page:
    """Press the button and return the page that follows."""
    response = client.post(ENTER, follow=True)
    assert response.redirect_chain == [(MY_PAGE, 302)]
    assert "no-store" in response.headers["Cache-Control"]
    page = Page(response.content.decode())
    assert_sound(page)
    return page


def focused(page: Page) -> list[str]:
    """Return the roles of the elements that have the focus when the page opens."""
    return [e.attributes.get("role", "") for e in page.elements if "autofocus" in e.attributes]


def test_the_answer_is_the_receipt_in_a_live_region_with_the_focus() -> None:
    page = press(signed_in())
    number = receipt_number(Entry.objects.get().pk)
    assert focused(page) == ["status"]
    assert re.search(
        f"エントリーが完了しました。 ?受付番号 ?{number} ?受付日時 ?"
        r"2024年12月10日（火）12:03:21",
        page.text,
    )


def test_a_second_press_shows_the_entry_time_and_changes_nothing(set_clock: SetClock) -> None:
    client = signed_in()
    press(client)
    before = Entry.objects.values().get()
    set_clock(ENTERED + timedelta(days=1))
    page = press(client)
    assert "すでにエントリー済みです（2024年12月10日 12:03）。" in page.text
    assert receipt_number(before["id"]) in page.text
    assert Entry.objects.values().get() == before


@pytest.mark.parametrize(
    "keeps_cookies",
    [
        pytest.param(True, id="the first answer's cookies are taken"),
        pytest.param(False, id="the first answer is never read"),
    ],
)
def test_a_double_click_shows_once_that_the_entry_is_complete(
    set_clock: SetClock, keeps_cookies: bool
) -> None:
    member = MemberFactory.create()
    first = signed_in(member)
    first.post(ENTER)
    set_clock(ENTERED + timedelta(seconds=1))
    page = press(first if keeps_cookies else signed_in(member))
    assert page.text.count("エントリーが完了しました。") == 1
    assert "すでに" not in page.text


def test_two_tabs_make_one_entry(set_clock: SetClock) -> None:
    member = MemberFactory.create()
    first = press(signed_in(member))
    set_clock(ENTERED + timedelta(seconds=10))
    second = press(signed_in(member))
    assert "エントリーが完了しました。" in first.text
    assert "すでにエントリー済みです" in second.text
    assert Entry.objects.count() == 1


def test_the_message_is_shown_once_and_the_receipt_stays() -> None:
    client = signed_in()
    press(client)
    page = Page(client.get(MY_PAGE).content.decode())
    assert focused(page) == []
    assert "エントリー済み" in page.text
    assert receipt_number(Entry.objects.get().pk) in page.text


@pytest.mark.parametrize(
    ("now", "sentence"),
    [
        pytest.param(OPENS - INSTANT, "エントリー受付はまだ始まっていません。", id="too early"),
        pytest.param(CLOSES, "エントリー期間は終了しました。", id="too late"),
    ],
)
def test_outside_the_period_no_entry_is_made(
    set_clock: SetClock, now: datetime, sentence: str
) -> None:
    set_clock(now)
    page = press(signed_in())
    assert page.text.count(sentence) == 1
    assert focused(page) == ["status"]
    assert not Entry.objects.exists()


def test_after_the_deadline_a_member_who_entered_still_sees_the_receipt(
    set_clock: SetClock,
) -> None:
    client = signed_in()
    press(client)
    set_clock(CLOSES + timedelta(days=300))
    page = press(client)
    assert "すでにエントリー済みです（2024年12月10日 12:03）。" in page.text
    assert receipt_number(Entry.objects.get().pk) in page.text


def test_after_the_freeze_no_entry_is_made(publish: Publish) -> None:
    client = signed_in()
    freeze(Terms.objects.get(), ENTERED)
    page = press(client)
    assert page.text.count("エントリー期間は終了しました。") == 1
    assert not Entry.objects.exists()


@pytest.mark.parametrize("staff", [False, True], ids=["a visitor", "staff"])
def test_a_visitor_is_redirected_to_sign_in_and_back_to_the_button(
    client: Client, staff: bool
) -> None:
    if staff:
        client.force_login(UserFactory.create(role="support"))
    response = client.post(ENTER)
    assert response.status_code == 302
    assert response.headers["Location"] == f"/accounts/login/?next={DETAIL}"
    assert not Entry.objects.exists()


def test_a_press_from_another_site_does_nothing() -> None:
    client = signed_in(enforce_csrf_checks=True)
    assert client.post(ENTER).status_code == 403
    assert not Entry.objects.exists()


def test_a_get_makes_no_entry_and_links_to_the_button() -> None:
    response = signed_in().get(ENTER)
    page = Page(response.content.decode())
    assert (response.status_code, response.headers["Allow"]) == (405, "POST")
    assert "no-store" in response.headers["Cache-Control"]
    assert_sound(page)
    assert "キャンペーンページへ" in page.text
    assert not Entry.objects.exists()


def test_the_language_link_after_a_failed_press_leads_to_a_page() -> None:
    failed = signed_in(enforce_csrf_checks=True).post(ENTER)
    assert Page(failed.content.decode()).values("value")[:1] == ["/"]


@pytest.mark.parametrize("code", ["unknown", "012025121203x"])
def test_an_unknown_campaign_is_not_found(code: str) -> None:
    assert signed_in().post(f"/campaign/detail/{code}/entry/").status_code == 404


@pytest.mark.parametrize("failure", [OperationalError, InterfaceError])
@pytest.mark.parametrize(
    "place", ["portal.member_views.find_visit", "entries.entering.connection.cursor"]
)
def test_an_overloaded_database_is_answered_503(place: str, failure: type[Exception]) -> None:
    client = signed_in()
    with patch(place, side_effect=failure("too many connections")):
        response = client.post(ENTER)
    page = Page(response.content.decode())
    assert response.status_code == 503
    assert response.headers["Retry-After"] == str(RETRY_AFTER_S)
    assert "no-store" in response.headers["Cache-Control"]
    assert_sound(page)
    assert "通信が混み合っています" in page.text
    assert NOT_MADE in page.text
    assert "二重にエントリーされることはありません" in page.text
    assert ENTER in page.values("action")
    assert not Entry.objects.exists()
    press(client)
    assert Entry.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_press_on_a_server_that_became_a_standby_is_not_lost() -> None:
    client = signed_in()
    with connection.cursor() as cursor:
        cursor.execute("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY")
    response = client.post(ENTER)
    page = Page(response.content.decode())
    assert response.status_code == 503
    assert_sound(page)
    assert NOT_MADE in page.text
    assert ENTER in page.values("action")
    close_old_connections()  # as after each request
    press(client)
    assert Entry.objects.count() == 1


def test_a_lost_answer_claims_neither_success_nor_failure() -> None:
    client = signed_in()
    with patch.object(entering, "write_entry", side_effect=entering.EntryUnconfirmed):
        response = client.post(ENTER)
    page = Page(response.content.decode())
    assert response.status_code == 503
    assert UNCONFIRMED in page.text
    assert NOT_MADE not in page.text


def test_the_page_of_an_overload_needs_no_database(django_assert_num_queries: Callable) -> None:
    client = signed_in()
    with (
        patch("portal.member_views.find_visit", side_effect=OperationalError),
        django_assert_num_queries(0),
    ):
        assert client.post(ENTER).status_code == 503


def test_the_instant_is_that_of_arrival_however_long_the_rest_takes(
    set_clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:

    def wait_long(*args: Any, **options: Any) -> entering.Entered | None:
        set_clock(CLOSES + timedelta(hours=1))
        return write_entry(*args, **options)

    set_clock(CLOSES - INSTANT)
    client = signed_in()
    write_entry = entering.write_entry
    monkeypatch.setattr(entering, "write_entry", wait_long)
    client.post(ENTER)
    assert Entry.objects.get().entered_at == CLOSES - INSTANT


def test_an_entry_takes_a_constant_number_of_queries(
    django_assert_max_num_queries: Callable,
) -> None:
    client = signed_in()
    EntryFactory.create_batch(20, campaign=Terms.objects.get().campaign)
    with django_assert_max_num_queries(4):  # session, user, visit, entry
        client.post(ENTER)


@pytest.mark.parametrize(
    ("language", "word"), [("ja", "ログインしてエントリーする"), ("en", "Log in and enter")]
)
def test_the_button_of_a_visitor_leads_to_sign_in_and_back(
    client: Client, language: str, word: str
) -> None:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    page = Page(client.get(DETAIL).content.decode())
    assert word in page.text
    assert "/accounts/login/" in page.values("action")
    assert ENTER not in page.values("action")
    assert not client.get(DETAIL).cookies


def test_the_button_of_a_member_enters() -> None:
    page = Page(signed_in().get(DETAIL).content.decode())
    assert_sound(page)
    assert "エントリーする" in page.text
    assert ENTER in page.values("action")
    assert {MY_PAGE} <= set(page.values("href"))
    assert "/accounts/logout/" in page.values("action")


def test_the_campaign_page_of_who_entered_says_so() -> None:
    client = signed_in()
    press(client)
    response = client.get(DETAIL)
    page = Page(response.content.decode())
    assert "すでにエントリー済みです（2024年12月10日 12:03）。" in page.text
    assert ENTER not in page.values("action")
    assert "no-store" in response.headers["Cache-Control"]


def test_a_members_entry_is_never_on_the_shared_page(client: Client) -> None:
    before = client.get(DETAIL)
    press(signed_in())
    after = client.get(DETAIL)
    assert after.content == before.content
    assert after.headers["ETag"] == before.headers["ETag"]
    assert not after.cookies


def test_my_page_redirects_a_visitor_to_sign_in_and_back(client: Client) -> None:
    response = client.get(MY_PAGE)
    assert response.status_code == 302
    assert response.headers["Location"] == f"/accounts/login/?next={MY_PAGE}"

"""Errors get a friendly page in the visitor's language, without details."""

import re
from html import unescape
from unittest.mock import patch

import pytest
from django.conf import settings
from django.test import Client

from core.errors import DATABASE_AWAY
from portal.errors import RETRY_AFTER_S
from tests.portal.failing_urls import SECRET
from tests.portal.pages import Page, assert_sound

pytestmark = pytest.mark.urls("tests.portal.failing_urls")
JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
HEADINGS = {
    "/fail/400/": (400, "このページは表示できません", "This page cannot be shown"),
    "/fail/403/": (403, "このページはご覧いただけません", "You cannot see this page"),
    "/nowhere/": (404, "ページが見つかりません", "There is no such page"),
    "/fail/503/": (503, "ただいま通信が混み合っています", "We are very busy at the moment"),
    "/fail/503-interface/": (
        503,
        "ただいま通信が混み合っています",
        "We are very busy at the moment",
    ),
}


def visitor(language: str) -> Client:
    """Return a visitor who has chosen a language, and sees failures as visitors do."""
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    return client


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("address", HEADINGS)
def test_errors_are_friendly_in_both_languages(address: str, language: str) -> None:
    status, *headings = HEADINGS[address]
    response = visitor(language).get(address)
    page = Page(response.content.decode())
    assert response.status_code == status
    assert_sound(page)
    assert headings[language == "en"] in page.text
    assert page.all("html")[0].lang == language
    assert [lang for lang, text in page.texts if JAPANESE.search(text) and lang != "ja"] == []
    assert SECRET not in unescape(page.html)
    assert "no-store" in response.headers["Cache-Control"]
    assert not response.cookies


def test_unavailable_has_retry_after() -> None:
    response = visitor("ja").get("/fail/503/")
    assert response.headers["Retry-After"] == str(RETRY_AFTER_S)


@pytest.mark.parametrize("failure", DATABASE_AWAY)
def test_a_session_that_cannot_be_saved_is_answered_503(failure: type[Exception]) -> None:
    """It is saved after the view, where no process_exception sees it fail."""
    with patch(
        "django.contrib.sessions.backends.db.SessionStore.save", side_effect=failure(SECRET)
    ):
        response = visitor("ja").get("/remember/")
    page = Page(response.content.decode())
    assert response.status_code == 503
    assert_sound(page)
    assert "ただいま通信が混み合っています" in page.text
    assert SECRET not in unescape(page.html)
    assert response.headers["Retry-After"] == str(RETRY_AFTER_S)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_an_outdated_form_gets_a_friendly_page(language: str) -> None:
    response = visitor(language).post("/staff/login/", {"username": "somebody"})
    assert response.status_code == 403
    headings = {"ja": "もう一度お試しください", "en": "Please try once more"}
    assert headings[language] in response.content.decode()
    assert "CSRF" not in response.content.decode()


def test_a_wrong_host_is_a_bad_request() -> None:
    response = visitor("ja").get("/robots.txt", headers={"host": "example.com"})
    assert response.status_code == 400
    assert "このページは表示できません" in response.content.decode()


def test_the_page_of_a_fault_is_in_both_languages_and_needs_no_context() -> None:
    response = visitor("en").get("/fail/500/")
    page = Page(response.content.decode())
    assert response.status_code == 500
    assert_sound(page)
    assert "エラーが発生しました" in page.text
    assert "Something went wrong." in page.text
    assert SECRET not in unescape(page.html)
    assert "{%" not in page.html

"""The preview: every page, state and made-up member, of drafts too; it saves and shows nothing."""

from collections.abc import Callable
from datetime import datetime
from html.parser import HTMLParser
from itertools import product
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from campaign.models import Terms
from core.sign_in.backends import MEMBER_BACKEND
from portal.desk.preview.scenes import MadeUp, PageKind
from portal.states import ShownState
from tests.factories.campaign import CampaignFactory, TermsFactory, UserFactory
from tests.factories.entries import MemberFactory
from tests.points import steps

pytestmark = pytest.mark.django_db
CODE = "012025121203"
HERE = f"/staff/campaigns/{CODE}/preview/"
PAGE = f"{HERE}page/"
SetClock = Callable[[datetime], None]


class Parts(HTMLParser):
    """The links and buttons of a page, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.buttons: list[str | None] = []
        self.words: list[str] = []
        self.feed(html)
        self.text = " ".join("".join(self.words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(reversed(attrs))  # of two with one name browsers take the first
        if tag == "a" and found.get("href"):
            self.links.append(str(found["href"]))
        if tag == "button":
            self.buttons.append(found.get("type"))

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def staff(role: str = "campaign", *, language: str = "ja") -> Client:
    """Return the browser of a user with a role."""
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    client.force_login(UserFactory.create(role=role))
    return client


def see(client: Client, **chosen: Any) -> Parts:
    """Return a page of the preview, with what holds of each."""
    response = client.get(PAGE, chosen)
    assert response.status_code == 200, chosen
    assert "no-store" in response.headers["Cache-Control"]
    assert "noindex" in response.headers["X-Robots-Tag"]
    assert response.headers["X-Frame-Options"] == "SAMEORIGIN"
    policy = response.headers["Content-Security-Policy"]
    for rule in ("frame-ancestors 'self'", "script-src 'none'", "form-action 'none'"):
        assert rule in policy
    html = response.content.decode()
    assert 'class="preview-bar"' in html
    assert '<meta name="robots" content="noindex">' in html
    parts = Parts(html)
    assert {one for one in parts.links if not one.startswith("#")} <= {
        one for one in parts.links if one.startswith(PAGE)
    }
    assert set(parts.buttons) <= {"button"}
    return parts


def count_rows() -> dict[str, int]:
    """Return how many rows each table has."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        counts = {}
        for table in tables:
            cursor.execute(f'SELECT count(*) FROM "{table}"')
            (counts[table],) = cursor.fetchone()
    return counts


@pytest.fixture
def draft() -> Terms:
    """Return the draft of a campaign that nobody has seen."""
    terms: Terms = TermsFactory.create(campaign=CampaignFactory.create(code=CODE))
    return terms


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_page_of_a_draft_in_every_state_for_everybody_leaves_no_row(
    draft: Terms, language: str
) -> None:
    client, before = staff(), None
    for state, page in product(ShownState, PageKind):
        members = list(MadeUp) if page is PageKind.MY_PAGE else [""]
        for member in members:
            see(client, state=state, page=page, member=member, language=language)
            before = before or count_rows()
    assert count_rows() == before



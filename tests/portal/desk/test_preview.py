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


def test_the_controls_show_the_page_in_a_frame_of_this_site(draft: Terms) -> None:
    client = staff(language="en")
    response = client.get(HERE, {"page": "my_page", "member": "below", "width": "desktop"})
    html = response.content.decode()
    assert f'src="{PAGE}?version=1&amp;page=my_page' in html
    assert '<iframe class="preview-desktop"' in html
    assert "frame-src 'self'" in response.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]
    assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.parametrize(
    ("state", "member", "words"),
    [
        ("before", "winner", ["エントリー受付は"]),
        ("open", "not_entered", ["まだエントリーされていません", "12,340円"]),
        ("open", "no_bookings", ["0円", "あと"]),
        ("open", "below", ["3,000円", "2,000円"]),
        ("open", "cap", ["上限を超えています", "20,000ポイント"]),
        ("open", "pending", ["12,340円分を確認中です"]),
        ("counting", "winner", ["抽選の対象です"]),
        ("counting", "outside", ["抽選の対象外です", "確認できなかった"]),
        ("results", "winner", ["当選おめでとうございます", "12,340ポイント"]),
        ("results", "loser", ["落選"]),
        ("results", "below", ["抽選の対象外です", "5,000円未満"]),
        ("credited", "winner", ["12,340ポイントを還元しました"]),
        ("credited", "lowered", ["7,404ポイントを還元しました", "12,340ポイント"]),
        ("credited", "forfeited", ["ポイント還元"]),
        ("credited", "not_entered", ["エントリーが確認できないため"]),
    ],
)
def test_my_page_says_what_a_member_of_each_kind_reads(
    draft: Terms, state: str, member: str, words: list[str]
) -> None:
    text = see(staff(), page="my_page", state=state, member=member).text
    assert [one for one in words if one not in text] == []


@pytest.mark.parametrize(
    ("at", "words"),
    [
        pytest.param("2024-12-10T11:59", "からです", id="a minute before the opening"),
        pytest.param("2024-12-10T12:00", "エントリーする", id="at the opening, in Japan"),
        pytest.param("2025-01-14T00:00", "終了しました", id="at the end, which is exclusive"),
    ],
)
def test_without_a_state_the_instant_decides(draft: Terms, at: str, words: str) -> None:
    assert words in see(staff(), at=at).text


def test_without_either_the_clock_decides(draft: Terms, set_clock: SetClock) -> None:
    set_clock(draft.opens_at)
    assert "エントリーする" in see(staff()).text


def test_a_draft_of_a_revision_shows_what_it_changes(draft: Terms) -> None:
    campaign = CampaignFactory.create(code="revised", published=True)
    TermsFactory.create(campaign=campaign, minimum_total_yen=7_000)
    client, address = staff(), "/staff/campaigns/revised/preview/page/"
    text = {
        version: Parts(client.get(address, {"version": version}).content.decode()).text
        for version in (1, 2)
    }
    assert "7,000円" in text[2]
    assert "変更" in text[2]
    assert "7,000円" not in text[1]
    assert Terms.objects.get(campaign=campaign, version=2).published_at is None


def test_a_draft_that_lacks_something_says_what() -> None:
    terms = TermsFactory.create(campaign=CampaignFactory.create(code=CODE))
    terms.prizes.all().delete()
    response = staff(language="en").get(PAGE)
    assert response.status_code == 200
    assert "This draft cannot be shown yet" in response.content.decode()


def test_the_page_shows_nothing_of_a_real_draw_or_member() -> None:
    campaign = steps.confirmed().campaign
    address = f"/staff/campaigns/{campaign.code}/preview/page/"
    client = staff()
    for page in ("campaign", "draw", "my_page"):
        for state in ("counting", "results", "credited"):
            html = client.get(address, {"page": page, "state": state}).content.decode()
            assert not any(wester_id in Parts(html).text for wester_id in steps.THREE)
            assert "35,000" not in html


@pytest.mark.parametrize("address", [HERE, PAGE, f"/staff/campaigns/{CODE}/rehearsal/"])
def test_only_staff_open_it_and_only_to_look(draft: Terms, address: str) -> None:
    member = Client()
    member.force_login(MemberFactory.create().user, backend=MEMBER_BACKEND)
    for client in (Client(), member):
        assert client.get(address).headers["Location"].startswith("/staff/login/")
    assert staff().post(address).status_code == 405


@pytest.mark.parametrize(
    "chosen",
    [{"version": "9"}, {"version": "x"}, {"state": "x"}, {"at": "0001-01-01T00:00"}, {"page": "x"}],
    ids=str,
)
def test_choices_that_are_none_show_no_page(draft: Terms, chosen: dict[str, str]) -> None:
    client = staff()
    assert client.get(PAGE, chosen).status_code == 404
    response = client.get(HERE, chosen)
    assert response.status_code == 200
    assert b"<iframe" not in response.content


@pytest.mark.parametrize("member", MadeUp)
def test_once_points_are_credited_nobody_reads_that_something_is_pending(
    draft: Terms, member: MadeUp
) -> None:
    text = see(staff(), page="my_page", state="credited", member=member).text
    waiting = ("確認中", "反映", "まだ", "加算されます")
    assert [words for words in waiting if words in text.replace(str(member.label), "")] == []

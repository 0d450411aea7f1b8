"""A member reads what data is for, and what is published, before signing in or entering."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils.html import escape

from campaign.models import Terms
from campaign.termsfile import CampaignFile
from core.sign_in.backends import MEMBER_BACKEND
from portal import plan_words
from tests.factories.entries import MemberFactory
from tests.portal.conftest import JAPAN

pytestmark = pytest.mark.django_db
OPENS = datetime(2024, 12, 10, 12, tzinfo=JAPAN)
DETAIL = "/campaign/detail/012025121203/"
SIGN_IN = "/accounts/login/"
BUTTON = {"anonymous": f'<form action="{SIGN_IN}"', "member": '<form class="entry-form"'}
FOOTER_LINK = f'<a class="way" href="{DETAIL}#privacy">'
PUBLISHED = {
    "en": "So that everybody can check that the draw is fair, we publish the list of entrants",
    "ja": "抽選の公正さをどなたでも確かめられるよう、"
    "抽選対象者の一覧（お名前やWESTER IDを含まない、抽選ごとに変わる番号）、"
    "口数、当選された方の還元ポイント数を公開します。",
}


@pytest.fixture(autouse=True)
def _while_open(publish: Callable[..., Terms], set_clock: Callable[[datetime], None]) -> None:
    publish()
    set_clock(OPENS + timedelta(days=1))


def show(client: Client, path: str, language: str = "ja") -> str:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize(
    ("visitor", "path"),
    [("anonymous", DETAIL), ("member", DETAIL), ("member", f"{DETAIL}mypage/")],
)
def test_purpose_and_what_is_published_stand_before_the_entry_button(
    client: Client, first_campaign: CampaignFile, visitor: str, path: str, language: str
) -> None:
    if visitor == "member":
        client.force_login(MemberFactory.create().user, backend=MEMBER_BACKEND)

    before, button, _ = show(client, path, language).partition(BUTTON[visitor])

    assert button
    assert escape(first_campaign.terms["texts"]["privacy"][language]) in before
    assert PUBLISHED[language] in before
    assert f"{'' if path == DETAIL else DETAIL}#privacy" in before


@pytest.mark.parametrize("language", ["ja", "en"])
def test_purpose_stands_before_the_button_to_wester_id(
    client: Client, first_campaign: CampaignFile, language: str
) -> None:
    page = show(client, f"{SIGN_IN}?next={DETAIL}mypage/", language)

    before, button, _ = page.partition(BUTTON["anonymous"])

    assert button
    assert escape(first_campaign.terms["texts"]["privacy"][language]) in before
    assert f'href="{DETAIL}#privacy"' in before


@pytest.mark.parametrize(
    "wanted",
    [
        pytest.param("", id="nothing"),
        pytest.param("/", id="the front page"),
        pytest.param("/campaign/detail/unknown/", id="an unknown campaign"),
        pytest.param("/campaign/series/012025121203/", id="a series"),
        pytest.param("/nowhere", id="no page"),
        pytest.param("https://evil.example/campaign/detail/012025121203/", id="another site"),
    ],
)
def test_sign_in_for_no_campaign_points_to_the_pages_of_campaigns(
    client: Client, wanted: str
) -> None:
    page = show(client, f"{SIGN_IN}?next={wanted}", "en")

    assert "is on the page of each campaign." in page
    assert DETAIL not in page


def test_notice_says_until_when_and_whom_to_ask(
    client: Client, first_campaign: CampaignFile
) -> None:
    notice = show(client, DETAIL, "en").partition('id="privacy"')[2].partition("</section>")[0]

    assert '<time datetime="2027-03-31">' in notice
    assert first_campaign.terms["texts"]["contact_telephone"] in notice
    assert "show under such a number how much was spent in total" in notice


@pytest.mark.parametrize("path", [DETAIL, f"{DETAIL}draw/", f"{SIGN_IN}?next={DETAIL}"])
def test_footer_leads_to_the_notice(client: Client, path: str) -> None:
    footer = show(client, path).partition("<footer")[2]

    assert FOOTER_LINK in footer


def test_draw_page_says_that_points_show_what_was_spent(client: Client) -> None:
    page = show(client, f"{DETAIL}draw/", "en")

    assert "show under such a number how much was spent in total" in page
    assert "and so their place in the order" in page


def test_points_that_do_not_follow_spending_show_none(publish: Callable[..., Terms]) -> None:
    fixed = publish("fixed", prizes=[{"kind": "fixed", "points": 500, "percent": None}])

    sentences = plan_words.what_is_published(fixed.plan, gives_to_all=False)

    assert not [one for one in sentences if "how much was spent" in str(one)]

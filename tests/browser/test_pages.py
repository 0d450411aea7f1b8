"""Every page in every state, in both languages and both widths."""

from datetime import date, datetime, timedelta
from unittest.mock import patch

import pytest
from django.conf import settings
from django.db import OperationalError, transaction
from django.test import Client
from playwright.sync_api import Page, ViewportSize, expect

from campaign.models import AggregationRun, Total
from campaign.termsfile import read_campaign_file_at
from config.env import ROOT
from core.sign_in.backends import MEMBER_BACKEND
from entries.models import Member
from tests.browser.conftest import Site, Visit
from tests.browser.looking import assert_fits, assert_good_everywhere, assert_good_to_use
from tests.factories.bookings import BookingFactory
from tests.factories.campaign import JAPAN, TermsFactory
from tests.factories.entries import EntryFactory, MemberFactory
from tests.factories.lottery import frozen_draw, publish, run, void
from tests.factories.network import RideFactory
from tests.points import steps

OPENS = datetime(2024, 12, 10, 12, tzinfo=JAPAN)
CLOSES = datetime(2025, 1, 14, tzinfo=JAPAN)
AS_OF = datetime(2024, 12, 28, 3, 15, tzinfo=JAPAN)
STATES = ("before", "open", "closed", "counting", "results", "credited")
LANGUAGES = ("ja", "en")


def bring_to(state: str, site: Site) -> None:
    """Bring the campaign into a state."""
    if state == "counting":
        site.freeze(CLOSES + timedelta(days=6))
    elif state in ("results", "credited"):
        hold_draw(site, is_paid=state == "credited")
    else:
        site.at({"before": OPENS - timedelta(days=1), "open": AS_OF, "closed": CLOSES}[state])


def hold_draw(site: Site, *, is_paid: bool) -> None:
    """Make the draw over all entries, and pay the points."""
    EntryFactory.create(campaign=site.campaign, wester_id="W-another")
    BookingFactory.create(wester_id="W-another", reservation_no="of-another", amount_yen=5_000)
    with transaction.atomic():
        draw = steps.confirm(run(publish(frozen_draw(campaign=site.campaign))))
        if is_paid:
            steps.pay(steps.prepare(draw))
    site.at((steps.CREDIT_AT if is_paid else steps.CONFIRMED_AT) + timedelta(hours=1))


def known_member(site: Site, *, entered: bool) -> Member:
    """Return a member with a total and a booking of every verdict."""
    member: Member = MemberFactory.create()
    terms = site.campaign.terms.get()
    AggregationRun.objects.create(
        campaign=site.campaign,
        mode="full",
        terms=terms,
        terms_sha256="0" * 64,
        as_of=AS_OF,
        finished_at=AS_OF,
    )
    Total.objects.create(
        campaign=site.campaign,
        wester_id=member.wester_id,
        total_yen=23_450 if entered else 3_800,
        bookings=1,
        awaiting_yen=14_720,
    )
    west = {"wester_id": member.wester_id, "operators": ["JR West"]}
    RideFactory.create(
        **west,
        used=True,
        amount_yen=23_450,
        travel_date=date(2024, 12, 26),
        journey="のぞみ1号:東京>新大阪",
    )
    RideFactory.create(
        **west, amount_yen=14_720, journey="のぞみ1号:東京>新大阪|サンダーバード5号:新大阪>金沢"
    )
    RideFactory.create(**west, cancelled=True, payment_method="bank", used=True)
    if entered:
        EntryFactory.create(campaign=site.campaign, wester_id=member.wester_id)
    return member


def carry_session(page: Page, site: Site, member: Member) -> None:
    """Sign the browser in without WESTER ID, which has tests of its own."""
    client = Client()
    client.force_login(member.user, backend=MEMBER_BACKEND)
    name = settings.SESSION_COOKIE_NAME
    cookie = {"name": name, "value": client.cookies[name].value, "url": site.address}
    page.context.add_cookies([cookie])  # type: ignore[list-item] # a plain dictionary of its shape


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("state", STATES)
def test_campaign_page_is_good_to_use(site: Site, visit: Visit, state: str, language: str) -> None:
    bring_to(state, site)
    page = visit(language)
    page.goto(site.url())
    expect(page.locator(f".badge-{state}")).to_be_in_viewport()
    if state == "open":
        expect(page.get_by_role("main").get_by_role("button")).to_be_in_viewport(ratio=1)
    assert_good_everywhere(page)


@pytest.mark.parametrize("entered", [True, False], ids=["entered", "not entered"])
@pytest.mark.parametrize("state", STATES)
def test_my_page_is_good_to_use(site: Site, visit: Visit, state: str, entered: bool) -> None:
    member = known_member(site, entered=entered)
    bring_to(state, site)
    for language in LANGUAGES:
        page = visit(language)
        carry_session(page, site, member)
        page.goto(site.url("mypage/"))
        expect(page.locator(f".badge-{state}")).to_be_visible()
        assert_good_everywhere(page)


def test_my_page_of_a_void_draw_is_good_to_use(site: Site, visit: Visit) -> None:
    member = known_member(site, entered=True)
    with transaction.atomic():
        void(run(publish(frozen_draw(campaign=site.campaign))), at=steps.CONFIRMED_AT)
    site.at(steps.CONFIRMED_AT + timedelta(hours=1))
    for language in LANGUAGES:
        page = visit(language)
        carry_session(page, site, member)
        page.goto(site.url("mypage/"))
        expect(page.locator(".result-void")).to_be_visible()
        assert_good_everywhere(page)


@pytest.mark.parametrize("language", LANGUAGES)
def test_campaign_page_of_a_member_is_good_to_use(site: Site, visit: Visit, language: str) -> None:
    site.at(AS_OF)
    for entered in (True, False):
        page = visit(language)
        carry_session(page, site, MemberFactory.create() if not entered else entrant(site))
        page.goto(site.url())
        assert_good_everywhere(page)


def entrant(site: Site) -> Member:
    """Return a member who has entered."""
    member: Member = MemberFactory.create()
    EntryFactory.create(campaign=site.campaign, wester_id=member.wester_id)
    return member


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", ["/nowhere/", "/accounts/login/"])
def test_other_pages_are_good_to_use(site: Site, visit: Visit, path: str, language: str) -> None:
    site.at(AS_OF)
    page = visit(language)
    page.goto(f"{site.address}{path}")
    assert_good_everywhere(page)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", ["/", "/campaign/series/monthly-2025-26/"])
def test_lists_of_campaigns_are_good_to_use(
    site: Site, visit: Visit, path: str, language: str
) -> None:
    file = read_campaign_file_at(ROOT / "campaign/data/monthly-2025-12.json")
    TermsFactory.create(campaign__code=file.code, **file.terms, prizes=file.prizes, published=True)
    site.at(file.terms["opens_at"])
    page = visit(language)
    page.goto(f"{site.address}{path}")
    expect(page.locator(".listed").first).to_be_visible()
    assert_good_everywhere(page)


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_of_a_campaign_with_prizes_and_lots_is_good_to_use(
    site: Site, visit: Visit, language: str
) -> None:
    file = read_campaign_file_at(ROOT / "campaign/data/monthly-2025-12.json")
    TermsFactory.create(campaign__code=file.code, **file.terms, prizes=file.prizes, published=True)
    site.at(file.terms["opens_at"])
    page = visit(language)
    page.goto(f"{site.address}/campaign/detail/{file.code}/")
    assert_good_everywhere(page)


@pytest.mark.parametrize(
    "size",
    [
        pytest.param({"width": 640, "height": 450}, id="twice as large"),
        pytest.param({"width": 320, "height": 256}, id="four times as large"),
    ],
)
def test_enlarged_pages_fit(site: Site, visit: Visit, size: ViewportSize) -> None:
    site.at(AS_OF)
    page = visit(size=size)
    carry_session(page, site, known_member(site, entered=True))
    for path in ("", "mypage/"):
        page.goto(site.url(path))
        assert_fits(page)


def test_overloaded_site_offers_the_button_again(site: Site, visit: Visit) -> None:
    site.at(AS_OF)
    page = visit()
    carry_session(page, site, MemberFactory.create())
    page.goto(site.url())
    with patch("entries.entering.write_entry", side_effect=OperationalError):
        page.get_by_role("button", name="エントリーする", exact=True).click()
        expect(page.get_by_text("エントリーは完了していません。")).to_be_visible()
    assert_good_to_use(page)
    page.get_by_role("button", name="もう一度試す").click()
    expect(page.get_by_role("status")).to_contain_text("エントリーが完了しました。")

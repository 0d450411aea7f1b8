"""The staff's overview."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from core.sign_in.backends import MEMBER_BACKEND
from core.staff_access import restore_approver
from tests.factories.campaign import CampaignFactory, UserFactory
from tests.factories.entries import MemberFactory
from tests.points import steps

pytestmark = pytest.mark.django_db
SetClock = Callable[[datetime], None]
OVERVIEW = "/staff/overview/"


def staff(role: str) -> Client:
    """Return the browser of a user with a role, who reads English."""
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    client.force_login(UserFactory.create(role=role))
    return client


def text_of(response: Any) -> str:
    """Return the text of a page."""
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


@pytest.mark.parametrize("address", [OVERVIEW])
def test_staff_pages_redirect_to_the_staffs_sign_in(address: str) -> None:
    member = Client()
    member.force_login(MemberFactory.create().user, backend=MEMBER_BACKEND)
    for client in (Client(), member):
        response = client.get(address)
        assert response.status_code == 302
        assert response.headers["Location"].startswith("/staff/login/")


@pytest.mark.parametrize("role", ["campaign", "support", "ops", "approver", "auditor"])
def test_the_overview_is_for_all_staff(role: str) -> None:
    text_of(staff(role).get(OVERVIEW))


def test_the_overview_shows_the_state_of_a_campaign(set_clock: SetClock) -> None:
    steps.paid()
    CampaignFactory.create(code="a-draft", draft=True)
    set_clock(steps.CREDIT_AT + timedelta(hours=1))
    page = text_of(staff("ops").get(OVERVIEW))
    assert "Points credited" in page
    assert "Paid: 3 / 3" in page
    assert "37,340" in page
    assert "a-draft" not in page
    assert "no-store" in staff("ops").get(OVERVIEW).headers["Cache-Control"]


def test_the_overview_shows_all_of_staff_that_an_approver_was_restored(set_clock: SetClock) -> None:
    restored_at = datetime(2025, 1, 14, 12, tzinfo=UTC)
    UserFactory.create(username="hanako", role="approver")
    restore_approver(username="hanako", password="kasumi-sakura-hikari", at=restored_at)
    warning = "restored the approver hanako; nobody approved it"

    for days, is_shown in ((0, True), (29, True), (30, False)):
        set_clock(restored_at + timedelta(days=days))
        assert (warning in text_of(staff("support").get(OVERVIEW))) is is_shown


def test_the_overview_shows_that_no_payout_is_prepared(
    set_clock: SetClock,
) -> None:
    steps.confirmed()
    set_clock(steps.CONFIRMED_AT)
    page = re.sub(r"<[^>]*>", " ", text_of(staff("ops").get(OVERVIEW)))
    page = " ".join(page.split())
    for words in ("Results announced", "1: confirmed", "Not prepared: 0 / 3", "still open 3"):
        assert words in page


def test_the_overview_warns_of_a_payout_that_is_due_and_not_approved(set_clock: SetClock) -> None:
    steps.confirmed()
    set_clock(steps.CREDIT_AT)
    assert "the payout is due and not approved" in text_of(staff("support").get(OVERVIEW))


def test_the_overview_without_a_campaign_says_so() -> None:
    assert "No campaign is published yet." in text_of(staff("ops").get(OVERVIEW))

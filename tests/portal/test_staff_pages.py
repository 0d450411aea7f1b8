"""The staff's look-up: permissions, no member in an address, the audit."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from campaign.models import Campaign
from core.models import AuditRecord
from core.sign_in.backends import MEMBER_BACKEND
from entries.models import Entry, Member
from entries.receipts import receipt_number
from points.models import Account
from tests.factories.bookings import BookingFactory
from tests.factories.campaign import FIRST_TERMS, TermsFactory, UserFactory
from tests.factories.entries import EntryFactory, MemberFactory, MembershipFactory
from tests.factories.lottery import FREEZES, closed_campaign, drawn_draw
from tests.points import steps

pytestmark = pytest.mark.django_db
SetClock = Callable[[datetime], None]
LOOK_UP = "/staff/member/"
DATES = ("public_at", "opens_at", "closes_at", "credit_at", "expires_on", "kept_until")
MAY_LOOK_UP = ("support", "ops", "auditor")


def staff(role: str) -> Client:
    """Return the browser of a user with a role, who reads English."""
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    client.force_login(UserFactory.create(role=role))
    return client


def look_up(client: Client, campaign: Campaign, wester_id: str) -> Any:
    """Look a member up."""
    return client.post(LOOK_UP, {"campaign": campaign.pk, "wester_id": wester_id})


def text_of(response: Any) -> str:
    """Return the text of a page."""
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_look_up_redirects_to_the_staffs_sign_in() -> None:
    member = Client()
    member.force_login(MemberFactory.create().user, backend=MEMBER_BACKEND)
    for client in (Client(), member):
        response = client.get(LOOK_UP)
        assert response.status_code == 302
        assert response.headers["Location"].startswith("/staff/login/")


@pytest.mark.parametrize("role", ["campaign", "support", "ops", "approver", "auditor"])
def test_look_up_is_for_some_of_staff(role: str) -> None:
    response = staff(role).get(LOOK_UP)
    assert response.status_code == (200 if role in MAY_LOOK_UP else 403)


def test_look_up_shows_what_the_member_sees(set_clock: SetClock) -> None:
    payout = steps.prepared()
    steps.lower("W2", to=7_000)
    steps.pay(payout)
    set_clock(steps.CREDIT_AT + timedelta(hours=1))
    page = text_of(look_up(staff("support"), payout.draw.campaign, "W2"))
    for words in ("Points credited", "12,340", "7,000", "2025-02-15T10:00:00"):
        assert words in page


@pytest.mark.parametrize(
    ("second", "words"),
    [
        pytest.param({"entry_needed": False}, "Nobody needs to enter.", id="no entry needed"),
        pytest.param(
            {"series_code": "s", "series_carried": True},
            "Entered by your entry to another campaign of this series",
            id="carried over",
        ),
        pytest.param({"series_code": "s"}, "There is no entry.", id="no entry"),
    ],
)
def test_look_up_says_how_a_member_takes_part_without_an_own_entry(
    set_clock: SetClock, second: dict[str, Any], words: str
) -> None:
    first = TermsFactory.create(published=True, series_code="s")
    looked_at = TermsFactory.create(published=True, **second)
    EntryFactory.create(campaign=first.campaign, wester_id="W1", entered_at=first.opens_at)
    set_clock(first.opens_at + timedelta(hours=1))
    page = text_of(look_up(staff("support"), looked_at.campaign, "W1"))
    assert words in page
    assert ("There is no entry." in page) == (words == "There is no entry.")


def test_look_up_links_to_the_transfers_of_the_account(
    set_clock: SetClock,
) -> None:
    payout = steps.paid()
    set_clock(steps.CREDIT_AT + timedelta(hours=1))
    client = staff("support")
    page = text_of(look_up(client, payout.draw.campaign, "W2"))
    account = Account.objects.get(wester_id="W2")
    address = f"/staff/points/transfer/?to_account__id__exact={account.pk}"
    assert address in page
    credited = text_of(client.get(address))
    assert "1 transfer" in credited
    assert "W2" in credited


def test_look_up_shows_no_result_before_its_confirmation(
    set_clock: SetClock,
) -> None:
    draw = drawn_draw(budget_points=6_000)
    set_clock(draw.round_time + timedelta(hours=1))
    for wester_id in steps.THREE:
        page = text_of(look_up(staff("auditor"), draw.campaign, wester_id))
        assert "In the draw, no result yet" in page
        assert "Points awarded" not in page


@pytest.mark.parametrize("typed", ["W-unknown", "Ｗ９９９", "W2W2", "-"])
def test_look_up_of_an_unknown_wester_id_shows_only_that(set_clock: SetClock, typed: str) -> None:
    campaign = closed_campaign()
    set_clock(FREEZES)
    page = text_of(look_up(staff("ops"), campaign, typed))
    assert "There is no record of it. Please check what was typed." in page
    for answer in ("There is no entry.", "There is no draw yet.", "No booking is known."):
        assert answer not in page


def test_look_up_of_a_member_without_an_entry_shows_that(set_clock: SetClock) -> None:
    campaign = closed_campaign()
    MembershipFactory.create(wester_id="W-known", status="active")
    set_clock(FREEZES)
    page = text_of(look_up(staff("ops"), campaign, "W-known"))
    for answer in ("There is no entry.", "There is no draw yet.", "No booking is known."):
        assert answer in page
    assert "no record" not in page


@pytest.mark.parametrize(
    "typed", ["Ｗ０００９６５４２２", "w000965422", "W000-965-422", " W 000965422"]
)
def test_look_up_offers_similar_wester_ids(set_clock: SetClock, typed: str) -> None:
    campaign = closed_campaign({"W000965422": 5_000, "W000965-422": 5_000})
    set_clock(FREEZES)
    client = staff("support")
    page = look_up(client, campaign, typed)
    assert page.context["candidates"] == ["W000965-422", "W000965422"]
    assert "There is no entry." not in text_of(page)
    assert 'name="wester_id" value="W000965422"' in text_of(page)
    assert f'name="campaign" value="{campaign.pk}"' in text_of(page)
    for wester_id in page.context["candidates"]:
        entry = Entry.objects.get(wester_id=wester_id)
        chosen = look_up(client, campaign, wester_id)
        assert "candidates" not in chosen.context
        assert receipt_number(entry.pk) in text_of(chosen)
    looked_up = AuditRecord.objects.filter(action="member.looked_up").order_by("id")
    assert [one.detail.get("candidates") for one in looked_up] == [2, None, None]


def test_look_up_of_an_exact_wester_id_offers_no_others(set_clock: SetClock) -> None:
    campaign = closed_campaign({"w1": 5_000, "W-1": 5_000})
    set_clock(FREEZES)
    page = look_up(staff("support"), campaign, "w1")
    assert receipt_number(Entry.objects.get(wester_id="w1").pk) in text_of(page)
    assert "W-1" not in text_of(page)


def test_look_up_offers_no_draft(set_clock: SetClock) -> None:
    campaign = closed_campaign()
    BookingFactory.create(wester_id="W2", travel_date=date(2025, 1, 7), reservation_no="R-after")
    next_year = {name: FIRST_TERMS[name] + timedelta(days=365) for name in DATES}
    next_year["travel"] = [{"first": "2025-12-26", "last": "2026-01-06"}]
    draft = TermsFactory.create(campaign__code="next-year", **next_year).campaign
    TermsFactory.create(campaign=campaign, **next_year)
    set_clock(FREEZES)
    client = staff("support")
    form = client.get(LOOK_UP).context["form"]
    assert [one.pk for one, _label in choices(form)] == [campaign.pk]
    page = text_of(look_up(client, campaign, "W2"))
    assert receipt_number(Entry.objects.get(wester_id="W2").pk) in page
    assert "within the travel period (December 26, 2024 to January 6, 2025)." in page
    assert "next-year" not in page
    refused = look_up(client, draft, "W2")
    assert "Select a valid choice." in text_of(refused)
    assert "terms" not in refused.context


def test_look_up_uses_the_only_public_campaign_or_the_one_that_is_chosen(
    set_clock: SetClock,
) -> None:
    campaign = closed_campaign()
    later = {"public_at": FREEZES, "opens_at": FREEZES + timedelta(hours=1)}
    later |= {"closes_at": FREEZES + timedelta(days=1)}
    announced = TermsFactory.create(campaign__code="later", published=True, **later).campaign
    client = staff("support")

    def chosen(**named: str) -> tuple[list[str], Any]:
        form = client.get(LOOK_UP, named).context["form"]
        return [label for _value, label in choices(form)], form["campaign"].value()

    labels = ["later（2025年1月）", f"{campaign.code}（2024年12月）"]
    set_clock(FREEZES - timedelta(seconds=1))
    assert chosen() == (labels, campaign.pk)
    set_clock(FREEZES)
    assert chosen() == (labels, None)
    assert chosen(campaign=announced.code) == (labels, announced.pk)
    assert chosen(campaign="draft") == (labels, None)
    refused = client.post(LOOK_UP, {"wester_id": "W2"})
    assert "terms" not in refused.context
    for one in (campaign, announced):
        page = text_of(look_up(client, one, "W2"))
        assert ("There is no entry." in page) == (one == announced)
        assert f"<h2>{one.code}" in page


def choices(form: Any) -> list[tuple[Any, str]]:
    """Return the campaigns that a form offers."""
    return [(value.instance, label) for value, label in form.fields["campaign"].choices if value]


def test_every_look_up_is_recorded_without_the_wester_id(
    set_clock: SetClock, caplog: pytest.LogCaptureFixture
) -> None:
    campaign = closed_campaign()
    member: Member = MemberFactory.create(wester_id="W2")
    set_clock(FREEZES)
    look_up(staff("support"), campaign, "W2")
    look_up(staff("support"), campaign, "W-unknown")
    kept, unknown = AuditRecord.objects.filter(action="member.looked_up").order_by("id")
    entry = Entry.objects.get(campaign=campaign, wester_id="W2")
    assert (kept.subject, kept.at) == (campaign.code, FREEZES)
    assert kept.detail == {"entry": entry.pk, "member": member.pk}
    assert unknown.detail == {"entry": None, "member": None, "candidates": 0}
    assert "W-unknown" not in caplog.text


def test_a_forbidden_look_up_records_nothing_of_a_member(set_clock: SetClock) -> None:
    campaign = closed_campaign()
    set_clock(FREEZES)
    assert look_up(staff("approver"), campaign, "W2").status_code == 403
    assert not AuditRecord.objects.filter(action="member.looked_up").exists()


def test_an_address_names_no_member(set_clock: SetClock) -> None:
    campaign = closed_campaign()
    set_clock(FREEZES)
    client = staff("support")
    page = text_of(client.get(LOOK_UP, {"campaign": str(campaign.pk), "wester_id": "W2"}))
    assert "W2" not in page
    assert not AuditRecord.objects.filter(action="member.looked_up").exists()
    assert "This field is required." in text_of(look_up(client, campaign, ""))

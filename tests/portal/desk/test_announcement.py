"""The figures of a campaign for the press and the file."""

import csv
import io
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation
from django.utils.html import strip_tags

from campaign.models import Campaign
from campaign.queries import published_terms
from core.models import AuditRecord
from lottery.models import Draw
from points.expiring import expire_credits
from portal.desk.announcement import press
from portal.desk.announcement.figures import Figures, read_figures, sections
from tests.factories.campaign import CampaignFactory, UserFactory
from tests.factories.lottery import closed_campaign, drawn_draw, published_draw, void
from tests.points import steps

pytestmark = pytest.mark.django_db


def page_of(campaign: Campaign) -> str:
    return f"/staff/campaigns/{campaign.code}/announcement/"


def staff(role: str = "support", *, language: str = "en") -> Client:
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    client.force_login(UserFactory.create(role=role))
    return client


def text_of(response: Any) -> str:
    assert response.status_code == 200
    return " ".join(strip_tags(response.content.decode()).split())


def figures_of(campaign: Campaign, *, with_result: bool = False) -> Figures:
    terms = published_terms(campaign)
    assert terms
    return read_figures(terms, with_result=with_result)


def shown(campaign: Campaign, **options: Any) -> dict[str, str]:
    """Return the figures of a campaign by their names, in English."""
    with translation.override("en"):
        found = sections(figures_of(campaign, **options))
        return {one.name: one.shown for section in found for one in section.figures}


def test_before_the_freeze_only_the_entries_are_known() -> None:
    found = shown(closed_campaign())

    assert found["Entries"] == "3 members"
    assert found["Entrants"] == "–"
    assert found["Winners"] == "not confirmed yet"


def test_of_a_paid_draw_every_figure_is_known() -> None:
    payout = steps.prepared()
    steps.lower("W2", to=7_000)
    steps.leave("W3")
    steps.pay(payout)
    expire_credits(at=steps.CREDIT_AT + timedelta(days=500))
    found = shown(payout.draw.campaign)

    assert {name: found[name] for name in found if name not in NOT_COMPARED} == {
        "Entries": "3 members",
        "of these, web page": "3 members",
        "Entrants": "3 members",
        "Winners": "3 members",
        "Winners of all entrants": "100.0%",
        "Points awarded": "37,340 points",
        "Points awarded of the budget": "0.04%",
        "Average of a winner": "12,446.7 points",
        "Members credited": "2 members",
        "Points credited": "12,000 points",
        "Average of a credited member": "6,000.0 points",
        "Points released by lower totals": "5,340 points",
        "Awards forfeited": "1 award",
        "of these, left WESTER": "1 award",
        "Points forfeited": "20,000 points",
        "Points expired": "12,000 points",
    }


NOT_COMPARED = {
    "Name",
    "Code",
    "Version of the terms",
    "Entry",
    "Travel period",
    "Budget",
    "List fixed",
    "List published",
    "Time of the public random number",
    "Draw run",
    "Result confirmed",
    "Confirmed by",
    "Fingerprint of the list (SHA-256)",
}


@pytest.mark.parametrize(
    ("role", "sees"),
    [
        ("support", False),
        ("auditor", False),
        ("approver", True),
        ("ops", True),
        ("campaign", True),
    ],
)
def test_before_confirmation_only_who_decides_sees_the_result(role: str, sees: bool) -> None:
    campaign = drawn_draw().campaign
    client = staff(role)
    page = text_of(client.get(page_of(campaign)))
    file = client.post(f"{page_of(campaign)}export/").content.decode()

    assert ("37,340" in page) is sees
    assert ("not confirmed yet. Do not publish" in page) is sees
    assert ("37340" in file) is sees


def test_who_has_nothing_to_do_with_campaigns_opens_no_figures() -> None:
    assert staff("accounts").get(page_of(closed_campaign())).status_code == 403


def test_after_confirmation_all_staff_sees_the_result() -> None:
    campaign = steps.confirmed().campaign

    assert "37,340 points" in text_of(staff().get(page_of(campaign)))


def test_a_void_draw_is_named_with_its_reason() -> None:
    draw = void(published_draw(), reason="A load was missing.")
    page = text_of(staff().get(page_of(draw.campaign)))

    assert "Draw no. 1 (void)" in page
    assert "A load was missing." in page
    assert draw.state == Draw.State.VOID


def test_the_press_has_a_sentence_in_each_language() -> None:
    campaign = steps.paid().draw.campaign
    japanese, english = press.statements(figures_of(campaign))

    assert (japanese.code, english.code) == ("ja", "en")
    assert english.text.startswith("3 members entered the campaign “")
    everybody = "All 3 members who met the conditions were drawn; they win 37,340 points in all."
    assert everybody in english.text
    assert english.text.endswith("37,340 points were credited to 3 members.")
    some = replace(figures_of(campaign), winners=2)
    assert "conditions, 2 were drawn by lot; they win" in press.statements(some)[1].text


def test_the_press_hears_nothing_of_a_result_that_is_not_confirmed() -> None:
    campaign = drawn_draw().campaign

    for one in press.statements(figures_of(campaign, with_result=True)):
        assert "37,340" not in one.text


def test_the_file_is_safe_for_spreadsheets_and_recorded() -> None:
    campaign = steps.confirmed().campaign
    response = staff().post(f"{page_of(campaign)}export/")

    assert response.content.startswith(b"\xef\xbb\xbf")
    header, *rows = csv.reader(io.StringIO(response.content.decode("utf-8-sig")))
    assert header == ["Section", "Figure", "Value", "Unit"]
    assert ["Result", "Points awarded", "37340", "points"] in rows
    record = AuditRecord.objects.get(action="file.exported")
    assert record.subject == campaign.code
    assert record.detail == {"file": "announcement", "result": True}


def test_a_draft_has_no_figures() -> None:
    assert staff().get(page_of(CampaignFactory.create(draft=True))).status_code == 404


def test_the_number_of_queries_is_bounded(django_assert_max_num_queries: Any) -> None:
    campaign = steps.paid().draw.campaign
    client = staff()
    with django_assert_max_num_queries(18):
        client.get(page_of(campaign))

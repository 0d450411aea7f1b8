"""Attacks on the desk by people who hold a role: what they would learn, or have others sign."""

import re
from itertools import islice
from random import Random
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from campaign import drafting
from campaign.models import Campaign
from core import approvals
from core.audit import Actor
from core.models import Approval, AuditRecord
from core.spreadsheets import safe_cell
from entries.models import Entry
from lottery.forecast import sample_rewards
from portal.desk.campaigns.amount_step import TouchRows
from tests.factories.campaign import ApprovalFactory, TermsFactory, UserFactory
from tests.factories.feeds import QuarantinedRowFactory
from tests.factories.lottery import FREEZES, closed_campaign
from tests.portal.desk.members import open_case, search, staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign(set_clock: Any) -> Campaign:
    """Return a campaign of three members, at the end of its entries."""
    set_clock(FREEZES)
    return closed_campaign()


def last_record(action: str) -> AuditRecord:
    """Return the last record of an action."""
    return AuditRecord.objects.filter(action=action).latest("pk")


# Who saw whom


@pytest.mark.parametrize("query", ["", "?campaign=unknown"])
def test_a_case_without_a_campaign_is_recorded_too(campaign: Campaign, query: str) -> None:
    client = staff("support")
    address = open_case(client, "W2").partition("?")[0]

    assert client.get(f"{address}{query}").status_code == 200

    assert last_record("member.looked_up").detail["case"]


def test_rows_that_a_search_shows_are_recorded() -> None:
    row = QuarantinedRowFactory.create(content=b"2025,W77,X")

    response = search(staff("support"), "W77")

    assert "2025,W77,X" in response.content.decode()
    assert last_record("member.listed").detail == {"rows": [row.pk]}


def test_candidates_that_a_search_shows_are_recorded(campaign: Campaign) -> None:
    response = search(staff("support"), "W-2")

    entry = Entry.objects.get(wester_id="W2")
    assert response.context["found"].candidates
    assert entry.pk in last_record("member.searched").detail["entries"]


# What was seen is what is asked for


@pytest.mark.parametrize("shown", ["the draft of before", "nothing", "a forged hash"])
def test_a_draft_that_changed_after_it_was_read_is_not_requested(shown: str) -> None:
    code = TermsFactory.create().campaign.code
    client = staff("campaign")
    address = reverse("desk:campaign", args=[code])
    page = client.get(address).content.decode()
    found = re.search('name="shown" value="([0-9a-f]{64})"', page)
    assert found
    draft = drafting.find_draft(code)
    drafting.change_draft(
        code=code,
        values={"edge": "partial"},
        shown=drafting.hash_of_places(draft.content, ("edge",)),
        actor=Actor(UserFactory.create(role="campaign")),
        at=draft.saved.opens_at if draft.saved else None,  # type: ignore[arg-type]
    )
    sent = {"the draft of before": found[1], "nothing": "", "a forged hash": "0" * 64}[shown]

    response = client.post(address, {"checked_by_legal": "on", "shown": sent})

    assert "This is not what was shown to you" in response.content.decode()
    assert not Approval.objects.exists()
    assert not AuditRecord.objects.filter(action=drafting.CHECKED_BY_LEGAL).exists()


# What a role may not read


@pytest.mark.parametrize(("role", "reads"), [("support", False), ("campaign", True)])
def test_a_reason_of_a_refusal_is_for_who_may_read_the_request(role: str, reads: bool) -> None:
    approval = ApprovalFactory.create(action="draw.confirm", subject="x/1")
    approvals.refuse(
        approval_id=approval.pk,
        actor=Actor(UserFactory.create(role="approver")),
        at=approval.requested_at,
        reason="Only 3 winners",
    )
    client = staff(role)
    for address in (
        reverse("desk:approvals"),
        reverse("desk:approval", args=[approval.pk]),
        reverse("admin:core_approval_change", args=[approval.pk]),
    ):
        page = client.get(address).content.decode()
        assert ("Only 3 winners" in page) is reads, address


# What was typed does not stay


def test_an_export_does_not_record_a_name_that_nobody_has() -> None:
    client: Client = staff("auditor")

    client.post(f"{reverse('desk:audit_export')}?person=W00012345")

    assert "W00012345" not in str(last_record("file.exported").detail)


# Too large, too long


@pytest.mark.parametrize("number", ["9" * 5_000, "9" * 19, "0" * 20, "-1", "x"])
def test_a_draw_of_any_number_is_verified_or_unknown(number: str) -> None:
    response = staff("auditor").post(reverse("desk:audit_verify"), {"draw": number})

    assert response.status_code == 404


def test_a_table_makes_few_forms_of_what_is_sent() -> None:
    sent = {"touches-TOTAL_FORMS": "1000", "touches-INITIAL_FORMS": "0"}
    rows = TouchRows(sent, prefix="touches", form_kwargs={"network": {}, "present": {}})

    assert rows.total_form_count() <= 120


def test_a_forecast_samples_no_more_than_there_are() -> None:
    class Counting(Random):
        most = 0

        def choices(self, *given: Any, k: int = 1, **more: Any) -> list[Any]:
            self.most = max(self.most, k)
            return super().choices(*given, k=k, **more)

    random = Counting(1)
    sampled = sample_rewards(random, {(100,): 2, (200,): 1})

    assert len(list(islice(sampled, 10))) == 10
    assert random.most == 3


@pytest.mark.parametrize("sign", "=+-@\uff1d\uff0b\uff0d\uff20")
def test_no_cell_begins_a_formula(sign: str) -> None:
    assert safe_cell(f"{sign}1+1") == f"'{sign}1+1"

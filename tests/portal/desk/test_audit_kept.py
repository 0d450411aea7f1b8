"""The law's record per version, and what is kept how long and was removed."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation
from django.utils.html import strip_tags

from campaign import terms as terms_capability
from campaign.models import Terms
from core.models import Approval
from points import erasing, purging
from points.models import Erasure, Purge
from points.personal_data import KEPT
from portal.desk.audit import retention
from portal.desk.audit.law import list_law_records
from tests.approving import approve, person
from tests.factories.campaign import AT, CampaignFactory, UserFactory
from tests.factories.entries import EntryFactory

pytestmark = pytest.mark.django_db
LAW, RETENTION = "/staff/audit/law/", "/staff/audit/retention/"


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """What is called without a request answers in English, too."""
    with translation.override("en"):
        yield


def staff(role: str = "auditor", *, language: str = "en") -> Client:
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    client.force_login(UserFactory.create(role=role))
    return client


def text_of(response: Any) -> str:
    assert response.status_code == 200
    return " ".join(strip_tags(response.content.decode()).split())


def publish_by_approval() -> Terms:
    """Return terms that one person asked to publish and another approved."""
    campaign = CampaignFactory.create(draft=True)
    requested = terms_capability.request_publication(
        campaign=campaign, actor=person("campaign"), at=AT
    )
    approve(requested, at=AT + timedelta(hours=1))
    return Terms.objects.get(campaign=campaign)


def test_the_law_s_record_has_figures_basis_people_and_fingerprint() -> None:
    terms = publish_by_approval()
    approval = Approval.objects.get()
    (record,) = list_law_records()
    page = text_of(staff().get(LAW))

    assert record.is_unchanged
    assert record.figures.largest == terms.budget_points
    for words in (
        "20,000 points",
        "100,000 yen",
        "100,000,000 points",
        "within the limit",
        terms.expected_sales_basis,
        approval.requested_by_name,
        approval.decided_by_name,
        approval.content_sha256,
        "The stored terms agree with it.",
    ):
        assert words in page


def test_a_version_without_its_approval_says_so() -> None:
    CampaignFactory.create(published=True)

    assert "No approval is found." in text_of(staff().get(LAW))


def test_a_draft_has_no_record() -> None:
    CampaignFactory.create(draft=True)

    assert list_law_records() == []
    assert "No campaign is published yet." in text_of(staff().get(LAW))


def test_the_queries_of_the_law_s_record_do_not_grow(django_assert_max_num_queries: Any) -> None:
    for _ in range(3):
        CampaignFactory.create(published=True)
    with django_assert_max_num_queries(3):
        assert len(list_law_records()) == 3


def test_every_table_that_names_a_person_is_in_the_table_of_what_is_kept() -> None:
    shown = {table for kept in retention.KEPT for table in kept.tables}

    assert {kept.table for kept in KEPT} - shown == set()


def test_a_campaign_that_may_be_deleted_says_so(set_clock: Any) -> None:
    terms = publish_by_approval()
    (kept,) = retention.list_campaigns(today=terms.kept_until)
    (over,) = retention.list_campaigns(today=terms.kept_until + timedelta(days=1))

    assert (kept.is_over, over.is_over) == (False, True)


def test_purges_and_erasures_show_when_by_whom_and_what_but_not_whom(set_clock: Any) -> None:
    terms = publish_by_approval()
    later = AT.replace(year=terms.kept_until.year + 1)
    set_clock(later)
    EntryFactory.create(campaign=terms.campaign, wester_id="W9041234567")
    _, _ = purging.request_purge(campaign=terms.campaign, actor=person("ops"), at=later)
    approve(Approval.objects.get(action=purging.PURGE), at=later)
    purging.carry_out_purge(Purge.objects.get(), at=later)
    EntryFactory.create(campaign=terms.campaign, wester_id="W9041234568")
    erasing.request_erasure(
        wester_id="W9041234568", reason="Asked in writing.", actor=person("support"), at=later
    )
    page = text_of(staff().get(RETENTION))

    assert "Deleted on" in page
    assert Approval.objects.get(action=purging.PURGE).decided_by_name in page
    assert "entries 1" in page
    assert str(Erasure.objects.get().pk) in page
    assert "waits for approval" in page
    assert "W9041234568" not in page


@pytest.mark.parametrize(("role", "sees"), [("campaign", False), ("auditor", True)])
def test_erasures_are_for_who_may_see_them(role: str, sees: bool) -> None:
    assert ("Erased members" in text_of(staff(role).get(RETENTION))) is sees

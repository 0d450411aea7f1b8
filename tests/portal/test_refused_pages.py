"""A staff page that somebody may not see is in the audit: its route, who, and no member."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from core.models import AuditRecord
from core.sign_in.backends import MEMBER_BACKEND
from tests.factories.campaign import TermsFactory, UserFactory
from tests.factories.entries import MemberFactory

pytestmark = pytest.mark.django_db


def browser(role: str | None = None) -> Client:
    client = Client(enforce_csrf_checks=True)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    if role:
        client.force_login(UserFactory.create(username=f"of-{role}", role=role))
    return client


def refusals() -> list[tuple[str, str, dict[str, str]]]:
    records = AuditRecord.objects.filter(action="page.refused").order_by("id")
    return [(one.name, one.subject, one.detail) for one in records]


def test_a_refused_page_of_ours_is_audited() -> None:
    assert browser("approver").get("/staff/member/?wester_id=W1").status_code == 403

    assert refusals() == [
        ("of-approver", "desk:member", {"route": "staff/member/", "method": "GET"})
    ]


def test_a_refused_page_of_the_admin_is_audited_without_the_row() -> None:
    terms = TermsFactory.create()
    address = reverse("admin:campaign_terms_delete", args=[terms.pk])

    assert browser("campaign").get(address).status_code == 403

    route = "staff/campaign/terms/<path:object_id>/delete/"
    assert refusals() == [
        ("of-campaign", "admin:campaign_terms_delete", {"route": route, "method": "GET"})
    ]


def test_a_form_without_its_token_is_audited() -> None:
    assert browser("ops").post("/staff/member/", {"identifier": "W1"}).status_code == 403

    ((name, subject, detail),) = refusals()
    assert (name, subject, detail["method"]) == ("of-ops", "desk:member", "POST")


def test_what_somebody_without_a_session_sends_does_not_fill_the_audit() -> None:
    assert browser().post("/staff/member/", {"identifier": "W1"}).status_code == 403

    assert refusals() == []


def test_a_member_and_a_page_of_the_public_are_not_audited() -> None:
    member = browser()
    member.force_login(MemberFactory.create().user, backend=MEMBER_BACKEND)

    assert member.get("/staff/member/").status_code == 302  # to the staff's sign-in
    assert member.post("/accounts/logout/", {}).status_code in (403, 404)

    assert refusals() == []

"""What staff see, and that they can write nothing there."""

from typing import Any

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from campaign.models import Campaign, Terms
from config.env import MovedClock
from core import roles
from core.models import Approval, AuditRecord, AuditSeal, User
from core.staff import works_here
from tests.campaign.staffpages import MODELS, page, signed_in
from tests.commands import stored
from tests.database import every_trigger_off
from tests.factories.campaign import (
    AT,
    ApprovalFactory,
    AuditRecordFactory,
    AuditSealFactory,
    CampaignFactory,
    TermsFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin_client() -> Client:
    """Return the browser of a superuser."""
    return signed_in(UserFactory.create(is_staff=True, is_superuser=True))


@pytest.fixture
def rows(db: None) -> dict[str, Any]:
    """Return a row of each model that must not be written in the admin."""
    return {
        "campaign": CampaignFactory.create(draft=True),
        "terms": TermsFactory.create(published=True),
        "approval": ApprovalFactory.create(),
        "auditrecord": AuditRecordFactory.create(),
        "auditseal": AuditSealFactory.create(),
    }


def test_every_model_of_staff_has_its_page() -> None:
    assert {Campaign, Terms, Approval, AuditRecord, AuditSeal} <= set(admin.site._registry)


@pytest.mark.parametrize("model", MODELS)
def test_nothing_is_added_changed_or_deleted_by_a_superuser(
    admin_client: Client, rows: dict[str, Any], model: str
) -> None:
    row = rows[model]
    before = stored()
    sent: dict[str, Any] = {"budget_points": 1, "code": "x", "action": "x", "subject": "x"}

    assert admin_client.get(page(model, "add")).status_code == 403
    assert admin_client.post(page(model, "add"), sent).status_code == 403
    assert admin_client.post(page(model, "change", row.pk), sent).status_code == 403
    assert admin_client.post(page(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
    admin_client.post(page(model), chosen)
    assert stored() == before


@pytest.mark.parametrize("model", MODELS)
def test_page_of_a_row_has_nothing_to_save(
    admin_client: Client, rows: dict[str, Any], model: str
) -> None:
    response = admin_client.get(page(model, "change", rows[model].pk))

    assert response.status_code == 200
    assert response.context["has_change_permission"] is False
    assert 'name="_save"' not in response.content.decode()


@pytest.mark.parametrize("role", roles.ROLES)
@pytest.mark.parametrize("model", MODELS)
def test_every_role_sees_lists_and_rows(rows: dict[str, Any], role: str, model: str) -> None:
    client = signed_in(UserFactory.create(role=role))

    assert client.get(page(model)).status_code == 200
    assert client.get(page(model, "change", rows[model].pk)).status_code == 200
    assert client.get(page(model, "history", rows[model].pk)).status_code == 200


@pytest.mark.parametrize("role", roles.ROLES)
def test_accounts_are_seen_by_who_runs_them_and_edited_by_nobody(role: str) -> None:
    user = UserFactory.create(role=role)
    client = signed_in(user)
    status = 200 if role == "accounts" else 403

    assert client.get(page("user")).status_code == status
    assert client.get(page("user", "change", user.pk)).status_code == status
    assert client.post(page("user", "change", user.pk), {"is_superuser": "on"}).status_code == 403
    user.refresh_from_db()
    assert works_here(user)
    assert not user.is_superuser


@pytest.mark.parametrize("model", [*MODELS, "user"])
@pytest.mark.parametrize(
    "values",
    [{}, {"is_staff": True, "is_active": False}, {"is_superuser": True}],
    ids=["a member", "somebody locked out", "a superuser who is no staff"],
)
def test_nobody_else_comes_in(values: dict[str, bool], model: str) -> None:
    response = signed_in(UserFactory.create(**values)).get(page(model))

    assert response.status_code == 302
    assert "/staff/login/" in response.headers["Location"]


def test_staff_without_a_role_see_nothing() -> None:
    client = signed_in(UserFactory.create(is_staff=True))

    assert [client.get(page(model)).status_code for model in MODELS] == [403] * len(MODELS)


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("model", MODELS)
def test_pages_are_there_in_both_languages(
    admin_client: Client, rows: dict[str, Any], model: str, language: str, settings: Any
) -> None:
    admin_client.cookies[settings.LANGUAGE_COOKIE_NAME] = language

    response = admin_client.get(page(model))

    assert (response.status_code, response.headers["Content-Language"]) == (200, language)


def grow(model: str, number: int) -> None:
    """Make rows of a model, each with all that its list shows."""
    for _ in range(number):
        if model == "campaign":
            CampaignFactory.create(revised=True, frozen_at=AT)
        elif model == "terms":
            TermsFactory.create(published=True)
        elif model == "approval":
            ApprovalFactory.create(approved=True)
        elif model == "auditseal":
            AuditSealFactory.create()
        else:
            AuditRecordFactory.create()


@pytest.mark.parametrize("demo", [False, True], ids=["", "on the demo's clock"])
@pytest.mark.parametrize("model", MODELS)
def test_list_needs_as_many_queries_for_many_rows_as_for_one(
    admin_client: Client, settings: Any, model: str, demo: bool
) -> None:
    settings.DEMO_MODE = demo
    grow(model, 1)
    admin_client.get(page(model))
    with CaptureQueriesContext(connection) as one:
        admin_client.get(page(model))
    grow(model, 5)

    with CaptureQueriesContext(connection) as many:
        response = admin_client.get(page(model))

    assert response.context["cl"].result_count >= 6
    assert len(many) == len(one)


def test_campaign_page_needs_as_many_queries_for_many_versions_as_for_one(
    admin_client: Client,
) -> None:
    campaign = CampaignFactory.create(published=True)
    address = page("campaign", "change", campaign.pk)
    admin_client.get(address)
    with CaptureQueriesContext(connection) as one:
        admin_client.get(address)
    for _ in range(5):
        TermsFactory.create(campaign=campaign, published=True)

    with CaptureQueriesContext(connection) as many:
        response = admin_client.get(address)

    assert len(response.context["inline_admin_formsets"][0].formset.forms) == 6
    assert len(many) == len(one)


@pytest.mark.parametrize(
    ("make", "instant", "state"),
    [
        ({"draft": True}, "2024-12-10T12:00:00+09:00", "Not published"),
        ({"published": True}, "2024-12-10T11:59:59+09:00", "Not open yet"),
        ({"published": True}, "2024-12-10T12:00:00+09:00", "Open for entry"),
        ({"published": True}, "2025-01-14T00:00:00+09:00", "Entry closed"),
        ({"published": True, "frozen_at": AT}, "2025-01-14T00:00:00+09:00", "Entrants frozen"),
        ({"redrafted": True}, "2024-12-10T12:00:00+09:00", "Open for entry"),
    ],
)
def test_campaigns_are_listed_with_their_state(
    admin_client: Client, settings: Any, make: dict[str, Any], instant: str, state: str
) -> None:
    settings.CAMPAIGN_NOW = MovedClock(AT.fromisoformat(instant), runs=False)
    CampaignFactory.create(**make)

    response = admin_client.get(page("campaign"))

    assert f'<td class="field-state">{state}</td>' in response.content.decode()


def test_audit_shows_what_was_done_without_an_account(admin_client: Client) -> None:
    AuditRecordFactory.create(user=None, os_user="taro", host="ops1")

    text = admin_client.get(page("auditrecord")).content.decode()

    assert "taro" in text
    assert "ops1" in text


def test_audit_is_searched_by_person(admin_client: Client) -> None:
    AuditRecordFactory.create(user__username="taro", subject="of taro")
    AuditRecordFactory.create(user__username="taro2", subject="of another")
    AuditRecordFactory.create(user=None, os_user="taro", subject="of the machine")

    text = admin_client.get(page("auditrecord"), {"q": "taro"}).content.decode()

    assert "of taro" in text
    assert "of the machine" in text
    assert "of another" not in text


def test_audit_shows_the_name_that_an_account_had(admin_client: Client) -> None:
    AuditRecordFactory.create(user__username="taro")
    with every_trigger_off():
        User.objects.filter(username="taro").update(username="hanako")

    text = admin_client.get(page("auditrecord")).content.decode()

    assert "taro" in text
    assert "hanako" not in text

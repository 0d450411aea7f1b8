"""What staff see of points and request there, and that nothing can be edited."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.admin.utils import quote
from django.contrib.messages import get_messages
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from config.env import MovedClock
from core.models import Approval, AuditRecord
from points import expiring
from points.models import Account, AwardStanding, KeyStanding, Payout, Transfer
from points.queries import STALLED_AFTER
from tests.campaign.staffpages import signed_in
from tests.factories.campaign import UserFactory
from tests.points.answers import answer, export, settle
from tests.points.books import EXPIRES_AT
from tests.points.steps import CREDIT_AT, confirmed, leave, paid, pay, prepared

pytestmark = pytest.mark.django_db
MODELS: dict[str, type[Model]] = {
    "payout": Payout,
    "awardstanding": AwardStanding,
    "keystanding": KeyStanding,
    "account": Account,
    "transfer": Transfer,
}


@pytest.fixture(autouse=True)
def _at_the_crediting_instant(settings: Settings) -> None:
    settings.CAMPAIGN_NOW = MovedClock(CREDIT_AT, runs=False)


def page(model: str, view: str = "changelist", *arguments: object, app: str = "points") -> str:
    return reverse(f"admin:{app}_{model}_{view}", args=arguments)


def staff(role: str = "ops") -> Client:
    return signed_in(UserFactory.create(role=role))


def shown(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return str(response.content.decode())


def act(client: Client, address: str, action: str, *rows: Any, **more: str) -> list[str]:
    """Choose rows and an action; return the messages that follow."""
    chosen = {"action": action, "_selected_action": [row.pk for row in rows], **more}
    response = client.post(address, chosen, follow=True)
    assert response.status_code == 200
    return [str(one) for one in get_messages(response.wsgi_request)] or [
        str(one) for one in response.context["messages"]
    ]


@pytest.mark.parametrize("role", ["campaign", "support", "ops", "approver", "auditor"])
@pytest.mark.parametrize("model", MODELS)
def test_every_role_sees_every_page(model: str, role: str, tmp_path: Path) -> None:
    payout = paid({"W1": 5_000})
    export(payout, tmp_path)
    client = staff(role)

    text = shown(client, page(model))

    assert "addlink" not in text
    assert client.post(page(model, "add"), {}).status_code == 403
    row = MODELS[model]._default_manager.first()
    assert row
    address = page(model, "change", quote(row.pk))
    shown(client, address)
    assert client.post(address, {"points": 1}).status_code == 403


def test_awards_show_where_they_stand() -> None:
    ready = prepared({"W1": 5_000, "W2": 6_000})
    leave("W2")
    pay(ready)

    text = shown(staff("support"), page("awardstanding") + "?state=forfeited")

    assert "Forfeited" in text
    assert "withdrawn" in text
    assert "5000" not in text


def test_a_payout_shows_its_sums_and_keys(tmp_path: Path) -> None:
    payout = paid()
    export(payout, tmp_path)

    text = shown(staff(), page("payout", "change", payout.pk))

    assert "credited_points: 37,340" in text
    assert "missing_there: 3" in text
    assert "1 / 1" in text


def test_staff_are_warned_of_what_waits(settings: Settings) -> None:
    waiting = confirmed({"W1": 5_000}).campaign.code
    stalled = prepared({"W2": 5_000}).draw.campaign.code
    settings.CAMPAIGN_NOW = MovedClock(CREDIT_AT + STALLED_AFTER, runs=False)

    text = shown(staff(), page("payout")).lower()

    assert f"{waiting}: the payout is due and not approved." in text
    assert f"{stalled}: the payout has stalled." in text


def test_a_payout_is_requested_at_the_draw() -> None:
    draw = confirmed()
    address = page("draw", app="lottery")

    assert act(staff(), address, "prepare", draw) == ["Done."]

    approval = Approval.objects.get(state="open")
    assert (approval.action, approval.content["award_points"]) == ("payout.prepare", 37_340)
    assert act(staff("support"), address, "prepare", draw) == ["No action selected."]
    assert Approval.objects.filter(action="payout.prepare").count() == 1


def test_keys_are_resolved_and_payouts_closed(tmp_path: Path) -> None:
    payout = paid({"W1": 5_000})
    rows = export(payout, tmp_path)
    client = staff()
    key = KeyStanding.objects.get()
    assert act(client, page("payout"), "close", payout) == [
        "There are 1 keys on which both sides do not agree; see: payout status."
    ]
    assert act(client, page("keystanding"), "take_as_credited", key) == [
        "The reason is one line of at most 500 characters."
    ]
    assert act(client, page("keystanding"), "take_as_rejected", key, reason="lost") == ["Done."]
    assert act(client, page("keystanding"), "take_as_credited", key, reason="seen") == ["Done."]
    assert Approval.objects.get(state="open").content["verdict"] == "credited"

    settle(payout, tmp_path, map(answer, rows))
    assert act(client, page("payout"), "close", payout) == ["Done."]
    assert AuditRecord.objects.filter(action="payout.close", user__isnull=False).count() == 1


def test_a_credit_is_reversed_at_the_ledger() -> None:
    paid({"W1": 5_000})
    credit, grant = Transfer.objects.get(kind="credit"), Transfer.objects.get(kind="grant")
    address = page("transfer")

    assert act(staff(), address, "reverse", credit, reason="wrong") == ["Done."]
    assert "Only a credit" in act(staff(), address, "reverse", grant, reason="wrong")[0]
    assert Approval.objects.get(state="open").action == "points.reverse"
    assert act(staff("auditor"), address, "reverse", credit, reason="mine") == []
    assert Approval.objects.filter(action="points.reverse").count() == 1


def test_each_transfer_names_its_campaign() -> None:
    """Also where points leave a member's account, which is of no campaign."""
    payout = paid({"W1": 5_000})
    expiring.expire_credits(at=EXPIRES_AT)

    listed = shown(staff(), page("transfer"))

    named = re.findall(r'class="field-campaign">(.*?)</td>', listed)
    assert named == [payout.draw.campaign.code] * Transfer.objects.count()


def test_transfers_are_filtered_by_campaign() -> None:
    """Also those that leave a member's account, which is of no campaign."""
    first, second = paid({"W1": 5_000}), paid({"W2": 5_000})
    expiring.expire_credits(at=EXPIRES_AT)
    client, total = staff(), Transfer.objects.count()

    def listed(code: str) -> list[str]:
        response = client.get(page("transfer"), {"campaign": code})
        return re.findall(r'class="field-campaign">(.*?)</td>', response.content.decode())

    for code in (first.draw.campaign.code, second.draw.campaign.code):
        assert listed(code) == [code] * (total // 2)
    assert listed("nothing") == []


def test_books_are_closed_only_by_the_action_and_pages_by_their_button() -> None:
    payout = paid()
    client = staff()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "ja"

    leads_back = shown(client, page("payout", "change", payout.pk))
    offered = shown(client, page("payout"))

    assert re.findall(r'class="closelink">(.*?)</a>', leads_back) == ["閉じる"]
    assert '<option value="close">締める</option>' in offered


@pytest.mark.parametrize("model", ["awardstanding", "account", "transfer"])
def test_a_page_that_shows_members_is_audited_by_the_numbers_of_its_rows(model: str) -> None:
    paid()
    client = staff("support")
    rows = MODELS[model]._default_manager
    shown(client, page(model))
    row = rows.first()
    assert row is not None
    shown(client, page(model, "change", quote(row.pk)))

    of_list, of_row = AuditRecord.objects.filter(action="member.listed").order_by("id")
    assert sorted(of_list.detail["rows"]) == sorted(rows.values_list("pk", flat=True))
    assert of_row.detail == {"rows": [row.pk]}
    assert of_list.subject == of_row.subject == f"points.{model}"
    assert of_list.user_id == int(client.session["_auth_user_id"])

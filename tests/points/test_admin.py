"""What staff see of points and request there, and that nothing can be edited."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.admin.utils import quote
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from config.env import MovedClock
from core.models import AuditRecord
from points import expiring
from points.models import Account, AwardStanding, KeyStanding, Payout, Transfer
from points.queries import STALLED_AFTER
from tests.campaign.staffpages import signed_in
from tests.factories.campaign import UserFactory
from tests.points.answers import export
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

    assert "<li>Points credited 37,340</li>" in text
    assert "<li>missing there 3</li>" in text
    assert "1 / 1" in text


def test_staff_are_warned_of_what_waits(settings: Settings) -> None:
    waiting = confirmed({"W1": 5_000}).campaign.code
    stalled = prepared({"W2": 5_000}).draw.campaign.code
    settings.CAMPAIGN_NOW = MovedClock(CREDIT_AT + STALLED_AFTER, runs=False)

    text = shown(staff(), page("payout")).lower()

    assert f"{waiting}: the payout is due and not approved." in text
    assert f"{stalled}: the payout has stalled." in text


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


def test_pages_are_closed_in_a_word_that_closes_no_books() -> None:
    payout = paid()
    client = staff()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "ja"

    leads_back = shown(client, page("payout", "change", payout.pk))

    assert re.findall(r'class="closelink">(.*?)</a>', leads_back) == ["閉じる"]


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

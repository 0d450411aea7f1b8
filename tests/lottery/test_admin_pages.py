"""What staff do with draws beside their list: freeze, check, take the bundle, issue a receipt."""

import io
import json
import zipfile
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from campaign.models import Campaign
from config.env import MovedClock
from core import roles
from core.models import AuditRecord, User
from lottery import bundle
from lottery.models import Draw
from lottery.queries import subject_of
from lottery.receipts import receipt_json
from tests.campaign.staffpages import signed_in
from tests.factories.bookings import QuarantinedRowFactory
from tests.factories.campaign import CampaignFactory, TermsFactory, UserFactory
from tests.factories.lottery import (
    CLOSED,
    FREEZES,
    ROUND,
    closed_campaign,
    confirm,
    confirmed_draw,
    drawn_draw,
    frozen_draw,
    published_draw,
)
from tests.lottery.test_admin import act
from tests.resources import full_disk

pytestmark = pytest.mark.django_db
Stand = Callable[[datetime], None]
FREEZE = "/staff/lottery/draw/freeze/"
MAY_ISSUE = ("support", "auditor")


@pytest.fixture
def stand(settings: Settings) -> Stand:
    def stand(instant: datetime) -> None:
        settings.CAMPAIGN_NOW = MovedClock(instant, runs=False)

    stand(FREEZES)
    return stand


def staff(role: str) -> Client:
    return signed_in(UserFactory.create(role=role))


def freeze(client: Client, campaign: Campaign, **changed: str) -> Any:
    typed = {"campaign": campaign.pk, "round_time": "2025-01-24T12:00:00", "chain": "local"}
    return client.post(FREEZE, {**typed, **changed}, follow=True)


def place(name: str, draw: Draw) -> str:
    return reverse(f"admin:lottery_draw_{name}", args=[draw.pk])


def test_freezing_is_in_the_name_of_who_pressed(stand: Stand) -> None:
    campaign = closed_campaign({"W1": 5_000, "W2": 9_000})
    QuarantinedRowFactory.create(file__feed="entries")
    client = staff("ops")
    assert FREEZE in client.get("/staff/lottery/draw/").content.decode()

    response = freeze(client, campaign, round_time=f"{ROUND:%Y-%m-%dT%H:%M:%S}")

    draw = Draw.objects.get()
    assert response.redirect_chain == [(place("change", draw), 302)]
    assert "Frozen with 2 entrants." in response.content.decode()
    assert "Rows of entries in quarantine, which do not count: 1" in response.content.decode()
    assert (draw.campaign, draw.entry_count, draw.round_time) == (campaign, 2, ROUND)
    line = AuditRecord.objects.get(action="draw.freeze")
    assert line.user_id == int(client.session["_auth_user_id"])
    again = freeze(client, campaign, round_time=f"{ROUND:%Y-%m-%dT%H:%M:%S}")
    assert again.redirect_chain
    assert Draw.objects.count() == 1


@pytest.mark.parametrize(
    ("at", "changed", "refusal"),
    [
        pytest.param(
            CLOSED - timedelta(seconds=1), {}, "The entry period has not ended", id="too early"
        ),
        pytest.param(
            FREEZES, {"round_time": "2024-01-01T00:00"}, "cannot be published", id="round too soon"
        ),
        pytest.param(FREEZES, {"round_time": "noon"}, "valid date/time", id="no instant"),
        pytest.param(FREEZES, {"chain": "other"}, "valid choice", id="no chain"),
    ],
)
def test_what_cannot_be_frozen_is_said_beside_the_form(
    stand: Stand, at: datetime, changed: dict[str, str], refusal: str
) -> None:
    stand(at)
    response = freeze(staff("ops"), closed_campaign({"W1": 5_000}), **changed)
    assert response.status_code == 200
    assert refusal in response.content.decode()
    assert not Draw.objects.exists()


@pytest.mark.parametrize("role", sorted(set(roles.ROLES) - {"ops"}))
def test_other_roles_freeze_nothing(stand: Stand, role: str) -> None:
    campaign = closed_campaign({"W1": 5_000})
    client = staff(role)
    assert FREEZE not in client.get("/staff/lottery/draw/").content.decode()
    assert freeze(client, campaign).status_code == 403
    assert not Draw.objects.exists()


@pytest.mark.parametrize("make", [frozen_draw, drawn_draw], ids=["frozen", "drawn"])
def test_the_bundle_is_what_the_export_writes(stand: Stand, make: Callable[..., Draw]) -> None:
    draw = make({"W1": 5_000, "W2": 9_000})
    client = staff("auditor")
    assert place("bundle", draw) in client.get(place("change", draw)).content.decode()

    response = client.get(place("bundle", draw))

    assert "no-store" in response.headers["Cache-Control"]
    with zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content))) as packed:  # type: ignore[attr-defined]  # of a streamed answer
        found = {name: packed.read(name) for name in packed.namelist()}
    assert found == {name: b"".join(open_()) for name, open_ in bundle.bundle_files(draw).items()}


def test_the_audit_records_who_took_what_is_not_public_yet(stand: Stand) -> None:
    draw = drawn_draw({"W1": 5_000})
    client = staff("auditor")

    before = client.get(place("bundle", draw))
    after = client.get(place("bundle", confirm(draw)))

    line = AuditRecord.objects.get(action="draw.export")
    assert line.user == User.objects.get(groups__name="auditor")
    assert (line.subject, line.detail["public"]) == (subject_of(draw), False)
    for answer in (before, after):  # which ends the connection as well
        answer.close()


@pytest.mark.slow
def test_the_outsiders_verifier_is_asked_from_the_list(stand: Stand) -> None:
    frozen, drawn = frozen_draw({"W1": 5_000}), drawn_draw({"W2": 9_000})
    client = staff("auditor")
    for draw in (frozen, drawn):
        assert "The bundle holds." in act(client, "verify", draw)[0]


def test_a_bundle_that_does_not_hold_is_refused_in_the_verifiers_words(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw = frozen_draw({"W1": 5_000})
    monkeypatch.setitem(bundle.FILE_COLUMNS, "manifest.sig", "terms_json")
    (said,) = act(staff("auditor"), "verify", draw)
    assert "The bundle is refused." in said
    assert "step (1) manifest failed" in said


def test_a_full_disk_is_a_sentence_beside_the_draw(stand: Stand) -> None:
    draw = frozen_draw({"W1": 5_000})
    client = staff("auditor")
    with full_disk(100):
        (checked,) = act(client, "verify", draw)
        packed = client.get(place("bundle", draw), follow=True)

    assert checked.startswith(f"{subject_of(draw)}: The bundle could not be checked. ")
    assert checked.endswith(": File too large.")
    assert packed.redirect_chain == [(place("change", draw), 302)]
    (message,) = packed.context["messages"]
    assert str(message) == "The bundle could not be packed. File too large."


@pytest.mark.parametrize("role", MAY_ISSUE)
def test_a_receipt_is_issued_without_an_address_and_with_an_audit(stand: Stand, role: str) -> None:
    draw = confirmed_draw({"W-1": 5_000})
    client = staff(role)
    assert place("receipt", draw) in client.get(place("change", draw)).content.decode()

    response = client.post(place("receipt", draw), {"wester_id": "W-1"})

    assert response.content == receipt_json(draw, "W-1")
    assert response.headers["Content-Disposition"] == 'attachment; filename="receipt.json"'
    assert "no-store" in response.headers["Cache-Control"]
    line = AuditRecord.objects.get(action="draw.receipt")
    assert line.user_id == int(client.session["_auth_user_id"])
    assert "W-1" not in json.dumps(line.detail)


@pytest.mark.parametrize(
    ("make", "wester_id"),
    [
        pytest.param(published_draw, "W-small", id="no entrant"),
        pytest.param(frozen_draw, "W-1", id="not published"),
    ],
)
def test_no_receipt_is_said_beside_the_form(
    stand: Stand, make: Callable[..., Draw], wester_id: str
) -> None:
    draw = make({"W-1": 5_000, "W-small": 4_999})
    response = staff("support").post(place("receipt", draw), {"wester_id": wester_id})
    assert response.status_code == 200
    assert "not published, or this is no entrant" in response.content.decode()
    assert not AuditRecord.objects.filter(action="draw.receipt").exists()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("ｗ－１", "no record of exactly this. Is it one of these? W-1, W1<"),
        ("W-2", "There is no record of it. Please check what was typed."),
    ],
)
def test_a_receipt_is_issued_for_the_exact_wester_id_alone(
    stand: Stand, typed: str, said: str
) -> None:
    draw = published_draw({"W-1": 5_000, "W1": 5_000})
    response = staff("support").post(place("receipt", draw), {"wester_id": typed})
    assert said in response.content.decode()
    assert "no entrant" not in response.content.decode()
    assert not AuditRecord.objects.filter(action="draw.receipt").exists()


def test_the_campaign_to_freeze_is_the_only_public_one_or_chosen(stand: Stand) -> None:
    campaign = closed_campaign({"W1": 5_000})
    opens_at = FREEZES + timedelta(seconds=1)
    later = {"public_at": opens_at, "opens_at": opens_at, "closes_at": opens_at + timedelta(days=1)}
    announced = TermsFactory.create(campaign__code="next", published=True, **later).campaign
    CampaignFactory.create(draft=True)

    def chosen(**named: str) -> tuple[list[Any], Any]:
        form = staff("ops").get(FREEZE, named).context["form"]
        offered = [value.instance for value, _label in form.fields["campaign"].choices if value]
        return offered, form["campaign"].value()

    assert chosen() == ([announced, campaign], campaign.pk)
    stand(opens_at)
    assert chosen() == ([announced, campaign], None)
    assert chosen(campaign="next") == ([announced, campaign], announced.pk)


@pytest.mark.parametrize("role", sorted(set(roles.ROLES) - set(MAY_ISSUE)))
def test_other_roles_issue_no_receipt(stand: Stand, role: str) -> None:
    draw = published_draw({"W-1": 5_000})
    client = staff(role)
    assert client.post(place("receipt", draw), {"wester_id": "W-1"}).status_code == 403
    assert place("receipt", draw) not in client.get(place("change", draw)).content.decode()


@pytest.mark.parametrize("name", ["bundle", "receipt"])
def test_a_draw_that_is_none_is_not_found(stand: Stand, name: str) -> None:
    client = signed_in(UserFactory.create(is_staff=True, is_superuser=True))
    assert client.get(reverse(f"admin:lottery_draw_{name}", args=[0])).status_code == 404

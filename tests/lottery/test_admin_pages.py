"""What staff do with draws beside their list: check, take the bundle, issue a receipt."""

import io
import json
import zipfile
from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from config.env import MovedClock
from core import roles
from core.models import AuditRecord, User
from lottery import bundle
from lottery.models import Draw
from lottery.queries import subject_of
from lottery.receipts import receipt_json
from tests.campaign.staffpages import signed_in
from tests.factories.campaign import UserFactory
from tests.factories.lottery import (
    FREEZES,
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
MAY_ISSUE = ("support", "auditor")


@pytest.fixture
def stand(settings: Settings) -> Stand:
    def stand(instant: datetime) -> None:
        settings.CAMPAIGN_NOW = MovedClock(instant, runs=False)

    stand(FREEZES)
    return stand


def staff(role: str) -> Client:
    return signed_in(UserFactory.create(role=role))


def place(name: str, draw: Draw) -> str:
    return reverse(f"admin:lottery_draw_{name}", args=[draw.pk])


@pytest.mark.parametrize("make", [frozen_draw, drawn_draw], ids=["frozen", "drawn"])
def test_the_bundle_is_what_the_export_writes(stand: Stand, make: Callable[..., Draw]) -> None:
    draw = make({"W1": 5_000, "W2": 9_000})
    client = staff("ops")
    assert place("bundle", draw) in client.get(place("change", draw)).content.decode()

    response = client.get(place("bundle", draw))

    assert "no-store" in response.headers["Cache-Control"]
    with zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content))) as packed:  # type: ignore[attr-defined]  # of a streamed answer
        found = {name: packed.read(name) for name in packed.namelist()}
    assert found == {name: b"".join(open_()) for name, open_ in bundle.bundle_files(draw).items()}


def test_the_audit_records_who_took_what_and_whether_it_was_public(stand: Stand) -> None:
    draw = drawn_draw({"W1": 5_000})
    client = staff("auditor")

    before = client.get(place("bundle", draw))
    after = client.get(place("bundle", confirm(draw)))

    lines = AuditRecord.objects.filter(action="draw.export").order_by("id")
    assert {line.user for line in lines} == {User.objects.get(groups__name="auditor")}
    assert [(line.subject, line.detail["public"]) for line in lines] == [
        (subject_of(draw), False),
        (subject_of(draw), True),
    ]
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

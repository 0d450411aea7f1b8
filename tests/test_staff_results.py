"""Between run and confirmation only who runs and confirms reads the result, on any page or file."""

import io
import zipfile
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core.models import AuditRecord
from lottery.bundle import ALL_FILES, FROZEN_FILES
from lottery.models import Draw
from tests.campaign.staffpages import signed_in
from tests.factories.campaign import UserFactory
from tests.factories.lottery import confirm, drawn_draw
from tests.staff_addresses import fill, is_of_a_model, staff_routes

pytestmark = pytest.mark.django_db
# Above the cap and below it: the sum is no number that anything else comes to.
TOTALS = {"W904123401": 5_017, "W904123402": 987_650}


def staff(role: str) -> Client:
    return signed_in(UserFactory.create(role=role))


def files_of(client: Client, draw: Draw) -> set[str]:
    """Return the names of the files in the bundle that a person downloads."""
    response: Any = client.get(reverse("admin:lottery_draw_bundle", args=[draw.pk]))
    with zipfile.ZipFile(io.BytesIO(response.getvalue())) as archive:
        return set(archive.namelist())


def pages_with_result(client: Client, draw: Draw) -> list[str]:
    """Return the routes whose pages name the sum of the awards."""
    values = {"code": draw.campaign.code, "step": "confirm", "sequence": "1"}
    sums = (str(draw.total_points), f"{draw.total_points:,}")
    found = []
    for route in staff_routes():
        if is_of_a_model(route) and not route.startswith("staff/lottery/draw/"):
            continue
        response: Any = client.get(fill(route, values))
        text = response.getvalue() if response.streaming else response.content
        if any(one.encode() in text for one in sums):
            found.append(route)
    return found


@pytest.mark.parametrize("role", ["support", "auditor"])
def test_a_result_is_hidden_before_its_confirmation(role: str) -> None:
    draw = drawn_draw(TOTALS)
    client = staff(role)

    assert pages_with_result(client, draw) == []
    assert files_of(client, draw) == set(FROZEN_FILES)
    exported = AuditRecord.objects.filter(action="draw.export").latest("id")
    assert exported.detail["files"] == list(FROZEN_FILES)
    assert awards_seen(client) == 0

    confirmed = confirm(draw)

    assert "staff/lottery/draw/" in pages_with_result(client, confirmed)
    assert files_of(client, confirmed) == set(ALL_FILES)
    assert awards_seen(client) == len(TOTALS)


@pytest.mark.parametrize("role", ["ops", "campaign", "approver"])
def test_who_runs_and_confirms_reads_the_result(role: str) -> None:
    draw = drawn_draw(TOTALS)
    client = staff(role)

    assert "staff/lottery/draw/" in pages_with_result(client, draw)
    assert files_of(client, draw) == set(ALL_FILES)
    assert awards_seen(client) == len(TOTALS)


def awards_seen(client: Client) -> int:
    """Return how many awards the list shows."""
    response = client.get(reverse("admin:points_awardstanding_changelist"))
    return int(response.context["cl"].result_count)

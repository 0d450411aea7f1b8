"""The network in the admin: users with the permission see it, nobody can change it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bookings.models import Service, Stop
from bookings.network import load_network, read_stored_rows
from core.models import User
from tests.database import as_owner
from tests.factories.network import write_network

pytestmark = pytest.mark.django_db
LIST = "admin:bookings_service_changelist"
Signed = Callable[..., Client]


@pytest.fixture
def signed_in(client: Client) -> Signed:
    """Return a function that signs staff in with the permissions named."""

    def sign_in(*permissions: str, **traits: Any) -> Client:
        staff = User.objects.create(username="staff", is_staff=True, **traits)
        with as_owner():  # the program gives nobody permissions but by their roles
            staff.user_permissions.set(Permission.objects.filter(codename__in=permissions))
        client.force_login(staff)
        return client

    return sign_in


def test_list_shows_services_with_their_stops(signed_in: Signed, tmp_path: Path) -> None:
    load_network(folder=write_network(tmp_path))

    page = signed_in("view_service").get(reverse(LIST))

    assert page.status_code == 200
    services = page.context["cl"].queryset
    assert [(service.name, service.stop_count) for service in services] == [
        ("alpha", 3),
        ("beta", 2),
    ]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        pytest.param("alp", ["alpha"], id="part of a name"),
        pytest.param("d", ["beta"], id="a station"),
        pytest.param("Z", ["beta"], id="an operator"),
    ],
)
def test_list_is_searched(words: str, found: list[str], signed_in: Signed, tmp_path: Path) -> None:
    load_network(folder=write_network(tmp_path))

    page = signed_in("view_service").get(reverse(LIST), {"q": words})

    services = page.context["cl"].queryset
    assert [service.name for service in services] == found
    assert {service.stop_count for service in services} <= {2, 3}


def test_list_asks_as_often_for_many_services_as_for_few(signed_in: Signed, tmp_path: Path) -> None:
    staff = signed_in("view_service")
    staff.get(reverse(LIST))

    with CaptureQueriesContext(connection) as many:
        staff.get(reverse(LIST))
    load_network(folder=write_network(tmp_path))
    with CaptureQueriesContext(connection) as few:
        staff.get(reverse(LIST))

    assert len(many) == len(few)


def test_service_shows_its_rows_in_order(signed_in: Signed, tmp_path: Path) -> None:
    load_network(folder=write_network(tmp_path))
    beta = Service.objects.get(name="beta")

    page = signed_in("view_service", "view_stop").get(
        reverse("admin:bookings_service_change", args=[beta.pk])
    )

    assert page.status_code == 200
    (inline,) = page.context["inline_admin_formsets"]
    assert [form.instance.station for form in inline.formset.forms] == ["a", "p", "d"]


@pytest.mark.parametrize("superuser", [False, True], ids=["staff", "superuser"])
def test_network_is_not_writable(superuser: bool, signed_in: Signed) -> None:
    everything = ("view", "add", "change", "delete")
    staff = signed_in(
        *(f"{word}_{model}" for word in everything for model in ("service", "stop")),
        is_superuser=superuser,
    )
    service = Service.objects.order_by("id")[0]
    before = set(read_stored_rows())

    add = reverse("admin:bookings_service_add")
    change = reverse("admin:bookings_service_change", args=[service.pk])
    delete = reverse("admin:bookings_service_delete", args=[service.pk])
    selected = {"action": "delete_selected", "_selected_action": service.pk, "post": "yes"}

    assert staff.get(add).status_code == 403
    assert staff.post(add, {"name": "x"}).status_code == 403
    assert staff.post(change, {"name": "x"}).status_code == 403
    assert staff.post(delete, {"post": "yes"}).status_code == 403
    staff.post(reverse(LIST), selected)
    assert set(read_stored_rows()) == before


def test_network_is_not_shown_to_staff_without_permission(signed_in: Signed) -> None:
    assert signed_in().get(reverse(LIST)).status_code == 403


def test_stops_are_not_shown_to_staff_without_their_permission(signed_in: Signed) -> None:
    service = Stop.objects.order_by("id")[0].service

    page = signed_in("view_service").get(
        reverse("admin:bookings_service_change", args=[service.pk])
    )

    assert page.context["inline_admin_formsets"] == []

"""Feed files, quarantine and bookings in the admin: seen with the permission, never changed."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from bookings.booking_feed import BOOKING_FEED
from bookings.feeds import index_feeds
from bookings.loading import load_file
from bookings.models import Booking, FeedFile, QuarantinedRow
from core.models import User
from tests.database import as_owner
from tests.feedfiles import booking_row, write_feed_file

pytestmark = pytest.mark.django_db
NOW = datetime(2025, 1, 8, tzinfo=UTC)
SEEN = ("booking", "feedfile", "quarantinedrow")


@pytest.fixture
def staff(client: Client, tmp_path: Path) -> Client:
    """Return staff at work; a file is loaded, another refused."""
    rows = [
        booking_row(),
        booking_row(event_id="E2", event_type="used"),
        booking_row(item_no="<b>"),
    ]
    for path in (
        write_feed_file(tmp_path, rows, encoding="cp932"),
        write_feed_file(tmp_path, [], sequence=2, manifest={"rows": 3}),
    ):
        load_file(path=path, feeds=index_feeds(BOOKING_FEED), loaded_at=NOW)
    user = User.objects.create(username="staff", is_staff=True)
    names = ["view_member", *(f"view_{model}" for model in SEEN)]
    with as_owner():  # the program gives nobody permissions but by their roles
        user.user_permissions.set(Permission.objects.filter(codename__in=names))
    client.force_login(user)
    return client


def text_of(client: Client, address: str, *args: object) -> str:
    page = client.get(reverse(f"admin:bookings_{address}", args=args))
    assert page.status_code == 200
    return page.content.decode()


def test_feed_files_are_listed_with_counts_and_refusals(staff: Client) -> None:
    text = text_of(staff, "feedfile_changelist")

    assert "bookings-20250107-001.csv" in text
    assert "row_count_differs" in text


def test_refused_file_says_why(staff: Client) -> None:
    refused = FeedFile.objects.get(status="refused")

    assert refused.detail in text_of(staff, "feedfile_change", refused.pk)


def test_quarantined_row_is_shown_readable_and_harmless(staff: Client) -> None:
    row = QuarantinedRow.objects.get()

    text = text_of(staff, "quarantinedrow_change", row.pk)

    assert "bad_number" in text
    assert "サンダーバード:大阪&gt;敦賀" in text
    assert "&lt;b&gt;" in text
    assert "<b>" not in text


def test_booking_is_shown_with_its_events(staff: Client) -> None:
    text = text_of(staff, "booking_change", Booking.objects.get().pk)

    assert '<li title="E1">' in text
    assert '<li title="E2">' in text


def test_events_of_one_instant_are_listed_by_their_numbers(staff: Client, tmp_path: Path) -> None:
    late = write_feed_file(tmp_path, [booking_row(event_id="E0", event_type="changed")], sequence=3)
    load_file(path=late, feeds=index_feeds(BOOKING_FEED), loaded_at=NOW)

    text = text_of(staff, "booking_change", Booking.objects.get().pk)

    assert re.findall(r'<li title="(E\d)">', text) == ["E0", "E1", "E2"]


@pytest.mark.parametrize("model", SEEN)
def test_nothing_is_writable(model: str, staff: Client) -> None:
    key = {"booking": Booking, "feedfile": FeedFile, "quarantinedrow": QuarantinedRow}[model]
    first = key._default_manager.order_by("pk").values_list("pk", flat=True)[0]

    assert text_of(staff, f"{model}_changelist")
    for address, args in (("add", []), ("delete", [first])):
        page = staff.post(reverse(f"admin:bookings_{model}_{address}", args=args), {"post": "yes"})
        assert page.status_code == 403
    assert staff.post(reverse(f"admin:bookings_{model}_change", args=[first])).status_code == 403

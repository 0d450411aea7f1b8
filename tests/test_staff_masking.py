"""Staff who may not view members read no identifier on any list or page of a row."""

from pathlib import Path

import pytest
from django.contrib import admin
from django.contrib.admin.utils import quote
from django.urls import reverse

from bookings.models import Booking
from core.admin_base import MembersAdmin
from core.models import AuditRecord
from core.roles import ROLES, registered
from tests.campaign.staffpages import signed_in
from tests.factories.bookings import BookingFactory
from tests.factories.campaign import UserFactory
from tests.staff_addresses import play

pytestmark = pytest.mark.django_db
MASKED = [role for role in ROLES if "entries.view_member" not in registered(role)]
IDENTIFIERS = ("W9041234", "R-of-a-member", "X904123403")
OF_MEMBERS = {
    model._meta.label_lower: model
    for model, page in admin.site._registry.items()
    if isinstance(page, MembersAdmin)
}


def test_every_list_that_shows_a_member_records_it() -> None:
    """A list or page that names one of these fields is a MembersAdmin."""
    holding = {"wester_id", "ex_member_no", "reservation_no", "credit_key", "from_account"}
    others = {
        model._meta.label_lower
        for model, page in admin.site._registry.items()
        if model._meta.label_lower not in OF_MEMBERS
        and holding & {field.name for field in model._meta.fields}
    }

    assert others == set()


@pytest.mark.parametrize("role", ["campaign", "approver", "support"])
def test_identifiers_are_masked_on_every_page(role: str, tmp_path: Path) -> None:
    play(tmp_path)
    BookingFactory.create(wester_id="W904123499", reservation_no="R-of-a-member")
    BookingFactory.create(ex=True, ex_member_no="X904123403")
    client = signed_in(UserFactory.create(role=role))
    shown = {}
    for model in OF_MEMBERS.values():
        row = model._default_manager.order_by("-pk").first()
        assert row, model
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        for page in (
            reverse(f"{name}_changelist"),
            reverse(f"{name}_change", args=[quote(row.pk)]),
        ):
            response = client.get(page)
            if response.status_code == 200:
                shown[page] = response.content.decode()

    assert len(shown) > len(OF_MEMBERS)
    named = [page for page, text in shown.items() if any(one in text for one in IDENTIFIERS)]
    if role == "approver":  # who decides about an erasure reads whom it is about
        named = [page for page in named if not page.startswith("/staff/points/erasure/")]
    assert bool(named) == (role == "support"), named
    assert any("W9041***" in text for text in shown.values()) == (role != "support")
    seen = AuditRecord.objects.filter(action="member.listed").values_list("subject", flat=True)
    assert len(seen) == len(shown)


def test_masked_columns_cannot_be_sorted_by() -> None:
    page = admin.site._registry[Booking]
    client = signed_in(UserFactory.create(role="campaign"))
    BookingFactory.create()

    response = client.get(reverse("admin:bookings_booking_changelist"))

    assert isinstance(page, MembersAdmin)
    columns = response.context["cl"].list_display
    assert [one for one in columns if one in page.guarded] == []

"""The address of a list takes the filters that the list declares, and no other."""

from collections.abc import Iterator

import pytest
from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.test import RequestFactory
from django.urls import reverse

from bookings.models import Booking
from core.models import AuditRecord, User
from points.models import AwardStanding
from tests.campaign.staffpages import signed_in
from tests.factories.bookings import BookingFactory
from tests.factories.campaign import UserFactory

PLAIN = ("", "__exact", "__iexact", "__startswith", "__contains", "__regex", "__gt", "__lte")
LOOKUPS = (*PLAIN, "__in", "__range", "__isnull", "__year", "__month", "__day")
LISTS = {model._meta.label_lower: model for model in admin.site._registry}
LINKED = {"points.transfer": {"from_account__id__exact", "to_account__id__exact"}}


def staff_request() -> HttpRequest:
    """Return a request of somebody who may see everything."""
    request = RequestFactory().get("/staff/")
    request.user = User(is_staff=True, is_superuser=True, is_active=True)
    return request


def paths(model: type[Model]) -> Iterator[str]:
    """Yield the fields of a model, and those of the models that it points to."""
    for field in model._meta.get_fields():
        yield field.name
        if field.is_relation and not field.auto_created and field.related_model:
            yield from (f"{field.name}__{one.name}" for one in field.related_model._meta.fields)


@pytest.mark.parametrize("name", LISTS)
def test_a_list_takes_only_the_filters_that_it_declares(name: str) -> None:
    model = LISTS[name]
    page, request = admin.site._registry[model], staff_request()
    declared = [one for one in page.list_filter if isinstance(one, str)]
    classes = [one for one in page.list_filter if isinstance(one, type)]
    declared += [str(getattr(one, "parameter_name", "")) for one in classes]
    declared += [str(page.date_hierarchy)] if page.date_hierarchy else []
    allowed = {
        f"{path}{lookup}"
        for path in paths(model)
        for lookup in LOOKUPS
        if page.lookup_allowed(f"{path}{lookup}", "1", request)
    }

    beside = {one for one in allowed if not any(one.startswith(by) for by in declared)}
    assert beside == LINKED.get(name, set())
    assert not [one for one in allowed if one.endswith(("with", "contains", "regex", "range"))]
    assert not [one for one in allowed if one.startswith(("wester_id", "ex_", "reservation"))]


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["campaign", "approver", "support"])
@pytest.mark.parametrize(
    ("model", "query"),
    [
        pytest.param(Booking, "wester_id=W904123403", id="a member"),
        pytest.param(Booking, "wester_id__startswith=W9", id="the beginning of a member"),
        pytest.param(Booking, "reservation_no=R1", id="a reservation"),
        pytest.param(AwardStanding, "wester_id__gt=W9", id="a member's place in the order"),
        pytest.param(AwardStanding, "award__entrant__wester_id=W9", id="a member elsewhere"),
        pytest.param(User, "password__startswith=a", id="a password"),
    ],
)
def test_a_filter_that_no_list_shows_is_refused(role: str, model: type[Model], query: str) -> None:
    BookingFactory.create(wester_id="W904123403")
    opts = model._meta
    page = reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist")

    response = signed_in(UserFactory.create(role=role)).get(f"{page}?{query}")

    assert response.status_code == (403 if model is User else 400)
    assert not AuditRecord.objects.filter(action="member.listed").exists()

"""Whole tables, as the tests compare them."""

from typing import Any

from django.db.models import Model

from bookings.models import (
    Booking,
    BookingEvent,
    EventTicketing,
    ExRegistration,
    MemberMark,
    QuarantinedRow,
    RegistrationRow,
)


def columns(model: type[Model]) -> list[str]:
    """Return a model's columns but for a key that only counts."""
    return [field.attname for field in model._meta.concrete_fields if field.name != "id"]


def whole(model: type[Model]) -> list[dict[str, Any]]:
    """Return every row of a table, in an order of their own."""
    rows = model._default_manager.values(*columns(model))
    return sorted((readable(row) for row in rows), key=repr)


def readable(row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: bytes(value) if isinstance(value, memoryview) else value
        for name, value in row.items()
    }


def bookings_state() -> dict[str, list[dict[str, Any]]]:
    """Return what the fold comes to, and what it comes from."""
    models = (Booking, BookingEvent, ExRegistration, RegistrationRow)
    state = {model.__name__: whole(model) for model in models}
    beside = dict(EventTicketing.objects.values_list("event_id", "ticketing"))
    for event in state["BookingEvent"]:  # in which of two places it is depends on the order
        event["ticketing"] = event["ticketing"] or beside.get(event["event_id"])
    state["BookingEvent"].sort(key=repr)
    return state


def quarantined() -> list[tuple[str, int, str]]:
    """Return the rows in quarantine: file, record, reason."""
    rows = QuarantinedRow.objects.order_by("id")
    return list(rows.values_list("file__name", "record", "reason"))


def marks() -> list[tuple[str | None, str | None]]:
    """Return every mark in the order in which they were made."""
    return list(MemberMark.objects.order_by("id").values_list("wester_id", "ex_member_no"))

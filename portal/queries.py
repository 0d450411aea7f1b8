"""Queries of the pages."""

from datetime import datetime

from django.db.models import QuerySet

from campaign.models import Terms
from campaign.queries import terms_in_force


def public_terms(*, at: datetime) -> QuerySet[Terms]:
    """Return the terms in force of each campaign that is public, the last to open first."""
    public = terms_in_force().filter(public_at__lte=at).prefetch_related("prizes")
    return public.order_by("-opens_at", "-id")


def coming_terms(*, at: datetime) -> Terms | None:
    """Return the terms of the next campaign to open of those that are announced, not public yet."""
    return terms_in_force().filter(public_at__gt=at).order_by("opens_at", "id").first()


def series_terms(code: str, *, at: datetime) -> QuerySet[Terms]:
    """Return the terms in force of each public campaign of a series, the last to open first."""
    return public_terms(at=at).filter(series_code=code)


def next_to_be_public(*, at: datetime) -> datetime | None:
    """Return the next instant at which a campaign becomes public; None without one."""
    coming = terms_in_force().filter(public_at__gt=at).order_by("public_at")
    return coming.values_list("public_at", flat=True).first()

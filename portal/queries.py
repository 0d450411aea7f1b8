"""Queries of the pages."""

from datetime import datetime

from campaign.models import Terms
from campaign.queries import newest_public_terms, terms_in_force


def front_terms(*, at: datetime) -> Terms | None:
    """Return the terms of the campaign that the front page leads to.

    It is the newest whose page is public; where none is, the next to open, already announced.
    """
    coming = terms_in_force().filter(public_at__gt=at).order_by("opens_at", "id")
    return newest_public_terms(at=at) or coming.first()

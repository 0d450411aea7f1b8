"""Questions that the pages ask."""

from datetime import datetime

from django.contrib.auth.models import AnonymousUser

from campaign.models import Terms, User
from campaign.queries import newest_public_terms
from entries.models import Member


def shown_terms(code: str) -> Terms | None:
    """Return the terms in force of a campaign; None where it is unknown or not published."""
    published = Terms.objects.filter(campaign__code=code, published_at__isnull=False)
    return published.select_related("campaign").order_by("-version").first()


def front_terms(*, at: datetime) -> Terms | None:
    """Return the terms of the campaign that the site opens with at an instant.

    The newest whose page is public; where none is, the next to come, for it has been announced.
    """
    coming = Terms.objects.filter(published_at__isnull=False, public_at__gt=at)
    return newest_public_terms(at=at) or (
        coming.select_related("campaign").order_by("opens_at", "-version").first()
    )


def find_member(user: User | AnonymousUser) -> Member | None:
    """Return the member who is signed in; None for a visitor, and for staff."""
    return Member.objects.filter(user=user.pk).first() if user.is_authenticated else None

"""Questions that the pages ask."""

from datetime import datetime

from campaign.models import Terms
from campaign.queries import newest_public_terms


def front_terms(*, at: datetime) -> Terms | None:
    """Return the terms of the campaign that the site opens with at an instant.

    The newest whose page is public; where none is, the next to come, for it has been announced.
    """
    coming = Terms.objects.filter(published_at__isnull=False, public_at__gt=at)
    return newest_public_terms(at=at) or (
        coming.select_related("campaign").order_by("opens_at", "-version").first()
    )

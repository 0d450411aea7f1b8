"""Enter a campaign that a demo has played to its end, once its clock was moved back."""

from datetime import datetime

from django.conf import settings

from dev.demo import bar
from entries.entering import Entered
from entries.enumerations import Channel
from entries.models import Entry
from entries.queries import Visit
from points.models import Payout


def rehearse_entry(*, terms: Visit, wester_id: str, entered_at: datetime) -> Entered | None:
    """Enter somebody as they would have entered then; None where this is no demo that is over.

    The draw is past and does not change: whoever enters like this is not on its frozen list. In a
    campaign whose books are not closed nobody is let in here, so that its freeze stays a freeze.
    """
    if not terms.opens_at <= entered_at < terms.closes_at or not is_over(terms):
        return None
    entry, is_new = Entry.objects.get_or_create(
        campaign_id=terms.campaign_id,
        wester_id=wester_id,
        defaults={"entered_at": entered_at, "channel": Channel.WEB},
    )
    return Entered(entry, is_new=is_new)


def is_over(terms: Visit) -> bool:
    """Say whether a demo has closed this campaign's books and let its own clock go."""
    if not settings.DEMO_MODE or settings.CAMPAIGN_NOW is not None or not bar.is_free():
        return False
    closed = Payout.objects.filter(draw__campaign=terms.campaign_id, closed_at__isnull=False)
    return closed.exists()

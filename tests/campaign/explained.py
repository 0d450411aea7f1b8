"""What the database finds."""

from bookings.models import Booking
from campaign import eligibility
from campaign.models import Terms


def explain_all(terms: Terms) -> dict[int, list[str]]:
    """Return every booking's reasons, in one statement."""
    explained = eligibility.with_reasons(terms, Booking.objects.all())
    return dict(explained.values_list("pk", "reasons"))

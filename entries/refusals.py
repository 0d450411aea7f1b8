"""The base of what this app refuses; members may read the messages."""

from bookings.refusals import Refusal


class EntriesRefusal(Refusal):
    """Base of what this app refuses."""

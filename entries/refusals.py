"""The base of what this app refuses; members may read the messages."""

from core.errors import Refusal


class EntriesRefusal(Refusal):
    """Base of what this app refuses."""

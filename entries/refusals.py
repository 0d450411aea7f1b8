"""The base class of this app's refusals."""

from core.errors import Refusal


class EntriesRefusal(Refusal):
    """Base of this app's refusals; members may read the messages."""

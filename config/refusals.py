"""What can be wrong around the program, each as one sentence for the person who can mend it."""

from django.db.utils import OperationalError


class ServiceFailed(Exception):
    """An embedded server could not be started or stopped; the message says what to do."""


def database_unreachable(failure: OperationalError) -> str:
    """Put a failed connection in words: what the driver said, without its repeated advice."""
    said = str(failure).strip().splitlines()[0] if str(failure).strip() else "no answer"
    return f"The database did not serve us ({said}). Check DATABASE_URL, and that it is running."

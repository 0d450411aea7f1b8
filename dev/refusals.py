"""What can be wrong around the program, each as one sentence for the person who can repair it."""

from core.errors import Refusal


class ServiceFailed(Refusal):
    """An embedded server could not be started or stopped; the message says what to do."""

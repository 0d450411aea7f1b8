"""What keeps a demo from running; each sentence says what to do."""

from bookings.refusals import Refusal


class DemoRefusal(Refusal):
    """Base of what keeps a demo from running."""


class NoDemoMode(DemoRefusal):
    """The settings are not those of a demo."""


class DemoRunning(DemoRefusal):
    """Another demo of this folder is running."""


class PortTaken(DemoRefusal):
    """The port cannot be used."""


class PartEnded(DemoRefusal):
    """A part of the demo has ended by itself."""


class PageSilent(DemoRefusal):
    """The campaign page did not answer in time."""

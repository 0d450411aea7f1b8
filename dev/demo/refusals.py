"""What keeps a demo from running; each sentence says what to do."""

from core.errors import Refusal


class DemoRefusal(Refusal):
    """Base of what keeps a demo from running."""


class NoDemoMode(DemoRefusal):
    """The settings are not those of a demo."""


class DemoRunning(DemoRefusal):
    """Another demo of this folder is running."""


class PortTaken(DemoRefusal):
    """The port cannot be used."""


class ProcessEnded(DemoRefusal):
    """A process of the demo has ended by itself."""


class PageSilent(DemoRefusal):
    """The campaign page did not answer in time."""


class StopRequested(DemoRefusal):
    """A signal ends the demo before it is finished."""


class WorkersStalled(DemoRefusal):
    """The workers do not finish what was enqueued."""


class CommandFailed(DemoRefusal):
    """A command that the demo ran was refused."""


class OtherDemo(DemoRefusal):
    """The data of another demo are in a database that is not the demo's own."""


class FeedsUnusable(DemoRefusal):
    """The folder named by FEEDS holds no feed files."""


class DrawNotProved(DemoRefusal):
    """The outsider's verifier does not accept the draw."""


class UnknownDemoCampaign(DemoRefusal):
    """CAMPAIGN names no campaign that ships."""

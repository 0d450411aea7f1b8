"""``demo``: set everything up on this machine and serve it until Ctrl-C."""

from dataclasses import asdict
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import CommandParser

from bookings.commands import ContractCommand, Report
from portal.demo import place, preparing, processes
from portal.demo.preparing import Stage
from portal.demo.refusals import NoDemoMode

LARGEST_PORT = 65535


def port(text: str) -> int:
    """Read a port."""
    number = int(text)
    if not 1 <= number <= LARGEST_PORT:
        raise ValueError(text)
    return number


class Command(ContractCommand):
    """Set everything up on this machine and serve it until Ctrl-C."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare where to serve."""
        super().add_arguments(parser)
        parser.add_argument(
            "--port", type=port, default=settings.PORT, help="default: PORT, or 8000"
        )

    def run(self, *args: Any, port: int, **_: Any) -> Report:
        """Prepare the stage, then serve it unless DEMO_SERVE=0."""
        if not settings.DEMO_MODE:
            raise NoDemoMode("The demo runs in demo mode only: make demo, or set DEMO_MODE=1.")
        with place.only_demo(settings.LOCAL_STATE_DIR):
            require_free_ports(port)
            stage = preparing.prepare(self.say)
            summary = summarise(stage, port=port)
            if not settings.DEMO_SERVE:
                self.say("Everything is set up; DEMO_SERVE=0: nothing is served.")
                return Report(asdict(stage), summary)
            self.serve(stage, port=port, summary=summary)
        return Report(asdict(stage), "The demo has ended; its data stay. The servers: make stop.")

    def serve(self, stage: Stage, *, port: int, summary: str) -> None:
        """Serve the stage until a signal."""
        state = settings.LOCAL_STATE_DIR
        parts = processes.parts_of_demo(
            state=state, port=port, plays_wester=stand_in_port() is not None
        )
        names = ", ".join(part.name for part in parts)
        self.say(f"Starting {names} (logs: {state / 'log'}) ...")
        processes.serve(
            parts,
            state=state,
            port=port,
            path=page_path(stage),
            tell=lambda: self.say(f"{summary}\nThe demo runs until Ctrl-C."),
        )

    def say(self, text: str) -> None:
        """Tell the person at the terminal what happens."""
        self.stderr.write(text, style_func=str)
        self.stderr.flush()


def stand_in_port() -> int | None:
    """Return the port of the WESTER ID that is played here; None where a real one is named."""
    issuer = urlsplit(settings.WESTER_ISSUER)
    is_here = issuer.scheme == "http" and issuer.hostname in ("127.0.0.1", "localhost")
    return (issuer.port or 80) if is_here else None


def require_free_ports(port: int) -> None:
    """Refuse ports that we could not listen on, before anything else is done."""
    place.require_free_port(port, way_out="make demo PORT=8080")
    if (stand_in := stand_in_port()) is not None:
        place.require_free_port(stand_in, way_out="make demo WESTER_ISSUER=http://127.0.0.1:8081")


def page_path(stage: Stage) -> str:
    """Return the path of the campaign's page."""
    return f"/campaign/detail/{stage.campaign}/"


def summarise(stage: Stage, *, port: int) -> str:
    """Write addresses and logins for a person."""
    site = f"http://{place.HOST}:{port}"
    lines = [f"Campaign page  {site}{page_path(stage)}"]
    if stand_in_port() is not None:
        lines += ["  members sign in at a WESTER ID that is played here: any name, no password"]
    lines += [f"Staff          {site}/staff/"]
    lines += [f"  {login.username}  password: {login.password}" for login in stage.logins]
    return "\n".join(["", *lines, ""])

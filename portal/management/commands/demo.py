"""``demo``: play a whole campaign on this machine, then serve it until Ctrl-C."""

import json
from dataclasses import asdict
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import CommandParser

from bookings.commands import ContractCommand, Report
from bookings.printable import printable_lines
from campaign import clock
from portal.demo import main_job, place, preparing, processes, summary
from portal.demo.crew import Crew
from portal.demo.job import inbox_of, take_on
from portal.demo.keeping import keep
from portal.demo.logins import offer_members
from portal.demo.play import Play, begin, choose_play, feeds_of
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
    """Play a whole campaign on this machine, then serve it until Ctrl-C."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare where to serve."""
        super().add_arguments(parser)
        parser.add_argument(
            "--port", type=port, default=settings.PORT, help="default: PORT, or 8000"
        )

    def run(self, *args: Any, port: int, **_: Any) -> Report:
        """Play the campaign to its close, then serve it unless DEMO_SERVE=0."""
        if not settings.DEMO_MODE:
            raise NoDemoMode("The demo runs in demo mode only: make demo, or set DEMO_MODE=1.")
        state = settings.LOCAL_STATE_DIR
        play = choose_play(members=settings.DEMO_MEMBERS, feeds=settings.DEMO_FEEDS)
        with place.only_demo(state):
            require_free_ports(port)
            if begin(state / "demo", play):
                self.say("Cleared away a demo with other feeds.")
            stage = preparing.prepare(self.say)
            data = self.put_on(play, stage, port=port)
        if settings.DEMO_SERVE:
            return Report(data, "The demo has ended; its data stay. The servers: make stop.")
        return Report(data, "DEMO_SERVE=0: nothing is served. The servers: make stop.")

    def put_on(self, play: Play, stage: Stage, *, port: int) -> dict[str, Any]:
        """Run the parts, have the campaign played, and serve it until a signal."""
        state = settings.LOCAL_STATE_DIR
        parts = self.parts(port)
        names = ", ".join(part.name for part in parts)
        self.say(f"Starting {names} (logs: {state / 'log'}) ...")
        inbox = {"FEED_INBOX": str(inbox_of(state / "demo"))}
        with processes.running(parts, state=state, variables=inbox) as (children, asked):
            if settings.DEMO_SERVE:
                processes.wait_for_page(children, port=port, path=page_path(stage), asked=asked)
                self.say(addresses(stage, port=port))
            data = self.perform(play, stage, Crew(children, asked, self.say))
            if settings.DEMO_SERVE and not asked.is_set():
                self.say(f"{addresses(stage, port=port)}\nThe demo runs until Ctrl-C.")
                processes.stay(children, asked)
        return data

    def parts(self, port: int) -> list[processes.Part]:
        """Return what runs: everything, or the worker alone where nothing is served."""
        if not settings.DEMO_SERVE:
            return [processes.worker()]
        return processes.parts_of_demo(port=port, plays_wester=stand_in_port() is not None)

    def perform(self, play: Play, stage: Stage, crew: Crew) -> dict[str, Any]:
        """Have the campaign played, unless that is done; tell and return what became of it."""
        file = settings.LOCAL_STATE_DIR / "demo.json"
        found = summary.find_kept(file, play)
        if found is None:
            found = self.play_through(play, stage, crew)
            keep(file, json.dumps(found, ensure_ascii=False, indent=2))
        self.say(summary.in_words(found))
        return {**asdict(stage), **found}

    def play_through(self, play: Play, stage: Stage, crew: Crew) -> dict[str, Any]:
        """Have the feeds made and the campaign played to its close; let the clock go."""
        folder = settings.LOCAL_STATE_DIR / "demo"
        feeds = feeds_of(folder, play, campaign=stage.campaign, say=self.say)
        job = take_on(code=stage.campaign, crew=crew, feeds=feeds, place=folder, say=self.say)
        seconds = main_job.perform(job)
        found = summary.summarize(job, play, seconds)
        offer_members(settings.LOCAL_STATE_DIR, found)
        clock.move_demo_clock(to=job.schedule.closed_at)
        return found

    def say(self, text: str) -> None:
        """Tell the person at the terminal what happens."""
        self.stderr.write(printable_lines(text), style_func=str)
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


def addresses(stage: Stage, *, port: int) -> str:
    """Write addresses and logins for a person."""
    site = f"http://{place.HOST}:{port}"
    lines = [f"Campaign page  {site}{page_path(stage)}"]
    if stand_in_port() is not None:
        lines += ["  members sign in at a WESTER ID that is played here: any name, no password"]
    lines += [f"Staff          {site}/staff/"]
    lines += [f"  {login.username:<14}  password: {login.password}" for login in stage.logins]
    return "\n".join(["", *lines, ""])

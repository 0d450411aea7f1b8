"""``demo``: play a whole campaign on this machine, then serve it until Ctrl-C."""

import json
from dataclasses import asdict
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import CommandParser

from core.commands import ContractCommand, Report
from core.printable import printable_lines
from dev.demo import instance, preparing, processes, steps, summary
from dev.demo.clock_lock import lock_clock
from dev.demo.job import Job, demo_folder, inbox_of, load_job
from dev.demo.logins import offer_members
from dev.demo.open_campaign import open_second_campaign, start_clock
from dev.demo.preparing import Setup
from dev.demo.private_file import write_private
from dev.demo.refusals import NoDemoMode
from dev.demo.scenario import Scenario, choose_scenario, make_missing_feeds, resume_or_clear
from dev.demo.waiting import Workers

MAX_PORT = 65535


def port(text: str) -> int:
    """Read a port."""
    number = int(text)
    if not 1 <= number <= MAX_PORT:
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
        scenario = choose_scenario(
            members=settings.DEMO_MEMBERS,
            feeds=settings.DEMO_FEEDS,
            campaign=settings.DEMO_CAMPAIGN,
        )
        with instance.lock_demo(state):
            require_free_ports(port)
            if resume_or_clear(demo_folder(state), scenario):
                self.report("Deleted a demo with other feeds or of another campaign.")
            setup = preparing.prepare(self.report, campaign=scenario.campaign)
            data = self.run_demo(scenario, setup, port=port)
        if settings.DEMO_SERVE:
            return Report(data, "The demo has ended; its data stay. The servers: make stop.")
        return Report(data, "DEMO_SERVE=0: nothing is served. The servers: make stop.")

    def run_demo(self, scenario: Scenario, setup: Setup, *, port: int) -> dict[str, Any]:
        """Run the services, play the campaigns, and serve them until a signal."""
        state = settings.LOCAL_STATE_DIR
        services = self.services(port)
        names = ", ".join(service.name for service in services)
        self.report(f"Starting {names} (logs: {state / 'log'}) ...")
        variables = {"FEED_INBOX": str(inbox_of(state))}
        with processes.run_services(services, state=state, variables=variables) as (running, stop):
            if settings.DEMO_SERVE:
                path = campaign_path(setup.campaign)
                processes.wait_for_page(running, port=port, path=path, stop_requested=stop)
                self.report(addresses(setup, port=port))
            workers = Workers(running, stop, self.report)
            found, open_code = self.play(scenario, setup, workers)
            if settings.DEMO_SERVE and not stop.is_set():
                self.report(addresses(setup, port=port, open_code=open_code))
                self.report("The demo runs until Ctrl-C.")
                processes.wait_until_stopped(running, stop)
        return {**asdict(setup), **found}

    def services(self, port: int) -> list[processes.Service]:
        """Return what runs: everything, or only the worker where nothing is served."""
        if not settings.DEMO_SERVE:
            return [processes.worker()]
        return processes.demo_services(port=port, plays_wester=stand_in_port() is not None)

    def play(
        self, scenario: Scenario, setup: Setup, workers: Workers
    ) -> tuple[dict[str, Any], str]:
        """Play the campaign to its close and open the next one, unless that is done.

        Returns the summary of the first one and the code of the second.
        """
        state = settings.LOCAL_STATE_DIR
        with lock_clock(state):
            job = self.load_first_job(scenario, setup, workers)
            found = summary.find_summary(state / "demo.json", scenario)
            if found is None:
                found = summary.summarize(job, scenario, steps.run_all(job))
                offer_members(state, found)
                text = json.dumps(found, ensure_ascii=False, indent=2)
                write_private(state / "demo.json", text)
            terms = open_second_campaign(job, state=state)
            start_clock()
        self.report(summary.to_text(found))
        return found, terms.campaign.code

    def load_first_job(self, scenario: Scenario, setup: Setup, workers: Workers) -> Job:
        """Return the job of the first campaign; its feeds are made where they are missing."""
        state = settings.LOCAL_STATE_DIR
        folder = demo_folder(state)
        feeds = make_missing_feeds(folder, scenario, report=self.report)
        return load_job(
            code=setup.campaign,
            workers=workers,
            state=state,
            folder=folder,
            feeds=feeds,
            report=self.report,
        )

    def report(self, text: str) -> None:
        """Print on standard error what happens."""
        self.stderr.write(printable_lines(text), style_func=str)
        self.stderr.flush()


def stand_in_port() -> int | None:
    """Return the port of the stand-in for WESTER ID; None where a real one is named."""
    issuer = urlsplit(settings.WESTER_ISSUER)
    is_here = issuer.scheme == "http" and issuer.hostname in ("127.0.0.1", "localhost")
    return (issuer.port or 80) if is_here else None


def require_free_ports(port: int) -> None:
    """Check that we could listen on the ports, before anything else is done."""
    instance.require_free_port(port, way_out="make demo PORT=8080")
    if (stand_in := stand_in_port()) is not None:
        instance.require_free_port(
            stand_in, way_out="make demo WESTER_ISSUER=http://127.0.0.1:8081"
        )


def campaign_path(code: str) -> str:
    """Return the path of a campaign's page."""
    return f"/campaign/detail/{code}/"


def addresses(setup: Setup, *, port: int, open_code: str | None = None) -> str:
    """Return addresses and logins as text; ``open_code`` is the campaign whose entry is open."""
    site = f"http://{instance.HOST}:{port}"
    first = f"{site}{campaign_path(setup.campaign)}"
    lines = [f"Campaign page  {first}"]
    if open_code is not None:
        lines = [
            f"Campaigns      {site}/",
            f"Open campaign  {site}{campaign_path(open_code)}",
            f"  {open_code}, whose entry is open; the bar at the top plays it forward",
            f"Past campaign  {first}",
        ]
    if stand_in_port() is not None:
        lines += ["  members sign in at a stand-in for WESTER ID: any name, no password"]
    lines += [f"Staff          {site}/staff/"]
    lines += [f"  {login.username:<14}  password: {login.password}" for login in setup.logins]
    return "\n".join(["", *lines, ""])

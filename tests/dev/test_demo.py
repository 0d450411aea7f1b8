"""The demo as a person runs it: set up, served, killed and run again."""

import io
import json
import re
import signal
import subprocess
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from pytest_django import Settings

from core import clock
from core.models import Approval, User
from dev.demo import instance, preparing
from dev.demo.sampling.making import make_feeds
from dev.embedded.state_folder import StateFolder
from tests.outside import free_port, kill_all, manage, run_python, start_python

CODE, OPEN_CODE = "012025121203", "june-2025"
PAGE = f"/campaign/detail/{CODE}/"
FEW = 60
IN_THE_MIDDLE, RUNS = "  2024-12-25 ", "until Ctrl-C"


@pytest.fixture
def demo_mode(settings: Settings) -> Settings:
    settings.DEMO_MODE = settings.ALLOW_COMMAND_APPROVAL = True
    return settings


@pytest.mark.django_db(transaction=True)  # migrate connects as the owner
@pytest.mark.usefixtures("demo_mode")
def test_prepare_publishes_the_campaign_by_two_people() -> None:
    setup = preparing.prepare(lambda _: None)

    approval = Approval.objects.get()
    assert setup.campaign == CODE
    assert approval.state == Approval.State.APPROVED
    assert approval.requested_by.username == preparing.PLANNER
    assert approval.decided_by == User.objects.get(username=preparing.APPROVER)
    assert f"{clock.now():%Y-%m-%d %H:%M}" == "2024-12-10 12:00"


@pytest.mark.django_db(transaction=True)  # migrate connects as the owner
@pytest.mark.usefixtures("demo_mode")
def test_prepare_again_gives_new_passwords_and_changes_nothing_else() -> None:
    first = preparing.prepare(lambda _: None)
    again = preparing.prepare(lambda _: None)

    everybody = len(preparing.ROLES)
    assert (again.campaign, Approval.objects.count()) == (CODE, 1)
    assert User.objects.count() == everybody
    for login in again.logins:
        assert authenticate(username=login.username, password=login.password)
    for login in first.logins:
        assert not authenticate(username=login.username, password=login.password)


def test_demo_runs_in_demo_mode_only(settings: Settings) -> None:
    settings.DEMO_MODE = False

    with pytest.raises(CommandError, match="in demo mode only: make demo, or set DEMO_MODE=1"):
        call_command("demo", stderr=io.StringIO())


class Demo:
    """A running demo of one folder, looked at from outside."""

    def __init__(self, folder: StateFolder, **variables: str) -> None:
        self.folder = folder
        self.port = free_port()
        self.variables = {
            "DEMO_MODE": "1",
            "MEMBERS": str(FEW),
            "PORT": str(self.port),
            "WESTER_ISSUER": f"http://127.0.0.1:{free_port()}",
            "LOCAL_STATE_DIR": str(folder.state),
            **variables,
        }
        self.lines: list[str] = []

    @property
    def output(self) -> str:
        """What it has printed since its start."""
        return "".join(self.lines)

    def start(self, *, until: str) -> "subprocess.Popen[str]":
        """Start it and wait until it says so."""
        process = start_python("manage.py", "demo", **self.variables)
        assert process.stderr
        self.lines = []
        for line in process.stderr:
            self.lines.append(line)
            if until in line:
                return process
        pytest.fail(self.output)

    def page(self) -> int:
        """Request the campaign page; return 0 where nobody answers."""
        return self.get(PAGE)[0]

    def get(self, path: str) -> tuple[int, str]:
        """Request a page; return the status and where it leads, or 0 where nobody answers."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            return response.status, response.getheader("Location") or ""
        except (OSError, HTTPException):
            return 0, ""
        finally:
            connection.close()

    def kill(self, process: "subprocess.Popen[str]") -> None:
        """Kill the demo, its parts, and the servers."""
        process.kill()
        instance.kill_orphans(self.folder.state)
        kill_all(self.folder)
        process.communicate()

    def stop(self) -> str:
        """Run what make stop runs."""
        done = run_python("-m", "dev.stop", LOCAL_STATE_DIR=str(self.folder.state))
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    def summary(self) -> dict[str, Any]:
        """Read the summary that it left for programs."""
        found: dict[str, Any] = json.loads((self.folder.state / "demo.json").read_text())
        return found


@pytest.mark.slow
def test_demo_is_killed_in_the_middle_and_plays_on_to_its_end(state: StateFolder) -> None:
    demo = Demo(state)

    killed = demo.start(until=IN_THE_MIDDLE)
    assert f"http://127.0.0.1:{demo.port}{PAGE}" in demo.output
    assert len(re.findall(r"password: \S{20}\n", demo.output)) == len(preparing.ROLES)
    demo.kill(killed)
    assert demo.page() == 0

    first = demo.start(until=RUNS)
    assert demo.page() == 200
    assert "2024-12-11" not in demo.output  # that night was over
    assert demo.summary()["payout"]["state"] == "closed"
    assert demo.get("/") == (200, "")  # several campaigns are public
    assert demo.get(f"/campaign/detail/{OPEN_CODE}/") == (200, "")

    second = manage("demo", **demo.variables)
    assert second.returncode == 1
    assert f"A demo is running here already (process {first.pid}); end it" in second.stderr

    first.kill()  # alone: its parts live on and hold the port
    first.communicate()
    assert demo.page() == 200

    third = demo.start(until=RUNS)
    assert "[1/" not in demo.output  # there was nothing left to play
    assert demo.page() == 200
    assert demo.stop() == "Stopped the demo, Valkey, PostgreSQL.\n"
    third.communicate()
    assert third.returncode == 0
    assert demo.page() == 0
    assert demo.stop() == "Nothing was running.\n"


@pytest.mark.slow
def test_demo_whose_worker_dies_says_so_and_ends_the_rest(state: StateFolder) -> None:
    demo = Demo(state, DEMO_SERVE="0")
    process = demo.start(until=IN_THE_MIDDLE)
    worker = next(
        part
        for part in instance.demo_processes(state.state)
        if {"celery", "worker"} <= set(part.cmdline())
    )

    worker.send_signal(signal.SIGKILL)
    _, said = process.communicate()

    assert process.returncode == 1
    assert "has ended by itself" in said
    assert list(instance.demo_processes(state.state)) == []


@pytest.mark.slow
def test_demo_is_stop_on_signals_in_the_middle(state: StateFolder) -> None:
    demo = Demo(state, DEMO_SERVE="0")
    process = demo.start(until=IN_THE_MIDDLE)

    process.send_signal(signal.SIGTERM)
    _, said = process.communicate()

    assert process.returncode == 1
    assert "make demo goes on from here" in said
    assert list(instance.demo_processes(state.state)) == []


@pytest.mark.slow
def test_demo_of_feeds_that_were_given_ends_with_a_summary(
    state: StateFolder, tmp_path: Path
) -> None:
    make_feeds(tmp_path / "feeds", members=FEW, campaign=CODE, seed="of somebody else")
    demo = Demo(state, DEMO_SERVE="0", FEEDS=str(tmp_path / "feeds"))

    process = start_python("manage.py", "demo", "--json", **demo.variables)
    answer, said = process.communicate()  # however long a busy machine takes

    assert process.returncode == 0, said
    data: dict[str, Any] = json.loads(answer)
    assert [login["username"] for login in data.pop("logins")] == list(preparing.ROLES)
    assert data == demo.summary()
    assert data["campaign"] == CODE
    assert data["feeds"]["refused_files"] == 0
    assert data["draw"]["entrants"] >= data["draw"]["winners"] > 0
    assert data["draw"]["total_points"] <= 100_000_000
    assert data["payout"]["state"] == "closed"
    assert data["ledger"]["ok"]
    assert str(data["scenario"]["feeds"]) == str(tmp_path / "feeds")
    assert list(instance.demo_processes(state.state)) == []

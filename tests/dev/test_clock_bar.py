"""The bar of a demo: it plays the open campaign forward; elsewhere it is not there."""

import re
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from pytest_django import Settings

from campaign.models import Terms
from campaign.termsfile import CampaignFile
from core import clock
from core.models import DemoClock
from dev.demo import bar, days, open_campaign, steps
from dev.demo.bar import StopPassed, UnknownStop
from dev.demo.clock_lock import ClockBusy, is_clock_free, lock_clock
from dev.demo.private_file import write_private
from dev.demo.refusals import CommandFailed
from dev.demo.schedule import plan

pytestmark = pytest.mark.django_db
PAGE = "/campaign/detail/012025121203/"
MOVE = "/demo/clock/"
OPENS = datetime(2024, 12, 10, 12, tzinfo=clock.JAPAN)
CLOSED = datetime(2025, 1, 14, 10, tzinfo=clock.JAPAN)
MINUTES = timedelta(minutes=5)


@pytest.fixture
def played(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the stops that were played to, without their steps and nights."""
    keys: list[str] = []
    monkeypatch.setattr(steps, "run_until", lambda _job, stop: keys.append(stop))
    monkeypatch.setattr(days, "play_nights", lambda _job, **_instant: None)
    return keys


@pytest.fixture
def demo(
    settings: Settings, publish: Callable[..., Terms], played: list[str], tmp_path: Path
) -> Terms:
    """Return a published campaign of a demo whose clock runs from its opening."""
    settings.DEMO_MODE = True
    settings.LOCAL_STATE_DIR = tmp_path
    terms = publish()
    write_private(open_campaign.open_code_file(tmp_path), terms.campaign.code)
    clock.move_demo_clock(to=OPENS)
    return terms


def badge(client: Client) -> str:
    """Return the state that the campaign page shows."""
    found = re.search(
        r'<p class="badge[^>]*>(.*?)</p>', client.get(PAGE).content.decode(), re.DOTALL
    )
    assert found
    return re.sub(r"<[^>]*>", "", found[1]).strip()


@pytest.mark.usefixtures("demo")
def test_the_bar_leads_forward_in_the_order_of_time(client: Client) -> None:
    body = client.get(PAGE).content.decode()
    found = bar.stops(Terms.objects.get(), now=OPENS)

    assert [stop.instant for stop in found] == sorted(stop.instant for stop in found)
    assert [stop.key for stop in found if stop.is_current] == ["open"]
    assert [stop.key for stop in found if stop.is_passed] == ["open"]
    assert re.findall(r'name="to" value="(\w+)"', body) == [stop.key for stop in found[1:]]


def test_the_bar_is_of_the_campaign_that_the_demo_left_open(
    demo: Terms, publish: Callable[..., Terms], settings: Settings
) -> None:
    dates = ("public_at", "opens_at", "closes_at", "credit_at")
    later = {name: getattr(demo, name) + timedelta(days=70) for name in (*dates, "expires_on")}
    publish("next-one", published=False, **later)
    publish("after-that", **later)
    assert open_campaign.open_terms() == demo
    open_campaign.open_code_file(settings.LOCAL_STATE_DIR).unlink()
    assert open_campaign.open_terms() is None


@pytest.mark.parametrize("page", [PAGE, f"{PAGE}draw/"])
def test_there_is_no_bar_outside_a_demo(
    client: Client, publish: Callable[..., Terms], page: str
) -> None:
    publish()

    assert b"demo-bar" not in client.get(page).content
    assert client.post(MOVE, {"to": "result"}).status_code == 404


@pytest.mark.usefixtures("demo")
def test_moving_the_clock_plays_every_stop_between_and_leads_back(
    client: Client, played: list[str]
) -> None:
    before = badge(client)

    moved = client.post(MOVE, {"to": "closed"}, headers={"referer": f"http://testserver{PAGE}"})

    assert (moved.status_code, moved.headers["Location"]) == (302, PAGE)
    assert played == ["open", "travel", "closing", "closed"]
    assert (before, badge(client)) == ("受付中", "受付終了")
    assert CLOSED <= clock.now() < CLOSED + MINUTES
    assert DemoClock.objects.get().runs


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize("key", ["open", "travel"])
def test_a_stop_that_has_passed_is_refused_in_one_sentence(client: Client, key: str) -> None:
    client.post(MOVE, {"to": "closed"})

    response = client.post(MOVE, {"to": key}, headers={"referer": f"http://testserver{PAGE}"})

    assert response.status_code == 409
    assert "前にだけ進みます" in response.content.decode()
    assert f'href="{PAGE}"' in response.content.decode()
    assert clock.now() >= CLOSED
    with pytest.raises(StopPassed):
        bar.move_to(key)


@pytest.mark.usefixtures("demo")
def test_a_step_that_fails_is_told_and_the_clock_runs_on_from_the_last_stop(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_job: object, stop: str) -> None:
        if stop == "frozen":
            raise CommandFailed("draw freeze: something is missing.")

    monkeypatch.setattr(steps, "run_until", fail)

    response = client.post(MOVE, {"to": "result"})

    assert response.status_code == 409
    assert "draw freeze: something is missing." in response.content.decode()
    assert CLOSED <= clock.now() < CLOSED + MINUTES
    assert DemoClock.objects.get().runs


@pytest.mark.usefixtures("demo")
def test_the_bar_names_the_stop_even_where_its_button_is_out_of_sight(client: Client) -> None:
    client.post(MOVE, {"to": "result"})

    body = client.get(PAGE).content.decode()

    now = re.search(r'<p class="demo-bar-now">(.*?)</p>', body, re.DOTALL)
    assert now
    assert re.sub(r"<[^>]*>", "", now[1]) == "デモ · 2025年1月28日 11:00 · 結果発表"


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize(
    "page", ["https://elsewhere.example/x", "http://testserver//elsewhere.example/"]
)
def test_moving_the_clock_leads_to_no_other_site(client: Client, page: str) -> None:
    moved = client.post(MOVE, {"to": "end"}, headers={"referer": page})

    assert moved.headers["Location"] == "/"


@pytest.mark.usefixtures("demo")
def test_the_clock_is_not_free_while_a_campaign_is_played(
    client: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(bar, "WAIT_S", 0)

    with lock_clock(tmp_path):
        assert not is_clock_free(tmp_path)
        assert b'name="to"' not in client.get(PAGE).content
        assert client.post(MOVE, {"to": "end"}).status_code == 409
        with pytest.raises(ClockBusy):
            bar.move_to("end")

    assert is_clock_free(tmp_path)
    assert clock.now() < OPENS + MINUTES


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("demo")
def test_two_presses_of_one_button_play_once_and_both_succeed(
    monkeypatch: pytest.MonkeyPatch, played: list[str]
) -> None:
    first_plays, second_waits = threading.Event(), threading.Event()

    def play(_job: object, stop: str) -> None:
        played.append(stop)
        first_plays.set()
        assert second_waits.wait(10)

    def lock(state: Path, *, wait_s: float) -> object:
        if first_plays.is_set():
            second_waits.set()
        return lock_clock(state, wait_s=wait_s)

    monkeypatch.setattr(steps, "run_until", play)
    monkeypatch.setattr(bar, "lock_clock", lock)
    failures: list[BaseException] = []

    def press() -> None:
        try:
            bar.move_to("travel")
        except BaseException as failure:  # noqa: BLE001 - a thread's failure is the test's
            failures.append(failure)
        finally:
            connection.close()

    first = threading.Thread(target=press)
    first.start()
    assert first_plays.wait(10)
    second = threading.Thread(target=press)
    second.start()
    for thread in (first, second):
        thread.join(30)

    assert failures == []
    assert played == ["open", "travel"]


@pytest.mark.usefixtures("demo")
def test_move_to_knows_its_own_stops_only() -> None:
    with pytest.raises(UnknownStop):
        bar.move_to("2024-12-24")
    assert DemoClock.objects.get().instant == OPENS


def test_plan_lays_a_campaign_out_within_february(first_campaign: CampaignFile) -> None:
    terms = first_campaign.terms
    found = plan(
        opens_at=terms["opens_at"], closes_at=terms["closes_at"], credit_at=terms["credit_at"]
    )
    instants = [getattr(found, name) for name in found.__dataclass_fields__]

    assert instants == sorted(instants)
    assert found.round_time - found.frozen_at > timedelta(days=1)
    assert (found.closed_at.year, found.closed_at.month) == (2025, 2)
    nights = list(found.nights(until=found.credited_at))
    assert (str(nights[0]), str(nights[-1]), len(nights)) == ("2024-12-11", "2025-02-15", 67)

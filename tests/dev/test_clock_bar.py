"""The bar of a demo: it moves the clock and what is shown with it; elsewhere it is not there."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from pytest_django import Settings

from campaign.models import Terms
from campaign.termsfile import CampaignFile
from core import clock
from core.models import DemoClock
from dev.demo import bar
from dev.demo.bar import MainJobRuns, UnknownStop
from dev.demo.schedule import plan

pytestmark = pytest.mark.django_db
PAGE = "/campaign/detail/012025121203/"
MOVE = "/demo/clock/"
OPENS = datetime(2024, 12, 10, 12, tzinfo=clock.JAPAN)


@pytest.fixture
def demo(settings: Settings, publish: Callable[..., Terms]) -> Terms:
    """Have a published campaign in a demo whose clock runs from its opening."""
    settings.DEMO_MODE = True
    terms = publish()
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
def test_the_bar_leads_to_stops_in_the_order_of_time(client: Client) -> None:
    body = client.get(PAGE, headers={"accept-language": "en"}).content.decode()
    found = bar.stops(Terms.objects.get(), now=OPENS)

    assert [stop.instant for stop in found] == sorted(stop.instant for stop in found)
    assert [stop.key for stop in found if stop.is_current] == ["open"]
    assert all(f'value="{stop.key}"' in body for stop in found)


def test_the_bar_stays_with_the_campaign_that_is_played(
    demo: Terms, publish: Callable[..., Terms]
) -> None:
    year = timedelta(days=700)
    dates = ("public_at", "opens_at", "closes_at", "travel_first", "travel_last", "credit_at")
    later = {name: getattr(demo, name) + year for name in (*dates, "expires_on")}
    publish("next-one", published=False, **later)
    assert bar.shown_campaign() == demo
    publish("after-that", **later)
    assert bar.shown_campaign() == demo
    revised = publish(budget_points=1)
    assert bar.shown_campaign() == revised


@pytest.mark.parametrize("page", [PAGE, f"{PAGE}draw/"])
def test_there_is_no_bar_outside_a_demo(
    client: Client, publish: Callable[..., Terms], page: str
) -> None:
    publish()

    assert b"demo-bar" not in client.get(page).content
    assert client.post(MOVE, {"to": "result"}).status_code == 404


@pytest.mark.usefixtures("demo")
def test_moving_the_clock_leads_back_and_changes_the_page_at_once(client: Client) -> None:
    before = badge(client)

    moved = client.post(MOVE, {"to": "closed"}, headers={"referer": f"http://testserver{PAGE}"})

    assert (moved.status_code, moved.headers["Location"]) == (302, PAGE)
    assert (before, badge(client)) == ("受付中", "受付終了")
    assert clock.now() - datetime(2025, 1, 14, 10, tzinfo=clock.JAPAN) < timedelta(minutes=5)


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
def test_the_clock_is_not_free_while_the_main_job_runs(client: Client) -> None:
    clock.move_demo_clock(to=OPENS, runs=False)

    assert b'name="to"' not in client.get(PAGE).content
    assert client.post(MOVE, {"to": "end"}).status_code == 409
    with pytest.raises(MainJobRuns):
        bar.move_to("end")
    assert clock.now() == OPENS


@pytest.mark.usefixtures("demo")
def test_move_to_knows_its_own_stops_alone() -> None:
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

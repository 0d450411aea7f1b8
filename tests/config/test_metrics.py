"""The metrics: numbers without personal data, only for requests with the token."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection

import pytest
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import DjangoAssertNumQueries, Settings

from dev.embedded.state_folder import StateFolder
from tests.entries.local_site import wait_for_answer
from tests.factories.campaign import CampaignFactory
from tests.factories.entries import EntryFactory
from tests.factories.feeds import FeedFileFactory, QuarantinedRowFactory
from tests.outside import ROOT, environment, free_port

TOKEN = "a token of the monitoring"
BEARER = {"authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def watched(settings: Settings) -> Settings:
    settings.METRICS_TOKEN = TOKEN
    return settings


def figures(text: str) -> dict[tuple[str, ...], float]:
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


@pytest.mark.parametrize(
    ("token", "authorization"),
    [
        pytest.param(TOKEN, "", id="no token is offered"),
        pytest.param(TOKEN, "Bearer another", id="another token"),
        pytest.param("", "Bearer ", id="none is set, an empty one is offered"),
        pytest.param("", "", id="none is set, none is offered"),
    ],
)
def test_metrics_without_the_token_are_not_found(
    client: Client, settings: Settings, token: str, authorization: str
) -> None:
    settings.METRICS_TOKEN = token

    assert client.get("/metrics", headers={"authorization": authorization}).status_code == 404


@pytest.mark.django_db
@pytest.mark.usefixtures("watched")
def test_metrics_count_entries_by_channel_and_rows_by_outcome(client: Client) -> None:
    campaign = CampaignFactory(published=True)
    EntryFactory(campaign=campaign, channel="app")
    EntryFactory.create_batch(2, campaign=campaign, channel="web")
    FeedFileFactory(feed="bookings", rows=9, applied=6, duplicates=2, quarantined=1)
    FeedFileFactory(feed="bookings", rows=1, applied=1)

    found = figures(client.get("/metrics", headers=BEARER).content.decode())

    code = str(campaign.code)
    assert found["dodonto_entries", code, "app"] == 1
    assert found["dodonto_entries", code, "web"] == 2
    assert found["dodonto_feed_files_total", "bookings", "loaded"] == 2
    assert found["dodonto_feed_rows_total", "bookings", "applied"] == 7
    assert found["dodonto_feed_rows_total", "bookings", "duplicate"] == 2
    assert found["dodonto_feed_rows_total", "bookings", "quarantined"] == 1


@pytest.mark.django_db
@pytest.mark.usefixtures("watched")
def test_metrics_count_findings_by_code(client: Client) -> None:
    QuarantinedRowFactory(file=FeedFileFactory(rows=1, quarantined=1))

    found = figures(client.get("/metrics", headers=BEARER).content.decode())

    assert found["dodonto_findings", "quarantine_old"] == 1
    assert found["dodonto_findings", "feed_late"] == 0


@pytest.mark.django_db
@pytest.mark.usefixtures("watched")
def test_metrics_count_requests(client: Client) -> None:
    def answered() -> float:
        reported = figures(client.get("/metrics", headers=BEARER).content.decode())
        return reported.get(("dodonto_requests_total", "GET", "200"), 0)

    before = answered()
    client.get("/robots.txt")

    assert answered() == before + 2  # the look before it was one as well


@pytest.mark.django_db
@pytest.mark.usefixtures("watched")
def test_metrics_contain_no_personal_data(client: Client) -> None:
    EntryFactory(wester_id="W-SECRET")
    FeedFileFactory(name="W-SECRET.csv", feed="W-SECRET", refused=True)
    client.generic("W-SECRET", "/W-SECRET")

    body = client.get("/metrics", headers=BEARER).content.decode()

    assert "dodonto_entries{" in body
    assert "SECRET" not in body


@pytest.mark.django_db
@pytest.mark.usefixtures("watched")
def test_metrics_cost_the_same_few_queries(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    EntryFactory.create_batch(3)

    with django_assert_max_num_queries(25):
        assert client.get("/metrics", headers=BEARER).status_code == 200


@contextmanager
def served(places: StateFolder) -> Iterator[int]:
    """Serve the site with two processes; yield the port."""
    port = free_port()
    words = ["--config", "python:config.webserver", "--bind", f"127.0.0.1:{port}", "config.wsgi"]
    variables = environment(LOCAL_STATE_DIR=str(places.state), METRICS_TOKEN=TOKEN)
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "-v0"], check=True, cwd=ROOT, env=variables
    )
    log = places.state / "web.log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", *words],
            cwd=ROOT,
            env=variables,
            stdout=output,
            stderr=output,
        )
    try:
        wait_for_answer(server, port, log)
        yield port
    finally:
        server.terminate()
        server.wait(60)


def ask(port: int, path: str) -> str:
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path, headers={"Authorization": f"Bearer {TOKEN}"})
        return connection.getresponse().read().decode()
    finally:
        connection.close()


@pytest.mark.slow
def test_metrics_sum_all_processes_of_a_server(other_state: StateFolder) -> None:
    with served(other_state) as port:
        for _ in range(40):
            ask(port, "/robots.txt")

        # Whichever process answers; each has been asked for some of the forty.
        reported = [figures(ask(port, "/metrics")) for _ in range(8)]

    assert all(one["dodonto_requests_total", "GET", "200"] >= 40 for one in reported)

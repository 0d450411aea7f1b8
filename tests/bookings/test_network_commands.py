"""``load_network`` and ``touches`` as programs call them."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from bookings.models import Booking, MemberMark, Service
from bookings.network import read_stored_rows
from tests.bookings.network_table import FOLDER
from tests.commands import refused, run_json
from tests.factories.network import ALPHA, RideEventFactory, RideFactory, write_network

pytestmark = pytest.mark.django_db


def run(*words: str) -> tuple[str, str]:
    """Run a command and return what it prints and what it says besides."""
    stdout, stderr = StringIO(), StringIO()
    call_command(*words, stdout=stdout, stderr=stderr)
    return stdout.getvalue(), stderr.getvalue()


def answer(journey: str, *legs: bool, error: str | None = None) -> dict[str, Any]:
    """Return what ``touches`` answers for a journey whose legs touch as told."""
    texts = [] if error else journey.split("|")
    return {
        "journey": journey,
        "touches": any(legs),
        "error": error,
        "legs": [
            {"leg": text, "touches": touches} for text, touches in zip(texts, legs, strict=True)
        ],
    }


def test_touches_answers_in_the_order_given() -> None:
    journeys = (
        "のぞみ:東京>新神戸",
        "しらさぎ:名古屋>米原|北陸新幹線:敦賀>金沢",
        "のぞみ:新大阪>東京",
        "のぞみ:東京>新神戸",
        "のぞみ:東京>東京",
        "ひだ:大阪>高山",
        "かがやき:東京>上越妙高|のぞみ:東京>新神戸",
        "",
    )

    assert run_json("touches", *journeys) == {
        "journeys": [
            answer(journeys[0], True),
            answer(journeys[1], False, True),
            answer(journeys[2], False),
            answer(journeys[3], True),
            answer(journeys[4], error="bad_journey"),
            answer(journeys[5], error="unknown_service"),
            answer(journeys[6], error="unknown_station"),
            answer(journeys[7], error="bad_journey"),
        ]
    }


def test_touches_asks_for_any_operator() -> None:
    journeys = ("のぞみ:東京>新神戸", "ソニック:小倉>博多")

    assert run_json("touches", *journeys, "--operator", "JR Kyushu") == {
        "journeys": [answer(journeys[0], False), answer(journeys[1], True)]
    }


def test_touches_says_that_an_operator_runs_nothing() -> None:
    stdout, stderr = run("touches", "のぞみ:東京>新神戸", "--operator", "JR-West", "--json")

    assert json.loads(stdout) == {"journeys": [answer("のぞみ:東京>新神戸", False)]}
    assert stderr == "The network has no section of JR-West.\n"


def test_touches_speaks_to_people_as_well() -> None:
    assert run("touches", "のぞみ:東京>新神戸", "のぞみ:東京>京都", "x") == (
        "のぞみ:東京>新神戸: touches\nのぞみ:東京>京都: does not touch\nx: bad_journey\n",
        "",
    )


def test_touches_asks_the_loaded_network(tmp_path: Path) -> None:
    run("load_network", str(write_network(tmp_path)))

    assert run_json("touches", "alpha:a>b", "のぞみ:東京>新神戸", "--operator", "X") == {
        "journeys": [
            answer("alpha:a>b", True),
            answer("のぞみ:東京>新神戸", error="unknown_service"),
        ]
    }


@pytest.mark.parametrize(
    "words",
    [
        pytest.param([], id="no journey"),
        pytest.param(["\udcff:a>b"], id="bytes that are no UTF-8"),
        pytest.param(["a:b>c", "--operator", "\udcff"], id="an operator that is no UTF-8"),
    ],
)
def test_touches_refuses_wrong_usage(words: list[str]) -> None:
    with pytest.raises(CommandError, match="Error: "):
        run("touches", *words)


def test_load_network_reports_services_and_stops(tmp_path: Path) -> None:
    assert run_json("load_network", str(FOLDER)) == {"services": 99, "stops": 1402, "bookings": 0}
    assert run_json("load_network", str(write_network(tmp_path))) == {
        "services": 2,
        "stops": 5,
        "bookings": 0,
    }
    assert set(Service.objects.values_list("name", flat=True)) == {"alpha", "beta"}


def test_load_network_dry_run_counts_and_changes_nothing(tmp_path: Path) -> None:
    run("load_network", str(write_network(tmp_path)))
    RideFactory(wester_id="w1")
    before = set(read_stored_rows())
    write_network(tmp_path, ["alpha,1,a,A,Q,stop", *ALPHA[1:]])

    loaded = run_json("load_network", str(tmp_path), "--dry-run")

    assert loaded == {"services": 2, "stops": 5, "bookings": 1}
    assert set(read_stored_rows()) == before
    assert Booking.objects.get().operators == ["X"]
    assert not MemberMark.objects.exists()
    assert run("load_network", str(tmp_path), "--dry-run")[0] == (
        "Would load 2 services with 5 stops; "
        "1 bookings would run over other sections than before.\n"
    )


def test_load_network_refuses_in_one_sentence(tmp_path: Path) -> None:
    run("load_network", str(write_network(tmp_path)))
    RideEventFactory(journey="alpha:a>c")
    before = set(read_stored_rows())

    assert refused("load_network", str(write_network(tmp_path, []))) == (
        "Loaded events would no longer resolve. The network has no service alpha."
    )
    assert refused("load_network", str(write_network(tmp_path, ALPHA[1:]))) == (
        "shinkansen.csv, line 2: seq is 2 where alpha needs 1."
    )
    assert set(read_stored_rows()) == before

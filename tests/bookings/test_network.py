"""Loading the network: the whole of it, the bookings that follow, and what it refuses."""

from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Model

from bookings.journeys import NetworkRow
from bookings.models import Booking, MemberMark, Service, Stop
from bookings.network import (
    LoadedJourneyLost,
    NetworkLoaded,
    current_network,
    known_lines,
    load_network,
    read_stored_rows,
)
from bookings.network_files import NetworkFileUnusable, read_network
from core.locks import Feed, Lock
from tests.bookings.network_table import FOLDER
from tests.factories.network import ALPHA, BETA, RideEventFactory, RideFactory, write_network

pytestmark = pytest.mark.django_db


def rows_of(*models: type[Model]) -> list[tuple[Any, ...]]:
    """Return every row of the tables with its place on disk: a rewritten row differs."""
    found: list[tuple[Any, ...]] = []
    with connection.cursor() as cursor:
        for model in models:
            cursor.execute(f'SELECT ctid::text, * FROM "{model._meta.db_table}" ORDER BY id')
            found += cursor.fetchall()
    return found


def operators_by_reservation() -> dict[str, list[str]]:
    return dict(Booking.objects.values_list("reservation_no", "operators"))


def marks() -> set[tuple[str | None, str | None]]:
    listed = list(MemberMark.objects.values_list("wester_id", "ex_member_no"))
    assert len(set(listed)) == len(listed), "each member is marked once"
    return set(listed)


def test_migrations_load_the_projects_own_network() -> None:
    assert set(read_stored_rows()) == set(read_network(FOLDER))
    assert Service.objects.count() == 99


def test_load_network_of_the_projects_own_folder_changes_nothing() -> None:
    before = rows_of(Service, Stop)

    assert load_network(folder=FOLDER) == NetworkLoaded(services=99, stops=1402, bookings=0)
    assert rows_of(Service, Stop) == before


def test_load_network_replaces_every_row(tmp_path: Path) -> None:
    loaded = load_network(folder=write_network(tmp_path))

    assert loaded == NetworkLoaded(services=2, stops=5, bookings=0)
    assert set(read_stored_rows()) == {
        NetworkRow("alpha", 1, "a", "X", "stop"),
        NetworkRow("alpha", 2, "b", "Y", "stop"),
        NetworkRow("alpha", 3, "c", None, "stop"),
        NetworkRow("beta", 1, "a", "Z", "stop"),
        NetworkRow("beta", 2, "p", "Z", "pass"),
        NetworkRow("beta", 3, "d", None, "stop"),
    }
    assert set(Service.objects.values_list("name", flat=True)) == {"alpha", "beta"}


def test_current_network_is_what_was_loaded(tmp_path: Path) -> None:
    load_network(folder=write_network(tmp_path))

    assert current_network().operators("alpha:c>a|beta:a>d") == {"X", "Y", "Z"}


@pytest.mark.parametrize(
    "again",
    [
        pytest.param({}, id="the same files"),
        pytest.param({"shinkansen": ALPHA[::-1]}, id="rows in another order"),
        pytest.param({"shinkansen": BETA, "limited_express": ALPHA}, id="files exchanged"),
    ],
)
def test_load_network_again_changes_nothing(again: dict[str, Any], tmp_path: Path) -> None:
    load_network(folder=write_network(tmp_path))
    RideEventFactory(wester_id="w1")
    RideFactory(wester_id="w1")
    before = rows_of(Service, Stop, Booking, MemberMark)

    loaded = load_network(folder=write_network(tmp_path, **again))

    assert loaded == NetworkLoaded(services=2, stops=5, bookings=0)
    assert rows_of(Service, Stop, Booking, MemberMark) == before


def test_load_network_rewrites_and_marks_exactly_the_bookings_that_change(tmp_path: Path) -> None:
    load_network(folder=write_network(tmp_path))
    RideFactory(reservation_no="hers", wester_id="w1")
    RideFactory(reservation_no="hers again", wester_id="w1", journey="alpha:b>a")
    RideFactory(reservation_no="nobody's")
    RideFactory(reservation_no="by EX", ex=True, ex_member_no="x1")
    RideFactory(
        reservation_no="two legs",
        wester_id="w2",
        journey="alpha:a>b|beta:d>a",
        operators=["X", "Z"],
    )
    RideFactory(reservation_no="next section", wester_id="w3", journey="alpha:b>c", operators=["Y"])
    RideFactory(reservation_no="other train", wester_id="w4", journey="beta:a>d", operators=["Z"])
    RideFactory(
        reservation_no="other train by EX",
        ex=True,
        ex_member_no="x2",
        journey="beta:a>d",
        operators=["Z"],
    )
    before = {row[1]: row for row in rows_of(Booking)}

    loaded = load_network(folder=write_network(tmp_path, ["alpha,1,a,A,Q,stop", *ALPHA[1:]]))

    assert loaded.bookings == 5
    assert operators_by_reservation() == {
        "hers": ["Q"],
        "hers again": ["Q"],
        "nobody's": ["Q"],
        "by EX": ["Q"],
        "two legs": ["Q", "Z"],
        "next section": ["Y"],
        "other train": ["Z"],
        "other train by EX": ["Z"],
    }
    assert marks() == {("w1", None), ("w2", None), (None, "x1")}
    untouched = {row[1] for row in rows_of(Booking) if row == before[row[1]]}
    assert len(untouched) == 3


def test_load_network_leaves_bookings_whose_operators_only_change_places(tmp_path: Path) -> None:
    load_network(folder=write_network(tmp_path))
    RideFactory(wester_id="w1", journey="alpha:a>c", operators=["X", "Y"])
    exchanged = ["alpha,1,a,A,Y,stop", "alpha,2,b,B,X,stop", ALPHA[2]]

    assert load_network(folder=write_network(tmp_path, exchanged)).bookings == 0
    assert marks() == set()


def test_load_network_mends_operators_that_do_not_fit_the_same_network(tmp_path: Path) -> None:
    load_network(folder=write_network(tmp_path))
    RideFactory(reservation_no="off", wester_id="w1", operators=["Y"])
    RideFactory(reservation_no="none", wester_id="w2", operators=[])

    assert load_network(folder=tmp_path).bookings == 2
    assert operators_by_reservation() == {"off": ["X"], "none": ["X"]}
    assert marks() == {("w1", None), ("w2", None)}


def test_load_network_writes_names_sorted_as_bytes(tmp_path: Path) -> None:
    rows = [
        "alpha,1,a,A,智頭急行,stop",
        "alpha,2,b,B,JR West,stop",
        "alpha,3,c,C,IRいしかわ鉄道,stop",
        r'alpha,4,d,D,"{""\,x}",stop',
        "alpha,5,e,E,,stop",
    ]
    load_network(folder=write_network(tmp_path))
    RideFactory(reservation_no="far", journey="alpha:a>b", operators=["X"])
    load_network(folder=write_network(tmp_path, rows))
    Booking.objects.update(journey="alpha:a>e")

    load_network(folder=tmp_path)

    assert operators_by_reservation() == {
        "far": ["IRいしかわ鉄道", "JR West", '{"\\,x}', "智頭急行"]
    }


@pytest.mark.parametrize(
    ("journey", "without", "sentence"),
    [
        pytest.param(
            "alpha:a>b", {"shinkansen": []}, "The network has no service alpha.", id="service"
        ),
        pytest.param(
            "beta:a>d|alpha:b>c",
            {"shinkansen": ["alpha,1,a,A,X,stop", "alpha,2,c,C,,stop"]},
            "alpha has no stop b.",
            id="station",
        ),
        pytest.param(
            "alpha:b>c",
            {"shinkansen": [ALPHA[0], "alpha,2,b,B,Y,pass", ALPHA[2]]},
            "alpha has no stop b.",
            id="a stop that is passed now",
        ),
    ],
)
def test_load_network_refuses_to_lose_a_loaded_journey(
    journey: str, without: dict[str, Any], sentence: str, tmp_path: Path
) -> None:
    load_network(folder=write_network(tmp_path))
    RideEventFactory(journey=journey)
    RideEventFactory(journey="beta:a>d")
    RideFactory(journey="beta:a>d", operators=["wrong"])
    before = rows_of(Service, Stop, Booking)

    with pytest.raises(LoadedJourneyLost) as refusal:
        load_network(folder=write_network(tmp_path, **without))

    assert str(refusal.value) == f"Loaded events would no longer resolve. {sentence}"
    assert rows_of(Service, Stop, Booking) == before
    assert marks() == set()


def test_load_network_accepts_losing_what_no_event_rides_on(tmp_path: Path) -> None:
    load_network(folder=write_network(tmp_path))
    RideEventFactory(journey="alpha:a>c")

    loaded = load_network(
        folder=write_network(tmp_path, ["alpha,1,a,A,X,stop", "alpha,2,c,C,,stop"], [])
    )

    assert loaded == NetworkLoaded(services=1, stops=2, bookings=0)


def test_load_network_follows_sections_where_operators_stay(tmp_path: Path) -> None:
    load_network(folder=write_network(tmp_path))
    RideFactory(
        reservation_no="both lines",
        wester_id="w1",
        journey="alpha:a>b|beta:a>d",
        operators=["X", "Z"],
        sections=["X:alpha", "Z:beta"],
    )
    RideFactory(reservation_no="next section", wester_id="w2", journey="alpha:b>c", operators=["Y"])
    exchanged = ["alpha,1,a,A,Z,stop", *ALPHA[1:]]
    exchanged_beta = ["beta,1,a,A,X,stop", "beta,2,p,P,X,pass", "beta,3,d,D,,stop"]

    loaded = load_network(folder=write_network(tmp_path, exchanged, exchanged_beta))

    assert loaded.bookings == 1
    booking = Booking.objects.get(reservation_no="both lines")
    assert (booking.operators, booking.sections) == (["X", "Z"], ["X:beta", "Z:alpha"])
    assert marks() == {("w1", None)}


def test_load_network_mends_sections_that_do_not_fit_the_same_network(tmp_path: Path) -> None:
    load_network(folder=write_network(tmp_path))
    RideFactory(reservation_no="off", wester_id="w1", sections=["X:beta"])
    RideFactory(reservation_no="none", wester_id="w2", sections=[])
    RideFactory(reservation_no="right", wester_id="w3", sections=["X:alpha"])

    assert load_network(folder=tmp_path).bookings == 2
    assert {tuple(booking.sections) for booking in Booking.objects.all()} == {("X:alpha",)}
    assert marks() == {("w1", None), ("w2", None)}


def test_known_lines_are_the_services_of_each_operator(tmp_path: Path) -> None:
    load_network(
        folder=write_network(tmp_path, [*ALPHA, "gamma,1,a,A,X,stop", "gamma,2,b,B,,stop"])
    )

    assert known_lines() == {"X": {"alpha", "gamma"}, "Y": {"alpha"}, "Z": {"beta"}}


def test_known_lines_of_the_projects_own_network() -> None:
    lines = known_lines()

    assert {"山陽新幹線", "のぞみ", "北陸新幹線", "サンダーバード"} <= lines["JR West"]
    assert {"東海道新幹線", "こだま（東海道）", "のぞみ"} <= lines["JR Central"]
    assert "こだま（東海道）" not in lines["JR West"]
    assert lines["智頭急行"] == {"スーパーはくと", "スーパーいなば"}
    assert len(lines) == 14


def test_load_network_names_ten_of_many_losses(tmp_path: Path) -> None:
    stations = "abcdefghijklm"
    rows = [f"alpha,{seq},{name},,X,stop" for seq, name in enumerate(stations, start=1)]
    rows[-1] = f"alpha,{len(stations)},m,,,stop"
    load_network(folder=write_network(tmp_path, rows, []))
    for name in stations[1:]:
        RideEventFactory(journey=f"alpha:{name}>a")

    with pytest.raises(LoadedJourneyLost, match=r"alpha has no stop k\. And 2 more\.$"):
        load_network(folder=write_network(tmp_path, ["alpha,1,a,,X,stop", "alpha,2,z,,,stop"], []))


def test_load_network_refuses_bad_files_before_any_change(tmp_path: Path) -> None:
    before = rows_of(Service, Stop)

    with pytest.raises(NetworkFileUnusable):
        load_network(folder=write_network(tmp_path, ALPHA[:2]))

    assert rows_of(Service, Stop) == before


def test_load_network_keeps_its_locks_until_the_transaction_ends(tmp_path: Path) -> None:
    with transaction.atomic():
        load_network(folder=write_network(tmp_path))
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT classid, objid, mode FROM pg_locks WHERE locktype = 'advisory'"
                " AND pid = pg_backend_pid() AND granted"
            )
            held = set(cursor.fetchall())

    assert held >= {
        (Lock.LOADS, 0, "ShareLock"),
        (Lock.FEED, Feed.BOOKINGS, "ExclusiveLock"),
        (Lock.FEED, Feed.NETWORK, "ExclusiveLock"),
    }

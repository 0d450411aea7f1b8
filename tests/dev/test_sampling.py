"""Sample feeds: made to the contract, the same bytes every time, and as lively as a real winter."""

import csv
import gzip
import io
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command

from bookings.definitions import BOOKINGS_2, EX_REGISTRATIONS
from bookings.models import FeedFile, QuarantinedRow
from bookings.network_files import read_network
from bookings.values import ROW_REASONS
from campaign.queries import get_campaign
from config.env import ROOT
from dev.demo.sampling import making, people
from dev.demo.sampling.making import Sample, make_feeds
from dev.demo.sampling.rides import NETWORK, Rides, reverse
from dev.demo.sampling.times import instant, stamp
from entries.definitions import ENTRIES, MEMBERSHIPS
from entries.models import Entry

CODE = "012025121203"
MANY, FEW = 2_000, 120
HEADERS = {
    feed.name: list(feed.header) for feed in (BOOKINGS_2, EX_REGISTRATIONS, MEMBERSHIPS, ENTRIES)
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the feeds of many members once."""
    path = tmp_path_factory.mktemp("sample") / "feeds"
    make_feeds(path, members=MANY, campaign=CODE)
    return path


def read(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


def manifest_of(path: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads(path.with_name(f"{path.name}.manifest.json").read_text())
    return found


def rows(folder: Path, feed: str) -> Iterator[dict[str, str]]:
    for path in sorted(folder.glob(f"{feed}-*.csv*")):
        if path.suffix != ".json":
            text = read(path).decode(str(manifest_of(path)["encoding"])).replace("\0", "")
            yield from csv.DictReader(io.StringIO(text, newline=""))


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_make_feeds_gives_the_same_bytes_every_time(tmp_path: Path) -> None:
    made = [make_feeds(tmp_path / name, members=FEW, campaign=CODE) for name in ("one", "two")]

    assert made[0] == made[1]
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_make_feeds_of_another_seed_differ(tmp_path: Path) -> None:
    for seed in ("one", "two"):
        make_feeds(tmp_path / seed, members=FEW, campaign=CODE, seed=seed)

    assert contents(tmp_path / "one") != contents(tmp_path / "two")


def test_make_feeds_leaves_nothing_of_an_earlier_or_a_killed_one(tmp_path: Path) -> None:
    folder = tmp_path / "feeds"
    for remains in (folder, tmp_path / "feeds.part"):
        remains.mkdir()
        (remains / "bookings-20241209-009.csv").touch()

    make_feeds(folder, members=FEW, campaign=CODE)

    assert not (folder / "bookings-20241209-009.csv").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["feeds"]


@pytest.mark.slow
@pytest.mark.django_db
def test_feeds_load_whole_and_quarantine_exactly_what_is_bad_on_purpose(tmp_path: Path) -> None:
    call_command("campaign", "load", str(ROOT / "campaign/data/012025121203.json"))
    sample = make_feeds(tmp_path / "feeds", members=FEW, campaign=CODE)

    call_command("load_feeds", str(tmp_path / "feeds"), stderr=io.StringIO())

    assert loaded() == (sample.files, sample.rows)
    assert quarantined() == {tuple(row) for row in sample.intended}
    entered = {row["wester_id"] for row in rows(tmp_path / "feeds", "entries")} - {"W-SAMPLE"}
    found = Entry.objects.filter(campaign=get_campaign(CODE)).values_list("wester_id", flat=True)
    assert set(found) == entered


def loaded() -> tuple[int, int]:
    files = FeedFile.objects.filter(status=FeedFile.Status.LOADED)
    return files.count(), sum(files.values_list("rows", flat=True))


def quarantined() -> set[tuple[str, int, str]]:
    found = QuarantinedRow.objects.select_related("file")
    return {(row.file.name, row.record, row.reason) for row in found}


def test_feeds_hold_one_bad_row_of_every_kind(tmp_path: Path) -> None:
    sample: Sample = make_feeds(tmp_path / "feeds", members=FEW, campaign=CODE)

    reasons = Counter(row.reason for row in sample.intended)
    assert set(reasons) == {*ROW_REASONS, "outside_entry_period"}
    # One a file: a twentieth of a small file would refuse the whole of it.
    assert len({row.file for row in sample.intended}) == len(sample.intended)


def test_feeds_have_the_header_and_the_form_of_the_contract(folder: Path) -> None:
    manifests = sorted(folder.glob("*.manifest.json"))
    for path in manifests:
        manifest = json.loads(path.read_text())
        content = read(path.with_name(path.name.removesuffix(".manifest.json")))
        lines = content.decode(manifest["encoding"]).splitlines()
        assert lines[0].split(",") == HEADERS[manifest["feed"]]
        assert len(lines) - 1 == manifest["rows"]


def test_feeds_come_packed_and_plain_and_once_from_an_old_machine(folder: Path) -> None:
    found = [manifest_of(path) for path in folder.glob("bookings-*.csv")]
    packed = [manifest_of(path) for path in folder.glob("bookings-*.csv.gz")]

    assert len(found) > 5
    assert len(packed) > 20
    assert [one["encoding"] for one in found + packed].count("cp932") == 1
    ends = [read(path).count(b"\r\n") > 0 for path in folder.glob("bookings-*.csv*")]
    assert ends.count(True) == 1


def test_bookings_tell_of_everything_that_can_happen(folder: Path) -> None:
    found = list(rows(folder, "bookings"))

    for column, values in {
        "event_type": {"booked", "changed", "cancelled", "refunded", "stopover", "used"},
        "operated_via": {"web", "app", "phone", "counter", "gate", "system"},
        "booking_service": {"e5489", "ex_yoyaku", "smart_ex"},
        "sales_channel": {"web", "app", "counter", "agency"},
        "payment_method": {
            "registered_card",
            "other_card",
            "convenience_store",
            "bank",
            "station",
            "points",
        },
    }.items():
        assert {row[column] for row in found} == values
    assert {"standard", "discount", "rail_points", "fare_only"} <= {
        row["product_kind"] for row in found
    }
    assert any(not row["wester_id"] and not row["ex_member_no"] for row in found)


def test_members_are_of_every_kind(folder: Path) -> None:
    found = {row["member_kind"] for row in rows(folder, "ex_registrations")}

    assert found == {*people.KINDS, "gold_card"}


@pytest.mark.parametrize("day", ["2024-12-25", "2024-12-26", "2025-01-06", "2025-01-07"])
def test_night_trains_leave_at_the_edges_of_the_travel_period(folder: Path, day: str) -> None:
    boarded = [
        row
        for row in rows(folder, "bookings")
        if row["journey"].startswith("サンライズ") and row["travel_date"] == day
    ]

    assert any(
        row["event_type"] == "used" and not row["occurred_at"].startswith(day) for row in boarded
    )


def test_some_leave_before_the_draw_and_some_before_the_crediting(folder: Path) -> None:
    gone = [
        row["changed_at"] for row in rows(folder, "memberships") if row["status"] == "withdrawn"
    ]

    assert any(at < stamp(people.CLOSES) for at in gone)
    assert any("2025-01-29" <= at < "2025-02-15T10:00:00+09:00" for at in gone)


def test_some_tickets_are_given_back_after_the_list_is_frozen(folder: Path) -> None:
    late = {
        row["event_type"]
        for row in rows(folder, "bookings")
        if row["occurred_at"] > stamp(instant("2025-01-21"))
    }

    assert {"refunded", "cancelled", "stopover"} <= late


def test_everybody_enters_within_the_period_and_once_on_the_page(folder: Path) -> None:
    web = json.loads((folder / making.WEB_ENTRIES).read_text())
    by_feed = {row["wester_id"] for row in rows(folder, "entries")}

    assert web
    assert all(stamp(people.OPENS) <= at < stamp(people.CLOSES) for _, at in web)
    assert not by_feed & {wester_id for wester_id, _ in web}


def test_rides_go_over_every_service_of_the_network() -> None:
    services = {row.service for row in read_network(NETWORK)}

    assert {ride.journey.partition(":")[0] for ride in Rides().anywhere} == services


def test_reverse_turns_every_leg() -> None:
    way = "サンダーバード:大阪>敦賀|北陸新幹線:敦賀>金沢"

    assert reverse(way) == "北陸新幹線:金沢>敦賀|サンダーバード:敦賀>大阪"
    assert reverse(reverse(way)) == way


def test_feeds_of_a_later_campaign_are_of_other_people_on_later_days(tmp_path: Path) -> None:
    make_feeds(tmp_path / "first", members=FEW, campaign=CODE)
    later = make_feeds(
        tmp_path / "later", members=FEW, campaign="later", days_later=73, first_number=50_000_000
    )

    assert later.intended == []
    for feed, key in (("bookings", "event_id"), ("bookings", "reservation_no")):
        known = {row[key] for row in rows(tmp_path / "first", feed)}
        assert known.isdisjoint(row[key] for row in rows(tmp_path / "later", feed))
    for feed in ("entries", "memberships", "ex_registrations"):
        known = {row["wester_id"] for row in rows(tmp_path / "first", feed)}
        assert known.isdisjoint(row["wester_id"] for row in rows(tmp_path / "later", feed))
    travel = {row["travel_date"] for row in rows(tmp_path / "later", "bookings")}
    assert min(travel) >= "2025-02-20"
    dates = {manifest_of(path)["business_date"] for path in (tmp_path / "later").glob("*.csv*[vz]")}
    assert min(map(str, dates)) == "2025-02-20"

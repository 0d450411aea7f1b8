"""From feed files to totals and reasons: what others deliver, judged by the written rules."""

from functools import partial
from pathlib import Path
from random import Random

import pytest

from bookings.definitions import EX_REGISTRATIONS
from campaign import reports
from campaign.models import Campaign
from tests import commands
from tests.bookings import contract_model
from tests.bookings.contract_model import BookingsModel, RegistrationsModel
from tests.campaign.oracle import csv_of
from tests.entries.histories import JOURNEYS, any_history, any_registrations, equal_halves, judged
from tests.factories.campaign import CampaignFactory
from tests.feedfiles import Row, booking_row, write_feed_file

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _known_journeys(monkeypatch: pytest.MonkeyPatch) -> None:
    for journey, operators in JOURNEYS.items():
        monkeypatch.setitem(contract_model.OPERATORS, journey, operators)


@pytest.fixture
def campaign() -> Campaign:
    return CampaignFactory.create(code="NY2025", published=True)


run_json = partial(commands.run_json, may_warn=True)


def reasons_of(member: str) -> dict[str, list[str]]:
    """Return each of a member's bookings with its reasons."""
    return {
        one["booking"]: one["reasons"] for one in run_json("explain", "NY2025", member)["bookings"]
    }


def at(hour: int, **values: str) -> Row:
    """Return an event of one booking, at an hour."""
    return booking_row(event_id=f"E{hour}", occurred_at=f"2024-12-20T{hour}:00:00+09:00", **values)


@pytest.mark.parametrize(
    ("later", "reasons"),
    [
        pytest.param([at(20, event_type="used")], [], id="ridden"),
        pytest.param([], ["not_used"], id="not ridden yet"),
        pytest.param(
            [at(20, event_type="used"), at(21, event_type="cancelled")],
            ["cancelled"],
            id="cancelled after the ride",
        ),
        pytest.param(
            [
                at(11, event_type="changed", operated_via="phone"),
                at(12, event_type="changed", operated_via="web"),
                at(20, event_type="used"),
            ],
            ["changed_by_phone"],
            id="by telephone, then on the web",
        ),
        pytest.param(
            [
                at(11, event_type="changed", operated_via="web"),
                at(12, event_type="changed", operated_via="phone"),
                at(20, event_type="used"),
            ],
            ["changed_by_phone"],
            id="on the web, then by telephone",
        ),
        pytest.param(
            [at(11, event_type="cancelled", operated_via="phone")],
            ["cancelled", "not_used"],
            id="by telephone, but no change",
        ),
    ],
)
def test_a_history_is_judged_in_any_order(
    later: list[Row], reasons: list[str], campaign: Campaign, tmp_path: Path
) -> None:
    rows = [at(10), *later]
    for sequence, row in enumerate(reversed(rows), 1):
        write_feed_file(tmp_path, [row], sequence=sequence)
        run_json("load_feeds", str(tmp_path))

    assert reasons_of("W1") == {"e5489/R1/1": reasons}
    assert run_json("aggregate", "NY2025")["counting_bookings"] == (0 if reasons else 1)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_any_feeds_give_the_totals_of_the_specification(
    seed: int, campaign: Campaign, tmp_path: Path
) -> None:
    random = Random(seed)
    bookings, registrations = BookingsModel(), RegistrationsModel()
    rows = [row for number in range(400) for row in any_history(random, number)]
    people = any_registrations(random)
    halves = [equal_halves(random, number) for number in range(20)]
    rows += [row for both, _ in halves for row in both]
    people += [registration for _, registration in halves]
    for sequence in range(1, 6):
        some = random.choices(rows, k=len(rows) // 3) if sequence < 5 else rows
        bookings.load(str(sequence), some)
        write_feed_file(tmp_path, some, sequence=sequence)
        members = random.choices(people, k=5) if sequence < 5 else people
        registrations.load(members)
        write_feed_file(tmp_path, members, sequence=sequence, definition=EX_REGISTRATIONS)
        files = run_json("load_feeds", str(tmp_path))["files"]
        assert {file["status"] for file in files} <= {"loaded", "already_loaded"}
        assert not any(file["quarantined"] for file in files)
        run_json("aggregate", "NY2025")

        oracle, folded = judged(campaign.terms.get(), bookings, registrations)
        totals = oracle.totals(folded.values())
        assert b"".join(reports.export_totals(campaign)) == csv_of(totals)

    assert campaign.runs.filter(mode="incremental").count() == 4
    explained: dict[str, list[str]] = {}
    for number in range(20):
        explained |= reasons_of(f"W{number}") | reasons_of(f"H{number}")
    for name, booking in folded.items():
        if oracle.member(booking) is None:
            (found,) = run_json("explain", "NY2025", "--booking", name)["bookings"]
            explained[name] = found["reasons"]
    assert explained == {name: oracle.reasons(booking) for name, booking in folded.items()}
    assert len({tuple(codes) for codes in explained.values()}) > 30

"""``aggregate`` and ``export_totals`` as programs call them."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from bookings.models import MemberMark
from campaign import aggregation, reports
from campaign.management.commands import aggregate
from campaign.models import Campaign, Total
from core.models import AuditRecord
from tests.campaign.changes import add_booking
from tests.campaign.runs import begin, run
from tests.commands import run_json
from tests.factories.bookings import QuarantinedRowFactory
from tests.factories.campaign import CampaignFactory, UserFactory
from tests.factories.totals import TotalFactory
from tests.resources import full_disk

pytestmark = pytest.mark.django_db
HEADER = b"wester_id,total_yen,bookings\n"


@pytest.fixture
def campaign() -> Campaign:
    return CampaignFactory.create(code="NY2025", published=True)


def test_aggregate_reports_what_the_totals_come_to(
    campaign: Campaign,
) -> None:
    add_booking(wester_id="W1", amount_yen=4_999)
    add_booking(wester_id="W1", amount_yen=1)
    add_booking(wester_id="W2", used=False)

    first = run_json("aggregate", "NY2025")
    assert first.pop("as_of").endswith("+09:00")
    assert first == {
        "code": "NY2025",
        "members": 1,
        "counting_bookings": 2,
        "total_yen": 5_000,
        "mode": "full",
    }
    add_booking(wester_id="W2", amount_yen=20_001)
    assert run_json("aggregate", "NY2025")["total_yen"] == 25_001
    assert run_json("aggregate", "NY2025")["mode"] == "incremental"
    assert run_json("aggregate", "NY2025", "--full")["mode"] == "full"


def test_aggregate_warns_of_bookings_that_it_does_not_know(campaign: Campaign) -> None:
    for feed in ("bookings", "ex_registrations", "memberships"):
        QuarantinedRowFactory.create(file__feed=feed)

    assert run_json("aggregate", "NY2025", may_warn=True)["warnings"] == [
        f"Rows of {feed} in quarantine, which do not count: 1."
        for feed in ("bookings", "ex_registrations")
    ]


def test_aggregate_prints_progress_and_the_totals(campaign: Campaign) -> None:
    add_booking(wester_id="W1", amount_yen=20_001)
    stdout, stderr = StringIO(), StringIO()

    call_command("aggregate", "NY2025", stdout=stdout, stderr=stderr)

    assert stdout.getvalue() == "full: 1 members, 1 counting bookings, 20,001 yen.\n"
    assert stderr.getvalue() == "full run: 2 of 2 shards done\n"


def test_aggregate_finishes_what_was_left_and_then_runs_again(
    campaign: Campaign,
) -> None:
    run(campaign)
    add_booking(wester_id="W1", amount_yen=1)
    begin(campaign)
    add_booking(wester_id="W2", amount_yen=2)

    assert run_json("aggregate", "NY2025", "--full")["total_yen"] == 3

    runs = campaign.runs.order_by("id").values_list("mode", flat=True)
    assert list(runs) == ["full", "incremental", "full"]
    assert not campaign.runs.filter(finished_at__isnull=True).exists()


def test_aggregate_waits_for_the_other_workers(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = begin(campaign)
    monkeypatch.setattr(
        aggregation, "compute_shards", lambda _run: 0
    )  # other workers have them all

    def others_go_on(_seconds: float) -> None:
        aggregation.compute_next(started)

    monkeypatch.setattr("campaign.management.commands.aggregate.time.sleep", others_go_on)
    stderr = StringIO()
    command = aggregate.Command(stderr=stderr)
    command.complete(started)

    assert [line[10:] for line in stderr.getvalue().splitlines()] == [
        f"{done} of 2 shards done" for done in range(3)
    ]
    started.refresh_from_db()
    assert started.finished_at is not None


@pytest.mark.parametrize("mode", ["full", "incremental"])
def test_aggregate_dry_run_reports_the_same_and_leaves_nothing(
    mode: str, campaign: Campaign
) -> None:
    if mode == "incremental":
        run(campaign)
    add_booking(wester_id="W1", amount_yen=7)
    TotalFactory.create(campaign=campaign, wester_id="gone")
    runs = campaign.runs.count()

    dry = run_json("aggregate", "NY2025", "--dry-run")

    assert (dry["total_yen"], dry["members"], dry["mode"]) == (7, 1, mode)
    assert list(Total.objects.values_list("wester_id", flat=True)) == ["gone"]
    assert MemberMark.objects.exists()
    assert campaign.runs.count() == runs


@pytest.mark.parametrize("command", ["aggregate", "export_totals"])
def test_an_unknown_campaign_is_refused(command: str, campaign: Campaign, tmp_path: Path) -> None:
    output = ["--output", str(tmp_path / "totals.csv")] if command == "export_totals" else []

    with pytest.raises(CommandError, match=r"no campaign with this code.*NY2025") as refused:
        call_command(command, "nothing", *output)

    assert refused.value.returncode == 1


def test_export_totals_prints_nothing_but_the_rows(
    campaign: Campaign, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    TotalFactory.create(campaign=campaign, wester_id="b")
    TotalFactory.create(campaign=campaign, wester_id="B", total_yen=20_001, bookings=2)

    call_command("export_totals", "NY2025")

    out, err = capfdbinary.readouterr()
    assert (out, err) == (HEADER + b"B,20001,2\nb,5000,1\n", b"")


def test_export_totals_writes_a_file_and_reports_it(campaign: Campaign, tmp_path: Path) -> None:
    output = tmp_path / "totals.csv"
    output.write_bytes(b"what was there")
    TotalFactory.create(campaign=campaign, wester_id="W1")

    printed = run_json("export_totals", "NY2025", "--output", str(output))

    assert output.read_bytes() == HEADER + b"W1,5000,1\n"
    assert printed == {
        "code": "NY2025",
        "output": str(output),
        "members": 1,
        "counting_bookings": 1,
        "total_yen": 5_000,
    }
    assert list(tmp_path.iterdir()) == [output]
    assert output.stat().st_mode & 0o777 == 0o600


def test_export_totals_leaves_no_member_behind_on_a_full_disk(
    campaign: Campaign, tmp_path: Path
) -> None:
    TotalFactory.create(campaign=campaign, wester_id="W1")

    with full_disk(len(HEADER)), pytest.raises(CommandError, match="File too large") as refused:
        call_command("export_totals", "NY2025", "--output", str(tmp_path / "totals.csv"))

    assert refused.value.returncode == 1
    assert list(tmp_path.iterdir()) == []


def test_export_totals_leaves_the_former_file_when_it_fails(
    campaign: Campaign, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = tmp_path / "totals.csv"
    output.write_bytes(b"what was there")

    def broken(_campaign: Campaign) -> Any:
        yield HEADER
        raise OperationalError("the connection is gone")

    monkeypatch.setattr(reports, "export_totals", broken)
    with pytest.raises(CommandError, match="the connection is gone"):
        call_command("export_totals", "NY2025", "--output", str(output))

    assert output.read_bytes() == b"what was there"
    assert list(tmp_path.iterdir()) == [output]


def test_export_totals_reports_why_a_file_was_not_written(
    campaign: Campaign, tmp_path: Path
) -> None:
    with pytest.raises(CommandError, match="not written: No such file or directory") as refused:
        call_command("export_totals", "NY2025", "--output", str(tmp_path / "no" / "totals.csv"))

    assert refused.value.returncode == 1


def test_export_totals_prints_json_only_beside_a_file(campaign: Campaign) -> None:
    with pytest.raises(CommandError, match="--json needs --output") as refused:
        call_command("export_totals", "NY2025", "--json")

    assert refused.value.returncode == 2


def test_export_totals_is_audited_before_there_is_a_file(
    campaign: Campaign, tmp_path: Path
) -> None:
    run_json("aggregate", "NY2025")
    person = UserFactory.create(role="auditor")

    output = tmp_path / "totals.csv"
    exported = run_json("export_totals", "NY2025", "--output", output, "--by", person.username)
    run_json("export_totals", "NY2025", "--output", output)

    one, other = AuditRecord.objects.filter(action="file.exported").order_by("id")
    assert (one.subject, one.name, other.name) == ("NY2025", person.username, "")
    assert one.detail == {"file": "totals", "members": exported["members"]}
    assert bool(other.os_user)

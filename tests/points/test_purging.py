"""A campaign whose data is purged after its retention: what goes, what stays, what still holds."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from pytest_django import Settings

from bookings.definitions import BOOKINGS_2
from bookings.models import Booking, BookingEvent, EventTicketing, QuarantinedRow
from campaign.models import Campaign, Total
from config.env import MovedClock
from core import approvals, sealing
from core.models import Approval, AuditRecord
from entries.models import CaseNote, Entry, EntryRow, MemberCase
from lottery.models import Entrant
from points import purging, tasks
from points.models import Payout, Purge
from points.refusals import BooksOpen, StillKept
from points.verifying import verify_ledger
from tests.approving import approve, person
from tests.campaign.staffpages import signed_in
from tests.commands import refused, run_json
from tests.database import as_owner
from tests.factories.bookings import BookingFactory, FeedFileFactory, QuarantinedRowFactory
from tests.factories.campaign import JAPAN, AuditRecordFactory, CampaignFactory, UserFactory
from tests.factories.cases import CaseNoteFactory
from tests.factories.entries import EntryFactory, EntryRowFactory
from tests.factories.lottery import frozen_draw
from tests.factories.points import approved
from tests.feedfiles import booking_row, booking_row_2, write_feed_file
from tests.guards import refused_as, sql
from tests.points.removing import closed, load
from tests.points.steps import THREE, paid

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
INSERT = "INSERT INTO points_purge (campaign_id, approval_id) VALUES (%s, %s)"
FREE_AT = datetime(2027, 4, 1, tzinfo=JAPAN)  # the first campaign keeps data until 2027-03-31
LAST_DAY = date(2025, 1, 6)


@pytest.fixture(autouse=True)
def _after_the_retention(settings: Settings) -> None:
    settings.CAMPAIGN_NOW = MovedClock(FREE_AT, runs=False)


def requested(campaign: Campaign, *, at: datetime = FREE_AT) -> tuple[Approval, dict[str, int]]:
    return purging.request_purge(campaign=campaign, actor=person("ops"), at=at)


def approved_purge(campaign: Campaign) -> Purge:
    approval, _counts = requested(campaign)
    return Purge.objects.get(approval=approve(approval, at=FREE_AT))


def purged(campaign: Campaign) -> dict[str, int]:
    return purging.carry_out_purge(approved_purge(campaign), at=FREE_AT)


def test_a_purge_deletes_what_only_the_campaign_needed(tmp_path: Path) -> None:
    payout = closed(tmp_path, THREE)
    campaign = payout.draw.campaign
    rows = [booking_row_2(event_id="E1"), booking_row_2(event_id="E2", reservation_no="R2")]
    versions = [
        write_feed_file(tmp_path, [booking_row(event_id="E1")]),
        write_feed_file(tmp_path, rows, definition=BOOKINGS_2, sequence=2),
    ]
    assert [load(path).applied for path in versions] == [1, 2]
    EntryRowFactory.create(campaign=campaign)
    approval, counted = requested(campaign)
    purge = Purge.objects.get(approval=approve(approval, at=FREE_AT))

    counts = purging.carry_out_purge(purge, at=FREE_AT)

    assert (
        counts
        == counted
        == {
            "bookings_booking": 5,
            "bookings_bookingevent": 2,
            "bookings_eventticketing": 1,
            "campaign_total": 3,
            "entries_entry": 3,
            "entries_entryrow": 1,
        }
    )
    for model in (Booking, BookingEvent, EventTicketing, Entry, EntryRow, Total):
        assert not model._default_manager.exists(), model
    assert Entrant.objects.count() == 3
    purge.refresh_from_db()
    assert (purge.purged_at, purge.tables) == (FREE_AT, counts)
    record = AuditRecord.objects.get(action="campaign.purged")
    assert (record.subject, record.detail) == (
        campaign.code,
        {"approval": approval.pk, "tables": counts},
    )
    assert verify_ledger().ok
    run_json("draw", "export", campaign.code, "--output", tmp_path / "bundle")
    assert run_json("draw", "verify", tmp_path / "bundle", may_warn=True)["ok"]


BOOKED = {
    "before": date(2024, 12, 1),
    "on the last day": LAST_DAY,
    "the day after": LAST_DAY + DAY,
    "the day before the draft's": date(2024, 11, 9),
    "on the draft's first day": date(2024, 11, 10),
    "on the draft's last day": date(2024, 11, 20),
    "the day after the draft's": date(2024, 11, 21),
}


def test_look_ups_go_and_the_audit_still_holds() -> None:
    campaign, other = CampaignFactory.create_batch(2, published=True)
    for one in (campaign, other):
        AuditRecordFactory.create(
            user=None, os_user="taro", action="member.looked_up", subject=one.code
        )
    sealing.seal_audit(at=FREE_AT)

    assert purged(campaign) == {"core_auditrecord": 1}

    left = AuditRecord.objects.filter(action="member.looked_up")
    assert [record.subject for record in left] == [other.code]
    assert run_json("audit", "verify")["removed"] == 1


def test_bookings_of_other_campaigns_stay(tmp_path: Path) -> None:
    """The other one is a draft, whose travel lies before the purged campaign's last day."""
    campaign = closed(tmp_path, THREE).draw.campaign
    with as_owner():
        Booking.objects.all().delete()
    CampaignFactory.create(
        draft=True, first__travel=[{"first": "2024-11-10", "last": "2024-11-20"}]
    )
    for day in BOOKED.values():
        BookingFactory.create(travel_date=day, wester_id=None)

    purged(campaign)

    assert set(Booking.objects.values_list("travel_date", flat=True)) == {
        BOOKED["the day after"],
        BOOKED["on the draft's first day"],
        BOOKED["on the draft's last day"],
    }


def test_what_a_purged_campaign_needed_is_needed_no_more(tmp_path: Path) -> None:
    """Both travel in one period: the second purge deletes what the first had to leave."""
    one, two = (closed(tmp_path / name, {name: 5_000}).draw.campaign for name in ("W1", "W2"))

    assert "bookings_booking" not in purged(one)
    assert purged(two)["bookings_booking"] == 2
    assert set(Entry.objects.values_list("campaign", flat=True)) == set()


def test_rows_in_quarantine_go_up_to_the_next_campaign(tmp_path: Path) -> None:
    campaign = closed(tmp_path, THREE).draw.campaign
    public_at = datetime(2025, 11, 1, tzinfo=JAPAN)
    CampaignFactory.create(draft=True, first__public_at=public_at)
    for number, tried_at in enumerate((public_at - DAY, public_at)):
        QuarantinedRowFactory.create(
            content=str(number).encode(),
            file=FeedFileFactory.create(tried_at=tried_at),
        )
    results = FeedFileFactory.create(feed="credit_results", tried_at=public_at - DAY)
    QuarantinedRowFactory.create(content=b"2", file=results)

    purged(campaign)

    left = QuarantinedRow.objects.order_by("id").values_list("content", flat=True)
    assert [bytes(content) for content in left] == [b"1", b"2"]


def test_cases_of_staff_go_up_to_the_next_campaign(tmp_path: Path) -> None:
    campaign = closed(tmp_path, THREE).draw.campaign
    public_at = datetime(2025, 11, 1, tzinfo=JAPAN)
    CampaignFactory.create(draft=True, first__public_at=public_at)
    for opened_at in (public_at - DAY, public_at):
        CaseNoteFactory.create(case__opened_at=opened_at, campaign=campaign)

    counts = purged(campaign)

    assert (counts["entries_membercase"], counts["entries_casenote"]) == (1, 1)
    assert MemberCase.objects.get().opened_at == public_at
    assert CaseNote.objects.get().case.opened_at == public_at


def test_a_purge_waits_for_the_end_of_the_retention(tmp_path: Path, settings: Settings) -> None:
    campaign = closed(tmp_path, THREE).draw.campaign
    settings.CAMPAIGN_NOW = MovedClock(FREE_AT - timedelta(microseconds=1), runs=False)

    with pytest.raises(StillKept, match="until 2027-03-31"):
        requested(campaign)
    assert not Approval.objects.filter(action="campaign.purge").exists()


def test_a_purge_waits_for_terms(settings: Settings) -> None:
    with pytest.raises(StillKept):
        requested(CampaignFactory.create(draft=True))


@pytest.mark.parametrize(
    "open_books",
    [
        pytest.param(lambda: frozen_draw().campaign, id="a draw that is frozen"),
        pytest.param(lambda: paid().draw.campaign, id="a payout that is not closed"),
    ],
)
def test_a_purge_waits_for_the_books(open_books: Any) -> None:
    with pytest.raises(BooksOpen, match="The payout of this campaign is not closed"):
        requested(open_books())


def test_a_campaign_that_was_never_drawn_has_no_open_books() -> None:
    campaign = CampaignFactory.create(published=True)
    EntryFactory.create(campaign=campaign)

    assert purged(campaign) == {"entries_entry": 1}


@pytest.mark.parametrize("role", ["support", "approver", "campaign"])
def test_a_role_that_may_not_ask_for_a_purge(role: str) -> None:
    campaign = CampaignFactory.create(published=True)

    with pytest.raises(approvals.NotPermitted):
        purging.request_purge(campaign=campaign, actor=person(role), at=FREE_AT)


def test_a_worker_carries_it_out_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    campaign = CampaignFactory.create(published=True)
    EntryFactory.create(campaign=campaign)
    purge = approved_purge(campaign)
    sent: list[dict[str, object]] = []
    monkeypatch.setattr(tasks, "enqueue", lambda _task, **values: sent.append(values))

    tasks.start_due_work()
    assert sent == [{"purge_id": purge.pk}]
    assert tasks.purge_campaign(purge_id=purge.pk) == {"entries_entry": 1}
    assert tasks.purge_campaign(purge_id=purge.pk) == {}
    assert purging.carry_out_purge(purge, at=FREE_AT) == {}
    sent.clear()
    tasks.start_due_work()
    assert sent == []


def test_it_may_be_purged_again(tmp_path: Path) -> None:
    campaign = CampaignFactory.create(published=True)
    purged(campaign)
    EntryFactory.create(campaign=campaign)

    assert purged(campaign) == {"entries_entry": 1}


# The function itself, as an attacker with the application's role calls it


def call(approval: int) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT points_purge_campaign(%s, now())", [approval])


def test_the_function_asks_for_the_approval_itself() -> None:
    campaign = CampaignFactory.create(published=True)
    EntryFactory.create(campaign=campaign)
    waiting, _counts = requested(campaign)
    done = approved_purge(CampaignFactory.create(published=True))
    purging.carry_out_purge(done, at=FREE_AT)

    for number in (waiting.pk, done.approval_id, 0):
        with pytest.raises(DatabaseError, match="no purge that waits was approved"):
            call(number)
    assert Entry.objects.exists()


def test_the_function_asks_for_the_retention_itself() -> None:
    campaign = CampaignFactory.create(published=True)
    early = approved("campaign.purge", campaign.code)
    sql(
        "INSERT INTO points_purge (campaign_id, approval_id) VALUES (%s, %s)", campaign.pk, early.pk
    )

    assert early.decided_at
    assert early.decided_at < FREE_AT
    with pytest.raises(DatabaseError, match="no purge that waits was approved"):
        call(early.pk)


def test_the_function_refuses_open_books() -> None:
    campaign = CampaignFactory.create(published=True)
    purge = approved_purge(campaign)
    frozen_draw(campaign=campaign)

    with pytest.raises(DatabaseError, match="the books of the campaign are open"):
        call(purge.approval_id)


def test_a_purge_is_written_by_its_function_only() -> None:
    campaign, other = CampaignFactory.create_batch(2, published=True)
    purge = approved_purge(campaign)
    wrong = approved("draw.void", other.code)

    with refused_as("purge_of_its_approval"):
        sql(INSERT, other.pk, wrong.pk)
    with refused_as("points_purge_approval_id_key"):
        sql(INSERT, campaign.pk, purge.approval_id)
    with refused_as("purge_carried_out_by_its_function"):
        sql("UPDATE points_purge SET purged_at = now(), tables = '{}'")
    with refused_as("purge_carried_out_by_its_function"):
        sql("DELETE FROM points_purge")
    sql("SET CONSTRAINTS ALL IMMEDIATE")
    with refused_as("purge_never_truncated"):
        sql("TRUNCATE points_purge")


def test_a_purge_waits_or_is_done() -> None:
    campaign = CampaignFactory.create(published=True)
    right = approved("campaign.purge", campaign.code)
    values = "(campaign_id, approval_id, tables) VALUES (%s, %s, %s)"

    with refused_as("purge_waiting_or_purged"):
        sql(f"INSERT INTO points_purge {values}", campaign.pk, right.pk, "{}")
    sql(f"INSERT INTO points_purge {values}", campaign.pk, right.pk, None)


# By command, and on a page


def test_purge_is_a_command() -> None:
    UserFactory.create(username="asking", role="ops")
    campaign = CampaignFactory.create(published=True)
    EntryFactory.create(campaign=campaign)
    words = ("campaign", "purge", campaign.code, "--by", "asking")

    dry = run_json(*words, "--dry-run")
    assert dry == {"code": campaign.code, "tables": {"entries_entry": 1}, "approval": None}
    assert not Approval.objects.exists()
    done = run_json(*words)
    assert done["tables"] == {"entries_entry": 1}
    assert Approval.objects.get(pk=done["approval"]).content == {
        "campaign": campaign.code,
        "name": campaign.terms.get().name_ja,
        "kept_until": "2027-03-31",
        "last_travel_day": "2025-01-06",
    }
    assert refused("campaign", "purge", "unknown", "--by", "asking").startswith("There is no")
    assert run_json("campaign", "show", campaign.code)["code"] == campaign.code


def test_staff_see_what_was_purged(tmp_path: Path) -> None:
    campaign = CampaignFactory.create(published=True)
    EntryFactory.create(campaign=campaign)
    purged(campaign)
    page = reverse("admin:points_purge_change", args=[Purge.objects.get().pk])

    for role, status in (("auditor", 200), ("approver", 200), ("campaign", 403)):
        response = signed_in(UserFactory.create(role=role)).get(page)
        assert response.status_code == status
    assert Payout.objects.count() == 0

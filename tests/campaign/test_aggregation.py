"""What a run computes, when it is full, and how it is cut into parts."""

from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bookings.models import Booking, MemberMark
from campaign import aggregation, reports
from campaign.models import AggregationRun, Campaign, DueMember
from tests.campaign import changes
from tests.campaign.changes import add_booking, mark
from tests.campaign.runs import FULL, INCREMENTAL, LATER, NOW, assert_right, export, run, totals
from tests.campaign.touches import touch
from tests.factories.bookings import BookingFactory, RegistrationFactory
from tests.factories.campaign import CampaignFactory, TermsFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign() -> Campaign:
    return CampaignFactory.create(published=True)


def test_a_total_counts_what_counts_and_what_may_yet(campaign: Campaign) -> None:
    BookingFactory.create(wester_id="W1", amount_yen=4_999)
    BookingFactory.create(wester_id="W1", amount_yen=1, used=False)
    BookingFactory.create(wester_id="W1", amount_yen=70_000, cancelled=True)
    RegistrationFactory.create(wester_id="W1", ex_member_no="X1")
    RegistrationFactory.create(wester_id="W1", ex_member_no="X2", member_kind="plus_ex")
    BookingFactory.create(ex=True, ex_member_no="X1", amount_yen=20_001)
    BookingFactory.create(ex=True, ex_member_no="X2", amount_yen=300)
    BookingFactory.create(wester_id="W2", amount_yen=7, used=False)
    BookingFactory.create(wester_id="W3", amount_yen=7, refunded=True)
    BookingFactory.create(wester_id="W4", amount_yen=0)
    BookingFactory.create(wester_id=None)

    run(campaign)

    assert totals(campaign) == {"W1": (25_000, 2, 301), "W2": (0, 0, 7), "W4": (0, 1, 0)}
    assert export(campaign) == b"wester_id,total_yen,bookings\nW1,25000,2\nW4,0,1\n"
    assert reports.summarize(campaign) == {
        "members": 2,
        "counting_bookings": 3,
        "total_yen": 25_000,
    }
    assert_right(campaign)


def test_a_full_run_goes_through_its_tables_once_whatever_the_planner_expects_of_them(
    campaign: Campaign,
) -> None:
    add_booking(wester_id="W1")
    plans: list[str] = []

    def explain(execute: Any, statement: Any, values: Any, many: bool, context: Any) -> Any:
        text = statement if isinstance(statement, str) else statement.as_string()
        if "MERGE INTO campaign_total" in text:
            execute(f"EXPLAIN {text}", values, many, context)
            plans.extend(line for (line,) in context["cursor"].fetchall())
        return execute(statement, values, many, context)

    with connection.execute_wrapper(explain):
        run(campaign)

    assert any("campaign_total" in line for line in plans)
    assert not any("Nested Loop" in line for line in plans)


def test_an_unpublished_campaign_is_aggregated_by_its_draft() -> None:
    campaign = CampaignFactory.create(draft=True)
    BookingFactory.create(wester_id="W1")

    run(campaign)

    assert totals(campaign) == {"W1": (5_000, 1, 0)}


def test_totals_of_two_campaigns_are_separate(campaign: Campaign) -> None:
    other = TermsFactory.create(published=True, touches=[touch("JR Kyushu")]).campaign
    BookingFactory.create(wester_id="W1", operators=["JR West"])
    BookingFactory.create(wester_id="W2", operators=["JR Kyushu", "JR West"], amount_yen=1)

    run(campaign)
    run(other)
    run(campaign, full=True)

    assert totals(campaign) == {"W1": (5_000, 1, 0), "W2": (1, 1, 0)}
    assert totals(other) == {"W2": (1, 1, 0)}


# What a run is, and when


def test_the_first_run_is_full_and_the_next_from_the_marks(campaign: Campaign) -> None:
    add_booking(wester_id="W1", amount_yen=1)
    first = run(campaign)
    add_booking(wester_id="W2", amount_yen=2)
    second = run(campaign)
    third = run(campaign, full=True)

    assert [one.mode for one in (first, second, third)] == [FULL, INCREMENTAL, FULL]
    assert totals(campaign) == {"W1": (1, 1, 0), "W2": (2, 1, 0)}
    assert not MemberMark.objects.exists()
    assert not DueMember.objects.exists()


def test_a_run_without_marks_has_nothing_to_do(campaign: Campaign) -> None:
    run(campaign)

    assert run(campaign).shards.count() == 0
    assert reports.last_finished_as_of(campaign) == NOW


def test_an_incremental_run_touches_marked_members_only(campaign: Campaign) -> None:
    marked = add_booking(wester_id="W1", amount_yen=1)
    unmarked = add_booking(wester_id="W2", amount_yen=2)
    run(campaign)
    Booking.objects.filter(pk__in=[marked.pk, unmarked.pk]).update(amount_yen=10)
    mark("W1")

    run(campaign)
    assert totals(campaign) == {"W1": (10, 1, 0), "W2": (2, 1, 0)}
    run(campaign, full=True)
    assert totals(campaign) == {"W1": (10, 1, 0), "W2": (10, 1, 0)}


def test_new_terms_force_a_full_run(campaign: Campaign) -> None:
    add_booking(wester_id="W1", travel_date=date(2025, 1, 7))
    run(campaign)
    assert run(campaign).mode == INCREMENTAL
    TermsFactory.create(campaign=campaign, published=True, travel_last=date(2025, 1, 7))

    renewed = run(campaign)

    assert renewed.mode == FULL
    assert totals(campaign) == {"W1": (5_000, 1, 0)}
    assert run(campaign).mode == INCREMENTAL


def test_a_draft_of_new_terms_forces_nothing(campaign: Campaign) -> None:
    run(campaign)
    TermsFactory.create(campaign=campaign, touches=[touch("JR East")])

    assert run(campaign).mode == INCREMENTAL


def test_a_changed_draft_forces_a_full_run() -> None:
    campaign = CampaignFactory.create(draft=True)
    run(campaign)
    campaign.terms.update(minimum_total_yen=1)

    assert run(campaign).mode == FULL


def test_a_run_keeps_the_terms_it_began_with(campaign: Campaign) -> None:
    """Terms that are published meanwhile would otherwise be applied to some of the members."""
    for n in range(40):
        add_booking(wester_id=f"W{n}", amount_yen=1)
    started, _ = aggregation.start_run(campaign=campaign, as_of=NOW)
    assert aggregation.compute_next(started)
    TermsFactory.create(campaign=campaign, published=True, touches=[touch("JR East")])

    aggregation.compute_shards(AggregationRun.objects.get(pk=started.pk))
    aggregation.finish_run(started, at=LATER)

    assert len(totals(campaign)) == 40
    assert run(campaign).mode == FULL
    assert totals(campaign) == {}


def test_start_run_returns_the_unfinished_run(campaign: Campaign) -> None:
    other = CampaignFactory.create(published=True)
    started, _ = aggregation.start_run(campaign=campaign, as_of=NOW)

    assert aggregation.start_run(campaign=campaign, as_of=LATER, full=True) == (started, False)
    assert aggregation.start_run(campaign=other, as_of=NOW)[1]


def test_start_run_starts_a_night_once(campaign: Campaign) -> None:
    night = date(2024, 12, 28)
    held = run(campaign, night=night)

    assert aggregation.start_run(campaign=campaign, as_of=LATER, night=night) == (held, False)
    assert run(campaign, night=night + timedelta(days=1)).night == date(2024, 12, 29)


def test_a_run_is_finished_once_all_shards_are_done(campaign: Campaign) -> None:
    started, _ = aggregation.start_run(campaign=campaign, as_of=NOW)
    assert not aggregation.finish_run(started, at=LATER)
    assert aggregation.compute_next(started)
    assert not aggregation.finish_run(started, at=LATER)
    assert reports.last_finished_as_of(campaign) is None
    assert aggregation.compute_shards(started) == 1

    assert aggregation.finish_run(started, at=LATER)
    assert aggregation.finish_run(started, at=LATER + timedelta(days=1))
    started.refresh_from_db()
    assert started.finished_at == LATER
    assert not aggregation.compute_next(started)


# Parts


def test_due_members_are_cut_into_shards_of_one_size(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(aggregation, "MEMBERS_PER_SHARD", 3)
    run(campaign)
    for n in range(7):
        add_booking(wester_id=f"W{n}", amount_yen=n)
        mark(f"W{n}")

    started, _ = aggregation.start_run(campaign=campaign, as_of=NOW)

    shards = started.shards.order_by("number").values_list("number", "members", "done")
    assert list(shards) == [
        (0, ["W0", "W1", "W2"], False),
        (1, ["W3", "W4"], False),
        (2, ["W5", "W6"], False),
    ]
    assert aggregation.compute_shards(started) == 3
    assert set(started.shards.values_list("members", "done")) == {(None, True)}
    assert_right(campaign)


@pytest.mark.parametrize("shards", [1, 2, 4, 7])
def test_the_number_of_shards_changes_nothing(
    shards: int, campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(aggregation, "FULL_SHARDS", shards)
    random = Random(shards)
    for _ in range(80):
        changes.load_booking(random)
    for _ in range(20):
        changes.load_registration(random)
    started, _ = aggregation.start_run(campaign=campaign, as_of=NOW)
    # Another release may come while a run is under way.
    monkeypatch.setattr(aggregation, "FULL_SHARDS", 3)

    assert aggregation.compute_shards(started) == shards
    assert_right(campaign)


def test_rows_that_are_right_are_not_written_again(campaign: Campaign) -> None:
    for n in range(20):
        add_booking(wester_id=f"W{n}", amount_yen=n)
    run(campaign)
    before = row_versions()
    add_booking(wester_id="W3", amount_yen=7)

    run(campaign)
    run(campaign, full=True)

    after = row_versions()
    assert {member for member in after if after[member] != before[member]} == {"W3"}


def row_versions() -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT wester_id, ctid::text || xmin::text FROM campaign_total")
        return dict(cursor.fetchall())


def test_statements_are_as_few_for_many_members(campaign: Campaign) -> None:
    run(campaign)
    counts = []
    for members in (1, 300):
        for n in range(members):
            add_booking(wester_id=f"W{n}", amount_yen=1)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            run(campaign)
        counts.append(len(captured))

    assert counts[0] == counts[1]

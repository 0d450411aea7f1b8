"""The one list of what is due: each kind appears when it is, and goes when it is answered."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from bookings.models import FeedExpectation, InboxFile
from campaign.models import AggregationRun
from core.heartbeats import note_heartbeat
from core.models import Heartbeat
from core.staff_access import restore_approver
from lottery.models import Draw
from points import closing
from portal.findings import PLACES, Finding, Urgency, count_findings, list_findings
from tests.commands import run, run_json
from tests.factories.campaign import ApprovalFactory, TermsFactory, UserFactory
from tests.factories.feeds import FeedFileFactory, QuarantinedRowFactory
from tests.factories.lottery import closed_campaign, drawn_draw, frozen_draw, published_draw
from tests.factories.totals import RunFactory
from tests.points import answers, steps

pytestmark = pytest.mark.django_db
JAPAN = ZoneInfo("Asia/Tokyo")
NIGHT = datetime(2024, 12, 28, 2, tzinfo=JAPAN)  # a Saturday, when the nightly feeds are expected
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SECOND = timedelta(seconds=1)
SILENT = {"worker_silent", "beat_silent"}
SetClock = Callable[[datetime], None]


@pytest.fixture(autouse=True)
def _in_english() -> Any:
    with translation.override("en"):
        yield


def codes(now: datetime) -> set[str]:
    """Return the codes of the findings at an instant."""
    return {finding.code for finding in list_findings(now=now)}


def find(code: str, now: datetime) -> Finding:
    """Return the one finding of a code."""
    [found] = [finding for finding in list_findings(now=now) if finding.code == code]
    return found


def load(feed: str, at: datetime, **values: Any) -> None:
    """Store that a file of a feed was loaded at an instant."""
    FeedFileFactory.create(feed=feed, tried_at=at, **values)


def test_an_empty_system_has_no_findings() -> None:
    assert list_findings(now=NIGHT) == []
    assert count_findings(now=NIGHT) == dict.fromkeys(PLACES, 0)


@pytest.mark.parametrize(
    ("arrived", "now", "late"),
    [
        pytest.param(NIGHT - DAY, NIGHT - SECOND, False, id="before the hour"),
        pytest.param(NIGHT - DAY, NIGHT, True, id="at the hour, the last came a day before"),
        pytest.param(NIGHT - DAY + SECOND, NIGHT, False, id="it came within the day"),
        pytest.param(NIGHT + HOUR, NIGHT + 2 * HOUR, False, id="it came late, and is here"),
        pytest.param(None, NIGHT, True, id="none ever came"),
    ],
)
def test_a_feed_is_late_from_its_hour_on(
    arrived: datetime | None, now: datetime, late: bool
) -> None:
    closed_campaign()
    if arrived:
        load("bookings", arrived)

    found = [one for one in list_findings(now=now) if "Bookings" in one.what]

    assert [(one.code, one.urgency) for one in found] == [("feed_late", Urgency.NOW)] * late


def test_a_late_feed_says_since_when_and_what_came_last() -> None:
    closed_campaign()
    for feed in ("entries", "memberships", "ex_registrations"):
        load(feed, NIGHT + 2 * DAY)
    load("bookings", NIGHT - DAY - HOUR)

    found = find("feed_late", NIGHT + 2 * DAY)

    assert found.since == NIGHT
    assert found.what == (
        "The feed Bookings has not come: expected by December 28, 2024, 02:00, the last came: "
        "December 27, 2024, 01:00."
    )


def test_no_feed_is_late_on_a_day_that_may_lack_one_nor_outside_of_campaigns() -> None:
    campaign = closed_campaign()
    terms = campaign.terms.get()
    for weekdays, is_late in (([6], False), ([5, 7], True), (range(1, 8), False)):
        FeedExpectation.objects.update(days_without=list(weekdays))
        for feed in ("bookings", "entries", "memberships", "ex_registrations"):
            load(feed, NIGHT - DAY)
        assert ("feed_late" in codes(NIGHT + HOUR)) is is_late
    FeedExpectation.objects.update(days_without=[])
    assert "feed_late" not in codes(terms.opens_at - SECOND)
    assert "feed_late" in codes(terms.credit_at - SECOND)
    assert "feed_late" not in codes(terms.credit_at)


def test_a_file_whose_content_was_loaded_before_came_as_well() -> None:
    closed_campaign()
    for feed in ("entries", "memberships", "ex_registrations"):
        load(feed, NIGHT)
    file = InboxFile.objects.create(
        name="bookings-20241227-001.csv", fingerprint="1", tried_at=NIGHT - HOUR
    )

    assert "feed_late" not in codes(NIGHT)
    FeedFileFactory.create(name=file.name, refused=True, tried_at=file.tried_at)
    assert "feed_late" in codes(NIGHT)


def test_a_refused_file_is_a_finding_until_one_of_its_name_is_loaded() -> None:
    refused = FeedFileFactory.create(name="bookings-20241227-001.csv", refused=True, tried_at=NIGHT)
    load("bookings", NIGHT + HOUR, name="bookings-20241228-001.csv")

    found = find("feed_refused", NIGHT + 2 * HOUR)
    assert (found.since, found.urgency) == (NIGHT, Urgency.TODAY)
    assert "1 feed file was refused" in found.what
    assert "feed_refused" not in codes(NIGHT + 30 * DAY)
    load("bookings", NIGHT + HOUR, name=refused.name)
    assert "feed_refused" not in codes(NIGHT + 2 * HOUR)


def test_a_night_is_missed_an_hour_after_it_until_a_run_follows() -> None:
    campaign = closed_campaign()
    three = NIGHT + HOUR
    RunFactory.create(campaign=campaign, finished=True, as_of=three - DAY, night=NIGHT - DAY)

    assert "night_missed" not in codes(three + HOUR - SECOND)
    found = find("night_missed", three + HOUR)
    assert (found.since, found.urgency) == (three, Urgency.NOW)
    assert "no totals for 1 night, since December 28, 2024, 03:00" in found.what
    assert "for 2 nights" in find("night_missed", three + DAY + HOUR).what
    RunFactory.create(campaign=campaign, finished=True, as_of=three + HOUR)
    assert "night_missed" not in codes(three + HOUR)


def test_a_run_that_does_not_end_within_half_an_hour_has_stalled() -> None:
    run = RunFactory.create(as_of=NIGHT)

    assert "run_stalled" not in codes(NIGHT + 30 * MINUTE - SECOND)
    assert find("run_stalled", NIGHT + 30 * MINUTE).since == NIGHT
    AggregationRun.objects.filter(pk=run.pk).update(finished_at=NIGHT + HOUR)
    assert "run_stalled" not in codes(NIGHT + HOUR)


def test_rows_in_quarantine_are_a_finding_after_a_day() -> None:
    file = FeedFileFactory.create(tried_at=NIGHT, rows=2, quarantined=2)
    QuarantinedRowFactory.create(file=file, record=1)
    QuarantinedRowFactory.create(file=file, record=2, status="replayed", settled_at=NIGHT)

    assert "quarantine_old" not in codes(NIGHT + DAY - SECOND)
    found = find("quarantine_old", NIGHT + DAY)
    assert (found.since, found.what[:14]) == (NIGHT, "1 row could no")


def test_a_request_waits_until_it_is_decided() -> None:
    request = ApprovalFactory.create(action="campaign.publish", subject="winter")
    ApprovalFactory.create(refused=True)

    found = find("approval_waiting", NIGHT)

    assert (found.since, found.urgency) == (request.requested_at, Urgency.WAITING)
    assert "winter" in found.what


def test_the_list_is_to_be_fixed_three_weeks_before_the_crediting() -> None:
    campaign = closed_campaign()
    due = steps.CREDIT_AT - 21 * DAY

    assert "freeze_due" not in codes(due - SECOND)
    assert find("freeze_due", due).since == due
    frozen_draw(campaign=campaign)
    assert "freeze_due" not in codes(due)


def test_a_draw_is_published_run_and_confirmed_in_time() -> None:
    draw = frozen_draw()

    assert "publish_by_near" not in codes(draw.publish_by - 3 * DAY - SECOND)
    for before, urgency in ((DAY + SECOND, Urgency.TODAY), (DAY, Urgency.NOW)):
        assert find("publish_by_near", draw.publish_by - before).urgency == urgency
    assert "publish_by_missed" not in codes(draw.publish_by)
    assert find("publish_by_missed", draw.publish_by + SECOND).since == draw.publish_by


@pytest.mark.parametrize(
    ("make", "code"),
    [
        pytest.param(published_draw, "round_due", id="its round has come"),
        pytest.param(drawn_draw, "confirmation_due", id="it was run"),
    ],
)
def test_a_draw_waits_for_its_next_step(make: Callable[[], Draw], code: str) -> None:
    draw = make()

    assert code in codes(draw.round_time + HOUR)
    assert {"round_due", "confirmation_due"} & codes(draw.round_time + HOUR) == {code}


def test_a_result_whose_confirmation_is_requested_waits_for_the_approval_only() -> None:
    draw = drawn_draw()
    subject = f"{draw.campaign.code}/{draw.sequence}"
    ApprovalFactory.create(action="draw.confirm", subject=subject)

    found = codes(draw.round_time + HOUR)

    assert "approval_waiting" in found
    assert "confirmation_due" not in found


def test_a_payout_is_prepared_approved_and_runs_in_time() -> None:
    draw = steps.confirmed()
    prepare = steps.CREDIT_AT - 12 * DAY

    assert "payout_to_prepare" not in codes(prepare - SECOND)
    assert find("payout_to_prepare", prepare).since == prepare
    assert find("payout_not_approved", steps.CREDIT_AT).urgency == Urgency.NOW
    payout = steps.prepare(draw)
    assert not {"payout_to_prepare", "payout_not_approved"} & codes(steps.CREDIT_AT)
    assert "payout_stalled" not in codes(steps.CREDIT_AT + 10 * MINUTE - SECOND)
    assert find("payout_stalled", steps.CREDIT_AT + 10 * MINUTE).since == steps.CREDIT_AT
    steps.pay(payout)
    assert "payout_stalled" not in codes(steps.CREDIT_AT + HOUR)


def test_keys_are_open_from_the_first_answer_to_the_close(tmp_path: Path) -> None:
    payout = steps.paid()
    rows = answers.export(payout, tmp_path)
    now = steps.CREDIT_AT + DAY

    assert "keys_open" not in codes(now)
    answers.settle(payout, tmp_path, map(answers.answer, rows))
    assert find("keys_open", now).since == payout.ended_at
    closing.close_payout(payout=payout, at=now)
    assert "keys_open" not in codes(now)


def test_a_restored_approver_is_to_be_known_and_not_to_be_acted_on() -> None:
    UserFactory.create(username="hanako", role="approver")
    restore_approver(username="hanako", password="kasumi-sakura-hikari", at=NIGHT)

    found = find("approver_restored", NIGHT + 29 * DAY)

    assert not found.needs_action
    assert "gave the approver hanako access again" in found.what
    assert codes(NIGHT + 30 * DAY) == set()


def test_the_most_urgent_comes_first() -> None:
    ApprovalFactory.create()
    FeedFileFactory.create(refused=True, tried_at=NIGHT)
    RunFactory.create(as_of=NIGHT)

    found = [one.urgency for one in list_findings(now=NIGHT + HOUR)]

    assert found == sorted(found)
    assert {*found} >= {Urgency.NOW, Urgency.TODAY, Urgency.WAITING}


def test_status_ends_with_1_where_somebody_has_to_act(set_clock: SetClock) -> None:
    set_clock(NIGHT + HOUR)
    assert run_json("status") == {"ok": True, "findings": []}
    FeedFileFactory.create(refused=True, tried_at=NIGHT)

    ended = run("status", "--json")

    assert ended.code == 1
    assert ended.data["ok"] is False
    assert ended.data["findings"] == [
        {
            "code": "feed_refused",
            "since": "2024-12-28T02:00:00+09:00",
            "what": "1 feed file was refused and has not been delivered again.",
            "runbook": "runbooks/feed_refused.md",
            "urgency": "today",
        }
    ]
    text = run("status").reason
    assert text == f"2024-12-28 02:00 feed_refused: {ended.data['findings'][0]['what']}"


def test_status_ends_with_0_where_there_is_only_something_to_know(set_clock: SetClock) -> None:
    UserFactory.create(username="hanako", role="approver")
    restore_approver(username="hanako", password="kasumi-sakura-hikari", at=NIGHT)
    set_clock(NIGHT)

    assert [one["code"] for one in run_json("status")["findings"]] == ["approver_restored"]


def test_findings_cost_the_same_queries_for_any_number_of_campaigns(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(4):
        TermsFactory.create(published=True)

    with django_assert_max_num_queries(18):
        list_findings(now=NIGHT)


@pytest.mark.parametrize(
    ("noted", "code"),
    [
        pytest.param([], "worker_silent", id="nothing was ever at work"),
        pytest.param([Heartbeat.Kind.WORKER], "beat_silent", id="no beat"),
        pytest.param([*Heartbeat.Kind], None, id="both at work"),
    ],
)
def test_a_campaign_needs_workers_and_beat(noted: list[Heartbeat.Kind], code: str | None) -> None:
    assert not codes(NIGHT) & SILENT
    closed_campaign()
    for kind in noted:
        note_heartbeat(kind)

    assert codes(NIGHT) & SILENT == ({code} if code else set())

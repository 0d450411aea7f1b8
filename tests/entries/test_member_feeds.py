"""The feeds ``memberships`` and ``entries``: the rows after any files in any order."""

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from bookings.loading import FileOutcome, load_file
from bookings.models import QuarantinedRow
from bookings.quarantine import replay_rows
from core.locks import Lock, acquire
from entries.entering import enter_campaign
from entries.feeds import FEEDS
from entries.models import Entry, EntryRow, Membership, MembershipRow
from tests.entries.feedfiles import (
    CODE,
    entry_row,
    membership_row,
    write_entries,
    write_memberships,
)
from tests.factories.campaign import CampaignFactory
from tests.sessions import another_session, ended, wait_until_blocked

pytestmark = pytest.mark.django_db
NOW = datetime(2025, 1, 20, tzinfo=UTC)
EARLY, TIED, LATE = "2024-12-20T10:00:00+09:00", "2024-12-20T01:00:00Z", "2024-12-21T00:00:00Z"
Row = dict[str, object]
Split = Callable[[list[Row]], list[list[Row]]]
SPLITS = [
    pytest.param(lambda rows: [[row] for row in rows], id="a file each"),
    pytest.param(lambda rows: [rows], id="one file"),
]


def load(path: Path) -> FileOutcome:
    return load_file(path=path, feeds=FEEDS, loaded_at=NOW)


def counts(outcome: FileOutcome) -> tuple[int, int, int]:
    return outcome.applied, outcome.duplicates, outcome.quarantined


@pytest.mark.parametrize("split", SPLITS)
@pytest.mark.parametrize("order", list(permutations(range(3))))
@pytest.mark.parametrize(
    ("rows", "status"),
    [
        pytest.param(
            [("active", EARLY), ("withdrawn", LATE), ("active", TIED)], "withdrawn", id="the latest"
        ),
        pytest.param(
            [("withdrawn", EARLY), ("active", LATE), ("active", LATE)], "active", id="came back"
        ),
        pytest.param(
            [("withdrawn", EARLY), ("active", TIED), ("active", EARLY)], "withdrawn", id="a tie"
        ),
    ],
)
def test_the_greatest_membership_change_wins_in_any_order(
    rows: list[tuple[str, str]],
    status: str,
    order: tuple[int, ...],
    split: Split,
    tmp_path: Path,
) -> None:
    ordered = [membership_row(status=rows[place][0], changed_at=rows[place][1]) for place in order]
    for sequence, part in enumerate(split(ordered), 1):
        load(write_memberships(tmp_path, part, sequence=sequence))

    assert Membership.objects.get().status == status


def test_memberships_count_equal_values_as_duplicates(tmp_path: Path) -> None:
    rows = [membership_row(changed_at=EARLY), membership_row(changed_at=TIED)]

    assert counts(load(write_memberships(tmp_path, rows))) == (1, 1, 0)
    assert counts(load(write_memberships(tmp_path, rows, packed=True))) == (0, 2, 0)
    assert MembershipRow.objects.count() == 1


@pytest.mark.parametrize("split", SPLITS)
@pytest.mark.parametrize("order", list(permutations(range(3))))
@pytest.mark.parametrize(
    ("rows", "channel"),
    [
        pytest.param(
            [("app", LATE), ("call_center", EARLY), ("app", LATE)], "call_center", id="earliest"
        ),
        pytest.param([("app", TIED), ("call_center", EARLY), ("app", LATE)], "app", id="a tie"),
    ],
)
def test_the_earliest_feed_entry_wins_in_any_order(
    rows: list[tuple[str, str]],
    channel: str,
    order: tuple[int, ...],
    split: Split,
    tmp_path: Path,
) -> None:
    CampaignFactory.create(code=CODE, draft=True)
    ordered = [entry_row(channel=rows[place][0], entered_at=rows[place][1]) for place in order]
    for sequence, part in enumerate(split(ordered), 1):
        load(write_entries(tmp_path, part, sequence=sequence))

    entry = Entry.objects.get()
    assert (entry.channel, entry.entered_at) == (channel, datetime.fromisoformat(EARLY))


@pytest.mark.parametrize(
    ("entered_at", "channel"),
    [
        pytest.param(EARLY, "web", id="at the same instant"),
        pytest.param("2024-12-20T09:59:59.999999+09:00", "app", id="a moment before the web's"),
        pytest.param("2024-12-20T10:00:00.000001+09:00", "web", id="a moment after the web's"),
    ],
)
def test_entries_stand_beside_those_of_the_web(
    entered_at: str, channel: str, tmp_path: Path
) -> None:
    terms = CampaignFactory.create(code=CODE, published=True).terms.get()
    enter_campaign(period=terms, wester_id="W1", entered_at=datetime.fromisoformat(EARLY))

    assert load(write_entries(tmp_path, [entry_row(entered_at=entered_at)])).applied == 1

    assert Entry.objects.get().channel == channel


def test_entries_of_a_campaign_that_is_not_known_wait_for_it(tmp_path: Path) -> None:
    assert counts(load(write_entries(tmp_path, [entry_row()]))) == (0, 0, 1)
    assert QuarantinedRow.objects.get().reason == "unknown_value"
    CampaignFactory.create(code=CODE, draft=True)

    assert replay_rows(feeds=FEEDS, at=NOW).settled == 1

    assert Entry.objects.get().wester_id == "W1"
    assert EntryRow.objects.count() == 1


@pytest.mark.parametrize(
    ("entered_at", "reason"),
    [
        pytest.param("2024-12-10T11:59:59.999999+09:00", "outside_entry_period", id="before"),
        pytest.param("2024-12-10T12:00:00+09:00", None, id="at opening"),
        pytest.param("2025-01-13T23:59:59.999999+09:00", None, id="at the last moment"),
        pytest.param("2025-01-14T00:00:00+09:00", "outside_entry_period", id="at closing"),
    ],
)
def test_entries_are_made_within_the_entry_period(
    entered_at: str, reason: str | None, tmp_path: Path
) -> None:
    CampaignFactory.create(code=CODE, draft=True)

    load(write_entries(tmp_path, [entry_row(entered_at=entered_at)]))

    found: list[Any] = list(QuarantinedRow.objects.values_list("reason", flat=True))
    assert found == ([reason] if reason else [])
    assert Entry.objects.count() == (0 if reason else 1)


@pytest.mark.django_db(transaction=True)
def test_entries_wait_for_the_lock_of_their_campaign(tmp_path: Path) -> None:
    campaign = CampaignFactory.create(code=CODE, published=True)
    path = write_entries(tmp_path, [entry_row()])

    with another_session() as submit:
        with transaction.atomic():
            acquire(Lock.ENTRIES, campaign.pk)
            loaded = submit(load, path)
            wait_until_blocked(loaded, Lock.ENTRIES, campaign.pk)
        assert ended(loaded).applied == 1


def test_entries_of_several_campaigns_are_separate(tmp_path: Path) -> None:
    CampaignFactory.create(code=CODE, draft=True)
    CampaignFactory.create(code="next", draft=True)

    outcome = load(write_entries(tmp_path, [entry_row(), entry_row(campaign="next")]))

    assert counts(outcome) == (2, 0, 0)
    assert Entry.objects.count() == 2

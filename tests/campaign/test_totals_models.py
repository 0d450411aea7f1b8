"""The database refuses totals and runs that cannot be, each under its own name."""

from datetime import date
from typing import Any

import pytest
from django.db.models import ProtectedError

from campaign.models import AggregationMode, AggregationShard, Campaign, Total
from tests.factories.campaign import CampaignFactory
from tests.factories.totals import (
    DueMemberFactory,
    RunFactory,
    ShardFactory,
    TotalFactory,
)
from tests.guards import refused_as

pytestmark = pytest.mark.django_db
NIGHT = date(2024, 12, 28)
NO_CAMPAIGN = 999_999_999


@pytest.mark.parametrize(
    ("values", "name"),
    [
        pytest.param({"total_yen": -1}, "total_not_negative", id="less than no yen"),
        pytest.param({"bookings": -1}, "total_not_negative", id="less than no booking"),
        pytest.param({"awaiting_yen": -1}, "total_not_negative", id="less than nothing awaited"),
        pytest.param({"bookings": 0}, "total_yen_of_some_booking", id="yen of no booking"),
        pytest.param(
            {"bookings": 0, "total_yen": 0, "facts": 1},
            "total_facts_of_some_booking",
            id="facts of no booking",
        ),
        pytest.param({"facts": -1}, "total_facts_of_some_booking", id="fewer facts than none"),
        pytest.param({"facts": 16}, "total_facts_of_some_booking", id="a fact that is none"),
    ],
)
def test_total_refuses(values: dict[str, Any], name: str) -> None:
    with refused_as(name):
        TotalFactory.create(**values)

    TotalFactory.create()


@pytest.mark.parametrize(
    "values",
    [
        pytest.param({"total_yen": 0, "bookings": 1}, id="a booking free of charge"),
        pytest.param({"total_yen": 0, "bookings": 0, "awaiting_yen": 0}, id="nothing"),
        pytest.param({"facts": 0}, id="no fact"),
        pytest.param({"facts": 15}, id="all facts"),
        pytest.param({"total_yen": 2**40, "bookings": 2**20, "awaiting_yen": 2**40}, id="much"),
    ],
)
def test_total_accepts(values: dict[str, Any]) -> None:
    TotalFactory.create(**values)

    assert Total.objects.filter(**values).count() == 1


def test_a_member_has_one_total_in_each_campaign() -> None:
    first = TotalFactory.create(wester_id="W1")
    TotalFactory.create(wester_id="W1")
    TotalFactory.create(wester_id="w1", campaign=first.campaign)

    with refused_as("campaign_total_pkey"):
        TotalFactory.create(wester_id="W1", campaign=first.campaign)


def test_a_total_is_of_a_campaign_that_there_is() -> None:
    total = TotalFactory.create()

    with refused_as("total_of_a_campaign"):
        TotalFactory.create(campaign=None, campaign_id=NO_CAMPAIGN)
    with refused_as("total_stays_of_a_campaign"):
        Total.objects.filter(wester_id=total.wester_id).update(campaign_id=NO_CAMPAIGN)

    other = CampaignFactory.create()
    assert Total.objects.update(campaign_id=other.pk) == 1


def test_a_campaign_is_never_deleted() -> None:
    """Totals have no foreign key that would prevent it."""
    campaign = CampaignFactory.create()

    with refused_as("campaign_never_deleted"):
        Campaign.objects.filter(pk=campaign.pk)._raw_delete("default")

    assert Campaign.objects.filter(pk=campaign.pk).update(entries_frozen_at=None) == 1


def test_a_campaign_has_one_run_at_a_time() -> None:
    running = RunFactory.create()
    RunFactory.create()
    RunFactory.create_batch(2, campaign=running.campaign, finished=True)

    with refused_as("aggregationrun_one_at_a_time"):
        RunFactory.create(campaign=running.campaign)


def test_a_campaign_has_one_run_a_night() -> None:
    held = RunFactory.create(night=NIGHT, finished=True)
    RunFactory.create(night=NIGHT)
    RunFactory.create_batch(2, campaign=held.campaign, night=None, finished=True)

    with refused_as("aggregationrun_one_per_night"):
        RunFactory.create(campaign=held.campaign, night=NIGHT, finished=True)


def test_a_run_is_full_or_incremental() -> None:
    assert {RunFactory.create(mode=mode).mode for mode in AggregationMode} == {
        "full",
        "incremental",
    }
    with refused_as("aggregationrun_mode_known"):
        RunFactory.create(mode="half")


def test_a_run_has_each_shard_once() -> None:
    shard = ShardFactory.create(number=0)
    ShardFactory.create(number=0)
    ShardFactory.create(number=1, run=shard.run)

    with refused_as("aggregationshard_once"):
        ShardFactory.create(number=0, run=shard.run)


def test_shards_count_from_0() -> None:
    assert ShardFactory.create(number=0).number == 0
    with refused_as("aggregationshard_number_from_0"):
        ShardFactory.create(number=-1)


def test_a_shard_that_is_done_names_no_members() -> None:
    shard = ShardFactory.create(members=["W1"])
    ShardFactory.create(done=True)

    with refused_as("aggregationshard_done_names_no_members"):
        AggregationShard.objects.filter(pk=shard.pk).update(done=True)
    assert AggregationShard.objects.filter(pk=shard.pk).update(done=True, members=None) == 1


def test_a_member_is_due_once_in_each_campaign() -> None:
    due = DueMemberFactory.create(wester_id="W1")
    DueMemberFactory.create(wester_id="W1")

    with refused_as("campaign_duemember_pkey"):
        DueMemberFactory.create(wester_id="W1", campaign=due.campaign)


def test_what_a_run_refers_to_is_protected() -> None:
    shard = ShardFactory.create()

    for one in (shard.run, shard.run.terms, shard.run.campaign):
        with pytest.raises(ProtectedError):
            one.delete()


def test_no_row_is_named_after_a_member() -> None:
    rows = [TotalFactory.create(wester_id="SECRET"), DueMemberFactory.create(wester_id="SECRET")]
    rows += [RunFactory.create(), ShardFactory.create(members=["SECRET"])]

    assert "SECRET" not in " ".join(str(row) for row in rows)

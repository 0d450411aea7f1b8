"""The database refuses entries and memberships that cannot be, each under its own name."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import Model

from entries.models import Entry, EntryRow, Membership, MembershipRow
from tests.campaign.refused import refused_as
from tests.factories.campaign import FIRST_TERMS, CampaignFactory
from tests.factories.entries import (
    EntryFactory,
    EntryRowFactory,
    MembershipFactory,
    MembershipRowFactory,
)

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)
OPENS_AT = FIRST_TERMS["opens_at"]


def test_a_member_enters_a_campaign_once() -> None:
    entry = EntryFactory.create(wester_id="W1")
    EntryFactory.create(wester_id="W1")
    EntryFactory.create(wester_id="w1", campaign=entry.campaign)

    with refused_as("entry_one_per_member"):
        EntryFactory.create(wester_id="W1", campaign=entry.campaign, channel="app")


@pytest.mark.parametrize("channel", ["web", "app", "call_center"])
def test_an_entry_takes_every_channel(channel: str) -> None:
    assert EntryFactory.create(channel=channel).channel == channel


@pytest.mark.parametrize("channel", ["", "Web", "phone"])
def test_an_entry_refuses_other_channels(channel: str) -> None:
    with refused_as("entry_channel_known"):
        EntryFactory.create(channel=channel)


@pytest.mark.parametrize("channel", ["app", "call_center"])
def test_a_feed_row_takes_the_feed_s_channels(channel: str) -> None:
    assert EntryRowFactory.create(channel=channel).channel == channel


def test_a_feed_row_is_not_of_the_web_page() -> None:
    with refused_as("entryrow_channel_known"):
        EntryRowFactory.create(channel="web")


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"wester_id": "W2"}, id="another member"),
        pytest.param({"entered_at": OPENS_AT + SECOND}, id="a second later"),
        pytest.param({"channel": "call_center"}, id="another channel"),
    ],
)
def test_a_feed_row_is_stored_once(other: dict[str, Any]) -> None:
    row = {"wester_id": "W1", "campaign": CampaignFactory.create()}
    EntryRowFactory.create(**row)
    EntryRowFactory.create(**{**row, **other})

    with refused_as("entryrow_once"):
        EntryRowFactory.create(**row)


@pytest.mark.parametrize("status", ["active", "withdrawn"])
def test_a_membership_takes_both_states(status: str) -> None:
    assert MembershipFactory.create(status=status).status == status
    assert MembershipRowFactory.create(status=status).status == status


def test_a_membership_refuses_other_states() -> None:
    with refused_as("membership_status_known"):
        MembershipFactory.create(status="gone")
    with refused_as("membershiprow_status_known"):
        MembershipRowFactory.create(status="gone")


def test_a_member_has_one_membership() -> None:
    MembershipFactory.create(wester_id="W1")
    MembershipFactory.create(wester_id="w1")

    with refused_as("entries_membership_pkey"):
        Membership.objects.create(wester_id="W1", status="active", changed_at=OPENS_AT)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"wester_id": "W2"}, id="another member"),
        pytest.param({"changed_at": OPENS_AT + SECOND}, id="a second later"),
        pytest.param({"status": "active"}, id="the other state"),
    ],
)
def test_a_membership_row_is_stored_once(other: dict[str, Any]) -> None:
    MembershipRowFactory.create(wester_id="W1")
    MembershipRowFactory.create(**{"wester_id": "W1", **other})

    with refused_as("membershiprow_once"):
        MembershipRowFactory.create(wester_id="W1")


@pytest.mark.parametrize(
    ("factory", "model", "name"),
    [
        pytest.param(EntryRowFactory, EntryRow, "entryrow", id="of entries"),
        pytest.param(MembershipRowFactory, MembershipRow, "membershiprow", id="of memberships"),
    ],
)
def test_feed_rows_are_only_added_to(factory: Any, model: type[Model], name: str) -> None:
    row = factory.create()

    with refused_as(f"{name}_append_only"):
        model._default_manager.update(wester_id="another")
    with refused_as(f"{name}_append_only"):
        row.delete()
    connection.check_constraints()  # else what waits to be checked is in the way first
    with refused_as(f"{name}_never_truncated"), connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {model._meta.db_table}")

    factory.create()
    assert model._default_manager.count() == 2


def test_no_row_is_named_after_a_member() -> None:
    factories = (EntryFactory, EntryRowFactory, MembershipFactory, MembershipRowFactory)

    assert "SECRET" not in " ".join(str(one.create(wester_id="SECRET")) for one in factories)
    assert Entry.objects.filter(wester_id="SECRET").exists()

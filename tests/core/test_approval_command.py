"""``approval actions|list|approve|refuse`` as others script against them."""

import inspect
import socket
from typing import Any

import pytest
from pytest_django import Settings

from campaign import terms
from campaign.models import Campaign
from config.env import MovedClock
from core import approvals, audit
from core.audit import Actor
from core.models import Approval, User
from tests.commands import refused, run, run_json, stored
from tests.factories.campaign import AT, LATER, ApprovalFactory, CampaignFactory, UserFactory

pytestmark = pytest.mark.django_db
CODE = "012025121203"


@pytest.fixture(autouse=True)
def _a_day_later(settings: Settings) -> None:
    settings.CAMPAIGN_NOW = MovedClock(LATER, runs=False)
    settings.ALLOW_COMMAND_APPROVAL = True


@pytest.fixture
def waiting(asking: Actor, deciding: Actor) -> Approval:
    """Return a request for the first publication."""
    campaign = CampaignFactory.create(code=CODE, draft=True)
    approval = terms.request_publication(campaign=campaign, actor=asking, at=AT)
    assert approval
    return approval


def as_listed(approval: Approval, state: str = "open") -> dict[str, Any]:
    return {
        "id": approval.pk,
        "action": "campaign.publish",
        "subject": CODE,
        "state": state,
        "requested_by": "asking",
        "requested_at": "2024-12-02T09:00:00+09:00",
        "requested_os_user": approval.requested_os_user,
        "requested_host": approval.requested_host,
        "content_sha256": approval.content_sha256,
    }


def test_actions_lists_what_can_be_approved() -> None:
    rows = {row["action"]: row for row in run_json("approval", "actions")["actions"]}

    assert list(rows) == sorted(approvals.declared_actions())
    line = inspect.getsourcelines(terms.publish_draft)[1]
    assert rows["campaign.revise"] == {
        "action": "campaign.revise",
        "permission": "campaign.request_publication",
        "roles": ["campaign"],
        "locks": "Lock a campaign by its code, the subject of an approval of its terms.",
        "content": "Return what publishing this campaign's draft would fix, to read and to hash.",
        "carries_out": "Publish what was approved (called by the approval, in its transaction).",
        "function": "campaign.terms.publish_draft",
        "where": f"campaign/terms.py:{line}",
    }
    assert rows["draw.void"]["roles"] == ["campaign", "ops"]
    assert rows["draw.confirm"]["function"] == "points.reserving.confirm_and_reserve"


def test_every_action_is_described() -> None:
    for row in run_json("approval", "actions")["actions"]:
        assert all(row.values()), row["action"]


def test_actions_is_readable(monkeypatch: pytest.MonkeyPatch) -> None:
    own = approvals.declared_actions()["campaign.publish"]
    monkeypatch.setattr(approvals, "_actions", {"campaign.publish": own})

    lines = run("approval", "actions").stdout.splitlines()

    assert lines[:2] == [
        "campaign.publish",
        "   requested by: campaign (campaign.request_publication)",
    ]
    assert [line.split(":")[0].strip() for line in lines[2:]] == [
        "locked",
        "hashed",
        "carried out",
        "where",
    ]


def test_list_shows_what_is_open_in_order(waiting: Approval) -> None:
    ApprovalFactory.create(approved=True)
    ApprovalFactory.create(superseded=True)
    second = ApprovalFactory.create()

    data = run_json("approval", "list")

    assert [row["id"] for row in data["approvals"]] == [waiting.pk, second.pk]
    assert data["approvals"][0] == as_listed(waiting) | {"stale": None, "warning": None}


def test_list_is_readable(waiting: Approval) -> None:
    assert run("approval", "list").stdout == (
        f"{waiting.pk}: campaign.publish {CODE}, asked for by asking, "
        f"content {waiting.content_sha256[:12]}…\n"
    )


def test_list_shows_why_a_request_cannot_be_carried_out(waiting: Approval) -> None:
    Campaign.objects.get().terms.update(name_en="Another name")
    why = "The content changed after it was asked for; ask for it again."

    listed = as_listed(waiting) | {"stale": why, "warning": None}
    assert run_json("approval", "list")["approvals"] == [listed]
    assert run("approval", "list").stdout.splitlines()[1:] == [f"   cannot be carried out: {why}"]


def test_list_names_the_shell_that_a_request_came_from() -> None:
    UserFactory.create(username="asking", role="campaign")
    CampaignFactory.create(code=CODE, draft=True)
    run_json("campaign", "publish", CODE, "--by", "asking")

    (listed,) = run_json("approval", "list")["approvals"]

    os_user, host = audit.machine_user(), socket.gethostname()
    assert (listed["requested_os_user"], listed["requested_host"]) == (os_user, host)
    assert listed["warning"] == (
        f"A command asked for it: the user {os_user} on the machine {host} named asking. A shell "
        "cannot prove who typed: ask asking whether it was them before you approve."
    )
    assert run("approval", "list").stdout.splitlines()[1] == f"   from a shell: {listed['warning']}"


def test_decision_by_command_names_the_shell(waiting: Approval) -> None:
    run_json("approval", "approve", waiting.pk, "--by", "deciding")

    waiting.refresh_from_db()
    assert (waiting.decided_by_name, waiting.decided_os_user, waiting.decided_host) == (
        "deciding",
        audit.machine_user(),
        socket.gethostname(),
    )


def test_list_of_nothing() -> None:
    assert run_json("approval", "list") == {"approvals": []}
    assert run("approval", "list").stdout == "Nothing waits for a decision.\n"


def test_approve_carries_it_out(waiting: Approval) -> None:
    data = run_json("approval", "approve", waiting.pk, "--by", "deciding")

    assert data == as_listed(waiting, "approved")
    published = Campaign.objects.get().terms.get()
    assert (published.published_at, published.published_by) == (
        LATER,
        User.objects.get(username="deciding"),
    )


def test_approve_again_is_done(waiting: Approval) -> None:
    words = ("approval", "approve", waiting.pk, "--by", "deciding")
    first = run_json(*words)
    before = stored()

    assert run_json(*words) == first
    assert run(*words).stdout == f"Approval {waiting.pk}: approved.\n"
    assert stored() == before


def test_refuse_and_withdraw(waiting: Approval) -> None:
    assert run_json("approval", "refuse", waiting.pk, "--by", "asking") == as_listed(
        waiting, "refused"
    )
    assert run("approval", "refuse", waiting.pk, "--by", "deciding").stdout == (
        f"Approval {waiting.pk}: refused.\n"
    )
    waiting.refresh_from_db()
    assert waiting.decided_by == User.objects.get(username="asking")


@pytest.mark.parametrize(("verb", "state"), [("approve", "approved"), ("refuse", "refused")])
def test_dry_run_of_a_decision_leaves_no_trace(waiting: Approval, verb: str, state: str) -> None:
    before = stored()
    words = ("approval", verb, waiting.pk, "--by", "deciding", "--dry-run")

    assert run_json(*words) == as_listed(waiting, state)
    assert run(*words).stdout == f"Approval {waiting.pk}: would be {state}.\n"
    assert stored() == before


@pytest.mark.parametrize(
    ("verb", "by", "sentence"),
    [
        ("approve", "asking", "Only the role “approver” may do this."),
        ("approve", "admin", "Only the role “approver” may do this."),
        ("approve", "nobody", "There is no active staff user with this name. See: staff add."),
        ("refuse", "other", "Only the role “approver” may do this."),
    ],
)
def test_decisions_are_refused_in_a_sentence(
    waiting: Approval, verb: str, by: str, sentence: str
) -> None:
    UserFactory.create(username="other", role="campaign")
    admin = UserFactory.create(username="admin", role="campaign", is_superuser=True)
    if by == "admin":
        campaign = Campaign.objects.get()
        own = terms.request_publication(campaign=campaign, actor=Actor(admin), at=AT)
        assert own
        waiting = own
    before = stored()

    assert refused("approval", verb, waiting.pk, "--by", by) == sentence
    assert stored() == before


@pytest.mark.parametrize("verb", ["approve", "refuse"])
def test_unknown_approval_is_refused(deciding: Actor, verb: str) -> None:
    for number in (0, 10**30):
        assert refused("approval", verb, number, "--by", "deciding") == (
            "There is no approval with this number."
        )


@pytest.mark.parametrize(
    ("production", "ending"),
    [(False, ", not by command (ALLOW_COMMAND_APPROVAL is not set)."), (True, ", not by command.")],
)
@pytest.mark.parametrize("verb", ["approve", "refuse"])
def test_decisions_by_command_need_the_setting(
    waiting: Approval, settings: Settings, verb: str, production: bool, ending: str
) -> None:
    settings.ALLOW_COMMAND_APPROVAL, settings.PRODUCTION = False, production
    before = stored()

    sentence = refused("approval", verb, waiting.pk, "--by", "deciding")

    assert sentence == f"Approvals are decided by a person signed in at /staff/{ending}"
    assert stored() == before
    assert run_json("approval", "list")["approvals"] == [
        as_listed(waiting) | {"stale": None, "warning": None}
    ]

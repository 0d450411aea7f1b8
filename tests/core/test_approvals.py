"""Four eyes: who may request what, and who may act at all."""

from collections.abc import Callable
from functools import partial

import pytest
from django.core.exceptions import ImproperlyConfigured

from core import approvals
from core.audit import Actor
from core.canonical_json import content_sha256
from core.models import Approval, AuditRecord, User
from tests.approving import approve
from tests.core.doing import (
    ACTION,
    NAME,
    PERMISSION,
    SUBJECT,
    Doing,
    ask,
    audit_lines,
    lacking,
    refuse,
)
from tests.factories.campaign import AT, LATER, ApprovalFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_declared_actions_are_those_of_the_apps() -> None:
    assert set(approvals.declared_actions()) == {
        "campaign.publish",
        "campaign.revise",
        "campaign.purge",
        "draw.publish",
        "draw.confirm",
        "draw.void",
        "draw.forget",
        "draw.reveal",
        "payout.prepare",
        "payout.resolve",
        "points.reverse",
        "member.erase",
        "staff.make_approver",
        "staff.make_superuser",
        "staff.reset_approver",
    }


def test_action_is_declared_once(doing: Doing) -> None:
    before = approvals.declared_actions()

    with pytest.raises(ImproperlyConfigured, match=f"{ACTION} is declared twice"):
        approvals.action(
            ACTION, name=NAME, permission=PERMISSION, lock=doing.lock, content=doing.read
        )(doing.do)

    assert approvals.declared_actions() == before


def test_one_function_carries_out_several_actions(doing: Doing) -> None:
    another = approvals.action(
        "test.another", name=NAME, permission=PERMISSION, lock=doing.lock, content=doing.read
    )

    assert another(doing.do) == doing.do
    declared = approvals.declared_actions()
    assert declared["test.another"] == declared[ACTION]


def test_request_stores_who_requested_what(doing: Doing, asking: Actor) -> None:
    approval = ask(asking)

    approval.refresh_from_db()
    content = {"subject": SUBJECT, "points": 1}
    assert (approval.state, approval.action, approval.subject) == ("open", ACTION, SUBJECT)
    assert (approval.requested_by, approval.requested_at) == (asking.user, AT)
    assert (approval.decided_by, approval.decided_at) == (None, None)
    assert (approval.content, approval.content_sha256) == (content, content_sha256(content))
    assert audit_lines() == [("approval.requested", f"{ACTION} {SUBJECT}", "asking")]
    assert doing.done == []


def test_audit_records_the_machine_of_a_command_and_the_hash(doing: Doing, asking: Actor) -> None:
    approval = ask(Actor(asking.user, os_user="taro", host="ops1"))

    record = AuditRecord.objects.get()
    assert (record.at, record.user, record.os_user, record.host) == (
        AT,
        asking.user,
        "taro",
        "ops1",
    )
    assert record.detail == {
        "approval": approval.pk,
        "content_sha256": approval.content_sha256,
    }


def test_request_again_is_the_same_request(doing: Doing, asking: Actor) -> None:
    first = ask(asking)

    assert ask(asking) == first
    assert Approval.objects.count() == AuditRecord.objects.count() == 1


def test_request_with_another_content_supersedes_the_open_one(doing: Doing, asking: Actor) -> None:
    first = ask(asking)
    doing.content = {"points": 2}
    second = approvals.request(action=ACTION, subject=SUBJECT, actor=asking, at=LATER)

    first.refresh_from_db()
    assert (first.state, first.decided_by, first.decided_at) == ("superseded", None, LATER)
    assert (second.state, second.content["points"]) == ("open", 2)
    subject = f"{ACTION} {SUBJECT}"
    assert audit_lines() == [
        ("approval.requested", subject, "asking"),
        ("approval.superseded", subject, "asking"),
        ("approval.requested", subject, "asking"),
    ]


def test_request_by_another_person_supersedes_the_open_one(doing: Doing, asking: Actor) -> None:
    """Else the first person could approve what the second requested as their own."""
    first = ask(asking)
    other = Actor(UserFactory.create(username="other", role="campaign"))
    second = ask(other)

    first.refresh_from_db()
    assert (first.state, second.state) == ("superseded", "open")
    assert second.requested_by == other.user
    assert audit_lines()[1][2] == "other"


def test_request_does_not_affect_other_subjects_and_actions(doing: Doing, asking: Actor) -> None:
    ApprovalFactory.create(action=ACTION, subject="another thing")
    ApprovalFactory.create(action="test.another", subject=SUBJECT)

    ask(asking)

    assert Approval.objects.filter(state="open").count() == 3


def test_request_after_the_end_of_another_is_a_new_one(
    doing: Doing, asking: Actor, deciding: Actor
) -> None:
    first = ask(asking)
    refuse(first, deciding)

    assert ask(asking).pk != first.pk


@pytest.mark.parametrize(
    "person",
    [
        pytest.param(UserFactory.create, id="no staff"),
        pytest.param(lambda: UserFactory.create(role="support"), id="another role"),
        pytest.param(lambda: UserFactory.create(role="auditor"), id="an auditor"),
        *(
            pytest.param(partial(lacking, role, **values), id=f"{role or 'a superuser'}, {why}")
            for role in ("campaign", "approver", None)
            for values, why in (
                ({"is_staff": False}, "no staff"),
                ({"is_active": False}, "locked out"),
            )
        ),
    ],
)
def test_nobody_acts_without_the_permission(
    doing: Doing, asking: Actor, person: Callable[[], User]
) -> None:
    approval = ask(asking)
    stranger = Actor(person())

    for act in (ask, lambda actor: approve(approval, actor), lambda actor: refuse(approval, actor)):
        with pytest.raises(approvals.NotPermitted, match="Only the role"):
            act(stranger)

    approval.refresh_from_db()
    assert (approval.state, doing.done, len(audit_lines())) == ("open", [], 1)


def test_requesters_may_not_decide_nor_approvers_request(
    doing: Doing, asking: Actor, deciding: Actor
) -> None:
    approval = ask(asking)
    colleague = Actor(UserFactory.create(role="campaign"))

    with pytest.raises(approvals.NotPermitted):
        approve(approval, colleague)
    with pytest.raises(approvals.NotPermitted):
        refuse(approval, colleague)
    with pytest.raises(approvals.NotPermitted):
        ask(deciding)


@pytest.mark.parametrize("number", [0, -1, 2**31, 2**63, 10**30])
def test_unknown_approval_is_refused(deciding: Actor, number: int) -> None:
    for act in (approvals.approve, approvals.refuse):
        with pytest.raises(approvals.UnknownApproval, match="no approval with this number"):
            act(approval_id=number, actor=deciding, at=AT)


def test_unknown_action_is_refused(asking: Actor) -> None:
    with pytest.raises(approvals.UnknownApproval, match="Nothing can carry out this action"):
        ask(asking, action="no.such")


def test_content_with_a_float_cannot_be_requested(doing: Doing, asking: Actor) -> None:
    doing.content = {"share": 0.5}

    with pytest.raises(TypeError, match="no fractions"):
        ask(asking)

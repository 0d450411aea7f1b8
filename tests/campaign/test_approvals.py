"""Four eyes: who may ask, who may allow, and that exactly what was asked for is done, once."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from bookings.refusals import Refusal
from campaign import approvals, refusals
from campaign.audit import Actor
from campaign.canonical import content_sha256
from campaign.models import Approval, AuditRecord, User
from tests.campaign.sessions import another_session, ended, wait_until_blocked
from tests.factories.campaign import AT, LATER, ApprovalFactory, CampaignFactory, UserFactory

pytestmark = pytest.mark.django_db
ACTION, SUBJECT, PERMISSION = "test.do", "something", "campaign.request_publication"
AFTER = LATER + timedelta(hours=1)


class Doing:
    """An action whose content can change, and whose deed is seen, or fails."""

    def __init__(self) -> None:
        self.content: dict[str, Any] = {"points": 1}
        self.failure: Exception | None = None
        self.done: list[int] = []

    def hold(self, subject: str) -> None:
        """Hold nothing: the approval's own lock is enough here."""

    def read(self, subject: str) -> dict[str, Any]:
        return {"subject": subject, **self.content}

    def do(self, approval: Approval) -> None:
        """Leave a trace in the database, then fail if told to."""
        CampaignFactory.create(code=f"done-{approval.pk}")
        if self.failure:
            raise self.failure
        self.done.append(approval.pk)


@pytest.fixture
def doing(monkeypatch: pytest.MonkeyPatch) -> Doing:
    """Register an action for one test."""
    doing = Doing()
    monkeypatch.setattr(approvals, "_actions", dict(approvals._actions))
    approvals.register(ACTION, doing.do, hold=doing.hold, content=doing.read, permission=PERMISSION)
    return doing


def ask(actor: Actor, *, action: str = ACTION) -> Approval:
    return approvals.request(action=action, subject=SUBJECT, actor=actor, at=AT)


def approve(approval: Approval | int, actor: Actor) -> Approval:
    pk = approval if isinstance(approval, int) else approval.pk
    return approvals.approve(approval_id=pk, actor=actor, at=LATER)


def refuse(approval: Approval, actor: Actor) -> Approval:
    return approvals.refuse(approval_id=approval.pk, actor=actor, at=LATER)


def audit_lines() -> list[tuple[str, str, str]]:
    """Return what the audit says: what was done, to what, by whom."""
    records = AuditRecord.objects.order_by("id").select_related("user")
    return [(one.action, one.subject, one.user.username if one.user else "-") for one in records]


def test_registered_actions_are_those_of_the_apps() -> None:
    known = approvals.registered()

    assert {"campaign.publish", "campaign.revise"} <= known.keys()
    assert {known[name].permission for name in ("campaign.publish", "campaign.revise")} == {
        "campaign.request_publication"
    }


def test_request_keeps_who_asked_for_what(doing: Doing, asking: Actor) -> None:
    approval = ask(asking)

    approval.refresh_from_db()
    content = {"subject": SUBJECT, "points": 1}
    assert (approval.state, approval.action, approval.subject) == ("open", ACTION, SUBJECT)
    assert (approval.requested_by, approval.requested_at) == (asking.user, AT)
    assert (approval.decided_by, approval.decided_at) == (None, None)
    assert (approval.content, approval.content_sha256) == (content, content_sha256(content))
    assert audit_lines() == [("approval.requested", f"{ACTION} {SUBJECT}", "asking")]
    assert doing.done == []


def test_audit_keeps_the_machine_of_a_command_and_the_hash(doing: Doing, asking: Actor) -> None:
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
    """Else the first person could approve what the second asked for as their own request."""
    first = ask(asking)
    other = Actor(UserFactory.create(username="other", role="campaign"))
    second = ask(other)

    first.refresh_from_db()
    assert (first.state, second.state) == ("superseded", "open")
    assert second.requested_by == other.user
    assert audit_lines()[1][2] == "other"


def test_request_leaves_other_subjects_and_actions_alone(doing: Doing, asking: Actor) -> None:
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


def lacking(**values: Any) -> User:
    """Return somebody who holds every role but is no one to act."""
    person = UserFactory.create(role="campaign")
    approver = UserFactory.create(role="approver").groups.get()
    person.groups.add(approver)
    for name, value in values.items():
        setattr(person, name, value)
    person.save()
    return person


@pytest.mark.parametrize(
    "person",
    [
        pytest.param(UserFactory.create, id="no staff"),
        pytest.param(lambda: UserFactory.create(role="support"), id="another role"),
        pytest.param(lambda: UserFactory.create(role="auditor"), id="an auditor"),
        pytest.param(lambda: lacking(is_staff=False), id="staff no more"),
        pytest.param(lambda: lacking(is_active=False), id="locked out"),
        pytest.param(
            lambda: lacking(is_active=False, is_superuser=True), id="a superuser locked out"
        ),
        pytest.param(
            lambda: lacking(is_staff=False, is_superuser=True), id="a superuser who is no staff"
        ),
    ],
)
def test_nobody_acts_without_the_permission(
    doing: Doing, asking: Actor, person: Callable[[], User]
) -> None:
    approval = ask(asking)
    stranger = Actor(person())

    for act in (ask, lambda actor: approve(approval, actor), lambda actor: refuse(approval, actor)):
        with pytest.raises(refusals.NotPermitted, match="does not hold the permission campaign"):
            act(stranger)

    approval.refresh_from_db()
    assert (approval.state, doing.done, len(audit_lines())) == ("open", [], 1)


def test_who_may_ask_may_not_decide_and_the_other_way_round(
    doing: Doing, asking: Actor, deciding: Actor
) -> None:
    approval = ask(asking)
    colleague = Actor(UserFactory.create(role="campaign"))

    with pytest.raises(refusals.NotPermitted):
        approve(approval, colleague)
    with pytest.raises(refusals.NotPermitted):
        refuse(approval, colleague)
    with pytest.raises(refusals.NotPermitted):
        ask(deciding)


def test_approve_does_what_was_asked_for(doing: Doing, asking: Actor, deciding: Actor) -> None:
    approval = ask(asking)

    approved = approve(approval, deciding)

    approval.refresh_from_db()
    assert approved == approval
    assert (approval.state, approval.decided_by, approval.decided_at) == (
        "approved",
        deciding.user,
        LATER,
    )
    assert doing.done == [approval.pk]
    assert audit_lines()[1:] == [("approval.approved", f"{ACTION} {SUBJECT}", "deciding")]


def test_approve_again_changes_nothing(doing: Doing, asking: Actor, deciding: Actor) -> None:
    approval = ask(asking)
    approve(approval, deciding)
    other = Actor(UserFactory.create(role="approver"))

    doing.content = {"points": 2}
    again = approvals.approve(approval_id=approval.pk, actor=other, at=AFTER)

    assert (again.decided_by, again.decided_at) == (deciding.user, LATER)
    assert doing.done == [approval.pk]
    assert len(audit_lines()) == 2


@pytest.mark.parametrize("superuser", [False, True], ids=["with both roles", "a superuser"])
def test_nobody_approves_their_own_request(doing: Doing, superuser: bool) -> None:
    person = Actor(lacking(is_superuser=superuser))
    approval = ask(person)

    with pytest.raises(refusals.OwnRequest, match="ask another person"):
        approve(approval, person)

    approval.refresh_from_db()
    assert (approval.state, doing.done, len(audit_lines())) == ("open", [], 1)


def test_approve_refuses_what_changed_after_it_was_asked_for(
    doing: Doing, asking: Actor, deciding: Actor
) -> None:
    approval = ask(asking)
    doing.content = {"points": 2}

    with pytest.raises(refusals.ContentChanged, match="ask for it again"):
        approve(approval, deciding)

    approval.refresh_from_db()
    assert (approval.state, doing.done, len(audit_lines())) == ("open", [], 1)

    doing.content = {"points": 1}
    assert approve(approval, deciding).state == "approved"


@pytest.mark.parametrize(
    "failure",
    [Refusal("The other app says no."), ZeroDivisionError("a bug")],
    ids=["a refusal of another app", "a bug"],
)
def test_approval_stays_open_where_the_deed_fails(
    doing: Doing, asking: Actor, deciding: Actor, failure: Exception
) -> None:
    approval = ask(asking)
    doing.failure = failure

    with pytest.raises(type(failure)):
        approve(approval, deciding)

    approval.refresh_from_db()
    assert (approval.state, approval.decided_by) == ("open", None)
    assert not CampaignFactory._meta.model.objects.exists()
    assert len(audit_lines()) == 1

    doing.failure = None
    assert approve(approval, deciding).state == "approved"


def test_refuse_says_no(doing: Doing, asking: Actor, deciding: Actor) -> None:
    approval = refuse(ask(asking), deciding)

    approval.refresh_from_db()
    assert (approval.state, approval.decided_by, approval.decided_at) == (
        "refused",
        deciding.user,
        LATER,
    )
    assert doing.done == []
    assert audit_lines()[1:] == [("approval.refused", f"{ACTION} {SUBJECT}", "deciding")]


def test_refuse_is_how_the_author_withdraws(doing: Doing, asking: Actor) -> None:
    approval = refuse(ask(asking), asking)

    assert (approval.state, approval.decided_by) == ("refused", asking.user)
    assert audit_lines()[1:] == [("approval.refused", f"{ACTION} {SUBJECT}", "asking")]


def test_refuse_again_changes_nothing(doing: Doing, asking: Actor, deciding: Actor) -> None:
    approval = refuse(ask(asking), deciding)

    again = approvals.refuse(approval_id=approval.pk, actor=asking, at=AFTER)

    assert (again.decided_by, again.decided_at, len(audit_lines())) == (deciding.user, LATER, 2)


def test_refuse_needs_no_content_and_no_action(asking: Actor, deciding: Actor) -> None:
    """What can no longer be carried out can still be put away."""
    approval = ApprovalFactory.create(action="gone.action")

    with pytest.raises(refusals.UnknownApproval, match="Nothing can carry out this action"):
        approve(approval, deciding)
    assert refuse(approval, deciding).state == "refused"


@pytest.mark.parametrize(
    ("state", "act"),
    [
        ("refused", approve),
        ("superseded", approve),
        ("approved", refuse),
        ("superseded", refuse),
    ],
    ids=["approve refused", "approve superseded", "refuse approved", "refuse superseded"],
)
def test_what_has_ended_has_ended(
    doing: Doing, deciding: Actor, state: str, act: Callable[[Approval, Actor], Approval]
) -> None:
    approval = ApprovalFactory.create(action=ACTION, **{state: True})

    with pytest.raises(refusals.ApprovalEnded, match=f"has ended already: {state}"):
        act(approval, deciding)

    assert (doing.done, audit_lines()) == ([], [])


@pytest.mark.parametrize("number", [0, -1, 2**31, 2**63, 10**30])
def test_unknown_approval_is_refused(deciding: Actor, number: int) -> None:
    for act in (approvals.approve, approvals.refuse):
        with pytest.raises(refusals.UnknownApproval, match="no approval with this number"):
            act(approval_id=number, actor=deciding, at=AT)


def test_unknown_action_is_refused(asking: Actor) -> None:
    with pytest.raises(refusals.UnknownApproval, match="Nothing can carry out this action"):
        ask(asking, action="no.such")


def test_content_with_a_float_cannot_be_asked_for(doing: Doing, asking: Actor) -> None:
    doing.content = {"share": 0.5}

    with pytest.raises(TypeError, match="no fractions"):
        ask(asking)


@pytest.mark.django_db(transaction=True)
def test_two_approvals_at_once_do_it_once(doing: Doing, asking: Actor, deciding: Actor) -> None:
    approval = ask(asking)
    second = Actor(UserFactory.create(username="second", role="approver"))

    with another_session() as submit:
        with transaction.atomic():
            approve(approval, deciding)
            other = submit(approve, approval.pk, second)
            wait_until_blocked(other)
        assert ended(other).decided_by_id == deciding.user.pk

    assert doing.done == [approval.pk]
    assert [line[2] for line in audit_lines()] == ["asking", "deciding"]


@pytest.mark.django_db(transaction=True)
def test_approval_and_withdrawal_at_once_end_in_one_of_them(
    doing: Doing, asking: Actor, deciding: Actor
) -> None:
    approval = ask(asking)

    with another_session() as submit:
        with transaction.atomic():
            refuse(approval, asking)
            other = submit(approve, approval.pk, deciding)
            wait_until_blocked(other)
        with pytest.raises(refusals.ApprovalEnded, match="refused"):
            ended(other)

    assert doing.done == []

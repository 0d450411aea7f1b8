"""Four eyes: exactly what was requested is carried out, once, by another person."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

import pytest
from django.contrib.auth.models import Group
from django.db import transaction

from core import approvals
from core.audit import Actor
from core.errors import Refusal
from core.models import Approval, User
from tests.approving import approve
from tests.core.doing import (
    ACTION,
    SUBJECT,
    Doing,
    ask,
    audit_lines,
    refuse,
)
from tests.database import trigger_off
from tests.factories.campaign import LATER, ApprovalFactory, CampaignFactory, UserFactory
from tests.sessions import another_session, ended, wait_until_blocked

pytestmark = pytest.mark.django_db


AFTER = LATER + timedelta(hours=1)


def test_approve_carries_out_what_was_requested(
    doing: Doing, asking: Actor, deciding: Actor
) -> None:
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


def test_subject_is_locked_before_it_is_read(doing: Doing, asking: Actor, deciding: Actor) -> None:
    approval = ask(asking)
    assert doing.steps == ["lock", "read"]

    approve(approval, deciding)
    assert doing.steps == ["lock", "read", "lock", "read", "do"]


def test_approve_again_changes_nothing(doing: Doing, asking: Actor, deciding: Actor) -> None:
    approval = ask(asking)
    approve(approval, deciding)
    other = Actor(UserFactory.create(role="approver"))

    doing.content = {"points": 2}
    again = approvals.approve(approval_id=approval.pk, actor=other, at=AFTER)

    assert (again.decided_by, again.decided_at) == (deciding.user, LATER)
    assert doing.done == [approval.pk]
    assert len(audit_lines()) == 2


def test_nobody_approves_their_own_request(doing: Doing) -> None:
    """No account has both roles; one that had is still not two persons."""
    person = Actor(UserFactory.create(role="campaign"))
    approval = ask(person)
    with trigger_off("user_approver_apart"):
        person.user.groups.add(Group.objects.get(name="approver"))
    person = Actor(User.objects.get(pk=person.user.pk))

    with pytest.raises(approvals.OwnRequest, match="ask another person"):
        approve(approval, person)

    approval.refresh_from_db()
    assert (approval.state, doing.done, len(audit_lines())) == ("open", [], 1)


def test_superuser_approves_nothing(doing: Doing, asking: Actor) -> None:
    """Who may make any account must not be what approves."""
    approval = ask(asking)
    superuser = Actor(UserFactory.create(is_staff=True, is_superuser=True))

    for act in (approve, refuse):
        with pytest.raises(approvals.NotPermitted):
            act(approval, superuser)

    approval.refresh_from_db()
    assert (approval.state, doing.done) == ("open", [])


def test_approve_refuses_what_changed_after_the_request(
    doing: Doing, asking: Actor, deciding: Actor
) -> None:
    approval = ask(asking)
    doing.content = {"points": 2}

    with pytest.raises(approvals.ContentChanged, match="ask for it again"):
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


def test_refuse_ends_the_request(doing: Doing, asking: Actor, deciding: Actor) -> None:
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

    with pytest.raises(approvals.UnknownApproval, match="Nothing can carry out this action"):
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

    with pytest.raises(approvals.ApprovalEnded, match=f"has ended already: {state}"):
        act(approval, deciding)

    assert (doing.done, audit_lines()) == ([], [])


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
        with pytest.raises(approvals.ApprovalEnded, match="refused"):
            ended(other)

    assert doing.done == []


def test_what_was_shown_is_approved(doing: Doing, asking: Actor, deciding: Actor) -> None:
    approval = ask(asking)
    act = partial(approvals.approve, approval_id=approval.pk, actor=deciding, at=LATER)

    with pytest.raises(approvals.ShownOtherwise, match="not what was shown"):
        act(shown_sha256="0" * 64)
    assert (Approval.objects.get().state, doing.done) == ("open", [])

    assert act(shown_sha256=approval.content_sha256).state == "approved"


def test_a_refusal_reaches_who_asked(doing: Doing, asking: Actor, deciding: Actor) -> None:
    refused = approvals.refuse(
        approval_id=ask(asking).pk, actor=deciding, at=LATER, reason="  A week too early.  "
    )
    refuse(ask(asking), asking)  # withdrawn
    ApprovalFactory.create(refused=True)  # of somebody else

    def shown(now: datetime) -> list[tuple[int, str]]:
        found = approvals.recent_refusals(asking.user, now=now)
        return [(one.pk, one.refused_because) for one in found]

    assert shown(LATER) == [(refused.pk, "A week too early.")]
    assert shown(LATER + approvals.REFUSAL_SHOWN) == []


@pytest.mark.parametrize("reason", ["x" * 501, "two\nlines", "\0"])
def test_an_unfit_reason_refuses_nothing(
    doing: Doing, asking: Actor, deciding: Actor, reason: str
) -> None:
    approval = ask(asking)

    with pytest.raises(approvals.UnfitReason, match="one line of at most 500"):
        approvals.refuse(approval_id=approval.pk, actor=deciding, at=LATER, reason=reason)

    assert Approval.objects.get().state == "open"

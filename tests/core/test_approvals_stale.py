"""Requests that cannot be carried out any more: seen as such, and ended by what made them so."""

from typing import Any

import pytest

from core import approvals
from core.audit import Actor
from core.errors import Refusal
from core.models import Approval
from tests.approving import approve
from tests.core.doing import NAME, PERMISSION, Doing, ask, audit_lines
from tests.factories.campaign import AT, ApprovalFactory

pytestmark = pytest.mark.django_db
OTHER = "test.other"


class Done(Refusal):
    """It cannot be requested once the other thing is done."""


@pytest.fixture
def other(doing: Doing, asking: Actor) -> Approval:
    """Return an open request for the same subject, which cannot be carried out after ``doing``."""

    def read(subject: str) -> dict[str, Any]:
        if doing.done:
            raise Done("It is done.")
        return {"subject": subject}

    approvals.action(OTHER, name=NAME, permission=PERMISSION, lock=doing.lock, content=read)(
        doing.do
    )
    return ask(asking, action=OTHER)


def test_a_request_that_can_be_carried_out_is_not_stale(doing: Doing, asking: Actor) -> None:
    assert approvals.why_stale(ask(asking)) == ""


def test_a_request_is_stale_when_its_content_changed(doing: Doing, asking: Actor) -> None:
    requested = ask(asking)
    doing.content = {"points": 2}

    assert "content changed" in approvals.why_stale(requested)


def test_a_request_is_stale_when_it_would_be_refused(doing: Doing, other: Approval) -> None:
    doing.done.append(1)

    assert approvals.why_stale(other) == "It is done."


def test_a_request_that_nothing_can_carry_out_is_stale() -> None:
    requested = ApprovalFactory.create(action="test.forgotten")

    assert approvals.why_stale(requested) == "Nothing can carry out this action."


def test_what_an_approval_makes_impossible_is_superseded_by_it(
    other: Approval, asking: Actor, deciding: Actor
) -> None:
    elsewhere = approvals.request(action=OTHER, subject="another thing", actor=asking, at=AT)

    approve(ask(asking), deciding)

    other.refresh_from_db()
    elsewhere.refresh_from_db()
    assert (other.state, other.decided_by) == ("superseded", None)
    assert elsewhere.state == "open"
    assert audit_lines()[-1] == ("approval.superseded", f"{OTHER} something", "deciding")


def test_what_is_still_possible_stays_open(
    doing: Doing, other: Approval, asking: Actor, deciding: Actor
) -> None:
    requested = ask(asking)

    approve(other, deciding)

    requested.refresh_from_db()
    assert requested.state == "open"

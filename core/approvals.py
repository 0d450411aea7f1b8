"""Four eyes: one person asks for an action, another one allows exactly that and it is done.

Each app registers its actions in AppConfig.ready(); approving calls the action's function in the
approving transaction. Source: docs/specs/consistency.md 3.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core import audit
from core.audit import Actor
from core.canonical_json import content_sha256
from core.errors import Refusal, constraint_errors
from core.models import Approval, User

DECIDE = "core.decide_approval"


class NotPermitted(Refusal):
    """This person does not hold the permission."""


class UnknownApproval(Refusal):
    """No approval has this number, or nothing can carry it out."""


class ApprovalEnded(Refusal):
    """The approval was decided before, in another way."""


class OwnRequest(Refusal):
    """Nobody approves what they asked for themselves."""


class ContentChanged(Refusal):
    """What would be carried out is no longer what was asked for."""


class CommandApprovalOff(Refusal):
    """Here a person approves signed in, not by command."""


@dataclass(frozen=True)
class Action:
    """What can be approved: who may ask, what the content is, and what carries it out.

    ``content`` is computed from the subject when it is asked for and again when it is approved;
    nothing is carried out that differs from what was asked for. ``hold`` comes before it and locks
    to the end of the transaction whatever the content is read from: nobody changes it between the
    look and the deed, and all who ask or approve take their locks in one order, the subject's
    first, then the approval's.
    """

    permission: str
    hold: Callable[[str], None]
    content: Callable[[str], dict[str, Any]]
    carry_out: Callable[[Approval], None]


_actions: dict[str, Action] = {}


def register(
    action: str,
    function: Callable[[Approval], None],
    *,
    hold: Callable[[str], None],
    content: Callable[[str], dict[str, Any]],
    permission: str,
) -> None:
    """Make an action approvable (called by the apps as they get ready)."""
    _actions[action] = Action(permission, hold, content, function)


def registered() -> dict[str, Action]:
    """Return every approvable action by its name."""
    return dict(_actions)


@transaction.atomic
def request(*, action: str, subject: str, actor: Actor, at: datetime) -> Approval:
    """Ask for an action; the same request again returns the one that is open.

    An open request of the same action and subject that another person made, or with another
    content, is superseded.

    Raises:
        NotPermitted: the person does not hold the action's permission.
    """
    known = find_action(action)
    require(actor.user, known.permission)
    known.hold(subject)
    content = known.content(subject)
    sha256 = content_sha256(content)
    same_subject = Approval.objects.select_for_update().filter(action=action, subject=subject)
    if standing := same_subject.filter(state=Approval.State.OPEN).first():
        if standing.content_sha256 == sha256 and standing.requested_by_id == actor.user.pk:
            return standing
        supersede(standing, actor, at)
    approval = Approval.objects.create(
        action=action,
        subject=subject,
        content=content,
        content_sha256=sha256,
        requested_by=actor.user,
        requested_at=at,
    )
    keep_audit("requested", approval, actor, at)
    return approval


@transaction.atomic
def approve(*, approval_id: int, actor: Actor, at: datetime) -> Approval:
    """Allow what another person asked for, and carry it out in the same transaction.

    What else was asked for the same subject and cannot be done any more is superseded by it.
    Approving once more what is approved changes nothing.

    Raises:
        UnknownApproval: there is no such request.
        NotPermitted: the person may not decide.
        OwnRequest: the person asked for it.
        ApprovalEnded: it was refused or superseded.
        ContentChanged: what would be carried out is no longer what was asked for.
    """
    asked = find_approval(approval_id)
    require(actor.user, DECIDE)
    action = find_action(asked.action)
    action.hold(asked.subject)
    approval = lock_approval(approval_id)
    if approval.state == Approval.State.APPROVED:
        return approval
    require_open(approval)
    require_unchanged(approval, action)
    decide(approval, Approval.State.APPROVED, actor, at)
    action.carry_out(approval)
    end_stale(approval.subject, actor, at)
    return approval


@transaction.atomic
def refuse(*, approval_id: int, actor: Actor, at: datetime) -> Approval:
    """Say no to a request; who asked for it may withdraw it so.

    Raises:
        UnknownApproval, NotPermitted, ApprovalEnded: as for approving.
    """
    asked = find_approval(approval_id)
    if asked.requested_by_id != actor.user.pk:
        require(actor.user, DECIDE)
    approval = lock_approval(approval_id)
    if approval.state == Approval.State.REFUSED:
        return approval
    require_open(approval)
    decide(approval, Approval.State.REFUSED, actor, at)
    return approval


def find_action(name: str) -> Action:
    """Return a registered action by its name."""
    if name not in _actions:
        raise UnknownApproval(_("Nothing can carry out this action."))
    return _actions[name]


def find_approval(approval_id: int) -> Approval:
    """Return a request: what was asked for never changes, its state may until it is locked."""
    approval = Approval.objects.filter(pk=approval_id).first()
    if approval is None:
        raise UnknownApproval(_("There is no approval with this number."))
    return approval


def lock_approval(approval_id: int) -> Approval:
    """Return a request that exists, and hold it to the end of the transaction."""
    return Approval.objects.select_for_update().get(pk=approval_id)


def require(user: User, permission: str) -> None:
    """Refuse a person who is no active staff user or does not hold the permission."""
    if not (user.is_active and user.is_staff and user.has_perm(permission)):
        raise NotPermitted(
            _("This person does not hold the permission %(permission)s.")
            % {"permission": permission}
        )


def require_actor(actor: Actor | None, permission: str) -> None:
    """Refuse a person who does not hold the permission; the machine's user needs none.

    Where production asks for a person, the command does (core.arguments).
    """
    if actor:
        require(actor.user, permission)


def require_open(approval: Approval) -> None:
    """Refuse to decide what has ended."""
    if approval.state != Approval.State.OPEN:
        raise ApprovalEnded(
            _("This approval has ended already: %(state)s.")
            % {"state": approval.get_state_display()}
        )


def require_unchanged(approval: Approval, action: Action) -> None:
    """Refuse to carry out what would not be what was asked for."""
    if content_sha256(action.content(approval.subject)) != approval.content_sha256:
        raise ContentChanged(_("The content changed after it was asked for; ask for it again."))


def why_stale(approval: Approval) -> str:
    """Return why an open request cannot be carried out as things stand; empty where it can.

    Asked without holding its subject: what it says is for the eye, and may change.
    """
    try:
        require_unchanged(approval, find_action(approval.action))
    except Refusal as refusal:  # of whichever app the action is
        return str(refusal)
    return ""


def end_stale(subject: str, actor: Actor, at: datetime) -> None:
    """Supersede what else was asked for a subject, which the caller holds, and is stale now."""
    waiting = Approval.objects.select_for_update().filter(
        subject=subject, state=Approval.State.OPEN
    )
    for approval in waiting.order_by("id"):
        if why_stale(approval):
            supersede(approval, actor, at)


def decide(approval: Approval, state: str, actor: Actor, at: datetime) -> None:
    """Move a request from open to its end, and keep it in the audit."""
    approval.state, approval.decided_by, approval.decided_at = state, actor.user, at
    own = OwnRequest(_("Nobody approves what they asked for themselves; ask another person."))
    with constraint_errors({"approval_by_another_person": own}):
        approval.save(update_fields=["state", "decided_by", "decided_at"])
    keep_audit(state, approval, actor, at)


def supersede(approval: Approval, actor: Actor, at: datetime) -> None:
    """End a request in favour of another one, and keep in the audit who made that."""
    approval.state, approval.decided_at = Approval.State.SUPERSEDED, at
    approval.save(update_fields=["state", "decided_at"])
    keep_audit(Approval.State.SUPERSEDED, approval, actor, at)


def keep_audit(what: str, approval: Approval, actor: Actor, at: datetime) -> None:
    """Keep who did this to the request."""
    audit.record(
        actor=actor,
        action=f"approval.{what}",
        subject=f"{approval.action} {approval.subject}",
        at=at,
        detail={"approval": approval.pk, "content_sha256": approval.content_sha256},
    )

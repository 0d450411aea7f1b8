"""Four eyes: one person requests an action, another approves exactly that, and it is carried out.

Each app declares its actions beside the functions that carry them out (``action``); approving calls
that function in the approving transaction. Source: docs/specs/consistency.md 3.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from core import action_names, audit
from core.audit import Actor
from core.canonical_json import content_sha256
from core.errors import Refusal, constraint_errors
from core.models import Approval, User
from core.models.approvals import MAX_REASON_LENGTH
from core.roles import who_may

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

DECIDE = "core.decide_approval"
REFUSAL_SHOWN = timedelta(days=14)
DECIDED_FIELDS = (
    *("state", "decided_by", "decided_at", "decided_os_user", "decided_host"),
    "refused_because",
)
CarryOut = TypeVar("CarryOut", bound=Callable[[Approval], None])


class NotPermitted(Refusal):
    """This person does not hold the permission."""


class UnknownApproval(Refusal):
    """No approval has this number, or nothing can carry it out."""


class ApprovalEnded(Refusal):
    """The approval was decided before, in another way."""


class OwnRequest(Refusal):
    """The person who made a request may not approve it."""


class ContentChanged(Refusal):
    """What would be carried out is no longer what was requested."""


class ShownOtherwise(Refusal):
    """The person was shown another content than that of the request."""


class UnfitReason(Refusal):
    """This cannot be the reason of a refusal."""


class CommandApprovalOff(Refusal):
    """Here a person approves signed in, not by command."""


@dataclass(frozen=True)
class Action:
    """What can be approved: who may request it, what is locked and hashed, what carries it out.

    ``name`` is what pages call it.
    ``content`` is computed from the subject at the request and again at the approval; nothing is
    carried out that differs from what was requested. ``lock`` comes before it and locks, until the
    transaction ends, all that the content is read from, so that it cannot change between the check
    and the work. Requests and approvals lock in one order: the subject first, then the approval.
    """

    name: "StrPromise"
    permission: str
    lock: Callable[[str], object]
    content: Callable[[str], dict[str, Any]]
    carry_out: Callable[[Approval], None]


_actions: dict[str, Action] = {}


def action(
    code: str,
    *,
    name: "StrPromise",
    permission: str,
    lock: Callable[[str], object],
    content: Callable[[str], dict[str, Any]],
) -> Callable[[CarryOut], CarryOut]:
    """Declare an action beside the function that carries it out; use as a decorator.

    A function may carry out several actions. The module must be imported by its app's ready().

    Args:
        code: such as ``draw.publish``.
        name: in words, as pages show it.
        permission: who may request it, as ``app.codename``.
        lock: locks the subject until the transaction ends (see ``Action``).
        content: returns what is approved, for the person to read and for the hash.

    Raises:
        ImproperlyConfigured: another function carries out an action of this code.
    """

    def declare(function: CarryOut) -> CarryOut:
        if code in _actions:
            raise ImproperlyConfigured(f"The approvable action {code} is declared twice.")
        _actions[code] = Action(name, permission, lock, content, function)
        action_names.register_approvable(code, name)
        return function

    return declare


def declared_actions() -> dict[str, Action]:
    """Return every approvable action by its code."""
    return dict(_actions)


def name_of_action(code: str) -> str:
    """Return what pages call an action; of one that is no longer declared, its code."""
    return str(_actions[code].name) if code in _actions else code


@transaction.atomic
def request(*, action: str, subject: str, actor: Actor, at: datetime) -> Approval:
    """Request an action; repeating an open request returns that one.

    An open request of the same action and subject that another person made, or with another
    content, is superseded.

    Raises:
        NotPermitted: the person does not hold the action's permission.
    """
    known = find_action(action)
    require(actor.user, known.permission)
    known.lock(subject)
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
        requested_by_name=actor.user.username,
        requested_os_user=actor.os_user,
        requested_host=actor.host,
        requested_at=at,
    )
    record_audit("requested", approval, actor, at)
    return approval


@transaction.atomic
def approve(
    *, approval_id: int, actor: Actor, at: datetime, shown_sha256: str | None = None
) -> Approval:
    """Approve what another person requested, and carry it out in the same transaction.

    Other requests of the same subject that cannot be carried out any more are superseded by it.
    Approving again what is approved changes nothing.

    Args: ``shown_sha256``: the hash of the content that the person was shown; None for a command,
        which shows nothing.

    Raises:
        UnknownApproval: there is no such request.
        NotPermitted: the person may not decide.
        OwnRequest: the person requested it.
        ApprovalEnded: it was refused or superseded.
        ShownOtherwise: the request's content is not what the person was shown.
        ContentChanged: what would be carried out is no longer what was requested.
    """
    requested = find_approval(approval_id)
    require(actor.user, DECIDE)
    action = find_action(requested.action)
    action.lock(requested.subject)
    approval = lock_approval(approval_id)
    if approval.state == Approval.State.APPROVED:
        return approval
    require_open(approval)
    require_shown(approval, shown_sha256)
    require_unchanged(approval, action)
    decide(approval, Approval.State.APPROVED, actor, at)
    action.carry_out(approval)
    end_stale(approval.subject, actor, at)
    return approval


@transaction.atomic
def refuse(*, approval_id: int, actor: Actor, at: datetime, reason: str = "") -> Approval:
    """Refuse a request; the person who made it may withdraw it so.

    Args: ``reason``: for the person who made it; pages ask another person for it.

    Raises:
        UnknownApproval, NotPermitted, ApprovalEnded: as for approving.
        UnfitReason: the reason is too long, or not one printable line.
    """
    requested = find_approval(approval_id)
    if requested.requested_by_id != actor.user.pk:
        require(actor.user, DECIDE)
    approval = lock_approval(approval_id)
    if approval.state == Approval.State.REFUSED:
        return approval
    require_open(approval)
    decide(approval, Approval.State.REFUSED, actor, at, reason=read_reason(reason))
    return approval


def read_reason(reason: str) -> str:
    """Return the reason of a refusal without spaces around it; it may be empty.

    Raises:
        UnfitReason: it is too long, or not one printable line.
    """
    text = reason.strip()
    if len(text) > MAX_REASON_LENGTH or not text.isprintable():
        raise UnfitReason(
            _("The reason is one line of at most %(most)s characters.")
            % {"most": MAX_REASON_LENGTH}
        )
    return text


def recent_refusals(user: User, *, now: datetime) -> QuerySet[Approval]:
    """Return what others refused of a person's requests in the last 14 days, latest first."""
    refused = Approval.objects.filter(requested_by=user, state=Approval.State.REFUSED)
    recent = refused.filter(decided_at__gt=now - REFUSAL_SHOWN)
    return recent.exclude(decided_by=F("requested_by")).order_by("-decided_at", "-id")


def may_read(user: User, approval: Approval) -> bool:
    """Return whether a person may read what a request is about, in its figures.

    Who decides and who may request it do; everybody with the page once it is approved. A result
    that waits for its confirmation is so read by nobody else.
    """
    if approval.state == Approval.State.APPROVED or may_decide(user):
        return True
    known = _actions.get(approval.action)
    return known is not None and user.has_perm(known.permission)


def find_action(name: str) -> Action:
    """Return a declared action by its name.

    Raises:
        UnknownApproval: no function carries it out.
    """
    if name not in _actions:
        raise UnknownApproval(_("Nothing can carry out this action."))
    return _actions[name]


def find_approval(approval_id: int) -> Approval:
    """Return a request, not locked: its content never changes, its state still may.

    Raises:
        UnknownApproval: there is none.
    """
    approval = Approval.objects.filter(pk=approval_id).first()
    if approval is None:
        raise UnknownApproval(_("There is no approval with this number."))
    return approval


def lock_approval(approval_id: int) -> Approval:
    """Lock a request that exists until the transaction ends, and read it again."""
    return Approval.objects.select_for_update().get(pk=approval_id)


def may_decide(user: User) -> bool:
    """Return whether a person may decide requests.

    A superuser may not: their account requests everything, and makes other accounts.
    """
    return user.has_perm(DECIDE) and not user.is_superuser


def require(user: User, permission: str) -> None:
    """Refuse a person who is no active staff user or does not hold the permission."""
    is_held = may_decide(user) if permission == DECIDE else user.has_perm(permission)
    if not (user.is_active and user.is_staff and is_held):
        raise NotPermitted(who_may(permission))


def require_actor(actor: Actor | None, permission: str) -> None:
    """Refuse a person who does not hold the permission; the machine's user needs none.

    Where production needs a person, the command checks it (core.arguments).
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


def require_shown(approval: Approval, shown_sha256: str | None) -> None:
    """Refuse to approve what the person was not shown."""
    if shown_sha256 is not None and shown_sha256 != approval.content_sha256:
        raise ShownOtherwise(_("This is not what was shown to you; read it again, then decide."))


def require_unchanged(approval: Approval, action: Action) -> None:
    """Refuse to carry out anything but what was requested."""
    if content_sha256(action.content(approval.subject)) != approval.content_sha256:
        raise ContentChanged(_("The content changed after it was asked for; ask for it again."))


def why_stale(approval: Approval) -> str:
    """Return why an open request cannot be carried out now; empty where it can.

    Called outside approve() without locking the subject: then the answer is for a person to read
    only, and may change.
    """
    try:
        require_unchanged(approval, find_action(approval.action))
    except Refusal as refusal:  # of whichever app the action is
        return str(refusal)
    return ""


def end_stale(subject: str, actor: Actor, at: datetime) -> None:
    """Supersede the open requests of a subject, locked by the caller, that are stale now."""
    waiting = Approval.objects.select_for_update().filter(
        subject=subject, state=Approval.State.OPEN
    )
    for approval in waiting.order_by("id"):
        if why_stale(approval):
            supersede(approval, actor, at)


def decide(approval: Approval, state: str, actor: Actor, at: datetime, *, reason: str = "") -> None:
    """Move a request from open to its end, and record that in the audit."""
    approval.state, approval.decided_by, approval.decided_at = state, actor.user, at
    approval.decided_os_user, approval.decided_host = actor.os_user, actor.host
    approval.decided_by_name = actor.user.username  # as the database fills it in
    approval.refused_because = reason
    own = OwnRequest(_("Nobody approves what they asked for themselves; ask another person."))
    with constraint_errors({"approval_by_another_person": own}):
        approval.save(update_fields=DECIDED_FIELDS)
    record_audit(state, approval, actor, at)


def supersede(approval: Approval, actor: Actor, at: datetime) -> None:
    """End a request in favour of another one, and record in the audit who made that one."""
    approval.state, approval.decided_at = Approval.State.SUPERSEDED, at
    approval.save(update_fields=["state", "decided_at"])
    record_audit(Approval.State.SUPERSEDED, approval, actor, at)


def record_audit(what: str, approval: Approval, actor: Actor, at: datetime) -> None:
    """Record in the audit who did this to the request."""
    audit.record(
        actor=actor,
        action=f"approval.{what}",
        subject=f"{approval.action} {approval.subject}",
        at=at,
        detail={"approval": approval.pk, "content_sha256": approval.content_sha256},
    )

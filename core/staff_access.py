"""How a staff user comes in again, or no longer: reset, disable, restore.

An account is disabled and never deleted, so that every recorded name stays a person's.
Source: docs/specs/consistency.md 3.
"""

from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from core import approvals, locks
from core.audit import Actor
from core.errors import Refusal
from core.locks import Lock
from core.models import Approval, AuditRecord, User
from core.roles import APPROVER
from core.second_factor import remove_factors
from core.sign_in.lockout import forget_tries
from core.sign_in.sessions import end_sessions
from core.staff import (
    MAKE_APPROVER,
    MAKE_SUPERUSER,
    MAY_MANAGE,
    Changed,
    UnknownStaff,
    ask,
    content_of_account,
    decision,
    find_account,
    get_staff,
    has_role,
    lock_account,
    record,
    require_another,
    role_names,
    set_initial_password,
    working_in,
)

RESET_APPROVER, RESTORED = "staff.reset_approver", "staff.restored"
RESTORED_SHOWN = timedelta(days=30)
log = structlog.get_logger(__name__)


class WaitsForApproval(Refusal):
    """A request to give this account more rights is open."""


class NotNeeded(Refusal):
    """Another approver can approve what is wanted."""


@transaction.atomic
def disable_staff(*, username: str, at: datetime, actor: Actor | None = None) -> Changed:
    """Disable an account: it signs in no more, and its sessions end.

    Raises:
        NotPermitted: the person may not manage staff.
        UnknownStaff: no staff user has this name.
        LastOfRole: the person is the last approver, or the last who runs accounts.
    """
    approvals.require_actor(actor, MAY_MANAGE)
    locks.acquire(Lock.STAFF)
    user = find_account(username)
    if user is None or not user.is_staff:
        raise UnknownStaff(_("There is no staff user with this name."))
    if not user.is_active:
        return Changed(user, changed=False)
    require_another(user, *role_names(user))
    user.is_active = False
    user.save(update_fields=["is_active"])
    end_sessions(user=user, by=actor.user if actor else user)
    record(actor, "staff.disabled", user, at)
    return Changed(user, changed=True)


def needs_approval(user: User, actor: Actor | None) -> bool:
    """Return whether a second person must approve that an account gets a new password.

    An account that ever was an approver's counts as one: its role could be taken for a moment. Not
    where that was approved: then the account has no password any more. Outside production the
    machine's user, named by no ``--by``, needs nobody.
    """
    is_guarded = user.is_superuser or has_role(user, APPROVER) or was_approver(user)
    return is_guarded and user.has_usable_password() and actor is not None


def was_approver(user: User) -> bool:
    """Return whether an account ever had the role approver, by the audit."""
    changes = AuditRecord.objects.filter(
        action__in=("staff.role_added", "staff.role_removed"), subject=user.username
    )
    return changes.filter(detail__role=APPROVER).exists()


@transaction.atomic
def reset_staff(
    *, username: str, password: str, at: datetime, actor: Actor | None = None
) -> Changed:
    """Set a new initial password and remove the second factor, or request that.

    For an approver and a superuser it is requested; once it is approved, nobody can sign in to the
    account, and the same reset again sets the password.

    Raises:
        NotPermitted: the person may not manage staff.
        UnknownStaff: no active staff user has this name.
        WaitsForApproval: the account is about to get rights that need a second person.
        UnfitPassword: the password is too easy to guess.
    """
    approvals.require_actor(actor, MAY_MANAGE)
    locks.acquire(Lock.STAFF)
    user = get_staff(username)
    require_no_request(user)
    if actor and needs_approval(user, actor):
        return Changed(user, changed=False, approval=ask(RESET_APPROVER, user, actor=actor, at=at))
    give_access(user, password, actor)
    record(actor, "staff.reset", user, at)
    return Changed(user, changed=True)


def require_no_request(user: User) -> None:
    """Refuse to take an account over while somebody is asked to trust it."""
    waiting = Approval.objects.filter(
        state=Approval.State.OPEN,
        action__in=(MAKE_APPROVER, MAKE_SUPERUSER),
        subject=user.username,
    )
    if waiting.exists():
        raise WaitsForApproval(
            _("An open approval would give this account more rights; have it refused first.")
        )


@approvals.action(
    RESET_APPROVER,
    name=pgettext_lazy("approval", "Reset of an account with an approver's rights"),
    permission=MAY_MANAGE,
    lock=lock_account,
    content=content_of_account,
)
def close_access(approval: Approval) -> None:
    """Remove password and second factor as approved; the next reset sets a new password."""
    user = get_staff(approval.subject)
    user.set_unusable_password()
    user.save(update_fields=["password"])
    actor, at = decision(approval)
    forget_browsers(user, actor)
    record(actor, "staff.reset", user, at, approval=approval.pk)


@transaction.atomic
def restore_approver(*, username: str, password: str, at: datetime) -> Changed:
    """Give the last approver access again, without an approval: nobody could give one.

    The machine's user does it, on the host. Audit, log and the page Today of all staff show it.

    Raises:
        UnknownStaff: no active staff user has this name, or it is no approver's.
        NotNeeded: another approver can approve the reset.
        UnfitPassword: the password is too easy to guess.
    """
    locks.acquire(Lock.STAFF)
    user = get_staff(username)
    if not has_role(user, APPROVER):
        raise UnknownStaff(_("There is no approver with this name."))
    others = working_in(APPROVER).exclude(pk=user.pk).order_by("username")
    able = [other.username for other in others if other.has_usable_password()]
    if able:
        raise NotNeeded(
            _("%(names)s can approve: use staff reset. An approver who cannot is disabled first.")
            % {"names": ", ".join(able)}
        )
    give_access(user, password, None)
    record(None, RESTORED, user, at, approved_by=None)
    transaction.on_commit(lambda: log.warning("staff_restored", account=user.pk))
    return Changed(user, changed=True)


def restorations(*, now: datetime) -> QuerySet[AuditRecord]:
    """Return the restored approvers of the last 30 days, which all of staff sees, latest first."""
    records = AuditRecord.objects.filter(action=RESTORED, at__gt=now - RESTORED_SHOWN)
    return records.order_by("-id")


def give_access(user: User, password: str, actor: Actor | None) -> None:
    """Set an initial password, and forget all that signed the account in before."""
    set_initial_password(user, password)
    user.save(update_fields=["password", "must_change_password"])
    forget_browsers(user, actor)


def forget_browsers(user: User, actor: Actor | None) -> None:
    """Remove every second factor of an account, end its sessions, and end its pauses."""
    remove_factors(user)
    forget_tries(user=user)
    end_sessions(user=user, by=actor.user if actor else user)

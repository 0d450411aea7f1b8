"""The people who run the campaign: their accounts and roles.

Two people make an approver or a superuser: the change opens an approval. Outside production the
machine's user, who is named by no ``--by``, needs none. Source: docs/specs/consistency.md 3.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from core import approvals, audit, locks
from core.audit import Actor
from core.errors import Refusal, constraint_errors
from core.locks import Lock
from core.models import Approval, User
from core.roles import ACCOUNTS, APART_FROM_APPROVER, APPROVER, ROLES
from core.sign_in.backends import STAFF_BACKEND

GENERATED_LENGTH = 20
MAX_NAME_LENGTH = 64  # the subject of an approval and of an audit record holds it with more words
MAY_MANAGE = "core.manage_staff"
MAKE_APPROVER, MAKE_SUPERUSER = "staff.make_approver", "staff.make_superuser"


class UnknownStaff(Refusal):
    """No active staff user has this name."""


class UnknownRole(Refusal):
    """No role has this name."""


class UnfitName(Refusal):
    """This cannot be a user name."""


class UnfitPassword(Refusal):
    """The password is too easy to guess."""


class OwnRole(Refusal):
    """Who runs accounts would get another role by their own hand."""


class RolesApart(Refusal):
    """One account would request and approve, or approve and run accounts."""


class LastOfRole(Refusal):
    """Nobody else has the role, and the work needs somebody who has."""


class NoSuperuserHere(Refusal):
    """Production has no superuser."""


@dataclass(frozen=True)
class Changed:
    """The result of a change of an account.

    ``changed``: it was made now. ``approval``: it waits for a second person.
    """

    user: User
    changed: bool
    approval: Approval | None = None


@dataclass(frozen=True)
class Added:
    """The result of adding a person to a role; ``approval``: the role waits for a second person."""

    user: User
    created: bool
    joined: bool
    approval: Approval | None = None


def get_staff(username: str) -> User:
    """Return an active staff user by name.

    Raises:
        UnknownStaff: there is none.
    """
    user = find_account(username)
    if user is None or not works_here(user):
        raise UnknownStaff(_("There is no active staff user with this name."))
    return user


def find_account(username: str) -> User | None:
    """Return the account with this name, normalized as Django stores names."""
    if not username.isprintable():
        return None
    return User.objects.filter(username=User.normalize_username(username)).first()


def works_here(user: User) -> bool:
    """Return whether this is an active staff user."""
    return user.is_staff and user.is_active


def role_names(user: User) -> list[str]:
    """Return the names of a person's roles, in alphabetical order."""
    return sorted(user.groups.values_list("name", flat=True))


def working_in(role: str) -> QuerySet[User]:
    """Return the active staff users with a role."""
    return User.objects.filter(is_staff=True, is_active=True, groups__name=role)


def no_manager_exists() -> bool:
    """Return whether no active staff user may add others, as on a new database."""
    return (
        not User.objects.with_perm(MAY_MANAGE, backend=STAFF_BACKEND).filter(is_staff=True).exists()
    )


@transaction.atomic
def add_staff(
    *, username: str, role: str, password: str, at: datetime, actor: Actor | None = None
) -> Added:
    """Create a staff user with a role, or give the role to one who exists.

    An account that exists keeps its password. The role approver waits for a second person.

    Raises:
        NotPermitted: the person may not add others.
        UnknownRole, UnfitName, UnfitPassword, RolesApart: see there.
    """
    approvals.require_actor(actor, MAY_MANAGE)
    require_role(role)
    locks.acquire(Lock.STAFF)
    known = find_account(username)
    if known and not works_here(known):
        raise UnfitName(_("This name belongs to an account that is no active staff user's."))
    user = known or create_staff(username, password)
    if known is None:
        record(actor, "staff.add", user, at, role=role)
    given = give_role(user, role, actor=actor, at=at)
    return Added(user, known is None, given.changed, given.approval)


@transaction.atomic
def add_role(*, username: str, role: str, at: datetime, actor: Actor | None = None) -> Changed:
    """Give a staff user a role; the role approver waits for a second person.

    Raises:
        NotPermitted: the person may not manage staff.
        UnknownStaff, UnknownRole, RolesApart: see there.
    """
    approvals.require_actor(actor, MAY_MANAGE)
    require_role(role)
    locks.acquire(Lock.STAFF)
    return give_role(get_staff(username), role, actor=actor, at=at)


@transaction.atomic
def remove_role(*, username: str, role: str, at: datetime, actor: Actor | None = None) -> Changed:
    """Take a role from a staff user.

    Raises:
        NotPermitted: the person may not manage staff.
        UnknownStaff, UnknownRole: see there.
        LastOfRole: the person is the last approver, or the last who runs accounts.
    """
    approvals.require_actor(actor, MAY_MANAGE)
    require_role(role)
    locks.acquire(Lock.STAFF)
    user = get_staff(username)
    if not has_role(user, role):
        return Changed(user, changed=False)
    require_another(user, role)
    user.groups.remove(Group.objects.get(name=role))
    record(actor, "staff.role_removed", user, at, role=role)
    return Changed(user, changed=True)


@transaction.atomic
def request_superuser(*, username: str, at: datetime, actor: Actor) -> Changed:
    """Request that a staff user becomes a superuser, who may request everything.

    Raises:
        NoSuperuserHere: this is production.
        NotPermitted: the person may not manage staff.
        UnknownStaff, RolesApart: see there.
    """
    require_superusers_allowed()
    user = get_staff(username)
    if user.is_superuser:
        return Changed(user, changed=False)
    if has_role(user, APPROVER):
        raise apart()
    return Changed(user, changed=False, approval=ask(MAKE_SUPERUSER, user, actor=actor, at=at))


def lock_account(_username: str) -> None:
    """Lock who works here, and so the account that a request is about."""
    locks.acquire(Lock.STAFF)


def content_of_account(username: str) -> dict[str, Any]:
    """Return the account and the roles that it has now, to read and to hash.

    Raises:
        UnknownStaff: it is disabled.
    """
    user = get_staff(username)
    return {"username": user.username, "roles": role_names(user), "superuser": user.is_superuser}


@approvals.action(
    MAKE_APPROVER,
    name=pgettext_lazy("approval", "A new approver"),
    permission=MAY_MANAGE,
    lock=lock_account,
    content=content_of_account,
)
def make_approver(approval: Approval) -> None:
    """Give the role approver as approved (called by the approval, in its transaction)."""
    join(get_staff(approval.subject), APPROVER, *decision(approval))


@approvals.action(
    MAKE_SUPERUSER,
    name=pgettext_lazy("approval", "A new superuser"),
    permission=MAY_MANAGE,
    lock=lock_account,
    content=content_of_account,
)
def make_superuser(approval: Approval) -> None:
    """Make a superuser as approved (called by the approval, in its transaction)."""
    require_superusers_allowed()
    user = get_staff(approval.subject)
    user.is_superuser = True
    with constraint_errors({"user_superuser_apart": apart()}):
        user.save(update_fields=["is_superuser"])
    actor, at = decision(approval)
    record(actor, "staff.superuser_made", user, at)


def ask(action: str, user: User, *, actor: Actor, at: datetime) -> Approval:
    """Request a change of an account that a second person approves."""
    return approvals.request(action=action, subject=user.username, actor=actor, at=at)


def decision(approval: Approval) -> tuple[Actor, datetime]:
    """Return who approved a request, and when."""
    if approval.decided_by is None or approval.decided_at is None:
        raise ValueError("The request is not approved.")  # a mistake in the program
    by = Actor(approval.decided_by, os_user=approval.decided_os_user, host=approval.decided_host)
    return by, approval.decided_at


def give_role(user: User, role: str, *, actor: Actor | None, at: datetime) -> Changed:
    """Give a role, or request it where a second person decides; a role held already stays.

    Raises:
        OwnRole: the person would give it to themselves.
        RolesApart: the account has a role that stands apart from it.
    """
    if has_role(user, role):
        return Changed(user, changed=False)
    if actor and actor.user == user:
        raise OwnRole(_("Nobody gives a role to themselves; ask another person."))
    others = {*role_names(user), role}
    if APPROVER in others and (others & APART_FROM_APPROVER or user.is_superuser):
        raise apart()
    if role == APPROVER and actor:
        return Changed(user, changed=False, approval=ask(MAKE_APPROVER, user, actor=actor, at=at))
    join(user, role, actor, at)
    return Changed(user, changed=True)


def join(user: User, role: str, actor: Actor | None, at: datetime) -> None:
    """Add a person to a role and record it."""
    group, _created = Group.objects.get_or_create(name=role)
    with constraint_errors({"user_approver_apart": apart()}):
        user.groups.add(group)
    record(actor, "staff.role_added", user, at, role=role)


def apart() -> RolesApart:
    """Return the refusal of two roles that no account has together."""
    return RolesApart(
        _("No account is approver together with %(roles)s, or as a superuser; use two accounts.")
        % {"roles": ", ".join(sorted(APART_FROM_APPROVER))}
    )


def has_role(user: User, role: str) -> bool:
    """Return whether a person has a role."""
    return user.groups.filter(name=role).exists()


def require_role(role: str) -> None:
    """Refuse a name that is no role's."""
    if role not in ROLES:
        raise UnknownRole(
            _("There is no such role; the roles are: %(roles)s.") % {"roles": ", ".join(ROLES)}
        )


def require_another(user: User, *roles: str) -> None:
    """Refuse to lose the last person in a role without whom nobody could be added or approve."""
    for role in roles:
        if role in (ACCOUNTS, APPROVER) and not working_in(role).exclude(pk=user.pk).exists():
            raise LastOfRole(
                _("This is the last account with the role %(role)s; give it to another one first.")
                % {"role": role}
            )


def require_superusers_allowed() -> None:
    """Refuse to make a superuser in production."""
    if settings.PRODUCTION:
        raise NoSuperuserHere(_("Production has no superuser; give the person roles."))


def create_staff(username: str, password: str) -> User:
    """Create a staff user, who must change the password; it must pass Django's validators.

    Raises:
        UnfitName, UnfitPassword: see there.
    """
    user = User(username=User.normalize_username(username), is_staff=True)
    try:
        user.clean_fields(exclude=["password"])
    except ValidationError as failure:
        raise UnfitName(" ".join(failure.messages)) from failure
    if len(user.username) > MAX_NAME_LENGTH:
        raise UnfitName(
            _("A user name has %(count)s characters or fewer.") % {"count": MAX_NAME_LENGTH}
        )
    set_initial_password(user, password)
    user.save()
    return user


def set_initial_password(user: User, password: str) -> None:
    """Set a password that the person must change; the caller saves the account.

    Raises:
        UnfitPassword: it does not pass Django's validators.
    """
    try:
        validate_password(password, user)
    except ValidationError as failure:
        raise UnfitPassword(" ".join(failure.messages)) from failure
    user.set_password(password)
    user.must_change_password = True


def record(actor: Actor | None, action: str, user: User, at: datetime, **detail: Any) -> None:
    """Record a change of an account in the audit."""
    audit.record(actor=actor, action=action, subject=user.username, at=at, detail=detail)


def generate_password() -> str:
    """Return a random password."""
    return get_random_string(GENERATED_LENGTH)

"""The people who run the campaign."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from core import approvals, audit
from core.audit import Actor
from core.errors import Refusal, constraint_errors
from core.models import User
from core.roles import ROLES
from core.sign_in.backends import STAFF_BACKEND

GENERATED_LENGTH = 20
MAY_MANAGE = "core.manage_staff"


class UnknownStaff(Refusal):
    """No active staff user has this name."""


class UnknownRole(Refusal):
    """No role has this name."""


class UnfitName(Refusal):
    """This cannot be a user name."""


class UnfitPassword(Refusal):
    """The password is too easy to guess."""


@dataclass(frozen=True)
class Added:
    """The result of adding a person to a role."""

    user: User
    created: bool
    joined: bool


def get_staff(username: str) -> User:
    """Return an active staff user by name.

    Raises:
        UnknownStaff: there is none.
    """
    user = find_account(username)
    if user is None or not works_here(user):
        raise UnknownStaff(_("There is no active staff user with this name; see: staff add."))
    return user


def find_account(username: str) -> User | None:
    """Return the account with this name, normalized as Django stores names."""
    if not username.isprintable():
        return None
    return User.objects.filter(username=User.normalize_username(username)).first()


def works_here(user: User) -> bool:
    """Return whether this is an active staff user."""
    return user.is_staff and user.is_active


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

    An account that exists keeps its password. The audit records who did this: a second person's
    approval is worth what the account is worth.

    Raises:
        NotPermitted: the person may not add others.
        UnknownRole, UnfitName, UnfitPassword: see there.
    """
    approvals.require_actor(actor, MAY_MANAGE)
    if role not in ROLES:
        raise UnknownRole(
            _("There is no such role; the roles are: %(roles)s.") % {"roles": ", ".join(ROLES)}
        )
    known = find_account(username)
    if known and not works_here(known):
        raise UnfitName(_("This name belongs to an account that is no active staff user's."))
    user = known or create_staff(username, password)
    group, _created = Group.objects.get_or_create(name=role)
    joined = not user.groups.filter(pk=group.pk).exists()
    if joined:
        user.groups.add(group)
        audit.record(
            actor=actor,
            action="staff.add",
            subject=user.username,
            at=at,
            detail={"role": role, "created": known is None},
        )
    return Added(user, known is None, joined)


def create_staff(username: str, password: str) -> User:
    """Create a staff user; the password must pass Django's validators."""
    user = User(username=User.normalize_username(username), is_staff=True)
    try:
        user.clean_fields(exclude=["password"])
    except ValidationError as failure:
        raise UnfitName(" ".join(failure.messages)) from failure
    try:
        validate_password(password, user)
    except ValidationError as failure:
        raise UnfitPassword(" ".join(failure.messages)) from failure
    user.set_password(password)
    taken = UnfitName(_("Somebody added this name in the same moment; try again."))
    with constraint_errors({"core_user_username_key": taken}):
        user.save()
    return user


def generate_password() -> str:
    """Return a random password."""
    return get_random_string(GENERATED_LENGTH)

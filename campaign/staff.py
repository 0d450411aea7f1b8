"""The people who run the campaign."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from bookings.refusals import constraint_errors
from campaign import approvals, audit
from campaign.audit import Actor
from campaign.models import User
from campaign.refusals import CampaignRefusal, UnknownRole, UnknownStaff
from campaign.roles import ROLES

GENERATED_LENGTH = 20
MAY_MANAGE = "campaign.manage_staff"


class UnfitName(CampaignRefusal):
    """A user name that cannot be one."""


class UnfitPassword(CampaignRefusal):
    """A password that is too easy to guess."""


@dataclass(frozen=True)
class Added:
    """What adding a person to a role did."""

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
    """Return the account with this name, in the form that Django keeps names in."""
    if not username.isprintable():
        return None
    return User.objects.filter(username=User.normalize_username(username)).first()


def works_here(user: User) -> bool:
    """Say whether this is an active staff user."""
    return user.is_staff and user.is_active


def nobody_manages() -> bool:
    """Return whether no active staff user may add others, as on a new database."""
    return not User.objects.with_perm(MAY_MANAGE).filter(is_staff=True).exists()


@transaction.atomic
def add_staff(
    *, username: str, role: str, password: str, at: datetime, actor: Actor | None = None
) -> Added:
    """Have a staff user with a role; an account that exists keeps its password.

    The audit records who did: a second pair of eyes is worth what its account is worth.

    Raises:
        NotPermitted: the person may not add others.
        UnknownRole, UnfitName, UnfitPassword: what was given cannot be.
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
    """Create a staff user with a password that holds."""
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
    with constraint_errors({"campaign_user_username_key": taken}):
        user.save()
    return user


def generate_password() -> str:
    """Return a password that nobody guesses."""
    return get_random_string(GENERATED_LENGTH)

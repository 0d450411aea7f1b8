"""The people who run the campaign."""

from dataclasses import dataclass

from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from campaign.models import User
from campaign.refusals import CampaignRefusal, UnknownRole, UnknownStaff
from campaign.roles import ROLES

GENERATED_LENGTH = 20


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
    user = User.objects.filter(username=username, is_staff=True, is_active=True).first()
    if user is None:
        raise UnknownStaff(_("There is no active staff user with this name; see: staff add."))
    return user


@transaction.atomic
def add_staff(*, username: str, role: str, password: str) -> Added:
    """Have a staff user with a role; an account that exists keeps its password.

    Raises:
        UnknownRole, UnfitName, UnfitPassword: what was given cannot be.
    """
    if role not in ROLES:
        raise UnknownRole(
            _("There is no such role; the roles are: %(roles)s.") % {"roles": ", ".join(ROLES)}
        )
    user = User.objects.select_for_update().filter(username=username).first()
    created = user is None
    if user is None:
        user = create_staff(username, password)
    elif not user.is_staff:
        raise UnfitName(_("This name belongs to an account that is not a staff user's."))
    group, _created = Group.objects.get_or_create(name=role)
    joined = not user.groups.filter(pk=group.pk).exists()
    user.groups.add(group)
    return Added(user, created, joined)


def create_staff(username: str, password: str) -> User:
    """Create a staff user with a password that holds."""
    user = User(username=username, is_staff=True)
    try:
        user.clean_fields(exclude=["password"])
    except ValidationError as failure:
        raise UnfitName(" ".join(failure.messages)) from failure
    try:
        validate_password(password, user)
    except ValidationError as failure:
        raise UnfitPassword(" ".join(failure.messages)) from failure
    user.set_password(password)
    user.save()
    return user


def generate_password() -> str:
    """Return a password that nobody guesses."""
    return get_random_string(GENERATED_LENGTH)

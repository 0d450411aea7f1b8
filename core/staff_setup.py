"""The first three accounts: one runs accounts, two approve, so that nobody alone makes another.

Source: docs/specs/consistency.md 3.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import Group
from django.db import transaction
from django.utils.translation import gettext as _

from core import locks
from core.errors import Refusal
from core.locks import Lock
from core.models import AuditRecord, User
from core.roles import ACCOUNTS, APPROVER
from core.staff import UnfitName, create_staff, find_account, has_role, record

SETUP = "staff.setup"


class AlreadySetUp(Refusal):
    """The first accounts were made before."""


@dataclass(frozen=True)
class First:
    """One of the first people, with an initial password."""

    username: str
    role: str
    password: str


@transaction.atomic
def set_up(*, people: Sequence[First], at: datetime) -> bool:
    """Make the first three accounts, and superusers no more; return whether it was done now.

    Without an approval, so only while nobody runs accounts or approves, and once.

    Raises:
        UnfitName, UnfitPassword: see there.
        AlreadySetUp: there are other first accounts.
    """
    locks.acquire(Lock.STAFF)
    if is_set_up():
        if all(holds(person) for person in people):
            return False
        raise AlreadySetUp(_("The first accounts exist already; staff add adds others."))
    if len({User.normalize_username(person.username) for person in people}) < len(people):
        raise UnfitName(_("Three people have three names: give each account its own."))
    for person in people:
        if find_account(person.username):
            raise UnfitName(_("The name %(name)s is taken.") % {"name": person.username})
        user = create_staff(person.username, person.password)
        user.groups.add(Group.objects.get(name=person.role))
        record(None, SETUP, user, at, role=person.role)
    for superuser in User.objects.filter(is_superuser=True).order_by("id"):
        superuser.is_superuser = False
        superuser.save(update_fields=["is_superuser"])
        record(None, "staff.superuser_ended", superuser, at)
    return True


def is_set_up() -> bool:
    """Return whether anybody runs accounts or approves, or the first accounts were ever made."""
    return (
        User.objects.filter(groups__name__in=(ACCOUNTS, APPROVER)).exists()
        or AuditRecord.objects.filter(action=SETUP).exists()
    )


def holds(person: First) -> bool:
    """Return whether an account of this name has the role."""
    user = find_account(person.username)
    return user is not None and has_role(user, person.role)

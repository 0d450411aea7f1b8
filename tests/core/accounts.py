"""Accounts with passwords, and what those who run them do, in short."""

from core import staff, staff_access
from core.audit import Actor
from core.models import User
from core.staff import Added, Changed
from tests.factories.campaign import AT, UserFactory

PASSWORD, NEW_PASSWORD = "kasumi-sakura-hikari", "nozomi-mizuho-tsubame"


def with_password(username: str, role: str | None = None) -> User:
    """Return a staff user who can sign in with PASSWORD."""
    user = UserFactory.create(username=username, role=role, is_staff=True)
    user.set_password(PASSWORD)
    user.save()
    return user


def add(username: str, role: str, actor: Actor | None) -> Added:
    return staff.add_staff(username=username, role=role, password=NEW_PASSWORD, at=AT, actor=actor)


def give(user: User, role: str, actor: Actor | None) -> Changed:
    return staff.add_role(username=user.username, role=role, at=AT, actor=actor)


def take(user: User, role: str, actor: Actor | None) -> Changed:
    return staff.remove_role(username=user.username, role=role, at=AT, actor=actor)


def disable(user: User, actor: Actor | None) -> Changed:
    return staff_access.disable_staff(username=user.username, at=AT, actor=actor)


def reset(user: User, actor: Actor | None) -> Changed:
    return staff_access.reset_staff(
        username=user.username, password=NEW_PASSWORD, at=AT, actor=actor
    )


def restore(user: User) -> Changed:
    return staff_access.restore_approver(username=user.username, password=NEW_PASSWORD, at=AT)

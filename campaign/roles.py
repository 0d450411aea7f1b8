"""The roles of staff: groups whose permissions the apps declare."""

from collections.abc import Iterable
from typing import Any

from django.apps import AppConfig
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType

ROLES = ("campaign", "support", "ops", "approver", "auditor")

_permissions: dict[str, set[str]] = {role: set() for role in ROLES}


def register(role: str, permissions: Iterable[str]) -> None:
    """Give a role permissions, as ``app.codename`` (called by the apps as they get ready)."""
    _permissions[role].update(permissions)


def grant_role_permissions(sender: AppConfig, **_: Any) -> None:
    """Have every role's group hold what the role holds of an app that was just migrated.

    What was granted and is registered no more is taken back.
    """
    held = {
        f"{permission.content_type.app_label}.{permission.codename}": permission
        for permission in Permission.objects.filter(
            content_type__in=ContentType.objects.filter(app_label=sender.label)
        ).select_related("content_type")
    }
    for role in ROLES:
        group, _created = Group.objects.get_or_create(name=role)
        names = {name for name in held if name in _permissions[role]}
        group.permissions.remove(*(held[name] for name in held.keys() - names))
        group.permissions.add(*(held[name] for name in names))

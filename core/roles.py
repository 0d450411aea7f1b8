"""The roles of staff: groups whose permissions the apps declare."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.apps import AppConfig
from django.apps import apps as every_app
from django.apps.registry import Apps
from django.contrib.auth.models import Group, Permission
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

APPROVER, ACCOUNTS = "approver", "accounts"
ROLES = ("campaign", "support", "ops", APPROVER, "auditor", ACCOUNTS)
# Who runs staff accounts sees neither bookings nor points.
OF_CAMPAIGNS = tuple(role for role in ROLES if role != ACCOUNTS)
# No approver has one of these: they request what approvers decide, or run approvers' accounts. The
# database holds it (core/sql/user_triggers.sql).
APART_FROM_APPROVER = frozenset({"campaign", "ops", ACCOUNTS})

ROLE_NAMES: dict[str, "StrPromise"] = {
    "campaign": pgettext_lazy("role", "campaign planning"),
    "support": pgettext_lazy("role", "member support"),
    "ops": pgettext_lazy("role", "operations"),
    "approver": pgettext_lazy("role", "approver"),
    "auditor": pgettext_lazy("role", "auditor"),
    "accounts": pgettext_lazy("role", "staff accounts"),
}

_permissions: dict[str, set[str]] = {role: set() for role in ROLES}


def register(role: str, permissions: Iterable[str]) -> None:
    """Give a role permissions, as ``app.codename``; for the apps' ready()."""
    _permissions[role].update(permissions)


def registered(role: str) -> frozenset[str]:
    """Return the permissions of a role."""
    return frozenset(_permissions[role])


def who_may(permission: str) -> str:
    """Return the sentence that says which roles hold a permission."""
    holding = [str(ROLE_NAMES[role]) for role in ROLES if permission in _permissions[role]]
    if not holding:
        return _("Nobody may do this by a role.")
    words = {"roles": pgettext("between roles", ", ").join(holding)}
    return _("Only the role “%(roles)s” may do this.") % words


def grant_role_permissions(sender: AppConfig, *, apps: Apps = every_app, **_: Any) -> None:
    """Grant every role's group its permissions of an app that was just migrated, and no others.

    Permissions that are no longer registered are revoked. ``apps`` is what the migrations have made
    so far; a migrate of some apps only may come before there are any groups.
    """
    if "group" not in apps.all_models["auth"]:
        return
    of_app = Permission.objects.filter(content_type__app_label=sender.label)
    of_name = {f"{sender.label}.{permission.codename}": permission for permission in of_app}
    for role in ROLES if of_name else ():
        group, _created = Group.objects.get_or_create(name=role)
        wanted = {of_name[name] for name in of_name.keys() & _permissions[role]}
        granted = set(of_app.filter(group=group))
        group.permissions.remove(*granted - wanted)
        group.permissions.add(*wanted - granted)

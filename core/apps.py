"""The app, its roles, and what every migrate must set up."""

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.core.checks import Tags, register
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from core.checks import check_superusers, check_translations


class CoreConfig(AppConfig):
    """What every app stands on, knowing nothing of rail or campaigns."""

    name = "core"
    verbose_name = _("People and approvals")

    def ready(self) -> None:
        """Register who may see and decide approvals, and grant the roles' permissions."""
        # The models are there only now.
        from core import (  # noqa: F401 - some of them declare actions
            action_names,
            approvals,
            roles,
            staff,
            staff_access,
        )
        from core.sign_in.sessions import start_session

        seen = ("approval", "auditrecord", "auditseal")
        for role in roles.ROLES:
            roles.register(role, {f"core.view_{one}" for one in seen})
        roles.register(roles.APPROVER, {approvals.DECIDE})
        roles.register(roles.ACCOUNTS, {staff.MAY_MANAGE})
        register(check_translations)
        register(check_superusers, Tags.database)
        for group, names in action_names.OF_CORE.items():
            action_names.register(group, names)
        # Django's own hook for what every migrate sets up, as it does for the permissions.
        post_migrate.connect(roles.grant_role_permissions, dispatch_uid="core.roles")
        # And for every way to sign in, so that no session of staff is without limits.
        user_logged_in.connect(start_session, dispatch_uid="core.sign_in")

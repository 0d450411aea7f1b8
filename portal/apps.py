"""The app and the permissions that it registers."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """The pages that show several apps together."""

    name = "portal"

    def ready(self) -> None:
        """Register the roles that may look members up."""
        # Models can be imported only from here on.
        from core import roles

        for role in ("support", "ops", "auditor"):
            roles.register(role, {"entries.view_member"})
        for role in ("support", "ops"):
            roles.register(role, {"entries.add_casenote"})

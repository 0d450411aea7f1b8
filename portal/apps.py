"""The app and what it registers with the apps below it."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """What people see across the apps; it holds no models and nothing imports it."""

    name = "portal"

    def ready(self) -> None:
        """Register who may look members up."""
        # The models are there only now.
        from core import roles

        for role in ("support", "ops", "auditor"):
            roles.register(role, {"entries.view_member"})

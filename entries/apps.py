"""The app and what it registers with the apps below it."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EntriesConfig(AppConfig):
    """Who takes part."""

    name = "entries"
    verbose_name = _("Members")

    def ready(self) -> None:
        """Register who may see what the feeds bring, and who settles rows in quarantine."""
        # The apps below have their models only now.
        from core import roles

        seen = ("booking", "bookingevent", "exregistration", "feedfile", "quarantinedrow")
        for role in roles.ROLES:
            roles.register(role, {f"bookings.view_{model}" for model in seen})
        roles.register("ops", {"bookings.dismiss_quarantinedrow"})

"""The app and the permissions that it registers."""

from django.apps import AppConfig
from django.utils.translation import pgettext_lazy


class PortalConfig(AppConfig):
    """The pages that show several apps together."""

    name = "portal"

    def ready(self) -> None:
        """Register the roles that may look members up."""
        # Models can be imported only from here on.
        from core import action_names, roles

        for role in ("support", "ops", "auditor"):
            roles.register(role, {"entries.view_member"})
        for role in ("support", "ops"):
            roles.register(role, {"entries.add_casenote"})
        action_names.register(
            action_names.DRAWS, {"draw.verified": pgettext_lazy("action", "Draw verified")}
        )
        action_names.register(
            action_names.FEEDS,
            {
                "quarantine.replay": pgettext_lazy("action", "Rows in quarantine read again"),
                "totals.start": pgettext_lazy("action", "Nightly totals started"),
            },
        )
        action_names.register(
            action_names.FILES,
            {"audit.verified": pgettext_lazy("action", "Seals of the audit verified")},
        )

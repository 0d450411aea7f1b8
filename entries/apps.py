"""The app and what it registers with the apps below it."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class EntriesConfig(AppConfig):
    """Who takes part."""

    name = "entries"
    verbose_name = _("Members")

    def ready(self) -> None:
        """Register the roles' permissions on feed data and on rows in quarantine."""
        # Models can be imported only now.
        from core import action_names, roles

        viewed_models = ("booking", "bookingevent", "exregistration", "feedfile", "quarantinedrow")
        for role in roles.OF_CAMPAIGNS:
            roles.register(role, {f"bookings.view_{model}" for model in viewed_models})
        roles.register(
            "ops", {"bookings.dismiss_quarantinedrow", "bookings.change_feedexpectation"}
        )
        action_names.register(
            action_names.MEMBERS,
            {
                "member.searched": pgettext_lazy("action", "Member searched for"),
                "member.looked_up": pgettext_lazy("action", "Member looked up"),
                "member.noted": pgettext_lazy("action", "Note on an answer to a member"),
            },
        )
        action_names.register(
            action_names.FEEDS,
            {
                "feed.expectation_changed": pgettext_lazy("action", "Expected files changed"),
                "quarantine.dismiss": pgettext_lazy("action", "Row in quarantine dismissed"),
            },
        )

"""The app and what it registers."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class CampaignConfig(AppConfig):
    """The terms, and which bookings count under them."""

    name = "campaign"
    verbose_name = _("Campaigns")

    def ready(self) -> None:
        """Import what declares approvable actions, and register the roles' permissions."""
        # The models are there only now.
        from campaign import aggregation, terms
        from core import action_names, roles

        seen = ("campaign", "terms", "aggregationrun")
        for role in roles.ROLES:
            roles.register(role, {f"campaign.view_{model}" for model in seen})
        roles.register("campaign", {terms.MAY_CHANGE, terms.MAY_REQUEST})
        roles.register("ops", {aggregation.MAY_START})
        action_names.register(
            action_names.CAMPAIGNS,
            {
                "campaign.load": pgettext_lazy("action", "Draft loaded from a file"),
                "draft.started": pgettext_lazy("action", "Draft begun"),
                "draft.edited": pgettext_lazy("action", "Draft edited"),
                "draft.legal_checked": pgettext_lazy("action", "Draft checked by the legal staff"),
                "draft.discarded": pgettext_lazy("action", "Draft discarded"),
            },
        )

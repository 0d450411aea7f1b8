"""The app and what it registers with the apps below it."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class LotteryConfig(AppConfig):
    """The draw: freeze, round, order, selection, proof."""

    name = "lottery"
    verbose_name = _("Draws")

    def ready(self) -> None:
        """Import what declares approvable actions; register the frozen list and the permissions.

        Confirming and voiding move points as well: ``points.reserving`` declares these two.
        """
        # The models are there only now.
        from core import action_names, roles
        from entries import frozen
        from lottery import forgetting, publishing, results, revealing  # noqa: F401 - they declare

        frozen.register_finder(results.read_frozen_standing)
        for role in roles.OF_CAMPAIGNS:
            roles.register(role, {"lottery.view_draw", "lottery.view_storedforecast"})
        requests = ("publication", "confirmation", "void", "reveal", "forgetting")
        may_request = {f"lottery.request_{name}" for name in requests}
        roles.register("ops", {"lottery.freeze_draw", "lottery.run_draw", *may_request})
        roles.register("campaign", may_request)
        roles.register("auditor", {"lottery.issue_receipt", "lottery.request_reveal"})
        roles.register("support", {"lottery.issue_receipt"})
        action_names.register(
            action_names.DRAWS,
            {
                "draw.freeze": pgettext_lazy("action", "List of entrants fixed"),
                "draw.run": pgettext_lazy("action", "Draw run"),
                "draw.receipt": pgettext_lazy("action", "Certificate issued"),
                "draw.export": pgettext_lazy("action", "Files of a draw downloaded"),
                revealing.REVEAL: pgettext_lazy("action", "Key given to an auditor"),
            },
        )

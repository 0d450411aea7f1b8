"""The app and what it registers with the apps below it."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LotteryConfig(AppConfig):
    """The draw: freeze, round, order, selection, proof."""

    name = "lottery"
    verbose_name = _("Draws")

    def ready(self) -> None:
        """Import what declares approvable actions; register the frozen list and the permissions.

        Confirming and voiding move points as well: ``points.reserving`` declares these two.
        """
        # The models are there only now.
        from core import roles
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

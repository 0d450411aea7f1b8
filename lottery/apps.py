"""The app and what it registers with the apps below it."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LotteryConfig(AppConfig):
    """The draw: freeze, round, order, cut, proof."""

    name = "lottery"
    verbose_name = _("Draws")

    def ready(self) -> None:
        """Register the approvable actions, the frozen list and the roles' permissions.

        Confirming and voiding move points as well: the app of the money registers these two.
        """
        # The models are there only now.
        from core import approvals, roles
        from entries import frozen
        from lottery import forgetting, publishing, queries, results

        approvals.register(
            publishing.PUBLISH,
            publishing.publish_draw,
            hold=queries.hold_for_approval,
            content=publishing.content_to_publish,
            permission=publishing.PERMISSION,
        )
        approvals.register(
            forgetting.FORGET,
            forgetting.forget_keys,
            hold=queries.hold_for_approval,
            content=forgetting.content_to_forget,
            permission=forgetting.PERMISSION,
        )
        frozen.register_finder(results.find_frozen_standing)
        for role in roles.ROLES:
            roles.register(role, {"lottery.view_draw", "lottery.view_keptforecast"})
        asking = ("publication", "confirmation", "void", "forgetting")
        doing = {"lottery.freeze_draw", "lottery.run_draw"}
        roles.register("ops", {*doing, *(f"lottery.request_{one}" for one in asking)})
        roles.register("campaign", {f"lottery.request_{one}" for one in asking})
        roles.register("auditor", {"lottery.issue_receipt"})
        roles.register("support", {"lottery.issue_receipt"})

"""The app and what it registers with the apps below it."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class PointsConfig(AppConfig):
    """The money: ledger, payout, settlement."""

    name = "points"
    verbose_name = _("Points")

    def ready(self) -> None:
        """Import what declares approvable actions; register the check of keys and permissions."""
        # The models are there only now.
        from core import action_names, roles
        from lottery import forgetting
        from points import (  # noqa: F401 - some of them declare actions
            auditing,
            closing,
            correcting,
            disclosing,
            erasing,
            preparing,
            purging,
            reserving,
        )

        forgetting.register_erasure_check(closing.refuse_erasure_before_close)
        seen = ("account", "transfer", "payout", "payoutpart", "awardstanding", "keystanding")
        for role in roles.OF_CAMPAIGNS:
            roles.register(role, {f"points.view_{model}" for model in seen})
        asking = ("payout", "resolution", "reversal")
        for role in ("support", "ops", "approver", "auditor"):
            roles.register(role, {"points.view_erasure", "points.view_purge"})
        roles.register("support", {erasing.PERMISSION})
        roles.register("ops", {purging.PERMISSION})
        roles.register("ops", {auditing.MAY_PAY, *(f"points.request_{one}" for one in asking)})
        for role in ("support", "ops"):
            roles.register(role, {disclosing.PERMISSION})
        action_names.register(
            action_names.POINTS,
            {
                "payout.run": pgettext_lazy("action", "Payout run"),
                "payout.export": pgettext_lazy("action", "File of credits exported"),
                "payout.settle": pgettext_lazy("action", "Payout settled"),
                "payout.close": pgettext_lazy("action", "Payout closed"),
                "points.expire": pgettext_lazy("action", "Points expired"),
            },
        )
        action_names.register(
            action_names.MEMBERS,
            {
                "member.disclosed": pgettext_lazy("action", "Data of a member disclosed"),
                "member.erased": pgettext_lazy("action", "Member erased"),
            },
        )
        action_names.register(
            action_names.CAMPAIGNS,
            {
                "campaign.purged": pgettext_lazy("action", "Campaign's data purged"),
            },
        )

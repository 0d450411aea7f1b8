"""The app and what it registers with the apps below it."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PointsConfig(AppConfig):
    """The money: ledger, payout, settlement."""

    name = "points"
    verbose_name = _("Points")

    def ready(self) -> None:
        """Register the approvable actions, those of a draw among them, and the permissions."""
        # The models are there only now.
        from core import approvals, roles
        from lottery import confirming, forgetting, voiding
        from points import auditing, closing, correcting, preparing, reserving

        approvals.register(
            confirming.CONFIRM,
            reserving.confirm_and_reserve,
            hold=confirming.hold,
            content=confirming.content_to_confirm,
            permission=confirming.PERMISSION,
        )
        approvals.register(
            voiding.VOID,
            reserving.void_and_unreserve,
            hold=voiding.hold,
            content=reserving.content_to_void,
            permission=voiding.PERMISSION,
        )
        approvals.register(
            preparing.PREPARE,
            preparing.prepare_payout,
            hold=preparing.hold,
            content=preparing.content_to_prepare,
            permission=preparing.PERMISSION,
        )
        for action, carry_out, content, permission in (
            (
                correcting.RESOLVE,
                correcting.resolve_key,
                correcting.content_to_resolve,
                correcting.MAY_RESOLVE,
            ),
            (
                correcting.REVERSE,
                correcting.reverse_credit,
                correcting.content_to_reverse,
                correcting.MAY_REVERSE,
            ),
        ):
            approvals.register(
                action, carry_out, hold=correcting.hold, content=content, permission=permission
            )
        forgetting.register_erasure_check(closing.refuse_erasure_before_close)
        seen = ("account", "transfer", "payout", "payoutpart", "awardstanding", "keystanding")
        for role in roles.ROLES:
            roles.register(role, {f"points.view_{model}" for model in seen})
        asking = ("payout", "resolution", "reversal")
        roles.register("ops", {auditing.MAY_PAY, *(f"points.request_{one}" for one in asking)})

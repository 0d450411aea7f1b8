"""The app and what it registers."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class CampaignConfig(AppConfig):
    """The terms, and which bookings count under them."""

    name = "campaign"
    verbose_name = _("Campaigns")

    def ready(self) -> None:
        """Register the approvable actions and the roles' permissions."""
        # The models are there only now.
        from campaign import approvals, roles, staff, terms

        for action in (terms.PUBLISH, terms.REVISE):
            approvals.register(
                action,
                terms.publish_draft,
                hold=terms.hold,
                content=terms.content_to_publish,
                permission="campaign.request_publication",
            )
        seen = ("campaign", "terms", "aggregationrun", "approval", "auditrecord")
        for role in roles.ROLES:
            roles.register(role, {f"campaign.view_{model}" for model in seen})
        roles.register("campaign", {terms.MAY_CHANGE, "campaign.request_publication"})
        roles.register("approver", {"campaign.decide_approval"})
        roles.register("accounts", {staff.MAY_MANAGE})
        # Django's own hook for what must stand after every migrate, as for the permissions.
        post_migrate.connect(roles.grant_role_permissions, dispatch_uid="campaign.roles")

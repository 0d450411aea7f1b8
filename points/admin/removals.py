"""The admin pages of erasures and purges: what was asked, approved and removed, read-only."""

from django.contrib import admin
from django.http import HttpRequest

from core import approvals
from core.admin_base import ReadOnlyAdmin
from points.models import Erasure, Purge


@admin.register(Erasure)
class ErasureAdmin(ReadOnlyAdmin):
    """The erasures by their case: whom one is about is shown until it is carried out.

    An approval names the case only; its approver, and who may see members, read here whom.
    """

    list_display = ["id", "reason", "erased_at"]
    ordering = ["-id"]

    def get_fields(self, request: HttpRequest, obj: Erasure | None = None) -> list[str]:
        """Return the fields, with the member for those who may know."""
        allowed = (approvals.DECIDE, "entries.view_member")
        may_know = any(request.user.has_perm(permission) for permission in allowed)
        shown = ["reason", "approval", "erased_at", "tables"]
        return ["wester_id", *shown] if may_know else shown


@admin.register(Purge)
class PurgeAdmin(ReadOnlyAdmin):
    """The purges of campaigns, waiting for a worker or done."""

    list_display = ["campaign", "approval", "purged_at"]
    list_select_related = ["campaign", "approval"]
    ordering = ["-id"]
    fields = ["campaign", "approval", "purged_at", "tables"]

"""The admin pages of erasures and purges: what was asked, approved and removed, read-only."""

from typing import cast

from django.contrib import admin
from django.http import HttpRequest

from core import approvals
from core.admin_base import MembersAdmin, ReadOnlyAdmin
from core.models import User
from points.models import Erasure, Purge


@admin.register(Erasure)
class ErasureAdmin(MembersAdmin):
    """The erasures by their case: whom one is about is shown until it is carried out.

    An approval names the case only; its approver reads here whom.
    """

    guarded = ("wester_id",)
    list_display = ["id", "reason", "erased_at"]
    ordering = ["-id"]
    fields = ["wester_id", "reason", "approval", "erased_at", "tables"]

    def may_see_guarded(self, request: HttpRequest) -> bool:
        """Return whether the user may view members, or decides about the erasure."""
        return super().may_see_guarded(request) or approvals.may_decide(cast("User", request.user))


@admin.register(Purge)
class PurgeAdmin(ReadOnlyAdmin):
    """The purges of campaigns, waiting for a worker or done."""

    list_display = ["campaign", "approval", "purged_at"]
    list_select_related = ["campaign", "approval"]
    ordering = ["-id"]
    fields = ["campaign", "approval", "purged_at", "tables"]

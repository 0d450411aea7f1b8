"""The admin pages of erasures and purges: what was asked, approved and removed, read-only."""

from django.contrib import admin

from core.admin_base import MembersAdmin, ReadOnlyAdmin
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


@admin.register(Purge)
class PurgeAdmin(ReadOnlyAdmin):
    """The purges of campaigns, waiting for a worker or done."""

    list_display = ["campaign", "approval", "purged_at"]
    list_select_related = ["campaign", "approval"]
    ordering = ["-id"]
    fields = ["campaign", "approval", "purged_at", "tables"]

"""The admin pages of staff users, approvals and the audit."""

import json

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from core import approvals
from core.admin_base import ReadOnlyAdmin, carry_out
from core.models import Approval, AuditRecord, User
from core.second_factor import ask_again

admin.site.register(User, UserAdmin)


@admin.register(Approval)
class ApprovalAdmin(ReadOnlyAdmin):
    """The approvals, open and decided, with the actions that decide them."""

    list_display = [
        "id",
        "action",
        "subject",
        "state",
        "requested_by",
        "requested_at",
        "decided_by",
        "decided_at",
    ]
    list_filter = ["state", "action"]
    list_select_related = ["requested_by", "decided_by"]
    ordering = ["-id"]
    fields = [
        ("action", "subject", "state"),
        ("requested_by", "requested_at"),
        ("decided_by", "decided_at"),
        "stale",
        "readable_content",
        "content_sha256",
    ]
    actions = ["approve", "refuse"]

    @admin.display(description=_("cannot be carried out"))
    def stale(self, approval: Approval) -> str:
        """Return why an open approval can no longer be carried out."""
        return approvals.why_stale(approval) if approval.state == Approval.State.OPEN else ""

    @admin.display(description=_("content"))
    def readable_content(self, approval: Approval) -> str:
        """Return what is approved as indented JSON."""
        return format_html(
            "<pre>{}</pre>", json.dumps(approval.content, indent=2, ensure_ascii=False)
        )

    def has_decide_permission(self, request: HttpRequest) -> bool:
        """Return whether the user may approve."""
        return request.user.has_perm(approvals.DECIDE)

    @admin.action(description=_("Approve and carry out"), permissions=["decide"])
    def approve(self, request: HttpRequest, queryset: QuerySet[Approval]) -> HttpResponse | None:
        """Approve and carry out each selected approval; the second factor is asked for again."""
        if asking := ask_again(request):
            return asking
        for approval_id in queryset.order_by("pk").values_list("pk", flat=True):
            carry_out(self, request, approvals.approve, approval_id=approval_id)
        return None

    @admin.action(description=_("Refuse, or withdraw your own"), permissions=["view"])
    def refuse(self, request: HttpRequest, queryset: QuerySet[Approval]) -> HttpResponse | None:
        """Refuse each selected approval; the second factor is asked for again."""
        if asking := ask_again(request):
            return asking
        for approval_id in queryset.order_by("pk").values_list("pk", flat=True):
            carry_out(self, request, approvals.refuse, approval_id=approval_id)
        return None


@admin.register(AuditRecord)
class AuditRecordAdmin(ReadOnlyAdmin):
    """The audit records: who did what, when and from where."""

    list_display = ["at", "user", "action", "subject", "os_user", "host"]
    list_filter = ["action"]
    list_select_related = ["user"]
    ordering = ["-id"]

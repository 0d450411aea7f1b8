"""The admin pages of approvals and the audit; those of staff accounts are in core.staff_pages."""

import json
from typing import Any, cast

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from core import action_names, approvals
from core.admin_base import ReadOnlyAdmin, carry_out
from core.approval_reports import describe_shell
from core.models import Approval, AuditRecord, AuditSeal, User
from core.second_factor import ask_again
from core.staff_pages import StaffAdmin

__all__ = ["ApprovalAdmin", "AuditRecordAdmin", "AuditSealAdmin", "StaffAdmin"]


@admin.register(Approval)
class ApprovalAdmin(ReadOnlyAdmin):
    """The approvals, open and decided, with the actions that decide them."""

    list_display = [
        "id",
        "action",
        "subject",
        "state",
        "requested_by_name",
        "from_shell",
        "requested_at",
        "decided_by_name",
        "decided_at",
    ]
    list_filter = ["state", "action"]
    ordering = ["-id"]
    fields = [
        ("action", "subject", "state"),
        ("requested_by_name", "requested_at"),
        "shell",
        ("decided_by_name", "decided_at", "decided_os_user", "decided_host"),
        "stale",
        "readable_content",
        "content_sha256",
    ]
    actions = ["approve", "refuse"]

    @admin.display(description=_("cannot be carried out"))
    def stale(self, approval: Approval) -> str:
        """Return why an open approval can no longer be carried out."""
        return approvals.why_stale(approval) if approval.state == Approval.State.OPEN else ""

    @admin.display(description=_("asked for from a shell"), boolean=True)
    def from_shell(self, approval: Approval) -> bool:
        """Return whether a command made the request, in a name that it only claims."""
        return bool(approval.requested_os_user)

    @admin.display(description=_("asked for from a shell"))
    def shell(self, approval: Approval) -> str:
        """Return whose shell made the request, and whom to ask before approving it."""
        return describe_shell(approval)

    @admin.display(description=_("content"))
    def readable_content(self, approval: Approval) -> str:
        """Return what is approved as indented JSON."""
        return format_html(
            "<pre>{}</pre>", json.dumps(approval.content, indent=2, ensure_ascii=False)
        )

    def has_decide_permission(self, request: HttpRequest) -> bool:
        """Return whether the user may approve."""
        return approvals.may_decide(cast("User", request.user))

    @admin.action(description=_("Approve and carry out"), permissions=["decide"])
    def approve(self, request: HttpRequest, queryset: QuerySet[Approval]) -> HttpResponse | None:
        """Approve and carry out each selected approval, after the second factor was asked again."""
        if again := ask_again(request):
            return again
        for approval_id in queryset.order_by("pk").values_list("pk", flat=True):
            carry_out(self, request, approvals.approve, approval_id=approval_id)
        return None

    @admin.action(description=_("Refuse, or withdraw your own"), permissions=["view"])
    def refuse(self, request: HttpRequest, queryset: QuerySet[Approval]) -> HttpResponse | None:
        """Refuse each selected approval, after the second factor was asked again."""
        if again := ask_again(request):
            return again
        for approval_id in queryset.order_by("pk").values_list("pk", flat=True):
            carry_out(self, request, approvals.refuse, approval_id=approval_id)
        return None


class ActionFilter(admin.SimpleListFilter):
    """Choose an action by its name; the records are not read for it."""

    title = _("action")
    parameter_name = "action"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return the names of all actions, in their groups' order."""
        return [(code, str(name)) for code, name in action_names.all_names().items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the records of the chosen action."""
        return queryset.filter(action=self.value()) if self.value() else queryset


@admin.register(AuditRecord)
class AuditRecordAdmin(ReadOnlyAdmin):
    """The audit records: who did what, when and from where; searched by person."""

    list_display = ["at", "name", "action_name", "subject", "os_user", "host"]
    list_filter = [ActionFilter]
    fields = ["at", "name", "action_name", "subject", "os_user", "host", "detail"]
    search_fields = ["=name", "=os_user"]
    search_help_text = _("The user name of a person, or of the machine, in full.")
    date_hierarchy = "at"
    ordering = ["-id"]
    show_full_result_count = False

    @admin.display(description=_("action"))
    def action_name(self, record: AuditRecord) -> str:
        """Return the name of what was done."""
        return action_names.name_of(record.action)


@admin.register(AuditSeal)
class AuditSealAdmin(ReadOnlyAdmin):
    """The seals over the audit records; ``audit verify`` compares both."""

    list_display = ["number", "sealed_at", "records", "last_record", "chain_sha256"]
    fields = ["number", "sealed_at", "records", "last_record", "previous_sha256", "chain_sha256"]
    ordering = ["-number"]
    show_full_result_count = False

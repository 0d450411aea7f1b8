"""The admin pages of approvals and the audit; those of staff accounts are in core.staff_pages."""

import json
from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from core import action_names, approvals
from core.admin_base import ReadOnlyAdmin, signed_in_actor
from core.approval_reports import describe_shell
from core.models import Approval, AuditRecord, AuditSeal
from core.staff_pages import StaffAdmin

__all__ = ["ApprovalAdmin", "AuditRecordAdmin", "AuditSealAdmin", "StaffAdmin"]


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


class ApprovableFilter(ActionFilter):
    """Choose an action that can be asked for; signing in and looking up cannot."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return the names of the actions that take an approval."""
        return [(code, str(one.name)) for code, one in approvals.declared_actions().items()]


@admin.register(Approval)
class ApprovalAdmin(ReadOnlyAdmin):
    """The approvals, open and decided, to look through; the desk's cards show and decide them."""

    list_display = [
        "id",
        "action_name",
        "about",
        "state",
        "requested_by_name",
        "from_shell",
        "requested_at",
        "decided_by_name",
        "decided_at",
    ]
    list_filter = ["state", ApprovableFilter]
    ordering = ["-id"]
    fields = [
        ("action_name", "about", "state"),
        ("requested_by_name", "requested_at"),
        "shell",
        ("decided_by_name", "decided_at", "decided_os_user", "decided_host"),
        "refused_because",
        "stale",
        "card",
        "fingerprint",
    ]

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        """Return the fields; without what may say what is asked for, to who may not read it."""
        fields = super().get_fields(request, obj)
        if isinstance(obj, Approval) and approvals.may_read(signed_in_actor(request).user, obj):
            return fields
        return [one for one in fields if one not in ("refused_because", "stale")]

    @admin.display(description=pgettext_lazy("desk", "Approvals"))
    def card(self, approval: Approval) -> str:
        """Return the link to the card, which shows what is approved to who may read it."""
        address = reverse("desk:approval", args=[approval.pk])
        return format_html('<a href="{}">{}</a>', address, gettext("Open the card"))

    @admin.display(description=_("action"), ordering="action")
    def action_name(self, approval: Approval) -> str:
        """Return the name of what is asked for."""
        return action_names.name_of(approval.action)

    @admin.display(description=_("subject"))
    def about(self, approval: Approval) -> str:
        """Return what it is about, as the request names it; the card has it in words."""
        return format_html("<code>{}</code>", approval.subject)

    @admin.display(description=pgettext_lazy("SHA-256", "fingerprint of the content"))
    def fingerprint(self, approval: Approval) -> str:
        """Return the hash of what is approved."""
        return approval.content_sha256

    @admin.display(description=_("cannot be carried out"))
    def stale(self, approval: Approval) -> str:
        """Return why an open approval can no longer be carried out."""
        return approvals.why_stale(approval) if approval.state == Approval.State.OPEN else ""

    @admin.display(description=_("asked for from a shell"))
    def from_shell(self, approval: Approval) -> str:
        """Return whether a command made the request, in a name that it only claims."""
        return pgettext("column", "yes") if approval.requested_os_user else "－"

    @admin.display(description=_("asked for from a shell"))
    def shell(self, approval: Approval) -> str:
        """Return whose shell made the request, and whom to ask before approving it."""
        return describe_shell(approval)


@admin.register(AuditRecord)
class AuditRecordAdmin(ReadOnlyAdmin):
    """The audit records: who did what, when and from where; searched by person."""

    list_display = ["at", "name", "action_name", "about", "os_user", "host"]
    list_filter = [ActionFilter]
    fields = ["at", "name", "action_name", "about", "os_user", "host", "details"]
    search_fields = ["=name", "=os_user"]
    search_help_text = _("The user name of a person, or of the machine, in full.")
    date_hierarchy = "at"
    ordering = ["-id"]
    show_full_result_count = False

    @admin.display(description=_("subject"))
    def about(self, record: AuditRecord) -> str:
        """Return what it was done to, as the record says it; the desk's page has it in words."""
        return format_html("<code>{}</code>", record.subject)

    @admin.display(description=_("detail"))
    def details(self, record: AuditRecord) -> str:
        """Return the details as the record has them."""
        return format_html("<code>{}</code>", json.dumps(record.detail, ensure_ascii=False))

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

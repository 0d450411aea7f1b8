"""Base classes of the admin pages: read-only, with actions that call one operation each."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from core import audit, clock
from core.audit import Actor
from core.errors import Refusal

if TYPE_CHECKING:
    from core.models import User

    # Generic only in their stubs.
    ModelAdmin = admin.ModelAdmin[Any]
    TabularInline = admin.TabularInline[Any, Any]
else:
    ModelAdmin, TabularInline = admin.ModelAdmin, admin.TabularInline


class ReadOnly:
    """Forbid adding, changing and deleting; viewing takes the model's view permission."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Return False, also for superusers."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Return False, also for superusers."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Return False, also for superusers."""
        return False


class ReadOnlyAdmin(ReadOnly, ModelAdmin):
    """Read-only pages of a model; a subclass adds actions with their permissions."""


class MembersAdmin(ReadOnlyAdmin):
    """Read-only pages that show members; the audit records who saw which rows."""

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the list, and record the rows on it."""
        response = super().changelist_view(request, extra_context)
        if isinstance(response, TemplateResponse) and response.context_data:
            self.record_rows(request, [row.pk for row in response.context_data["cl"].result_list])
        return response

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show one row, and record that."""
        response = super().changeform_view(request, object_id, form_url, extra_context)
        if isinstance(response, TemplateResponse) and response.context_data:
            self.record_rows(request, [response.context_data["original"].pk])
        return response

    def record_rows(self, request: HttpRequest, rows: list[int]) -> None:
        """Record in the audit that the user sees these rows; none of them is named otherwise."""
        if rows:
            audit.record(
                actor=signed_in_actor(request),
                action="member.listed",
                subject=self.opts.label_lower,
                at=clock.now(),
                detail={"rows": rows},
            )


class ReadOnlyInline(ReadOnly, TabularInline):
    """Read-only rows of a related model on a page."""

    extra = 0
    can_delete = False


def require_permission(request: HttpRequest, permission: str) -> Actor:
    """Return the signed-in user as the actor of what follows.

    Raises:
        PermissionDenied: they lack the permission.
    """
    actor = signed_in_actor(request)
    if not actor.user.has_perm(permission):
        raise PermissionDenied
    return actor


def signed_in_actor(request: HttpRequest) -> Actor:
    """Return the signed-in user as the actor of what follows."""
    return Actor(cast("User", request.user))  # the admin admits only staff


def render_admin_page(
    request: HttpRequest, template: str, context: dict[str, Any]
) -> TemplateResponse:
    """Render a template within the admin's layout."""
    return TemplateResponse(request, template, {**admin.site.each_context(request), **context})


def carry_out(
    page: ModelAdmin,
    request: HttpRequest,
    operation: Callable[..., Any],
    **arguments: Any,
) -> None:
    """Call an operation as the signed-in user, and show a refusal as a warning."""
    actor = signed_in_actor(request)
    try:
        operation(**arguments, actor=actor, at=clock.now())
    except Refusal as refusal:  # of any app: an approval carries out actions of all
        page.message_user(request, str(refusal), messages.WARNING)
    else:
        page.message_user(request, _("Done."), messages.SUCCESS)
